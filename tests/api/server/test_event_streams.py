"""Subscriptions over server-sent events, each on a connection of its own."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientResponse

from app.server import event_streams
from domain.shared.access import CUSTOMER_SCOPES
from tests.api.support.makers import a_price, a_quote
from tests.api.support.running import Running
from tests.patience import PATIENCE

CHANGED = "subscription($id: ID!, $after: String) { quoteChanged(id: $id, after: $after) { type cursor } }"
NOW = "subscription($id: ID!) { quoteChanged(id: $id, includeCurrent: true) { type } }"


class Stream:
    """The events of one answer."""

    def __init__(self, answer: ClientResponse) -> None:
        self.answer = answer

    async def next(self) -> tuple[str, Any]:
        """The name and data of the next event; comments are passed over."""
        async with asyncio.timeout(PATIENCE):
            while True:
                lines = (await self.answer.content.readuntil(b"\n\n")).decode().strip("\n").split("\n")
                if lines != [":"]:
                    [event, data] = lines
                    text = data.removeprefix("data:").strip()
                    return event.removeprefix("event: "), json.loads(text) if text else None

    async def ended(self) -> bool:
        async with asyncio.timeout(PATIENCE):
            return await self.answer.content.read() == b""


@asynccontextmanager
async def streamed(api: Running, query: str, key: str | None = None, **variables: Any) -> AsyncIterator[Stream]:
    headers = {"Authorization": f"Bearer {key or api.customer}", "Accept": "text/event-stream"}
    body = {"query": query, "variables": variables}
    async with api.http.post(api.url, json=body, headers=headers) as answer:
        yield Stream(answer)


async def test_an_acceptance_reaches_a_stream_of_events_which_can_be_resumed(api):
    quote = await a_quote(api)
    async with streamed(api, NOW, id=quote.id) as stream:
        assert stream.answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert await stream.next() == ("next", {"data": {"quoteChanged": {"type": "CURRENT_STATE"}}})
        await api.act("acceptItem", {"itemId": quote.item})
        accepted = await stream.next()
        assert accepted == ("next", {"data": {"quoteChanged": {"type": "QUOTE_ITEM_ACCEPTED"}}})

    events = await api.data("{ quotes { nodes { history(first: 3) { nodes { type cursor } } } } }")
    latest = events["quotes"]["nodes"][0]["history"]["nodes"]
    async with streamed(api, CHANGED, id=quote.id, after=latest[-1]["cursor"]) as stream:
        received = [(await stream.next())[1]["data"]["quoteChanged"] for _ in latest[:-1]]
        assert received == latest[:-1][::-1]


async def test_a_query_is_one_result_and_the_end(api):
    async with streamed(api, "{ viewer { environment } }") as stream:
        assert await stream.next() == ("next", {"data": {"viewer": {"environment": "LIVE"}}})
        assert await stream.next() == ("complete", None)
        assert await stream.ended()


async def test_a_mutation_may_be_sent_too(api):
    quote = await a_quote(api)
    query = """mutation($id: ID!, $price: MoneyInput!) {
        priceItem(input: {itemId: $id, price: $price}) { item { status } } }"""
    async with streamed(api, query, key=api.operator, id=quote.item, price=a_price("7")) as stream:
        assert (await stream.next())[1] == {"data": {"priceItem": {"item": {"status": "SOURCED"}}}}


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("{ quotes { totalCount } }", 403, "FORBIDDEN"),
        (NOW, 403, "FORBIDDEN"),
        ("subscription($id: ID!) { quoteChanged(id: $id) { type } }", 403, "FORBIDDEN"),
    ],
)
async def test_what_a_key_may_not_ask_is_refused_by_its_status(api, query, status, code):
    blind = await api.key("products:read")
    async with streamed(api, query, key=blind, id="x") as stream:
        assert stream.answer.status == status
        assert [it["extensions"]["code"] for it in (await stream.answer.json(content_type=None))["errors"]] == [code]


@pytest.mark.parametrize("query", ["subscription { nothing }", "subscription {", "{ nothing }"])
async def test_what_cannot_begin_is_told_as_the_one_result(api, query):
    async with streamed(api, query) as stream:
        assert stream.answer.status == 200
        name, payload = await stream.next()
        assert (name, [it["extensions"]["code"] for it in payload["errors"]]) == ("next", ["VALIDATION_ERROR"])
        assert await stream.next() == ("complete", None)
        assert await stream.ended()


async def test_without_a_good_key_there_is_no_stream(api):
    async with streamed(api, NOW, key="qk_live_" + "x" * 40, id="x") as stream:
        assert stream.answer.status == 401


async def test_a_subscription_to_what_is_not_there_is_told_so_and_ended(api):
    async with streamed(api, NOW, id="nonsense") as stream:
        name, payload = await stream.next()
        assert (name, payload["errors"][0]["extensions"]["code"]) == ("next", "VALIDATION_ERROR")
        assert await stream.next() == ("complete", None)


async def test_a_stream_whose_key_is_revoked_is_told_so_and_ended(api, monkeypatch):
    monkeypatch.setattr(event_streams, "CHECK_SECONDS", 0.05)
    quote, key = await a_quote(api), await api.key(*CUSTOMER_SCOPES)
    async with streamed(api, NOW, key=key, id=quote.id) as stream:
        await stream.next()
        await api.revoke(key)
        name, payload = await stream.next()
        assert (name, payload["errors"][0]["extensions"]["code"]) == ("next", "UNAUTHORIZED")
        assert await stream.next() == ("complete", None)
        assert await stream.ended()


async def test_streams_end_when_the_server_goes_down(api):
    quote = await a_quote(api)
    async with streamed(api, NOW, id=quote.id) as stream:
        await stream.next()
        await api.parts.api.close_sockets(None)
        assert await stream.next() == ("complete", None)


async def test_nothing_listens_for_a_client_that_has_gone(api, monkeypatch):
    monkeypatch.setattr(event_streams, "CHECK_SECONDS", 0.05)
    quote = await a_quote(api)
    async with streamed(api, NOW, id=quote.id) as stream:
        await stream.next()
        stream.answer.close()
    async with asyncio.timeout(PATIENCE):
        while any(api.parts.signals._listeners.values()):
            await asyncio.sleep(0.01)
