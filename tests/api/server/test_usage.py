"""Which clients select which fields is counted, by the names that they give themselves."""

from datetime import UTC, date, datetime

import pytest

from adapters.database.usage.store import SqlUsage
from app.server import usage
from app.server.requests import Request
from app.server.usage import Client, client_of
from tests.api.support.makers import a_quote
from tests.api.support.running import on_both_databases
from tests.api.support.sockets import connected
from tests.api.support.streams import streamed

WEB = {"GraphQL-Client-Name": "web", "GraphQL-Client-Version": "2.1.0"}
VIEWER = "{ viewer { environment } }"


async def written(api) -> dict[tuple[str, str, str], int]:
    """What the database has, after the process has written it."""
    await api.parts.usage.write()
    found = await SqlUsage(api.parts.database).since(date.min)
    return {(it.field, it.client, it.client_version): it.operations for it in found}


@on_both_databases
async def test_each_operation_counts_once_for_each_field_that_it_selects(api):
    query = """query($no: Boolean! = false) { a: viewer { ...V } b: viewer { environment } __typename
        node(id: "x") @include(if: $no) { id ... on Quote { orderId } } } fragment V on Viewer { environment scopes }"""
    for _ in range(3):
        await api.run(query, headers=WEB)
    await api.run(VIEWER)
    assert await written(api) == {
        ("Node.id", "web", "2.1.0"): 3,
        ("Query.node", "web", "2.1.0"): 3,
        ("Query.viewer", "", ""): 1,
        ("Query.viewer", "web", "2.1.0"): 3,
        ("Quote.orderId", "web", "2.1.0"): 3,
        ("Viewer.environment", "", ""): 1,
        ("Viewer.environment", "web", "2.1.0"): 3,
        ("Viewer.scopes", "web", "2.1.0"): 3,
    }


async def test_what_was_written_is_not_written_again(api):
    for count in (1, 2):
        await api.run(VIEWER)
        assert (await written(api))["Viewer.environment", "", ""] == count
    assert (await written(api))["Viewer.environment", "", ""] == 2


async def test_apollos_own_headers_are_understood(api):
    await api.run(VIEWER, headers={"apollographql-client-name": "ios", "apollographql-client-version": "7"})
    assert set(await written(api)) == {("Query.viewer", "ios", "7"), ("Viewer.environment", "ios", "7")}


async def test_a_subscription_counts_once_over_a_socket_or_a_stream(api):
    quote = await a_quote(api)
    await written(api)
    changed = "subscription($id: ID!) { quoteChanged(id: $id, includeCurrent: true) { type } }"
    async with connected(api, init=False) as socket:
        await socket.init({"Authorization": f"Bearer {api.customer}", **WEB})
        assert await socket.event(await socket.start(changed, {"id": quote.id}))
    async with streamed(api, changed, headers=WEB, id=quote.id) as stream:
        await stream.next()
    counts = await written(api)
    assert counts["Subscription.quoteChanged", "web", "2.1.0"] == 2
    assert counts["Event.type", "web", "2.1.0"] == 2


async def test_what_is_refused_does_not_count(api):
    assert (await api.run("{ viewer { nothing } }")).codes
    assert (await api.run("{ quotes { totalCount } }", key=await api.key("kits:read"))).codes == ["FORBIDDEN"]
    assert await written(api) == {}


async def test_who_sends_no_key_cannot_name_itself(api):
    body = b'{"query": "{ publicQuote(key: \\"none\\") { orderId } }"}'
    assert (await api.post(body, {"Content-Type": "application/json", **WEB})).data
    assert list(api.parts.engine.usage.by_client) == [Client("", "")]


async def test_what_cannot_be_written_is_written_later(api, monkeypatch):
    await api.run(VIEWER)
    with monkeypatch.context() as broken:

        async def refuse(*_):
            raise ConnectionError

        broken.setattr(SqlUsage, "add", refuse)
        await api.parts.usage.write()
    assert (await written(api))["Viewer.environment", "", ""] == 1


async def test_the_metrics_have_the_operations_of_each_client(api):
    await api.run(VIEWER, headers=WEB)
    async with api.http.get(api.server.make_url("/metrics")) as response:
        metrics = await response.text()
    assert 'quotegraph_client_operations_total{client="web",version="2.1.0"} 1.0' in metrics


# ---- limits


@pytest.mark.parametrize(
    ("name", "version", "client"),
    [
        (None, "1", Client("", "")),
        ("", "1", Client("", "")),
        ("web", None, Client("web", "")),
        ("w\x07eb\n", "1\x00", Client("web", "1")),
        ("x" * 500, "1" * 500, Client("x" * 100, "1" * 100)),
        (["web"], {"a": 1}, Client("", "")),
    ],
)
def test_a_name_is_short_and_printable(name, version, client):
    assert client_of(name, version) == client


async def test_clients_beyond_the_limit_count_together(api, monkeypatch):
    monkeypatch.setattr(usage, "MAX_CLIENTS", 3)
    for number in range(5):
        await api.run(VIEWER, headers={"GraphQL-Client-Name": f"client {number}"})
    clients = {client: count for (field, client, _), count in (await written(api)).items() if field == "Query.viewer"}
    assert clients == {"client 0": 1, "client 1": 1, "client 2": 1, "(others)": 2}


async def test_documents_beyond_the_limit_are_counted_all_the_same(api, monkeypatch):
    monkeypatch.setattr(usage, "MAX_DOCUMENTS", 3)
    for number in range(5):
        await api.run(f"{{ v{number}: viewer {{ environment }} }}")
    assert len(api.parts.engine.usage._documents) == 3
    assert (await written(api))["Viewer.environment", "", ""] == 5


async def test_numbers_beyond_the_limit_are_not_held(api, monkeypatch):
    monkeypatch.setattr(usage, "MAX_NUMBERS", 1)
    await api.run(VIEWER)
    assert len(await written(api)) == 1


async def test_a_count_is_of_the_day_it_is_written(api):
    caller = await api.parts.authenticator.admit(f"Bearer {api.customer}")
    await api.parts.engine.execute(Request(VIEWER), caller)
    await api.parts.usage.write()
    [first, _] = await SqlUsage(api.parts.database).since(date.min)
    assert abs((datetime.now(UTC).date() - first.last_day).days) <= 1
