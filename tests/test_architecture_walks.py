"""The walks of docs/architecture.md: each is run with a tracer, and enters the files it names in that order."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from app.worker import Worker
from domain.shared.jobs import JobType
from tests.api.conftest import api, new_database, shop, templates
from tests.api.support.makers import a_quote
from tests.api.support.running import document
from tests.api.support.sockets import connected

__all__ = ["api", "new_database", "shop", "templates"]

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
FILE = re.compile(r"`((?:adapters|app|domain|resolvers|schema)/[\w/]+\.py)`")
QUERY = "{ quotes(first: 2) { nodes { orderId items { recipients { name } } } } }"
CHANGED = "subscription($id: ID!) { quoteChanged(id: $id) { type } }"


def walk(name: str) -> list[str]:
    """The files of a walk, in the order of the page."""
    section = PAGE.partition(f"## The walk of {name}\n")[2].partition("\n## ")[0]
    steps = re.findall(r"^\d+\. .*(?:\n {3,}.*)*", section, re.MULTILINE)
    named = [
        path for step in steps for path in re.findall(r"`((?:app|schema|resolvers|domain|adapters)/[\w/]+\.py)`", step)
    ]
    assert len(named) > 4, f"the page has no walk of {name}"
    return list(dict.fromkeys(named))


@contextmanager
def traced() -> Iterator[dict[str, int]]:
    """The files of ours whose functions are entered, in the order in which they first are."""
    entered: dict[str, int] = {}

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        path = frame.f_code.co_filename
        if event == "call" and path.startswith(f"{ROOT}/"):
            entered.setdefault(path.removeprefix(f"{ROOT}/"), len(entered))

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield entered
    finally:
        sys.setprofile(before)


def agrees(name: str, entered: dict[str, int]) -> None:
    named = walk(name)
    assert [it for it in named if it not in entered] == []
    assert sorted(named, key=entered.__getitem__) == named


async def test_the_walk_of_a_query_is_the_one_it_takes(api):
    await a_quote(api)
    await api.data(QUERY)
    with traced() as entered:
        await api.data(QUERY)
    agrees("a query", entered)


async def test_the_walk_of_a_mutation_is_the_one_it_takes(api):
    first, quote = await a_quote(api), await a_quote(api)
    await api.run(document("acceptItem"), {"input": {"itemId": first.item}})
    with traced() as entered:
        answer = await api.run(document("acceptItem"), {"input": {"itemId": quote.item}})
    assert answer.data["acceptItem"]["userErrors"] == []
    agrees("a mutation", entered)


async def test_the_walk_of_an_event_is_the_one_it_takes(api):
    quote = await a_quote(api)
    with traced() as entered:
        async with connected(api) as socket:
            id_ = await socket.start(CHANGED, {"id": quote.id})
            # Asking the feed itself would enter it too early.
            while not api.parts.signals._listeners:
                await socket.settled()
            await api.act("acceptItem", {"itemId": quote.item})
            assert (await socket.event(id_))["type"] == "QUOTE_ITEM_ACCEPTED"
    agrees("an event", entered)


async def test_the_walk_of_a_job_is_the_one_it_takes(shop):
    quote = await a_quote(shop.api)
    await shop.api.act("acceptItem", {"itemId": quote.item}, key=shop.api.operator)
    worker: Worker = shop.api.parts.worker
    with traced() as entered:
        job = next(it for it in await worker._claim() if it.kind is JobType.PLACE_VENDOR_ORDER)
        await worker._run_job(job)
    agrees("a job", entered)


@pytest.mark.parametrize("name", ["a query", "a mutation", "an event", "a job"])
def test_the_files_of_a_walk_exist(name):
    assert [it for it in walk(name) if not (ROOT / it).is_file()] == []
