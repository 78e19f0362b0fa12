"""Connections to a system in memory for tests of the API, and complete inputs for their mutations."""

from dataclasses import replace
from typing import Any

from domain.connections.changes import OriginChangeType, requested
from domain.connections.problems import NewProblem
from domain.connections.systems import Collection
from domain.ports.connections import Connecting
from domain.shared.access import SYSTEM, Environment, TenantScope
from domain.shared.ids import RowId, global_id, new_id
from domain.use_cases.connections.syncing import sync_connection
from tests.api.support.connected import quotes_are_decided_and_created_there
from tests.api.support.running import Running, company_id, uuid_of
from tests.fakes.read_systems import FakeSystem, FakeSystems

URL = "https://quotes.example"
CONNECTION_INPUTS: dict[str, Any] = {
    "connectSystem": {
        "companyId": company_id("AUSTRAL"),
        "system": "SALESBYTE",
        "name": "Shop",
        "baseUrl": URL,
        "credentials": {"salesbyte": {"token": "token", "integrationId": "uuid", "profileId": 1}},
        "currencyCode": "EUR",
    },
    "updateConnection": {
        "connectionId": "<connection id>",
        "name": "Shop",
        "baseUrl": URL,
        "credentials": {"quickQuote": {"apiKey": "token"}},
        "currencyCode": "EUR",
    },
    "pauseConnection": {"connectionId": "<connection id>"},
    "resumeConnection": {"connectionId": "<connection id>"},
    "syncConnection": {"connectionId": "<connection id>", "full": True},
    "disconnectSystem": {"connectionId": "<connection id>", "keepQuotes": True},
}


def connected_to(api: Running, system: FakeSystem | None = None) -> FakeSystems:
    """Have all connections of an application be to one system in memory."""
    systems = FakeSystems(system or FakeSystem())
    deps = api.parts.deps
    object.__setattr__(deps, "connecting", Connecting(systems))
    return systems


async def a_connection(api: Running, key: str | None = None, **given: Any) -> str:
    """The id of a new connection to Quick Quote."""
    if not isinstance(api.parts.deps.connecting.systems, FakeSystems):
        connected_to(api)
    # With an account of its own: the same one is connected once.
    credentials = {"quickQuote": {"apiKey": f"token-{new_id()}"}}
    input_ = {"system": "QUICK_QUOTE", "name": "Shop", "baseUrl": URL, "credentials": credentials, **given}
    made = await api.act("connectSystem", input_, "connection { id }", key=key)
    assert made["userErrors"] == []
    found: str = made["connection"]["id"]
    return found


async def a_problem(api: Running, connection: str, key: str | None = None) -> str:
    """The id of a problem of a connection."""
    row_id, deps = connection.partition("_")[2], api.parts.deps
    environment = await _environment(api, key)
    async with deps.unit_of_work(TenantScope(environment, None)) as work:
        found = await work.connections.find(row_id)  # type: ignore[arg-type]
        assert found is not None
        word = NewProblem(Collection.QUOTES, "1", "status", "Vanished", "This status is not known.")
        await work.connection_problems.note(found.tenant_id, row_id, [word], deps.now())
        await work.commit()
    query = "query($id: ID!) { connection(id: $id) { problems { nodes { id } } } }"
    shown = await api.data(query, {"id": connection}, key)
    problem: str = shown["connection"]["problems"]["nodes"][0]["id"]
    return problem


async def a_change(api: Running, connection: str, quote: str, key: str | None = None) -> str:
    """The id of a change of a quote that is asked of the system of a connection."""
    deps, environment = api.parts.deps, await _environment(api, key)
    async with deps.unit_of_work(TenantScope(environment, None)) as work:
        found = await work.quotes.lock(RowId(uuid_of(quote)))
        assert found is not None
        foreign = found.quote._replace(connection_id=uuid_of(connection))
        change = requested(
            foreign, OriginChangeType.EDIT, {"details": {"notes": "New"}}, SYSTEM, deps.now(), deps.new_id()
        )
        await work.origin_changes.add(change)
        await work.commit()
    return global_id("OriginChange", change.id)


async def _environment(api: Running, key: str | None) -> Environment:
    return Environment((await api.data("{ viewer { environment } }", key=key))["viewer"]["environment"])


async def read(api: Running, connection: str) -> None:
    """Read the system of a connection, as the worker does."""
    jobs = [it for it in await api.rows("jobs") if it.dedupe_key == f"connection:{connection.partition('_')[2]}"]
    scope = next(iter(jobs))
    deps = api.parts.deps
    async with deps.unit_of_work(TenantScope(Environment.LIVE, None)) as work:
        job = await work.job(scope.id)
    assert job is not None
    await sync_connection(replace(deps), job)


async def systems_are_connected(story: Any) -> None:
    """What the examples of connections do, and those of quotes with a connected system."""
    await quotes_are_decided_and_created_there(story)
    key = story.shop.api.customer
    connected_to(story.shop.api)
    connection = (await story.run("connectSystem", key))["connection"]
    named = {"connectionId": connection["id"]}
    assert (connection["status"], "DECIDE_QUOTE" in connection["capabilities"]) == ("ACTIVE", True)
    assert (await story.run("updateConnection", key, **named))["connection"]["name"] == "Shop in Lisbon"
    assert (await story.run("syncConnection", key, **named))["connection"]["sync"]["phase"] == "IDLE"
    assert (await story.run("pauseConnection", key, **named))["connection"]["status"] == "PAUSED"
    assert (await story.run("resumeConnection", key, **named))["connection"]["status"] == "ACTIVE"
    assert (await story.run("disconnectSystem", key, **named))["connection"]["status"] == "DISCONNECTED"
