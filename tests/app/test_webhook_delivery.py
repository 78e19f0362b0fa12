"""A worker delivers to endpoints over real connections, and those that never end delay no other."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from adapters.database.core.engine import Database
from adapters.secrets import new_secret_key, secret_box
from app.settings import Settings
from app.wiring import Parts, assemble
from domain.shared.errors import NodeRef
from domain.shared.events import EventType, NewEvent
from domain.webhooks.endpoints import EndpointSecrets
from tests.builders import ANA, NOW, a_quote, an_endpoint
from tests.databases import LIVE, a_company, dependencies_on, write_quotes
from tests.patience import PATIENCE

EVENTS = 5
KEY = new_secret_key()


@asynccontextmanager
async def endpoint_at(answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    """The address of a server that answers every request so."""
    app = web.Application()
    app.router.add_post("/", answer)
    async with TestServer(app) as server:
        yield str(server.make_url("/"))


@asynccontextmanager
async def working(database: Database) -> AsyncIterator[Parts]:
    """A running worker on a database."""
    url = database.url.render_as_string(hide_password=False)
    async with assemble(Settings(database_url=url, secret_key=SecretStr(KEY), allow_loopback_webhooks=True)) as parts:
        running = asyncio.create_task(parts.worker.run())
        yield parts
        await parts.worker.stop(0)
        await asyncio.wait({running})


async def told(database: Database, code: str, url: str, events: int) -> None:
    """An endpoint of a new company, and events for it."""
    company = await a_company(database, code)
    quote = a_quote(tenant_id=company.live)
    await write_quotes(database, quote)
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        endpoint = an_endpoint(tenant_id=company.live, url=url)
        await work.webhooks.add(endpoint, EndpointSecrets(secret_box([KEY]).seal("5e" * 32)))
        for _ in range(events):
            work.record(NewEvent(EventType.QUOTE_PENDING, company.live, NodeRef("Quote", quote.quote.id), ANA, NOW))
        await work.commit()


async def test_an_endpoint_that_hangs_and_one_that_streams_for_ever_delay_no_other(database):
    reached, ended, received, complete = set[str](), set[str](), list[dict[str, object]](), asyncio.Event()

    async def hang(_: web.Request) -> web.StreamResponse:
        reached.add("hanging")
        try:
            await asyncio.Event().wait()
        finally:
            ended.add("hanging")
        raise AssertionError

    async def stream(request: web.Request) -> web.StreamResponse:
        reached.add("streaming")
        answer = web.StreamResponse()
        await answer.prepare(request)
        try:
            while True:
                await answer.write(b"more ")
                await asyncio.sleep(0.01)
        finally:
            ended.add("streaming")

    async def receive(request: web.Request) -> web.StreamResponse:
        assert request.content_type == "application/json"
        assert request.headers["User-Agent"] == "quotegraph-webhooks"
        received.append(await request.json())
        if len(received) == EVENTS:
            complete.set()
        return web.Response(status=204)

    async with endpoint_at(hang) as hanging, endpoint_at(stream) as streaming, endpoint_at(receive) as receiving:
        await told(database, "HANGING", hanging, 1)
        await told(database, "STREAMING", streaming, 1)
        async with working(database):
            async with asyncio.timeout(PATIENCE):
                while len(reached) < 2:
                    await asyncio.sleep(0.01)
                await told(database, "WELL", receiving, EVENTS)
                await complete.wait()
            assert ended == set()
    assert [it["sequence"] for it in received] == list(range(1, EVENTS + 1))
