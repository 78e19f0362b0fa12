"""Many operations on one connection: GraphQL over SSE in single connection mode."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from app.server import key_watch
from app.server.sockets.limits import SocketLimits
from app.server.streams import open_streams, shared_streams
from domain.shared.access import CUSTOMER_SCOPES
from domain.shared.rate_limits import RateLimit
from resolvers.budgets import POINTS_OF_WRONG_KEY
from tests.api.support.makers import a_quote
from tests.api.support.running import Running, running
from tests.api.support.streams import Stream
from tests.patience import PATIENCE

VIEWER = "{ viewer { environment } }"
NOW = "subscription($id: ID!) { quoteChanged(id: $id, includeCurrent: true) { type } }"


class Client:
    """A client with a key, and the token of its stream."""

    def __init__(self, api: Running, key: str | None = None) -> None:
        self._api = api
        self._headers = {"Authorization": f"Bearer {key or api.customer}"}
        self.token = ""

    async def reserve(self) -> int:
        async with self._api.http.put(self._api.url, headers=self._headers) as answer:
            self.token = await answer.text()
            return answer.status

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Stream]:
        """The stream, opened as a browser's EventSource does it: without headers of one's own."""
        sent = {"Accept": "text/event-stream"}
        async with self._api.http.get(self._api.url, params={"token": self.token}, headers=sent) as answer:
            yield Stream(answer)

    async def send(self, query: str, id_: str | None, **variables: Any) -> tuple[int, Any]:
        extensions = {} if id_ is None else {"operationId": id_}
        body = {"query": query, "variables": variables, "extensions": extensions}
        sent = {**self._headers, "X-GraphQL-Event-Stream-Token": self.token}
        async with self._api.http.post(self._api.url, json=body, headers=sent) as answer:
            return answer.status, await answer.json() if answer.content_type == "application/json" else None

    async def stop(self, id_: str | None) -> int:
        parameters = {"token": self.token} | ({} if id_ is None else {"operationId": id_})
        async with self._api.http.delete(self._api.url, params=parameters, headers=self._headers) as answer:
            return answer.status


@pytest.fixture
async def client(api: Running) -> Client:
    found = Client(api)
    assert await found.reserve() == 201
    return found


async def nothing_listens(api: Running) -> None:
    async with asyncio.timeout(PATIENCE):
        while api.parts.engine.feed.subscriptions:
            await asyncio.sleep(0.01)


async def test_results_of_all_operations_come_on_one_connection_with_their_ids(api, client):
    quote = await a_quote(api)
    async with client.opened() as stream:
        assert stream.answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert await client.send(NOW, "a", id=quote.id) == (202, None)
        current = {"data": {"quoteChanged": {"type": "CURRENT_STATE"}}}
        assert await stream.next() == ("next", {"id": "a", "payload": current})
        assert await client.send(VIEWER, "b") == (202, None)
        assert await stream.next() == ("next", {"id": "b", "payload": {"data": {"viewer": {"environment": "LIVE"}}}})
        assert await stream.next() == ("complete", {"id": "b"})
        await api.act("acceptItem", {"itemId": quote.item})
        accepted = {"data": {"quoteChanged": {"type": "QUOTE_ITEM_ACCEPTED"}}}
        assert await stream.next() == ("next", {"id": "a", "payload": accepted})


async def test_what_was_sent_before_the_stream_was_opened_is_answered_on_it(client):
    assert await client.send(VIEWER, "a") == (202, None)
    assert await client.send(VIEWER, "b") == (202, None)
    async with client.opened() as stream:
        assert {(await stream.next())[1]["id"] for _ in range(4)} == {"a", "b"}


async def test_an_operation_that_is_stopped_ends_and_its_id_is_free_again(api, client):
    quote = await a_quote(api)
    async with client.opened() as stream:
        await client.send(NOW, "a", id=quote.id)
        await stream.next()
        assert (await client.send(VIEWER, "a"))[0] == 409
        assert await client.stop("a") == 200
        await nothing_listens(api)
        assert await client.send(VIEWER, "a") == (202, None)
        assert await client.stop("unknown") == 200
        assert await client.stop(None) == 400


async def test_an_operation_that_is_refused_is_answered_at_once(api, client):
    for query, status, code in (
        ("{ nothing }", 400, "VALIDATION_ERROR"),
        ("subscription {", 400, "VALIDATION_ERROR"),
        ("{ deadJobs(first: 1) { nodes { id } } }", 403, "FORBIDDEN"),
    ):
        answered, body = await client.send(query, "a")
        assert (answered, body["errors"][0]["extensions"]["code"]) == (status, code)
    assert (await client.send(VIEWER, None))[0] == 400
    assert (await client.send(VIEWER, "x" * 101))[0] == 400


async def test_a_subscription_to_what_is_not_there_is_told_so_on_the_stream(client):
    async with client.opened() as stream:
        assert (await client.send(NOW, "a", id="nonsense"))[0] == 202
        name, data = await stream.next()
        assert (name, data["id"]) == ("next", "a")
        assert data["payload"]["errors"][0]["extensions"]["code"] == "VALIDATION_ERROR"
        assert await stream.next() == ("complete", {"id": "a"})


async def test_an_operation_that_fails_unexpectedly_ends_on_the_stream(api, client, monkeypatch):
    async def fail(*_: Any) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(api.parts.engine, "execute", fail)
    async with client.opened() as stream:
        assert await client.send(VIEWER, "a") == (202, None)
        name, found = await stream.next()
        assert (name, found["id"]) == ("next", "a")
        assert [it["extensions"]["code"] for it in found["payload"]["errors"]] == ["INTERNAL_ERROR"]
        assert "a fault of ours" not in str(found)
        assert await stream.next() == ("complete", {"id": "a"})


async def test_a_stream_belongs_to_the_key_that_reserved_it(api, client):
    other = Client(api, await api.key(*CUSTOMER_SCOPES))
    other.token = client.token
    assert (await other.send(VIEWER, "a"))[0] == 404
    assert await other.stop("a") == 404
    other.token = "x"
    assert (await other.send(VIEWER, "a"))[0] == 404
    async with other.opened() as stream:
        assert stream.answer.status == 404
    assert await Client(api, "qk_live_" + "x" * 40).reserve() == 401


async def test_who_tries_many_wrong_tokens_has_to_wait(api, client, monkeypatch):
    monkeypatch.setattr(api.parts.authenticator.wrong_keys, "limit", RateLimit(2 * POINTS_OF_WRONG_KEY, 1))
    right, statuses = client.token, []
    for number in range(4):
        client.token = f"wrong-{number}"
        async with client.opened() as stream:
            statuses.append(stream.answer.status)
    assert statuses == [404, 404, 429, 429]
    client.token = right
    async with client.opened() as stream:
        assert stream.answer.status == 200


async def test_a_stream_is_opened_once(client):
    async with client.opened() as first:
        await client.send(VIEWER, "a")
        await first.next()
        async with client.opened() as second:
            assert second.answer.status == 409


async def test_operations_end_with_the_connection_and_so_does_the_reservation(api, client, monkeypatch):
    monkeypatch.setattr(open_streams, "HEARTBEAT_SECONDS", 2 * PATIENCE)
    quote = await a_quote(api)
    async with client.opened() as stream:
        await client.send(NOW, "a", id=quote.id)
        await stream.next()
        stream.answer.close()
    await nothing_listens(api)
    assert (await client.send(VIEWER, "b"))[0] == 404


async def test_a_stream_whose_key_is_revoked_ends_all_its_operations(api, monkeypatch):
    monkeypatch.setattr(key_watch, "CHECK_SECONDS", 0.05)
    quote, key = await a_quote(api), await api.key(*CUSTOMER_SCOPES)
    client = Client(api, key)
    await client.reserve()
    async with client.opened() as stream:
        await client.send(NOW, "a", id=quote.id)
        await stream.next()
        await api.revoke(key)
        name, data = await stream.next()
        assert (name, data["payload"]["errors"][0]["extensions"]["code"]) == ("next", "UNAUTHORIZED")
        assert await stream.next() == ("complete", {"id": "a"})
        assert await stream.ended()


async def test_an_unclaimed_reservation_expires_with_its_operations(api, monkeypatch):
    monkeypatch.setattr(shared_streams, "UNCLAIMED_SECONDS", 0.01)
    client, quote = Client(api), await a_quote(api)
    await client.reserve()
    async with asyncio.timeout(PATIENCE):
        while (await client.send(NOW, "a", id=quote.id))[0] != 404:
            await asyncio.sleep(0.01)
    await nothing_listens(api)


async def test_streams_of_a_key_and_operations_of_a_stream_are_limited(api, client, monkeypatch):
    monkeypatch.setattr(shared_streams, "STREAMS_PER_KEY", 2)
    streams = api.parts.api._shared_streams
    monkeypatch.setattr(streams, "_options", replace(streams._options, sockets=SocketLimits(operations=2)))
    assert [await Client(api).reserve() for _ in range(2)] == [201, 429]
    assert await Client(api, await api.key(*CUSTOMER_SCOPES)).reserve() == 201
    quote = await a_quote(api)
    assert [(await client.send(NOW, it, id=quote.id))[0] for it in "abc"] == [202, 202, 429]


async def test_pages_of_allowed_origins_may_reserve_and_stop(new_database):
    async with running(await new_database("sqlite"), cors_origins="https://app.example") as api:
        for method in ("PUT", "DELETE"):
            asks = {"Origin": "https://app.example", "Access-Control-Request-Method": method}
            async with api.http.options(api.url, headers=asks) as answer:
                assert method in answer.headers["Access-Control-Allow-Methods"].split(", ")
        sent = {"Origin": "https://app.example", "Authorization": f"Bearer {api.customer}"}
        async with api.http.put(api.url, headers=sent) as answer:
            assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (201, "https://app.example")
