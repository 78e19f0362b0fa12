"""What takes too long in the database is given up, as an outage."""

import pytest
from sqlalchemy import text

from adapters.database.core.engine import Database, open_database
from adapters.database.core.outages import outage
from adapters.database.core.timeouts import Timeouts
from tests.postgres import new_postgres_database

SHORT, LONG = 0.05, 600.0


async def statements(timeouts: Timeouts, *sql: str) -> None:
    """Executes statements in one transaction of the writing kind."""
    database = open_database(new_postgres_database(), timeouts=timeouts)
    try:
        async with database.transactions.begin() as transaction:
            for statement in sql:
                await transaction.execute(text(statement))
    finally:
        await database.close()


async def test_a_statement_that_takes_too_long_is_an_outage():
    with pytest.raises(Exception, match="statement timeout") as failed:
        await statements(Timeouts(SHORT, LONG, LONG), "SELECT pg_sleep(60)")
    assert outage(failed.value) is not None


async def test_an_idle_transaction_is_ended():
    database = open_database(new_postgres_database(), timeouts=Timeouts(LONG, LONG, SHORT))
    with pytest.raises(Exception, match=r"idle-in-transaction|closed|connection|another operation") as failed:
        await idle_too_long(database)
    assert outage(failed.value) is not None
    await database.close()


async def idle_too_long(database: Database) -> None:
    idle = text(
        "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND datname = current_database()"
    )
    async with database.transactions.begin() as transaction:
        await transaction.execute(text("SELECT 1"))
        async with database.read.connect() as other:
            while (await other.execute(idle)).scalar():
                await other.execute(text("SELECT pg_sleep(0.01)"))
        await transaction.execute(text("SELECT 1"))


async def test_waiting_for_a_lock_for_too_long_is_an_outage():
    database = open_database(new_postgres_database(), timeouts=Timeouts(LONG, SHORT, LONG))
    lock = text("SELECT pg_advisory_xact_lock(1)")
    async with database.transactions.begin() as first:
        await first.execute(lock)
        with pytest.raises(Exception, match="lock timeout") as failed:
            async with database.transactions.begin() as second:
                await second.execute(lock)
    assert outage(failed.value) is not None
    await database.close()


async def test_all_connections_of_a_server_have_the_time_outs():
    database = open_database(new_postgres_database(), timeouts=Timeouts(1, 2, 3))
    shown = text("SELECT current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout')")
    for engine in (database.read, database.write):
        async with engine.connect() as connection:
            assert (await connection.execute(shown)).one() == ("2s", "3s")
    await database.close()
