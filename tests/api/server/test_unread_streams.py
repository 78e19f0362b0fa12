"""A client that does not read its event stream is cut off, and nobody else notices."""

import asyncio

import aiohttp

from app.server.streams import open_streams
from tests.api.server.test_shared_streams import Client
from tests.api.support.makers import a_quote
from tests.api.support.running import Running
from tests.api.support.streams import Stream, streamed
from tests.e2e.processes import eventually
from tests.patience import PATIENCE

# Half a megabyte for each event, which soon fills all buffers between the server and a client.
LONG = "x" * 5_000
FIELDS = " ".join(f"n{number}: node {{ ... on Quote {{ notes }} }}" for number in range(100))
EVENTS = f"subscription {{ events(types: [QUOTE_UPDATED]) {{ cursor {FIELDS} }} }}"
MOST_UPDATES = 200


async def update(api: Running, quote: str, number: int) -> None:
    given = {"quoteId": quote, "notes": LONG, "poNumber": str(number)}
    assert (await api.act("updateQuote", given, key=api.operator))["userErrors"] == []


async def cursors_of(stream: Stream, found: list[str]) -> None:
    """Reads events for ever."""
    while True:
        found.append((await stream.next())[1]["data"]["events"]["cursor"])


async def received_all(found: list[str], count: int) -> None:
    await eventually(lambda: len(found) == count)


async def breaks_off(stream: Stream) -> bool:
    """Whether the answer ends without its end."""
    try:
        async with asyncio.timeout(PATIENCE):
            while await stream.answer.content.readany():
                pass
    except aiohttp.ClientError:
        return True
    return False


async def test_the_connection_of_an_event_stream_ends_when_nobody_acknowledges_anything(api, monkeypatch):
    made: list[asyncio.Transport] = []
    monkeypatch.setattr(open_streams, "set_options", made.append)
    async with streamed(api, EVENTS):
        await eventually(lambda: len(made) == 1)


async def test_a_client_that_does_not_read_is_cut_off_and_another_gets_every_event(api):
    quote, counts = (await a_quote(api)).id, api.parts.engine.feed.counts
    async with streamed(api, EVENTS) as deaf, streamed(api, EVENTS) as other:
        received: list[str] = []
        reading = asyncio.create_task(cursors_of(other, received))
        await eventually(lambda: api.parts.engine.feed.subscriptions == 2)
        sent = 0
        while not counts.cut_off and sent < MOST_UPDATES:
            await update(api, quote, sent)
            sent += 1
            await received_all(received, sent)
        assert (counts.cut_off, api.parts.engine.feed.subscriptions) == (1, 1)
        assert await breaks_off(deaf)
        await update(api, quote, sent)
        await received_all(received, sent + 1)
        reading.cancel()


async def test_a_shared_stream_that_nobody_reads_ends_with_all_its_operations(api):
    quote, counts = (await a_quote(api)).id, api.parts.engine.feed.counts
    client = Client(api)
    assert await client.reserve() == 201
    async with client.opened() as deaf:
        for operation in ("one", "two"):
            assert await client.send(EVENTS, operation) == (202, None)
        await eventually(lambda: api.parts.engine.feed.subscriptions == 2)
        sent = 0
        while not counts.cut_off and sent < MOST_UPDATES:
            await update(api, quote, sent)
            sent += 1
        await eventually(lambda: api.parts.engine.feed.subscriptions == 0)
        assert await breaks_off(deaf)
    status, _ = await client.send(EVENTS, "three")
    assert status == 404
