"""Subscriptions over server-sent events, each on a connection of its own."""

import asyncio
from typing import Any

import pytest

from app.server import key_watch
from app.server.streams import open_streams
from domain.shared.access import CUSTOMER_SCOPES
from tests.api.support.makers import a_price, a_quote
from tests.api.support.streams import streamed
from tests.patience import PATIENCE

CHANGED = "subscription($id: ID!, $after: String) { quoteChanged(id: $id, after: $after) { type cursor } }"
NOW = "subscription($id: ID!) { quoteChanged(id: $id, includeCurrent: true) { type } }"


async def history(api) -> list[Any]:
    """The events of the only quote, newest first."""
    found = await api.data("{ quotes { nodes { history(first: 10) { nodes { type cursor } } } } }")
    nodes: list[Any] = found["quotes"]["nodes"][0]["history"]["nodes"]
    return nodes


async def listening(api) -> None:
    """Returns once a subscription is listening."""
    async with asyncio.timeout(PATIENCE):
        while not api.parts.engine.feed.subscriptions:
            await asyncio.sleep(0.01)


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
        assert "data" not in payload, "nothing has begun"
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
    monkeypatch.setattr(key_watch, "CHECK_SECONDS", 0.05)
    quote, key = await a_quote(api), await api.key(*CUSTOMER_SCOPES)
    async with streamed(api, NOW, key=key, id=quote.id) as stream:
        await stream.next()
        await api.revoke(key)
        name, payload = await stream.next()
        assert (name, payload["errors"][0]["extensions"]["code"]) == ("next", "UNAUTHORIZED")
        assert await stream.next() == ("complete", None)
        assert await stream.ended()


async def test_streams_break_off_when_the_server_goes_down_so_that_clients_connect_again(api):
    quote = await a_quote(api)
    async with streamed(api, NOW, id=quote.id) as stream:
        await stream.next()
        await api.parts.api.close_sockets(None)
        assert await stream.ended(), "`complete` would tell the client that there is nothing more to come"


async def test_each_event_has_its_cursor_as_its_id_whether_or_not_it_is_selected(api):
    quote = await a_quote(api)
    async with streamed(api, "subscription($id: ID!) { quoteChanged(id: $id) { type } }", id=quote.id) as stream:
        await listening(api)
        await api.act("acceptItem", {"itemId": quote.item})
        for event in (await history(api))[::-1][-2:]:
            assert await stream.next() == ("next", {"data": {"quoteChanged": {"type": event["type"]}}})
            assert stream.last_id == event["cursor"]


async def test_last_event_id_resumes_and_is_stronger_than_after(api):
    quote = await a_quote(api)
    await api.act("acceptItem", {"itemId": quote.item})
    *_, second, first = await history(api)
    late = {"Last-Event-ID": second["cursor"]}
    for query in (CHANGED, NOW):
        variables = {"id": quote.id} | ({"after": first["cursor"]} if query is CHANGED else {})
        async with streamed(api, query, headers=late, **variables) as stream:
            received = [(await stream.next())[1]["data"]["quoteChanged"]["type"] for _ in range(3)]
        assert received == [it["type"] for it in (await history(api))[::-1][2:]]


async def test_a_last_event_id_that_is_no_cursor_is_told_so(api):
    quote = await a_quote(api)
    async with streamed(api, NOW, headers={"Last-Event-ID": "17"}, id=quote.id) as stream:
        name, payload = await stream.next()
        assert (name, payload["errors"][0]["extensions"]["problems"][0]["code"]) == ("next", "INVALID_CURSOR")


async def test_the_operation_of_a_client_that_has_gone_ends_at_once(api, monkeypatch):
    monkeypatch.setattr(open_streams, "HEARTBEAT_SECONDS", 2 * PATIENCE)
    quote = await a_quote(api)
    async with streamed(api, NOW, id=quote.id) as stream:
        await stream.next()
        stream.answer.close()
    async with asyncio.timeout(PATIENCE):
        while api.parts.engine.feed.subscriptions:
            await asyncio.sleep(0.01)
