"""Python's gql over each of its transports: queries with variables, mutations, errors, the schema, subscriptions."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from gql import Client, GraphQLRequest
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.aiohttp_websockets import AIOHTTPWebsocketsTransport
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport, HTTPXTransport
from gql.transport.requests import RequestsHTTPTransport
from gql.transport.websockets import WebsocketsTransport

from tests.api.support.makers import a_quote
from tests.api.support.running import Running
from tests.patience import PATIENCE

QUOTE = """query Quote($id: ID!) { quote(by: {id: $id}) { id status } }"""
ACCEPT = """
    mutation Accept($input: AcceptItemInput!) { acceptItem(input: $input) { quote { status } userErrors { message } } }
"""
CHANGED = """subscription Changed($id: ID!) { quoteChanged(id: $id, includeCurrent: true) { type } }"""

Make = Callable[[Running], Any]


def by_http(transport: Any) -> Make:
    return lambda api: transport(url=api.url, headers={"Authorization": f"Bearer {api.customer}"})


def by_websocket(transport: Any) -> Make:
    """With the key in the payload of `connection_init`, as browsers send it."""
    return lambda api: transport(
        url=api.url.replace("http", "ws"), init_payload={"Authorization": f"Bearer {api.customer}"}
    )


SOCKETS = {
    "websockets": by_websocket(WebsocketsTransport),
    "aiohttp_websockets": by_websocket(AIOHTTPWebsocketsTransport),
}
ASYNCHRONOUS = {"aiohttp": by_http(AIOHTTPTransport), "httpx": by_http(HTTPXAsyncTransport), **SOCKETS}
SYNCHRONOUS = {"requests": by_http(RequestsHTTPTransport), "httpx": by_http(HTTPXTransport)}


def outcomes_of(found: Any, accepted: Any, id_: str) -> None:
    assert found == {"quote": {"id": id_, "status": "PENDING"}}
    assert accepted == {"acceptItem": {"quote": {"status": "APPROVED"}, "userErrors": []}}


@pytest.mark.parametrize("make", ASYNCHRONOUS.values(), ids=ASYNCHRONOUS)
async def test_an_asynchronous_transport_runs_operations_that_it_has_validated_with_the_schema(api, make):
    quote = await a_quote(api)
    async with Client(transport=make(api), fetch_schema_from_transport=True) as session:
        found = await session.execute(GraphQLRequest(QUOTE, variable_values={"id": quote.id}))
        accepted = await session.execute(GraphQLRequest(ACCEPT, variable_values={"input": {"itemId": quote.item}}))
        with pytest.raises(TransportQueryError) as refused:
            await session.execute(GraphQLRequest("{ failingJobs { nodes { id } } }"))
    outcomes_of(found, accepted, quote.id)
    assert refused.value.errors
    assert refused.value.errors[0]["extensions"]["code"] == "FORBIDDEN"


@pytest.mark.parametrize("make", SYNCHRONOUS.values(), ids=SYNCHRONOUS)
async def test_a_synchronous_transport_runs_operations_that_it_has_validated_with_the_schema(api, make):
    quote = await a_quote(api)

    def run() -> tuple[Any, Any]:
        with Client(transport=make(api), fetch_schema_from_transport=True) as session:
            found = session.execute(GraphQLRequest(QUOTE, variable_values={"id": quote.id}))
            return found, session.execute(GraphQLRequest(ACCEPT, variable_values={"input": {"itemId": quote.item}}))

    outcomes_of(*await asyncio.to_thread(run), quote.id)


@pytest.mark.parametrize("make", SOCKETS.values(), ids=SOCKETS)
async def test_a_transport_of_websockets_subscribes(api, make):
    quote = await a_quote(api)
    async with asyncio.timeout(PATIENCE), Client(transport=make(api)) as session:
        events = session.subscribe(GraphQLRequest(CHANGED, variable_values={"id": quote.id}))
        assert (await anext(events))["quoteChanged"]["type"] == "CURRENT_STATE"
        await api.act("acceptItem", {"itemId": quote.item})
        assert (await anext(events))["quoteChanged"]["type"] == "QUOTE_ITEM_ACCEPTED"
        await events.aclose()
