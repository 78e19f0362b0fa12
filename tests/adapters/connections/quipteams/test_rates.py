"""The rate of quipteams is obeyed before it bites, and a key with few calls gets through all the same."""

import asyncio
from copy import deepcopy
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio

from adapters.connections.quipteams.system import Quipteams
from domain.connections.systems import Collection
from domain.shared.outbound_errors import Busy, Unavailable
from tests.adapters.connections.quipteams import samples
from tests.adapters.connections.quipteams.there import There, a_new_quote, numbered, quipteams, several


@pytest_asyncio.fixture
async def there(tmp_path):
    async with quipteams(tmp_path) as there:
        yield there


def an_action(place: int) -> dict[str, Any]:
    at = f"2026-03-10T00:{place:02}:00.000Z"
    ids = {"id": f"00000000-0000-4000-9000-{place:012}", "action_id": f"DA-2026-{place:04}"}
    return {**deepcopy(samples.DEVICE_ACTION), **ids, "created_at": at, "updated_at": at}


def a_device(place: int) -> dict[str, Any]:
    return {**deepcopy(samples.ASSET), "id": f"00000000-0000-4000-a000-{place:012}", "serial_number": f"SN-{place}"}


async def all_records(there: There, collection: Collection, since: datetime | None = None) -> list[str]:
    """The ids of all records, read as the job does: a page that asks to wait is asked for again after that time."""
    ids, cursor = list[str](), None
    while True:
        try:
            page = await there.system.page(collection, since, cursor)
        except Busy as busy:
            there.clock.move(seconds=busy.seconds)
            continue
        ids += [it.external_id for it in page.records]
        if (cursor := page.cursor) is None:
            return ids


async def all_as_the_job_reads(there: There, collection: Collection, since: datetime | None = None) -> list[str]:
    """The ids of all records, each page read by a system opened for it. Fails if it does not come to an end."""
    ids, cursor = list[str](), None
    for _ in range(200):
        try:
            page = await Quipteams(there.client).page(collection, since, cursor)
        except Busy as busy:
            there.clock.move(seconds=busy.seconds)
            continue
        ids += [it.external_id for it in page.records]
        if (cursor := page.cursor) is None:
            return ids
    raise AssertionError(f"{len(ids)} records were read, and there is still more.")


async def refused(there: There) -> int:
    return sum(it["status"] == 429 for it in await there.received())


@pytest.mark.parametrize("limit", [2, 3, 7])
async def test_a_key_with_few_calls_reads_everything_and_none_of_them_is_refused(there, limit):
    await there.add("quote", *several(130))
    await there.add("device_action", *map(an_action, range(30)))
    await there.add("asset", *map(a_device, range(120)))
    await there.control("limit", {"limit": limit})
    assert sorted(set(await all_records(there, Collection.QUOTES))) == [it["order_id"] for it in several(130)]
    actions = await all_records(there, Collection.DEVICE_ACTIONS)
    assert sorted(set(actions)) == [an_action(it)["id"] for it in range(30)]
    assert set(await all_records(there, Collection.ASSETS)) >= {a_device(it)["serial_number"] for it in range(120)}
    assert await refused(there) == 0


SHORT_QUOTES = {"path": "data.*.items.*.recipients.*.email", "isMissing": True}


@pytest.mark.parametrize("limit", [2, 3])
async def test_a_key_with_few_calls_gets_past_quotes_whose_rows_are_short(there, limit):
    await there.add("quote", *several(45))
    await there.control("drift", [SHORT_QUOTES])
    await there.control("limit", {"limit": limit})
    found = await all_as_the_job_reads(there, Collection.QUOTES)
    assert sorted(set(found)) == [it["order_id"] for it in several(45)]
    changed = await all_as_the_job_reads(there, Collection.QUOTES, there.clock.at.replace(year=2020))
    assert set(changed) == set(found)
    assert await refused(there) == 0


async def test_a_key_with_few_calls_gets_past_employees_whose_rows_are_short(there):
    people = [{**deepcopy(samples.EMPLOYEE), "id": f"emp_{it}", "email": f"e{it}@x.example"} for it in range(25)]
    await there.add("employee", *people)
    await there.control("drift", [{"path": "data.*.department", "isMissing": True}])
    await there.control("limit", {"limit": 2})
    assert set(await all_as_the_job_reads(there, Collection.EMPLOYEES)) >= {it["id"] for it in people}
    assert await refused(there) == 0


async def test_a_quote_is_found_among_the_short_rows_that_could_be_read(there):
    created = await there.system.create_quote(a_new_quote())
    at = "2026-03-20T12:30:00.000Z"
    await there.add("quote", *({**it, "created_at": at, "updated_at": at} for it in several(3)))
    await there.control("drift", [SHORT_QUOTES])
    await there.control("limit", {"limit": 4})
    found = await Quipteams(there.client).find_quote("our-1", there.clock.at)
    assert found is not None
    assert found.external_id == created.external_id


async def test_changes_are_read_by_a_key_with_few_calls_too(there):
    await there.add("device_action", *map(an_action, range(30)))
    await there.control("limit", {"limit": 3})
    since = there.clock.at.replace(month=3, day=10, hour=0, minute=20)
    found = await all_records(there, Collection.DEVICE_ACTIONS, since)
    assert set(found) >= {an_action(it)["id"] for it in range(20, 30)}
    assert await refused(there) == 0


async def test_calls_at_the_same_time_are_counted_before_they_are_answered(there):
    await there.add("quote", *several(3))
    await there.control("limit", {"limit": 4})
    await there.client.quotes(limit=1)
    ids = [it["order_id"] for it in several(3)] * 3
    found = await asyncio.gather(*map(there.client.quote, ids), return_exceptions=True)
    assert [isinstance(it, Busy) for it in found] == [False] * 3 + [True] * 6
    there.clock.move(seconds=60)
    # Of a new window nobody knows how many calls it has until the first one is answered.
    await there.control("limit", {"limit": 2})
    found = await asyncio.gather(*map(there.client.quote, ids), return_exceptions=True)
    assert [isinstance(it, Busy) for it in found] == [False] * 2 + [True] * 7
    assert await refused(there) == 0


async def test_what_another_process_has_used_up_loses_nothing_of_the_page(there):
    await there.add("device_action", *map(an_action, range(8)))
    await there.client.device_actions(limit=1)
    await there.go_wrong(mode="status", status=429, path=f"/api/v1/device-actions/{an_action(6)['id']}")
    first = await there.system.page(Collection.DEVICE_ACTIONS, None, None)
    assert 0 < len(first.records) < 8
    before = len(await there.received())
    with pytest.raises(Busy) as busy:
        await there.system.page(Collection.DEVICE_ACTIONS, None, first.cursor)
    there.clock.move(seconds=busy.value.seconds)
    rest = await there.system.page(Collection.DEVICE_ACTIONS, None, first.cursor)
    ids = [it.external_id for page in (first, rest) for it in page.records]
    assert sorted(ids) == [an_action(it)["id"] for it in range(8)]
    assert len(await there.received()) - before == 1 + len(rest.records)


async def test_another_failure_in_a_page_is_one_of_the_page(there):
    await there.add("device_action", *map(an_action, range(8)))
    await there.go_wrong(mode="status", status=500, path=f"/api/v1/device-actions/{an_action(6)['id']}")
    with pytest.raises(Unavailable) as failure:
        await there.system.page(Collection.DEVICE_ACTIONS, None, None)
    assert not isinstance(failure.value, Busy)


async def test_rows_that_came_meanwhile_are_read_with_the_rest_of_the_page(there):
    await there.add("quote", *several(3))
    await there.add("device_action", *map(an_action, range(4)))
    await there.control("limit", {"limit": 3})
    first = await there.system.page(Collection.DEVICE_ACTIONS, None, None)
    assert len(first.records) == 2
    await there.add("device_action", an_action(50))
    there.clock.move(seconds=60)
    second = await there.system.page(Collection.DEVICE_ACTIONS, None, first.cursor)
    there.clock.move(seconds=60)
    third = await there.system.page(Collection.DEVICE_ACTIONS, None, second.cursor)
    ids = [it.external_id for page in (first, second, third) for it in page.records]
    assert ids == [an_action(it)["id"] for it in (0, 1, 2, 3, 50)]
    assert numbered(0)["order_id"] not in ids
