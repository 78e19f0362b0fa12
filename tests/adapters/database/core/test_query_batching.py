"""Lookups that come at the same moment share a statement; one alone waits for nobody."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from adapters.database.core.query_batching import QueryBatcher


class Found:
    """Finds the double of each key, and remembers what it was asked for. Gives way once, as a database would."""

    def __init__(self, fails_for: str | None = None) -> None:
        self.asked: list[list[str]] = []
        self._fails_for = fails_for

    async def __call__(self, keys: Sequence[str]) -> Mapping[Any, Any]:
        self.asked.append(list(keys))
        await asyncio.sleep(0)
        if self._fails_for in keys:
            raise ValueError(f"no {self._fails_for}")
        return {key: key * 2 for key in keys}


async def test_one_alone_is_found_by_itself():
    together, find = QueryBatcher(), Found()
    assert await together.find("kind", ["a"], find) == {"a": "aa"}
    assert find.asked == [["a"]]


async def test_those_that_come_while_another_is_under_way_are_found_at_once():
    together, find = QueryBatcher(), Found()
    answers = await asyncio.gather(*(together.find("kind", [key], find) for key in "abca"))
    assert [answer[key] for answer, key in zip(answers, "abca", strict=True)] == ["aa", "bb", "cc", "aa"]
    assert find.asked == [["a"], ["b", "c", "a"]]


async def test_lookups_of_different_kinds_stay_apart():
    together, find = QueryBatcher(), Found()
    await asyncio.gather(*(together.find(kind, [kind], find) for kind in ("first", "one", "other")))
    assert find.asked == [["first"], ["one"], ["other"]]


async def test_a_key_that_fails_fails_only_for_who_asked_for_it():
    together, find = QueryBatcher(), Found(fails_for="bad")
    answers = await asyncio.gather(
        *(together.find("kind", [key], find) for key in ("first", "good", "bad")), return_exceptions=True
    )
    assert answers[:2] == [{"first": "firstfirst"}, {"good": "goodgood"}]
    assert isinstance(answers[2], ValueError)


async def test_a_caller_that_goes_away_takes_nobody_with_it():
    together, find = QueryBatcher(), Found()
    first = asyncio.create_task(together.find("kind", ["first"], find))
    gone = asyncio.create_task(together.find("kind", ["gone"], find))
    stays = asyncio.create_task(together.find("kind", ["stays"], find))
    await asyncio.sleep(0)
    gone.cancel()
    assert (await stays)["stays"] == "staysstays"
    assert await first == {"first": "firstfirst"}
    with pytest.raises(asyncio.CancelledError):
        await gone
