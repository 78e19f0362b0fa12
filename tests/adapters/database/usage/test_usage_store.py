"""The usage of the schema in the database: numbers of a day are added up, whoever adds them."""

import asyncio
from datetime import UTC, date, datetime, timedelta

from adapters.database.retention import RetentionPeriods, SqlRetention
from adapters.database.usage.store import FieldUsage, FieldUse, SqlUsage

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


async def test_numbers_of_a_day_are_added_up_by_field_client_and_version(database):
    usage = SqlUsage(database)
    await usage.add(MONDAY, [FieldUse("Quote.status", "web", "1", 3), FieldUse("Quote.id", "web", "1", 2)])
    await usage.add(MONDAY, [FieldUse("Quote.status", "web", "1", 4), FieldUse("Quote.status", "web", "2", 1)])
    await usage.add(TUESDAY, [FieldUse("Quote.status", "web", "1", 5)])
    await usage.add(TUESDAY, [])
    assert await usage.since(MONDAY) == [
        FieldUsage("Quote.id", "web", "1", 2, MONDAY),
        FieldUsage("Quote.status", "web", "1", 12, TUESDAY),
        FieldUsage("Quote.status", "web", "2", 1, MONDAY),
    ]
    assert await usage.since(TUESDAY) == [FieldUsage("Quote.status", "web", "1", 5, TUESDAY)]
    assert await usage.since(MONDAY, "Quote.id") == [FieldUsage("Quote.id", "web", "1", 2, MONDAY)]


async def test_processes_that_write_at_once_lose_nothing(database):
    fields = [f"Quote.field{number}" for number in range(50)]
    orders = [fields, fields[::-1], fields, fields[::-1]]
    added = [SqlUsage(database).add(MONDAY, [FieldUse(it, "", "", 1) for it in order]) for order in orders]
    await asyncio.gather(*added)
    assert {it.operations for it in await SqlUsage(database).since(MONDAY)} == {4}


async def test_old_numbers_are_deleted_in_slices(database):
    usage, pauses = SqlUsage(database), []
    await usage.add(MONDAY, [FieldUse(f"Quote.field{number}", "", "", 1) for number in range(7)])
    await usage.add(TUESDAY, [FieldUse("Quote.id", "", "", 1)])

    async def pause():
        pauses.append(True)

    kept = RetentionPeriods(None, None, None, timedelta(days=30), None)
    now = datetime(2026, 12, 24, 12, tzinfo=UTC)
    deleted = await SqlRetention(database, kept, 3).purge(now, pause)
    assert {name: count for name, count in deleted.items() if count} == {"schema_usage": 7}
    assert len(pauses) == 3
    assert [it.field for it in await usage.since(MONDAY)] == ["Quote.id"]
