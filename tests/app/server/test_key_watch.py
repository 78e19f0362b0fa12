"""Each key of open connections is checked once, however many connections it has."""

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from app.server import key_watch
from app.server.key_watch import KeyWatch
from domain.shared.access import Caller, Unauthorized
from tests.builders import a_caller
from tests.e2e.processes import eventually

ONE = a_caller()
OTHER = replace(ONE, key_id="another")


class FakeAuthenticator:
    """Admits keys again, and counts how often."""

    def __init__(self) -> None:
        self.callers = {it.key_id: it for it in (ONE, OTHER)}
        self.asked: Counter[str] = Counter()
        self.failure: Exception | None = None

    async def admit_again(self, caller: Caller) -> Caller:
        key_id = caller.key_id
        self.asked[key_id] += 1
        if self.failure is not None:
            raise self.failure
        if key_id not in self.callers:
            raise Unauthorized("This API key was revoked.")
        return self.callers[key_id]


class FakeHolder:
    def __init__(self) -> None:
        self.told: list[str] = []

    def refuse(self, refused: Exception) -> None:
        self.told.append(str(refused))

    def renew(self) -> None:
        self.told.append("renewed")


@pytest.fixture
def authenticator(monkeypatch):
    monkeypatch.setattr(key_watch, "CHECK_SECONDS", 0.001)
    return FakeAuthenticator()


async def test_a_key_with_many_connections_is_checked_as_often_as_one_with_a_single_one(authenticator):
    watch, holders, single = KeyWatch(authenticator), [FakeHolder() for _ in range(1_000)], FakeHolder()
    key, other = [watch.hold(ONE, it) for it in holders][-1], watch.hold(OTHER, single)
    await eventually(lambda: authenticator.asked[OTHER.key_id] >= 3)
    assert abs(authenticator.asked[ONE.key_id] - authenticator.asked[OTHER.key_id]) <= 1
    for it in holders:
        watch.release(key, it)
    watch.release(other, single)


async def test_all_connections_of_a_key_are_told_when_it_ends_and_those_of_others_are_not(authenticator):
    watch, mine, others = KeyWatch(authenticator), [FakeHolder(), FakeHolder()], FakeHolder()
    key, other = [watch.hold(ONE, it) for it in mine][-1], watch.hold(OTHER, others)
    del authenticator.callers[ONE.key_id]
    await eventually(lambda: all(it.told for it in mine))
    assert (mine[1].told[0], others.told) == ("This API key was revoked.", [])
    for it in mine:
        watch.release(key, it)
    watch.release(other, others)


async def test_connections_are_told_when_their_key_may_read_less(authenticator):
    watch, holder = KeyWatch(authenticator), FakeHolder()
    key = watch.hold(ONE, holder)
    authenticator.callers[ONE.key_id] = replace(ONE, scopes=frozenset())
    await eventually(lambda: holder.told == ["renewed"])
    watch.release(key, holder)


async def test_while_a_key_cannot_be_checked_its_connections_stay_open(authenticator):
    watch, holder = KeyWatch(authenticator), FakeHolder()
    key = watch.hold(ONE, holder)
    authenticator.failure = OSError("no database")
    await eventually(lambda: authenticator.asked[ONE.key_id] >= 3)
    assert holder.told == []
    watch.release(key, holder)


async def test_without_connections_no_key_is_checked(authenticator):
    watch, holder = KeyWatch(authenticator), FakeHolder()
    watch.release(watch.hold(ONE, holder), holder)
    for _ in range(10):
        await asyncio.sleep(0.002)
    assert authenticator.asked == {}


async def test_a_connection_that_cannot_be_told_keeps_nobody_from_being_checked(authenticator, caplog):
    class Broken(FakeHolder):
        def refuse(self, refused: Exception) -> None:
            raise RuntimeError("it cannot be told")

    watch, other = KeyWatch(authenticator), FakeHolder()
    held = [(watch.hold(caller, holder), holder) for caller, holder in ((ONE, Broken()), (OTHER, other))]
    authenticator.callers.clear()
    await eventually(lambda: other.told)
    assert "it cannot be told" in caplog.text
    for key, holder in held:
        watch.release(key, holder)
