"""WebSockets as such: how a connection is made, kept and ended (graphql-transport-ws)."""

import asyncio
from typing import Any

import pytest
from aiohttp import WSMsgType

from adapters.database.core.reader import SqlReader
from app.server import key_watch
from domain.shared.access import CUSTOMER_SCOPES
from tests.api.support.makers import a_quote
from tests.api.support.running import Running
from tests.api.support.sockets import connected
from tests.patience import PATIENCE

VIEWER = "{ viewer { environment } }"
EVERYTHING = "subscription { events { type } }"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of open sockets are checked again at once."""
    monkeypatch.setattr(key_watch, "CHECK_SECONDS", 0.02)


# ---- the key


@pytest.mark.parametrize(
    "payload",
    [
        {"Authorization": "Bearer {}"},
        {"authorization": "bearer {}"},
        {"Authorization": "{}"},
        {"apiKey": "{}"},
        {"headers": {"Authorization": "Bearer {}"}},
    ],
    ids=str,
)
async def test_the_key_comes_in_connection_init(api, payload):
    def with_key(value: object) -> object:
        if isinstance(value, dict):
            return {name: with_key(each) for name, each in value.items()}
        return str(value).format(api.customer)

    async with connected(api, init=False) as socket:
        sent = with_key(payload)
        assert isinstance(sent, dict)
        ack = await socket.init(sent)
        assert ack["payload"] == {"environment": "LIVE"}
        assert await socket.event(await socket.start(VIEWER)) == {"environment": "LIVE"}


@pytest.mark.parametrize("payload", [None, {}, {"Authorization": None}])
async def test_a_client_that_can_may_send_the_key_as_a_header(api, payload):
    async with connected(api, headers={"Authorization": f"Bearer {api.customer}"}, init=False) as socket:
        await socket.init(payload)
        assert await socket.event(await socket.start(VIEWER)) == {"environment": "LIVE"}


@pytest.mark.parametrize(
    "payload",
    [
        None,
        {},
        {"Authorization": "Bearer qk_live_nobody"},
        {"Authorization": "Basic YTpi"},
        {"Authorization": ""},
        {"Authorization": 7},
        {"Authorization": "Bearer " + "x" * 100_000},
        {"Authorization": "Bearer \N{SNOWMAN}"},
    ],
    ids=lambda it: str(it)[:40],
)
async def test_without_a_good_key_the_socket_is_closed_with_4401_and_a_reason(api, payload):
    async with connected(api, init=False) as socket:
        await socket.say(type="connection_init", **({} if payload is None else {"payload": payload}))
        closed = await socket.closed()
        assert closed.code == 4401
        assert "API key" in closed.reason or "Authorization" in closed.reason


async def test_a_key_of_a_company_that_is_switched_off_is_closed_with_4403_and_a_reason(api):
    await api.switch_api(on=False)
    async with connected(api, init=False) as socket:
        await socket.say(type="connection_init", payload={"Authorization": f"Bearer {api.customer}"})
        closed = await socket.closed()
        assert (closed.code, closed.reason) == (4403, "API access is switched off for this company.")


async def test_the_socket_of_a_key_that_is_revoked_closes_with_a_reason(api, impatient):
    key = await api.key(*CUSTOMER_SCOPES)
    async with connected(api, key) as socket, connected(api) as other:
        await socket.start(EVERYTHING)
        await socket.subscribed(api)
        await api.revoke(key)
        closed = await socket.closed()
        assert (closed.code, closed.reason) == (4401, "This API key was revoked.")
        assert await other.event(await other.start(VIEWER)) == {"environment": "LIVE"}


async def test_the_sockets_of_a_company_that_is_switched_off_close(api, impatient):
    async with connected(api) as socket:
        await api.switch_api(on=False)
        assert (await socket.closed()).code == 4403


def test_keys_of_open_sockets_are_checked_within_five_seconds() -> None:
    assert key_watch.CHECK_SECONDS < 5


# ---- the protocol


async def test_queries_and_mutations_run_over_a_socket_too(api):
    quote = await a_quote(api)
    async with connected(api) as socket:
        asked = await socket.start("query($id: ID!) { quote(by: {id: $id}) { status } }", {"id": quote.id})
        done = await socket.start(
            "mutation($id: ID!) { acceptItem(input: {itemId: $id}) { quote { status } userErrors { code } } }",
            {"id": quote.item},
        )
        assert await socket.event(asked) == {"status": "PENDING"}
        assert await socket.event(done) == {"quote": {"status": "APPROVED"}, "userErrors": []}
        assert (await socket.hear(done))["type"] == "complete"


@pytest.mark.parametrize(
    "document", ["{ viewer {", "{ nothing }", "subscription { events(types: [NEVER]) { type } }", "", "{ a " * 5000]
)
async def test_a_bad_document_ends_its_operation_and_not_the_socket(api, document):
    async with connected(api) as socket:
        live = await socket.start(EVERYTHING)
        await socket.subscribed(api)
        bad = await socket.start(document)
        message = await socket.hear(bad)
        assert message["type"] == "error"
        assert {it["extensions"]["code"] for it in message["payload"]} == {"VALIDATION_ERROR"}
        await a_quote(api)
        assert (await socket.event(live))["type"] == "QUOTE_CREATED"


async def test_a_subscription_with_bad_variables_ends_with_an_error(api):
    async with connected(api) as socket:
        query = "subscription($id: ID!) { quoteChanged(id: $id) { type } }"
        error = await socket.refusal(await socket.start(query, {}))
        assert error["extensions"]["code"] == "VALIDATION_ERROR"


async def test_an_operation_before_the_acknowledgement_closes_the_socket(api):
    async with connected(api, init=False) as socket:
        await socket.start(VIEWER)
        assert (await socket.closed()).code == 4401


@pytest.mark.parametrize(
    "text",
    [
        *("nonsense", '{"type": "party"}', "[]", "7", "null", "{}", '{"type": ["ping"]}', '{"type": "subscribe"}'),
        '{"type":"subscribe","id":"\\ud800","payload":{"query":"{viewer{scopes}}"}}',
        '{"type":"subscribe","id":1,"payload":{"query":"{viewer{scopes}}"}}',
        '{"type":"subscribe","id":"1","payload":{"query":7}}',
        '{"type":"subscribe","id":"1","payload":{"query":"{viewer{scopes}}","variables":[]}}',
        '{"type":"subscribe","id":"1","payload":"text"}',
        '{"type":"subscribe","id":"1","payload":{"query":"{viewer{scopes}}","extensions":7}}',
        '{"type":"ping","payload":"text"}',
        '{"type":"complete","id":["1"]}',
    ],
)
async def test_what_is_not_of_the_protocol_closes_the_socket_with_4400(api, text):
    async with connected(api) as socket:
        await socket.raw.send_str(text)
        assert (await socket.closed()).code == 4400


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        ({"payload": {"query": VIEWER}}, "`id`"),
        ({"id": "", "payload": {"query": VIEWER}}, "`id`"),
        ({"id": "1"}, "`query`"),
        ({"id": "1", "payload": {}}, "`query`"),
        ({"id": "1", "payload": {"extensions": {"any": 1}}}, "`query`"),
        ({"id": "1", "payload": {"query": VIEWER, "variables": "{}"}}, "`payload.variables`"),
        ({"id": "1", "payload": {"query": VIEWER, "extensions": []}}, "`payload.extensions`"),
        ({"type": "complete"}, "`complete` with an `id`"),
    ],
)
async def test_the_close_reason_names_what_a_message_lacks(api, sent, named):
    async with connected(api) as socket:
        await socket.say(**{"type": "subscribe", **sent})
        closed = await socket.closed()
        assert (closed.code, named in closed.reason) == (4400, True)


async def test_a_document_that_is_named_wrongly_is_refused_with_the_page_that_explains_it(api):
    async with connected(api) as socket:
        await socket.say(type="subscribe", id="1", payload={"documentId": 7})
        [error] = (await socket.hear("1"))["payload"]
        assert error["extensions"]["code"] == "VALIDATION_ERROR"
        assert error["extensions"]["docs"].endswith("#bad_request")


async def test_the_same_id_twice_closes_the_socket_with_4409(api):
    async with connected(api) as socket:
        for _ in range(2):
            await socket.say(type="subscribe", id="1", payload={"query": EVERYTHING})
        assert (await socket.closed()).code == 4409


async def test_a_completed_subscription_listens_no_longer(api):
    async with connected(api) as socket:
        subscription = await socket.start(EVERYTHING)
        await socket.subscribed(api)
        await socket.say(type="complete", id=subscription)
        await nobody_listens(api)


async def test_a_socket_that_is_gone_listens_no_longer(api):
    async with connected(api) as socket:
        await socket.start(EVERYTHING)
        await socket.subscribed(api)
    await nobody_listens(api)


async def nobody_listens(api: Running) -> None:
    async with asyncio.timeout(PATIENCE):
        while api.parts.engine.feed.subscriptions:
            await api.run(VIEWER)


async def test_another_protocol_is_not_spoken(api):
    async with api.http.ws_connect(api.url, protocols=("graphql-ws",)) as raw:
        message = await raw.receive(PATIENCE)
        assert message.type is WSMsgType.CLOSE
        assert message.data == 4406


# ---- the end


async def test_at_shutdown_sockets_close_with_a_reason_and_requests_under_way_are_answered(api, monkeypatch):
    begun, may_end = asyncio.Event(), asyncio.Event()
    load = SqlReader.load

    async def slow(self: SqlReader, loader: str, *rest: Any) -> Any:
        if loader == "product":
            begun.set()
            await may_end.wait()
        return await load(self, loader, *rest)

    monkeypatch.setattr(SqlReader, "load", slow)
    url = api.url
    async with connected(api) as socket:
        await socket.start(EVERYTHING)
        await socket.subscribed(api)
        query = "query($id: ID!) { product(by: {id: $id}) { model } }"
        under_way = asyncio.create_task(api.run(query, {"id": "01900000-0000-7000-8002-000000000001"}))
        async with asyncio.timeout(PATIENCE):
            await begun.wait()
        down = asyncio.create_task(api.server.close())
        closed = await socket.closed()
        assert (closed.code, closed.reason) == (1001, "The server is shutting down")
        may_end.set()
        assert (await under_way).data == {"product": {"model": "MacBook Pro 14"}}
        await down
        with pytest.raises(OSError, match="Cannot connect"):
            await api.http.post(url)
