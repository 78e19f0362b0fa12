"""Connections for single reads, against a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import literal_column, select, text

from adapters.database.core.engine import open_database, parse_url
from adapters.database.core.pool import ConnectionPool
from tests.postgres import new_postgres_database

WHO = "SELECT pg_backend_pid() AS pid"


@pytest.fixture(scope="module")
def address() -> dict[str, str]:
    return {"dsn": parse_url(new_postgres_database()).set(drivername="postgresql").render_as_string(False)}


@pytest_asyncio.fixture
async def two(address: dict[str, str]) -> AsyncIterator[ConnectionPool]:
    connections = ConnectionPool(address, 2)
    yield connections
    await connections.close()


async def test_a_connection_is_used_again(two):
    assert (await two.fetch(WHO, []))[0]["pid"] == (await two.fetch(WHO, []))[0]["pid"]


async def test_more_reads_than_connections_wait_their_turn(two):
    found = await asyncio.gather(
        *(two.fetch("SELECT pg_backend_pid() AS pid, $1::int AS number", [n]) for n in range(20))
    )
    assert [rows[0]["number"] for rows in found] == list(range(20))
    assert len({rows[0]["pid"] for rows in found}) == 2


async def test_a_statement_that_fails_leaves_its_connection_usable(two):
    pid = (await two.fetch(WHO, []))[0]["pid"]
    with pytest.raises(asyncpg.PostgresError):
        await two.fetch("SELECT 1 / 0", [])
    assert (await two.fetch(WHO, []))[0]["pid"] == pid


async def test_a_connection_that_broke_is_replaced(two):
    pid = (await two.fetch(WHO, []))[0]["pid"]
    other = asyncio.create_task(two.fetch("SELECT pg_sleep(0.05)", []))
    await asyncio.sleep(0)
    await two.fetch("SELECT pg_terminate_backend($1)", [pid])
    with pytest.raises(asyncpg.PostgresError):
        await other
    found = await asyncio.gather(*(two.fetch(WHO, []) for _ in range(4)), return_exceptions=True)
    assert any(not isinstance(it, Exception) for it in found)
    assert (await two.fetch(WHO, []))[0]["pid"] != pid


class Ending:
    """A connection that the server ends in the middle of a statement, and that does not know so yet."""

    def __init__(self) -> None:
        self.closed_in_order = False

    async def fetch(self, _sql: str) -> None:
        raise asyncpg.PostgresError.new({"S": "FATAL", "V": "FATAL", "C": "57P01", "M": "terminating connection"})

    def is_closed(self) -> bool:
        return False

    async def close(self, timeout: float) -> None:
        self.closed_in_order = timeout > 0


async def test_a_connection_that_the_server_ends_is_not_used_again(two):
    ending = Ending()
    two._idle.append(ending)
    two._open += 1
    with pytest.raises(asyncpg.AdminShutdownError):
        await two.fetch("SELECT 1", [])
    assert ending not in two._idle
    assert await two.fetch(WHO, [])
    assert ending.closed_in_order


async def test_a_read_that_is_given_up_frees_its_place(two):
    for _ in range(4):
        reading = asyncio.create_task(two.fetch("SELECT pg_sleep(60)", []))
        await two.fetch(WHO, [])
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
    assert await two.fetch(WHO, [])


async def test_who_waits_and_gives_up_does_not_keep_the_place_of_the_next(two):
    held = [asyncio.create_task(two.fetch("SELECT pg_sleep(0.05)", [])) for _ in range(2)]
    await asyncio.sleep(0)
    gives_up = asyncio.create_task(two.fetch(WHO, []))
    waits = asyncio.create_task(two.fetch(WHO, []))
    await asyncio.sleep(0)
    gives_up.cancel()
    await asyncio.gather(*held)
    assert await waits


async def test_closed_connections_say_so(address):
    connections = ConnectionPool(address, 1)
    await connections.fetch(WHO, [])
    await connections.close()
    with pytest.raises(asyncpg.InterfaceError, match="closed"):
        await connections.fetch(WHO, [])


async def test_who_waits_for_connections_that_are_closed_is_told(address):
    connections = ConnectionPool(address, 1)
    reading = asyncio.create_task(connections.fetch("SELECT pg_sleep(0.05)", []))
    await asyncio.sleep(0)
    waiting = [asyncio.create_task(connections.fetch(WHO, [])) for _ in range(3)]
    await asyncio.sleep(0)
    await connections.close()
    for it in waiting:
        with pytest.raises(asyncpg.InterfaceError, match="closed"):
            await it
    assert await reading


@pytest.mark.parametrize("spelling", ["ssl", "sslmode"])
async def test_options_in_the_address_hold_for_every_way_to_the_database(spelling):
    url = parse_url(new_postgres_database()).update_query_dict({spelling: "prefer", "command_timeout": "20"})
    database = open_database(url.render_as_string(hide_password=False))
    async with database.read.connect() as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
    statement = database.reads.statement(select(literal_column("2")))
    assert [tuple(row) for row in await database.reads.fetch(statement, {})] == [(2,)]
    await database.close()


async def test_connections_that_the_database_dropped_are_not_used_again():
    database = open_database(new_postgres_database())
    everyone = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    for engine in (database.read, database.write):
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    other = await asyncpg.connect(parse_url(str(database.url)).set(drivername="postgresql").render_as_string(False))
    await other.execute(f"{everyone} AND datname = current_database()")
    await other.close()
    for engine in (database.read, database.write):
        async with engine.connect() as connection:
            assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
    await database.close()


async def test_who_waits_gets_the_next_connection_and_nobody_who_comes_later(address):
    connections, served = ConnectionPool(address, 1), []

    async def take(name: str) -> None:
        connection = await connections._take()
        served.append(name)
        connections._give(connection)

    held = await connections._take()
    waiting = [asyncio.create_task(take(name)) for name in ("first", "second")]
    await asyncio.sleep(0)
    connections._give(held)
    # It runs before those who were woken.
    await asyncio.gather(take("third"), *waiting)
    assert served == ["first", "second", "third"]
    await connections.close()


async def test_a_connection_that_was_handed_to_who_gives_up_goes_to_the_next(address):
    connections = ConnectionPool(address, 1)
    held = await connections._take()
    gives_up, waits = [asyncio.create_task(connections._take()) for _ in range(2)]
    await asyncio.sleep(0)
    connections._give(held)
    gives_up.cancel()
    assert await waits is held
    connections._drop(held)
    assert await connections.fetch(WHO, [])
    await connections.close()
