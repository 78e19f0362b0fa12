"""Subscriptions as multipart answers, in Apollo's protocol."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientResponse

from app.server import key_watch
from app.server.streams import open_streams
from domain.shared.access import CUSTOMER_SCOPES
from tests.api.support.makers import a_quote
from tests.api.support.running import Running
from tests.patience import PATIENCE

# As Apollo Client 4 sends it.
JSON = "application/graphql-response+json,application/json;q=0.9"
ACCEPT = f"multipart/mixed;boundary=graphql;subscriptionSpec=1.0,{JSON}"
NOW = "subscription($id: ID!) { quoteChanged(id: $id, includeCurrent: true) { type } }"


async def part(answer: ClientResponse) -> Any:
    """The next part."""
    async with asyncio.timeout(PATIENCE):
        text = (await answer.content.readuntil(b"\r\n--graphql")).decode().removesuffix("\r\n--graphql")
    if not text:
        return await part(answer)
    headers, _, content = text.partition("\r\n\r\n")
    assert headers == "\r\nContent-Type: application/json"
    return json.loads(content)


async def ended(answer: ClientResponse) -> bool:
    """Whether nothing but the mark of the last boundary is left."""
    async with asyncio.timeout(PATIENCE):
        return await answer.content.read() == b"--\r\n"


@asynccontextmanager
async def subscribed(
    api: Running, query: str, key: str | None = None, accept: str = ACCEPT, **variables: Any
) -> AsyncIterator[ClientResponse]:
    sent = {"Authorization": f"Bearer {key or api.customer}", "Accept": accept}
    async with api.http.post(api.url, json={"query": query, "variables": variables}, headers=sent) as answer:
        yield answer


@pytest.mark.parametrize("accept", [ACCEPT, 'multipart/mixed; subscriptionSpec="1.0", application/json'])
async def test_each_event_is_a_part_with_its_result_in_payload(api, accept):
    quote = await a_quote(api)
    async with subscribed(api, NOW, accept=accept, id=quote.id) as answer:
        assert answer.headers["Content-Type"] == 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0'
        assert await part(answer) == {"payload": {"data": {"quoteChanged": {"type": "CURRENT_STATE"}}}}
        await api.act("acceptItem", {"itemId": quote.item})
        assert await part(answer) == {"payload": {"data": {"quoteChanged": {"type": "QUOTE_ITEM_ACCEPTED"}}}}


async def test_empty_parts_keep_the_connection_alive(api, monkeypatch):
    monkeypatch.setattr(open_streams, "HEARTBEAT_SECONDS", 0.05)
    quote = await a_quote(api)
    async with subscribed(api, NOW, id=quote.id) as answer:
        while await part(answer):
            pass


async def test_errors_of_the_operation_are_in_payload_and_end_it(api):
    async with subscribed(api, NOW, id="nonsense") as answer:
        [error] = (await part(answer))["payload"]["errors"]
        assert error["extensions"]["code"] == "VALIDATION_ERROR"
        assert await ended(answer)


async def test_a_revoked_key_is_an_error_of_the_transport(api, monkeypatch):
    monkeypatch.setattr(key_watch, "CHECK_SECONDS", 0.05)
    quote, key = await a_quote(api), await api.key(*CUSTOMER_SCOPES)
    async with subscribed(api, NOW, key=key, id=quote.id) as answer:
        await api.revoke(key)
        while "errors" not in (last := await part(answer)):
            pass
        assert (last["payload"], last["errors"][0]["extensions"]["code"]) == (None, "UNAUTHORIZED")
        assert await ended(answer)


async def test_at_shutdown_the_answer_breaks_off_without_its_last_boundary(api):
    quote = await a_quote(api)
    async with subscribed(api, NOW, id=quote.id) as answer:
        await part(answer)
        await api.parts.api.close_sockets(None)
        assert not await ended(answer)


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [("subscription { nothing }", 400, "VALIDATION_ERROR"), (NOW, 403, "FORBIDDEN")],
)
async def test_what_cannot_begin_is_answered_in_json(api, query, status, code):
    key = api.customer if status == 400 else await api.key("products:read")
    async with subscribed(api, query, key=key, id="x") as answer:
        assert (answer.status, answer.content_type) == (status, "application/graphql-response+json")
        assert (await answer.json(content_type=None))["errors"][0]["extensions"]["code"] == code


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        ("{ viewer { environment } }", ACCEPT),
        ("{ viewer { environment } }", f"multipart/mixed;deferSpec=20220824,{JSON}"),
    ],
)
async def test_queries_are_answered_in_json(api, query, accept):
    async with subscribed(api, query, accept=accept) as answer:
        assert answer.content_type == "application/graphql-response+json"
        assert (await answer.json(content_type=None))["data"] == {"viewer": {"environment": "LIVE"}}


async def test_a_client_that_prefers_events_gets_events(api):
    quote = await a_quote(api)
    async with subscribed(api, NOW, accept=f"text/event-stream, {ACCEPT}", id=quote.id) as answer:
        assert answer.content_type == "text/event-stream"
