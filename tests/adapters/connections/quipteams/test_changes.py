"""What has changed is read once and for all, although records are removed, changed and added between its pages."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.connections.quipteams.client import Listing
from adapters.connections.quipteams.filters import QuoteFilter
from adapters.connections.quipteams.system import Quipteams
from domain.connections.connections import Connection
from domain.connections.records import ForeignQuote
from domain.connections.syncs import after_collection, after_page, step_of
from domain.connections.systems import Collection
from domain.use_cases.connections.syncing import highest
from tests.adapters.connections.quipteams.there import all_pages, ids_of, numbered, quipteams, several
from tests.builders import a_connection

PAGE = 3
BEGINNING = datetime(2026, 3, 10, tzinfo=UTC)
# What happens there: to which quotes, and how many minutes after what happened before.
ACTS = st.tuples(
    st.sampled_from(["remove", "change", "add"]), st.integers(0, 50), st.integers(1, 2 * PAGE), st.integers(0, 20)
)


class Shifting:
    """Quotes there and their list: pages of three, whose cursors are numbers of rows. A limit of times is of the part
    that begins or ends with it, or is not."""

    def __init__(self, created: list[int], is_inclusive: bool) -> None:
        self.at = BEGINNING + timedelta(days=1)
        self.is_inclusive = is_inclusive
        self.created = 0
        self.rows: dict[str, dict[str, Any]] = {}
        for minute in created:
            self._add(BEGINNING + timedelta(minutes=minute))

    async def quotes(self, wanted: QuoteFilter, cursor: str | None, limit: int) -> Listing:
        name = str(wanted.sort).removeprefix("-")
        rows = [it for it in self.rows.values() if self._is_wanted(it, wanted)]
        rows.sort(key=lambda it: (it[name], it["id"]), reverse=str(wanted.sort).startswith("-"))
        start = int(cursor or 0)
        end = start + PAGE
        return Listing(rows[start:end], str(end) if end < len(rows) else None, {})

    async def quote(self, order_id: str) -> dict[str, Any] | None:
        return self.rows.get(order_id)

    def happens(self, what: str, first: int, count: int, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)
        for order_id in sorted(self.rows)[first % (len(self.rows) or 1) :][:count]:
            self.at += timedelta(seconds=1)
            if what == "remove":
                del self.rows[order_id]
            elif what == "change":
                self.rows[order_id]["updated_at"] = _text(self.at)
        for _ in range(count if what == "add" else 0):
            self.at += timedelta(seconds=1)
            self._add(self.at)

    def _add(self, at: datetime) -> None:
        row = numbered(self.created, items=[], created_at=_text(at), updated_at=_text(at))
        self.rows[row["order_id"]] = row
        self.created += 1

    def _is_wanted(self, row: dict[str, Any], wanted: QuoteFilter) -> bool:
        at, least = datetime.fromisoformat(row["created_at"]), timedelta(milliseconds=self.is_inclusive)
        is_late = wanted.created_after is None or at > wanted.created_after - least
        return is_late and (wanted.created_before is None or at < wanted.created_before + least)


class Known:
    """What is known here of the quotes there, and until when."""

    def __init__(self, there: Shifting) -> None:
        self.there = there
        self.system = Quipteams(there)  # type: ignore[arg-type]
        self.updated: dict[str, datetime | None] = {}
        self.connection: Connection = a_connection()

    async def read(self, meanwhile: list[list[tuple[str, int, int, int]]]) -> None:
        """Read all quotes, or what of them has changed; the next of `meanwhile` happens after each page."""
        begun = self.connection._replace(sync_collection=Collection.QUOTES, sync_collection_at=self.there.at)
        while begun.sync_collection == Collection.QUOTES:
            step = step_of(begun)
            page = await self.system.page(step.collection, step.since, step.cursor)
            for found in page.records:
                assert isinstance(found, ForeignQuote)
                self.updated[found.external_id] = found.updated_at
            begun = after_page(begun, page.cursor, len(page.records), 0, None, highest(page))
            for act in meanwhile.pop(0) if meanwhile else ():
                self.there.happens(*act)
            if page.cursor is None:
                begun = after_collection(begun, self.there.at)
        self.connection = begun._replace(sync_full=False)


@given(
    st.lists(st.integers(0, 1_400), min_size=1, max_size=25, unique=True),
    st.lists(st.lists(ACTS, max_size=3), max_size=25),
    st.booleans(),
)
def test_nothing_is_missed_whatever_happens_between_pages(created, meanwhile, is_inclusive):
    there = Shifting(created, is_inclusive)
    known = Known(there)

    async def read() -> None:
        while meanwhile:
            await known.read(meanwhile)
        await known.read([])

    asyncio.run(read())
    now = {order_id: datetime.fromisoformat(row["updated_at"]) for order_id, row in there.rows.items()}
    assert {it: known.updated.get(it) for it in now} == now


@pytest.mark.parametrize("is_by_offset", [True, False])
async def test_quotes_that_are_removed_while_changes_are_read_shift_no_other_out_of_them(tmp_path, is_by_offset):
    async with quipteams(tmp_path) as there:
        await there.add("quote", *several(350))
        await there.control("paging", {"isByOffset": is_by_offset})

        async def remove(number):
            await there.work(numbered(349 - number), delete=True)

        since = datetime.fromisoformat(numbered(100)["updated_at"])
        pages = await all_pages(there.system, since=since, between=remove)
        gone = {numbered(349 - number)["order_id"] for number in range(1, len(pages))}
        changed = {it["order_id"] for it in several(350)[100:]}
        assert changed - gone <= set(ids_of(pages)) <= changed


async def test_more_changes_than_a_page_has_take_few_more_pages(tmp_path):
    async with quipteams(tmp_path) as there:
        await there.add("quote", *several(350))
        pages = await all_pages(there.system, since=datetime.fromisoformat(numbered(150)["updated_at"]))
        assert len(pages) <= 7


async def test_a_reading_that_was_begun_with_another_cursor_begins_anew(tmp_path):
    async with quipteams(tmp_path) as there:
        await there.add("quote", *several(5))
        since = datetime.fromisoformat(numbered(2)["updated_at"])
        page = await there.system.page(Collection.QUOTES, since, "cursor-of-an-earlier-version")
        assert (len(page.records), page.cursor) == (3, None)


async def test_more_changes_of_one_moment_than_a_page_has_are_all_read(tmp_path):
    async with quipteams(tmp_path) as there:
        moment = "2026-03-10T01:00:00.000Z"
        await there.add("quote", *(numbered(place, created_at=moment) for place in range(250)))
        pages = await all_pages(there.system, since=BEGINNING)
        assert set(ids_of(pages)) == {it["order_id"] for it in several(250)}


def _text(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
