"""How often PostgreSQL is asked and answers while a mutation waits: counted in what goes over its socket."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters.signals.notify import Notify
from tests.api.support.makers import a_draft, a_quote
from tests.api.support.running import Running, running

SOCKET = ".s.PGSQL.5432"
ACCEPT = """
    mutation($input: AcceptItemInput!) {
        acceptItem(input: $input) {
            quote { id status } item { id decision } changes { from to } userErrors { code }
        }
    }
"""
CREATE = "mutation($input: CreateQuoteInput!) { createQuote(input: $input) { quote { id } userErrors { code } } }"


class Wire:
    """Counts the round trips of the connections that mutations use: "ready for query" ends each of them, `BEGIN` and
    `COMMIT` included. Statements are prepared on each connection when it first executes them; a test comes after that.

    Left out are the connections of SQLAlchemy, on which keys are looked up twice a second, and the signals of commits.
    """

    def __init__(self, server: Path) -> None:
        self._server = server
        self._tasks: set[asyncio.Task[None]] = set()
        self.round_trips = 0

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_unix_connection(str(self._server))
        startup = await reader.readexactly(struct.unpack("!I", size := await reader.readexactly(4))[0] - 4)
        to_server.write(size + startup)
        is_counted = b"\0jit\0" in startup
        tasks = [self._requests(reader, to_server), self._answers(from_server, writer, is_counted)]
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _requests(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while sent := await reader.read(65536):
            writer.write(sent)
        writer.close()

    async def _answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, is_counted: bool) -> None:
        with_end = True
        while with_end:
            try:
                head = await reader.readexactly(5)
                body = await reader.readexactly(struct.unpack("!I", head[1:])[0] - 4)
            except asyncio.IncompleteReadError:
                break
            self.round_trips += is_counted and head[:1] == b"Z"
            writer.write(head + body)
        writer.close()


@asynccontextmanager
async def watched(url: str, folder: Path) -> AsyncIterator[tuple[Running, Wire]]:
    address, _, directory = url.partition("?host=")
    wire = Wire(Path(directory) / SOCKET)
    server = await asyncio.start_unix_server(wire.accept, folder / SOCKET)
    try:
        async with running(f"{address}?host={folder}") as api:
            yield api, wire
    finally:
        server.close()


@pytest.fixture
async def postgres(new_database, tmp_path, monkeypatch):
    monkeypatch.setattr(Notify, "send", lambda *_: None)
    async with watched(await new_database("postgresql"), tmp_path) as both:
        yield both


async def test_an_accepted_item_takes_seven_round_trips(postgres):
    """BEGIN, the lock, what is locked, all that is written, COMMIT; and the quote and the item of the answer."""
    api, wire = postgres
    *others, last = [await a_quote(api, alternatives=2) for _ in range(4)]
    for quote in others:
        await api.run(ACCEPT, {"input": {"itemId": quote.item}})
    before = wire.round_trips
    done = (await api.run(ACCEPT, {"input": {"itemId": last.item}})).data["acceptItem"]
    assert (done["item"]["decision"], done["userErrors"]) == ("ITEM_ACCEPTED", [])
    assert wire.round_trips - before == 7


async def test_a_refused_acceptance_takes_four(postgres):
    """BEGIN, the lock, what is locked, ROLLBACK."""
    api, wire = postgres
    quote, other = [await a_quote(api, prices=None) for _ in range(2)]
    await api.run(ACCEPT, {"input": {"itemId": other.item}})
    before = wire.round_trips
    refused = (await api.run(ACCEPT, {"input": {"itemId": quote.item}})).data["acceptItem"]
    assert refused["userErrors"] == [{"code": "NOT_PRICED"}]
    assert wire.round_trips - before == 4


async def test_a_new_quote_takes_ten_round_trips(postgres):
    """BEGIN, six for what it is made from, all that is written, COMMIT; and the quote of the answer."""
    api, wire = postgres
    for _ in range(3):
        await api.run(CREATE, {"input": a_draft()})
    before = wire.round_trips
    done = (await api.run(CREATE, {"input": a_draft()})).data["createQuote"]
    assert done["userErrors"] == []
    assert wire.round_trips - before == 10
