"""Buckets in PostgreSQL: what several processes get of one."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest_asyncio

from adapters.database.core.engine import Database, open_database
from adapters.database.rate_limits.store import SqlRateLimits
from adapters.database.retention import RetentionPeriods, SqlRetention
from app.server.buckets.leased import LeasedBuckets
from domain.rate_limits.leases import slice_of
from domain.shared.rate_limits import RateLimit
from tests.databases import Templates, rows_of

# So slow that nothing is restored while a test runs.
LIMIT = RateLimit(1_000, 1)


@pytest_asyncio.fixture
async def database(migrated: Templates, tmp_path: Path) -> AsyncIterator[Database]:
    """PostgreSQL, migrated."""
    url = await migrated.new("postgresql", tmp_path)
    opened = open_database(url)
    yield opened
    await opened.close()
    migrated.give_back(url)


async def test_a_bucket_gives_what_it_has_and_nothing_where_too_little_is_left(database):
    leases = SqlRateLimits(database)
    got = [(await leases.lease("a", *it, LIMIT)).granted for it in ((10, 900), (200, 200), (50, 300), (1, 1))]
    assert got == [900, 0, 100, 0]
    await leases.close()


async def test_it_says_in_how_long_the_bucket_is_full(database):
    leases = SqlRateLimits(database)
    assert (await leases.lease("a", 1, 250, LIMIT)).full_in == 250_000_000
    refused = await leases.lease("a", 1_000, 1_000, LIMIT)
    assert refused.granted == 0
    assert 240_000_000 < refused.full_in <= 250_000_000
    await leases.close()


async def test_what_is_given_back_can_be_taken_again(database):
    leases = SqlRateLimits(database)
    await leases.lease("a", 1_000, 1_000, LIMIT)
    await leases.give_back("a", 300, LIMIT)
    assert (await leases.lease("a", 1, 1_000, LIMIT)).granted in (300, 301)
    await leases.close()


async def test_each_payer_has_a_bucket_of_its_own(database):
    leases = SqlRateLimits(database)
    assert [(await leases.lease(it, 1, 1_000, LIMIT)).granted for it in "ab"] == [1_000, 1_000]
    await leases.close()


async def test_a_time_in_the_far_future_is_that_of_a_bucket_that_owes_the_most(database):
    leases = SqlRateLimits(database)
    await leases.lease("a", 1, 1, LIMIT)
    async with database.write.begin() as connection:
        await connection.exec_driver_sql("UPDATE rate_limits SET full_at = full_at + 1000000::bigint * 86400 * 365")
    assert (await leases.lease("a", 1, 1, LIMIT)).granted == 0
    assert (await leases.lease("a", 1, 1, LIMIT)).full_in <= 1_061 * 1_000_000
    await leases.close()


async def test_what_is_owed_is_taken_from_a_bucket_and_is_never_more_than_a_minute_restores(database):
    leases = SqlRateLimits(database)
    await leases.owe("a", 300, LIMIT)
    assert (await leases.lease("a", 1, 1_000, LIMIT)).granted == 700
    await leases.owe("a", 20, LIMIT)
    assert 1_019_000_000 < (await leases.lease("a", 1, 1, LIMIT)).full_in <= 1_020_000_000
    for _ in range(3):
        await leases.owe("a", 5_000, LIMIT)
    assert 1_059_000_000 < (await leases.lease("a", 1, 1, LIMIT)).full_in <= 1_060_000_000
    await leases.close()


async def test_two_processes_admit_together_exactly_what_the_bucket_holds(database):
    processes = [LeasedBuckets(SqlRateLimits(database)) for _ in range(2)]
    waits = list[int | None]()

    async def operations(process: LeasedBuckets) -> None:
        for _ in range(60):
            waits.append(await process.take("a", 7, LIMIT))

    began = asyncio.get_running_loop().time()
    await asyncio.gather(*(operations(it) for it in processes for _ in range(4)))
    restored = asyncio.get_running_loop().time() - began
    admitted = 7 * waits.count(None)
    # What a process holds and is too little for another operation is not admitted.
    assert 1_000 - len(processes) * (slice_of(LIMIT) + 7) <= admitted <= 1_000 + restored + 1
    await asyncio.gather(*(it.close() for it in processes))


async def test_the_table_is_unlogged_and_full_buckets_are_deleted(database):
    assert await rows_of(database, "SELECT relpersistence FROM pg_class WHERE relname = 'rate_limits'") == [(b"u",)]
    leases = SqlRateLimits(database)
    await leases.lease("a", 1, 1_000, LIMIT)

    async def pause() -> None: ...

    retention = SqlRetention(database, RetentionPeriods())
    now = datetime.now(UTC)
    assert (await retention.purge(now, pause))["rate_limits"] == 0
    assert (await retention.purge(now + timedelta(hours=2), pause))["rate_limits"] == 1
    await leases.close()
