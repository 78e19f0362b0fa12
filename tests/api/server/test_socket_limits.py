"""How many sockets and subscriptions one key and one address may have."""

from dataclasses import replace

import pytest
from aiohttp import WSServerHandshakeError

from app.server.connections.gate import LARGEST_PUBLIC_MESSAGE
from app.server.sockets.limits import SocketLimits
from domain.shared.access import CUSTOMER_SCOPES
from tests.api.support.sockets import connected
from tests.e2e.processes import eventually

EVERYTHING = "subscription { events { type } }"
VIEWER = "{ viewer { environment } }"


@pytest.fixture
def limited(api, monkeypatch):
    """Sets limits of the sockets of this server."""
    sockets = api.parts.api.sockets

    def limit(**limits):
        made = SocketLimits(**limits)
        monkeypatch.setattr(sockets, "_options", replace(sockets._options, sockets=made))
        monkeypatch.setattr(sockets._of_keys, "most", made.of_key)
        monkeypatch.setattr(sockets._of_keys, "most_operations", made.operations_of_key)
        monkeypatch.setattr(sockets._of_addresses, "most", made.of_address)

    return limit


async def test_operations_of_a_connection_are_limited_and_the_limit_is_named(api, limited):
    limited(operations=2)
    async with connected(api) as socket:
        for _ in range(2):
            await socket.start(EVERYTHING)
        await socket.subscribed(api, listeners=2)
        error = await socket.refusal(await socket.start(EVERYTHING))
        assert (error["extensions"]["code"], "at most 2" in error["message"]) == ("RATE_LIMITED", True)
        assert "QUOTEGRAPH_MAX_OPERATIONS_PER_SOCKET" in error["message"]
        assert error["extensions"]["docs"].endswith("#rate_limited")


async def test_subscriptions_of_a_key_are_limited_over_all_its_connections(api, limited):
    limited(operations_of_key=2)
    another = await api.key(*CUSTOMER_SCOPES)
    async with connected(api) as one, connected(api) as other, connected(api, another) as of_another_key:
        first = await one.start(EVERYTHING)
        await one.start(EVERYTHING)
        await one.subscribed(api, listeners=2)
        error = await other.refusal(await other.start(EVERYTHING))
        assert (error["extensions"]["code"], "at most 2" in error["message"]) == ("RATE_LIMITED", True)
        assert "QUOTEGRAPH_MAX_SUBSCRIPTIONS_PER_KEY" in error["message"]
        assert (await of_another_key.hear(await of_another_key.start(VIEWER)))["type"] == "next"
        await one.say(type="complete", id=first)
        await one.settled()
        assert (await other.hear(await other.start(VIEWER)))["type"] == "next"


@pytest.mark.parametrize("accept", ["text/event-stream", "multipart/mixed;subscriptionSpec=1.0"])
async def test_streams_count_among_the_subscriptions_of_a_key(api, limited, accept):
    limited(operations_of_key=2)
    sent = {"Authorization": f"Bearer {api.customer}", "Accept": accept}
    async with connected(api) as socket, api.http.post(api.url, json={"query": EVERYTHING}, headers=sent) as stream:
        assert stream.status == 200
        await socket.start(EVERYTHING)
        await socket.subscribed(api, listeners=2)
        async with api.http.post(api.url, json={"query": EVERYTHING}, headers=sent) as refused:
            [error] = (await refused.json(content_type=None))["errors"]
            assert (refused.status, error["extensions"]["code"]) == (429, "RATE_LIMITED")
            assert "at most 2 operations" in error["message"]
            assert "QUOTEGRAPH_MAX_SUBSCRIPTIONS_PER_KEY" in error["message"]
        error = await socket.refusal(await socket.start(EVERYTHING))
        assert error["extensions"]["code"] == "RATE_LIMITED"
        stream.close()
        uses = api.parts.api.sockets._of_keys._uses.values()
        await eventually(lambda: sum(it.operations for it in uses) == 1)
        assert (await socket.hear(await socket.start(VIEWER)))["type"] == "next"
    await eventually(lambda: not len(api.parts.api.sockets._of_keys))


async def test_operations_on_a_shared_stream_count_among_the_subscriptions_of_a_key(api, limited):
    limited(operations_of_key=1)
    sent = {"Authorization": f"Bearer {api.customer}"}
    async with api.http.put(api.url, headers=sent) as reserved:
        token = {**sent, "X-GraphQL-Event-Stream-Token": await reserved.text()}
    statuses = []
    for number in range(2):
        body = {"query": EVERYTHING, "extensions": {"operationId": str(number)}}
        async with api.http.post(api.url, json=body, headers=token) as started:
            statuses.append(started.status)
    assert statuses == [202, 429]
    async with api.http.delete(api.url, params={"operationId": "0"}, headers=token) as stopped:
        assert stopped.status == 200
    assert not len(api.parts.api.sockets._of_keys)


async def test_sockets_of_a_key_are_limited_and_others_may_come_when_one_is_closed(api, limited):
    limited(of_key=1)
    another = await api.key(*CUSTOMER_SCOPES)
    async with connected(api):
        async with connected(api, init=False) as other:
            await other.say(type="connection_init", payload={"Authorization": f"Bearer {api.customer}"})
            closed = await other.closed()
            assert (closed.code, "QUOTEGRAPH_MAX_SOCKETS_PER_KEY" in closed.reason) == (4429, True)
        async with connected(api, another) as of_another_key:
            assert (await of_another_key.hear(await of_another_key.start(VIEWER)))["type"] == "next"
    await eventually(lambda: not api.parts.api.sockets)
    async with connected(api):
        pass


async def test_sockets_of_an_address_are_limited_before_they_are_opened(api, limited):
    limited(of_address=1)
    async with connected(api, init=False):
        with pytest.raises(WSServerHandshakeError) as refused:
            async with connected(api, init=False):
                pass
    assert refused.value.headers is not None
    assert (refused.value.status, refused.value.headers["Retry-After"]) == (429, "10")


async def test_many_operations_of_one_socket_are_all_answered(api):
    async with connected(api) as socket:
        ids = [await socket.start(VIEWER) for _ in range(50)]
        assert {(await socket.hear(it))["type"] for it in ids} == {"next"}


async def test_what_a_stranger_sends_is_not_kept_however_long_it_is(api):
    async with connected(api, init=False) as socket:
        socket.raw._writer.transport.write(bytes((0x81, 0x80 | 127)) + (2**40).to_bytes(8) + bytes(4))
        socket.raw._writer.transport.write(bytes(3 * LARGEST_PUBLIC_MESSAGE))
        closed = await socket.closed()
        assert closed.code in (1009, 4401)
