"""Connections for single reads, against a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from adapters.database.connections import Connections
from adapters.database.engine import parse_url
from tests.postgres import new_postgres_database

WHO = "SELECT pg_backend_pid() AS pid"


@pytest.fixture(scope="module")
def address() -> str:
    return parse_url(new_postgres_database()).set(drivername="postgresql").render_as_string(hide_password=False)


@pytest_asyncio.fixture
async def two(address: str) -> AsyncIterator[Connections]:
    connections = Connections(address, 2)
    yield connections
    connections.close()


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
    connections = Connections(address, 1)
    await connections.fetch(WHO, [])
    connections.close()
    with pytest.raises(asyncpg.InterfaceError, match="closed"):
        await connections.fetch(WHO, [])
