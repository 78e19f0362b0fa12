"""Queries read from a streaming replica, by two servers on a real PostgreSQL and a real replica."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import pytest_asyncio

from adapters.database.core.engine import ANSWER_SECONDS
from domain.shared.access import CUSTOMER_SCOPES
from tests.api.conftest import MakeDatabase
from tests.api.support.makers import a_quote
from tests.api.support.running import Running, running
from tests.e2e.processes import eventually
from tests.postgres import Server, execute_on_postgres, start_replica

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUOTES = "{ quotes { totalCount } }"
COUNTED = re.compile(r'^quotegraph_queries_read_total\{database="(\w+)"\} (\d+)', re.MULTILINE)


@dataclass
class Replicated:
    """Two servers with the same primary and the same replica."""

    one: Running
    other: Running
    replica: Server

    @contextmanager
    def paused(self) -> Iterator[None]:
        """The replica shows nothing of what is committed meanwhile."""
        self.replica.execute("SELECT pg_wal_replay_pause()")
        paused = "DO $$ BEGIN WHILE pg_get_wal_replay_pause_state() <> 'paused' LOOP PERFORM pg_sleep(0.01); "
        self.replica.execute(f"{paused} END LOOP; END $$")
        try:
            yield
        finally:
            self.replica.execute("SELECT pg_wal_replay_resume()")


async def counted(api: Running) -> dict[str, int]:
    """How many queries a server has read, by where."""
    async with api.http.get(api.url.replace("/graphql", "/metrics")) as response:
        return {name: int(count) for name, count in COUNTED.findall(await response.text())}


async def quotes(api: Running, key: str) -> int:
    return int((await api.data(QUOTES, key=key))["quotes"]["totalCount"])


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def both(new_database: MakeDatabase) -> AsyncIterator[Replicated]:
    url = await new_database("postgresql")
    name = url.partition("?")[0].rpartition("/")[2]
    # The tests' server writes its log to the replica late, as it would be lost in a crash.
    execute_on_postgres(f'ALTER DATABASE "{name}" SET synchronous_commit = on')
    replica = await asyncio.to_thread(start_replica)
    try:
        read = replica.url(name)
        async with running(url, read_database_url=read) as one, running(url, read_database_url=read) as other:
            yield Replicated(one, other, replica)
    finally:
        replica.stop()


async def test_a_key_reads_what_it_has_written_by_another_server_while_the_replica_is_behind(both: Replicated):
    key = await both.one.key(*CUSTOMER_SCOPES)
    before = await quotes(both.other, key)
    with both.paused():
        await a_quote(both.one, prices=None, key=key)
        assert await quotes(both.other, key) == before + 1
        assert (await counted(both.other))["primary_replica_behind"] == 1


async def test_a_key_that_has_not_written_reads_from_the_replica_which_may_be_behind(both: Replicated):
    writer, reader = [await both.one.key(*CUSTOMER_SCOPES) for _ in range(2)]
    before = await quotes(both.one, reader)
    with both.paused():
        await a_quote(both.one, prices=None, key=writer)
        read = (await counted(both.other))["replica"]
        assert await quotes(both.other, reader) == before
        assert (await counted(both.other))["replica"] == read + 1


async def test_the_replica_is_read_again_once_it_has_what_the_key_has_written(both: Replicated):
    key = await both.one.key(*CUSTOMER_SCOPES)
    before = await quotes(both.one, key)
    with both.paused():
        await a_quote(both.one, prices=None, key=key)

    async def from_the_replica() -> bool:
        read = (await counted(both.other))["replica"]
        assert await quotes(both.other, key) == before + 1
        return (await counted(both.other))["replica"] == read + 1

    await eventually(from_the_replica)


async def test_a_payload_and_the_customer_without_a_key_read_from_the_primary(both: Replicated):
    with both.paused():
        made = await a_quote(both.one)
        sent = await both.one.act(
            "sendQuote", {"quoteId": made.id}, "quote { publicKey { key } }", key=both.one.operator
        )
        key = sent["quote"]["publicKey"]["key"]
        body = {"query": "query($key: String!) { publicQuote(key: $key) { orderId } }", "variables": {"key": key}}
        async with both.other.http.post(both.other.url, json=body) as response:
            answer = await response.json()
    assert answer["data"]["publicQuote"]["orderId"] == made.order_id


async def test_a_halted_replica_keeps_nobody_waiting_and_is_read_again_afterwards(both: Replicated):
    writer, reader = [await both.one.key(*CUSTOMER_SCOPES) for _ in range(2)]
    before = await quotes(both.other, reader)
    with both.replica.halted():
        await a_quote(both.one, prices=None, key=writer)
        # Sooner than any statement is given up.
        async with asyncio.timeout(ANSWER_SECONDS):
            found = await asyncio.gather(*(quotes(both.other, key) for key in (writer, reader) for _ in range(3)))
            assert set(found) == {before + 1}
            # It is known by now that the replica is down.
            down = (await counted(both.other))["primary_replica_down"]
            assert await quotes(both.other, reader) == before + 1
            assert (await counted(both.other))["primary_replica_down"] == down + 1

    async def from_the_replica() -> bool:
        read = (await counted(both.other))["replica"]
        assert await quotes(both.other, writer) == before + 1
        return (await counted(both.other))["replica"] == read + 1

    await eventually(from_the_replica)


# The last one, as the replica is gone after it.
async def test_queries_are_answered_by_the_primary_while_the_replica_is_down(both: Replicated):
    before = await quotes(both.other, both.other.customer)
    await asyncio.to_thread(both.replica.stop)
    earlier = await counted(both.other)
    for _ in range(3):
        assert await quotes(both.other, both.other.customer) == before
    found = await counted(both.other)
    more = [found[it] - earlier[it] for it in ("replica", "primary_replica_down")]
    assert more == [1, 2]
