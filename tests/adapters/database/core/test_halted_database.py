"""A database that does not answer is given up after a while, and asked again on another connection."""

import pytest
from sqlalchemy import Text, column, func, select, text

from adapters.database.companies.tables import companies
from adapters.database.companies.write_positions import WritePositions
from adapters.database.core.engine import open_database
from adapters.database.core.outages import outage
from tests.databases import Templates

PIDS = text("SELECT pg_backend_pid()")


async def test_a_statement_without_an_answer_fails_and_its_connection_is_not_used_again(migrated, tmp_path) -> None:
    url = await migrated.new("postgresql", tmp_path)
    database = open_database(url, pool_size=1, answer_seconds=0.5)
    async with database.write.connect() as connection:
        before = (await connection.execute(PIDS)).scalar_one()
    with pytest.raises(TimeoutError) as failure:
        async with database.write.begin() as connection:
            await connection.execute(text("SELECT pg_sleep(60)"))
    assert outage(failure.value)
    async with database.write.connect() as connection:
        assert (await connection.execute(PIDS)).scalar_one() != before
    await database.close()
    migrated.give_back(url)


async def test_a_read_that_waits_for_a_connection_is_given_up_too(migrated: Templates, tmp_path) -> None:
    url = await migrated.new("postgresql", tmp_path)
    database = open_database(url, pool_size=1, answer_seconds=0.5)
    pool = database.reads._connections
    assert pool is not None
    taken = await pool._take()
    with pytest.raises(TimeoutError):
        await pool.fetch("SELECT 1", ())
    pool._give(taken)
    assert [tuple(it) for it in await pool.fetch("SELECT 1", ())] == [(1,)]
    with pytest.raises(TimeoutError):
        await pool.fetch("SELECT pg_sleep(60)", ())
    assert [tuple(it) for it in await pool.fetch("SELECT 2", ())] == [(2,)]
    await database.close()
    migrated.give_back(url)


async def test_a_unit_of_work_without_an_answer_fails_and_its_connection_is_not_used_again(migrated, tmp_path) -> None:
    url = await migrated.new("postgresql", tmp_path)
    database = open_database(url, pool_size=1, answer_seconds=0.5)
    with pytest.raises(TimeoutError):
        async with database.transactions.begin() as transaction:
            await transaction.execute(text("SELECT pg_sleep(60)").columns(column("it", Text)))
    async with database.transactions.begin() as transaction:
        assert (await transaction.execute(select(func.count()).select_from(companies))).scalar_one() == 0
        await transaction.commit()
    await database.close()
    migrated.give_back(url)


async def test_where_a_key_has_written_is_not_waited_for_for_ever(migrated: Templates, tmp_path) -> None:
    url = await migrated.new("postgresql", tmp_path)
    database = open_database(url, answer_seconds=0.5)
    positions = WritePositions(database)
    async with database.write.begin() as connection:
        await connection.execute(text("LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(TimeoutError):
            await positions.of("a key")
    assert await positions.of("a key") == 0
    await positions.close()
    await database.close()
    migrated.give_back(url)
