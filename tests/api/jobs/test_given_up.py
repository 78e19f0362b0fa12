"""Requests whose client goes away before they are answered."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg
import pytest

from tests.api.support.makers import a_quote
from tests.api.support.running import Running, document
from tests.patience import PATIENCE

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"

on_postgresql = pytest.mark.parametrize("api", ["postgresql"], indirect=True)


@asynccontextmanager
async def locked(api: Running, table: str) -> AsyncIterator[asyncpg.Connection]:
    """A table that nobody else can read until the block ends."""
    url = api.parts.database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    holder, watcher = await asyncpg.connect(url), await asyncpg.connect(url)
    async with holder.transaction():
        await holder.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield watcher
    await holder.close()
    await watcher.close()


async def until(look: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await look():
            await asyncio.sleep(0.01)


@on_postgresql
async def test_a_query_that_nobody_waits_for_any_more_holds_no_connection(api):
    await a_quote(api)
    async with locked(api, "quote_items") as watcher:
        asked = [asyncio.create_task(api.run("{ quotes { nodes { items { id } } } }")) for _ in range(4)]

        async def all_wait() -> bool:
            return bool(await watcher.fetchval(WAITING) == len(asked))

        async def none_waits() -> bool:
            return bool(await watcher.fetchval(WAITING) == 0)

        await until(all_wait)
        for it in asked:
            it.cancel()
        await until(none_waits)


@on_postgresql
async def test_a_mutation_goes_on_though_who_sent_it_has_gone(api):
    quote = await a_quote(api)
    async with locked(api, "quotes") as watcher:
        asked = asyncio.create_task(api.run(document("acceptItem"), {"input": {"itemId": quote.item}}))

        async def waits() -> bool:
            return bool(await watcher.fetchval(WAITING) == 1)

        await until(waits)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked

    async def accepted() -> bool:
        return [it.status for it in await api.rows("quote_items")] == ["ACCEPTED"]

    await until(accepted)
