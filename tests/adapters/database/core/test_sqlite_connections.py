"""Connections to SQLite that are given up."""

import asyncio

from adapters.database.core.engine import open_database
from adapters.database.core.sqlite_connections import SqliteConnection, connect
from tests.patience import PATIENCE


async def test_closing_that_is_broken_off_ends_also_if_the_connection_was_stopped_meanwhile(tmp_path):
    connection = await connect(str(tmp_path / "quotegraph.db"))
    closing = asyncio.create_task(connection.close())
    await asyncio.sleep(0)
    connection.stop()
    closing.cancel()
    done, _ = await asyncio.wait([closing], timeout=PATIENCE)
    assert [it.cancelled() for it in done] == [True]


async def test_a_connection_that_was_closed_is_stopped_at_once(tmp_path):
    connection = await connect(str(tmp_path / "quotegraph.db"))
    await connection.close()
    stopped = connection.stop()
    assert stopped is not None
    assert stopped.done()
    await connection.close()


async def test_the_connections_of_a_database_are_such(tmp_path):
    database = open_database(f"sqlite+aiosqlite:///{tmp_path / 'quotegraph.db'}")
    for engine in (database.read, database.write):
        async with engine.connect() as connection:
            assert isinstance((await connection.get_raw_connection()).driver_connection, SqliteConnection)
    await database.close()
