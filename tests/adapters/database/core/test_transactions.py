"""Transactions of units of work end whole or not at all, whatever becomes of their connection, caller or statements."""

import asyncio
import sqlite3
from functools import partial

import pytest
from asyncpg import InFailedSQLTransactionError
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from adapters.database.core.engine import Database, open_database
from adapters.database.core.outages import outage
from adapters.database.core.set_writes import InsertRows, UpdateRows
from adapters.database.tags.tables import tags
from domain.shared.ids import new_id
from tests.databases import Company, a_company, rows_of

POSTGRESQL = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

ADD = InsertRows(tags, ("tenant_id", "node_id", "tag"), key=("node_id", "tag"))
RENAME = UpdateRows(tags, ("tag",), key=("node_id",))
NUMBER = text("UPDATE tenants SET last_event = last_event + 1")
NUMBERS = "SELECT DISTINCT last_event FROM tenants"


def _tag(company: Company, node_id: str, tag: str) -> dict[str, object]:
    return {"tenant_id": company.live, "node_id": node_id, "tag": tag}


def _release(noted: asyncio.Semaphore, _statement: str) -> None:
    noted.release()


async def _number(database: Database, times: int = 1) -> None:
    async with asyncio.timeout(10), database.transactions.begin() as transaction:
        for _ in range(times):
            await transaction.execute(NUMBER)
        await transaction.commit()


async def test_of_writes_of_one_row_the_last_one_stays(database: Database) -> None:
    company, node_id = await a_company(database), new_id()
    async with database.transactions.begin() as transaction:
        await transaction.write(ADD, [_tag(company, node_id, "a"), _tag(company, new_id(), "other")])
        await transaction.write(RENAME, [{"node_id": node_id, "tag": "b"}, {"node_id": node_id, "tag": "c"}])
        await transaction.write(RENAME, [{"node_id": node_id, "tag": "d"}])
        await transaction.commit()
    assert await rows_of(database, "SELECT tag FROM tags ORDER BY tag") == [("d",), ("other",)]


async def test_more_rows_are_written_together_than_a_statement_may_have_parameters(database: Database) -> None:
    company = await a_company(database)
    async with database.transactions.begin() as transaction:
        await transaction.write(ADD, [_tag(company, new_id(), str(number)) for number in range(33_000)])
        await transaction.commit()
    assert await rows_of(database, "SELECT count(*) FROM tags") == [(33_000,)]


@POSTGRESQL
async def test_a_commit_of_what_postgresql_has_given_up_is_an_error(database: Database) -> None:
    await a_company(database)
    async with database.transactions.begin() as transaction:
        await transaction.execute(NUMBER)
        with pytest.raises(IntegrityError):
            await transaction.execute(text("UPDATE tenants SET company_id = 'none'"))
        with pytest.raises(InFailedSQLTransactionError):
            await transaction.commit()
    await _number(database)
    assert await rows_of(database, NUMBERS) == [(1,)]


@POSTGRESQL
async def test_a_connection_that_ends_at_its_commit_is_an_outage_and_is_replaced(database: Database) -> None:
    await a_company(database)
    body = "BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END"
    async with database.write.begin() as connection:
        await connection.execute(text(f"CREATE FUNCTION ending() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"))
        await connection.execute(
            text(
                "CREATE CONSTRAINT TRIGGER ending AFTER UPDATE ON tenants DEFERRABLE INITIALLY DEFERRED "
                "FOR EACH ROW EXECUTE FUNCTION ending()"
            )
        )
    one = open_database(database.url.render_as_string(hide_password=False), pool_size=1)
    with pytest.raises(Exception) as failure:  # noqa: PT011 - which one depends on what is noticed first
        await _number(one)
    assert outage(failure.value)
    async with database.write.begin() as connection:
        await connection.execute(text("DROP FUNCTION ending CASCADE"))
    await _number(one)
    assert await rows_of(database, NUMBERS) == [(1,)]
    await one.close()


@pytest.mark.parametrize("statements", [1, 2, 3])
async def test_a_transaction_that_is_cancelled_at_any_statement_leaves_nothing_behind(database, statements) -> None:
    await a_company(database)
    one = open_database(database.url.render_as_string(hide_password=False), pool_size=1)
    for steps in (0, 1, 3):
        await _number(one)
        [(known,)] = await rows_of(database, NUMBERS)
        noted = asyncio.Semaphore(0)
        one.transactions.listeners[:] = [partial(_release, noted)]
        task = asyncio.create_task(_number(one, times=3))
        for _ in range(statements):
            await noted.acquire()
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await _number(database)
        await _number(one)
        # All of it was committed, or nothing, and others can write.
        [(found,)] = await rows_of(database, NUMBERS)
        assert found - known in (2, 5)
    await one.close()


@SQLITE
async def test_who_gives_up_waiting_for_the_lock_of_another_process_does_not_take_it_later(database: Database) -> None:
    await a_company(database)
    other = sqlite3.connect(str(database.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    task, begun = asyncio.create_task(_number(database)), asyncio.Event()
    database.transactions.listeners.append(lambda _statement: begun.set())
    await begun.wait()
    task.cancel()
    other.execute("COMMIT")
    with pytest.raises(asyncio.CancelledError):
        await task
    other.execute("BEGIN IMMEDIATE")
    other.execute("ROLLBACK")
    other.close()
    assert await rows_of(database, NUMBERS) == [(0,)]
    await _number(database)
