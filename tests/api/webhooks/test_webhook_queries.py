"""The own selection of an endpoint is answered as a subscription is, with the scopes and in the tenant of the
endpoint."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest

import app.webhook_queries
from adapters.database.companies.company import SqlCompanies
from adapters.database.history.events import SqlEventLog
from domain.shared.access import CUSTOMER_SCOPES, Environment, Scope, TenantScope
from domain.shared.events import Event, EventType
from resolvers.events import encode_cursor
from resolvers.lists import Narrowing
from tests.api.support.makers import a_quote, a_recipient, an_item
from tests.api.support.running import Running, on_both_databases
from tests.api.support.sockets import connected

AUSTRAL = TenantScope(Environment.LIVE, 1)
SCOPES = frozenset(CUSTOMER_SCOPES)
# The selections of `events` that are compared.
SELECTIONS = [
    "{ id type node { id } }",
    "{ cursor occurredAt nodeId nodeType actor { type name } changes { field from to node { __typename id } } }",
    "{ cause { id type } fieldChanges { field from to label nodeType } ...Quotes }"
    " fragment Quotes on Event { it: node { ... on Quote { orderId title total { amount code: currencyCode } } } }",
    """{ id node { __typename ... on Quote {
        items { id status price { amount } product { id brand } recipients { name email employee { id } } }
        history(first: 2) { totalCount nodes { type } }
        vendorOrders { id status item { id } }
    } } }""",
    '{ node { ... on Quote { history(filter: {occurredAt: {after: "2020-01-01"}}) { nodes { id } } } } }',
]


async def a_life(api: Running) -> None:
    """A quote from its creation to the order of one of its two lines."""
    quote = await a_quote(api, an_item(), an_item(recipients=[a_recipient("Bruno Silva")]))
    await api.act("acceptItem", {"itemId": quote.item})
    await api.act("rejectItem", {"itemId": quote.items[1]})


async def events(api: Running, tenant_id: int = 1) -> Sequence[Event]:
    return await SqlEventLog(api.parts.database).after(tenant_id, 0, None, 1_000)


async def rendered(
    api: Running, selection: str, event: Event, scopes: frozenset[Scope] = SCOPES, of: TenantScope = AUSTRAL
) -> Any:
    """The content of a delivery, as it is written into its body."""
    document = f"subscription {{ events {selection.replace('} fragment', '} } fragment', 1)}"
    document += "" if "fragment" in selection else " }"
    return json.loads(json.dumps(await api.parts.deps.webhooks.queries.render(document, event, of, scopes)))


async def subscribed(api: Running, selection: str, count: int) -> list[Any]:
    """The results of a subscriber to all events so far."""
    head, _, fragment = selection.partition(" fragment ")
    document = f"subscription($after: String) {{ events(after: $after) {head} }}"
    document += f" fragment {fragment}" if fragment else ""
    async with connected(api) as socket:
        id_ = await socket.start(document, {"after": encode_cursor(1, 0)})
        first = await socket.hear(id_)
        assert first["type"] == "next", first
        return [first["payload"], *[(await socket.hear(id_))["payload"] for _ in range(count - 1)]]


# ---- the same as a subscription


@on_both_databases
@pytest.mark.parametrize("planned", [True, False], ids=["by a plan", "by graphql-core"])
async def test_an_endpoint_is_sent_for_each_event_what_a_subscriber_would_be(api, monkeypatch, planned):
    monkeypatch.setattr(api.parts.engine.executor, "_planned", planned)
    await a_life(api)
    happened = await events(api)
    assert len(happened) > 6
    for selection in SELECTIONS:
        expected = await subscribed(api, selection, len(happened))
        assert all("errors" not in it for it in expected)
        assert [await rendered(api, selection, it) for it in happened] == expected


async def test_the_event_is_as_it_was_and_its_object_as_it_is(api):
    await a_life(api)
    created = (await events(api))[0]
    found = await rendered(api, "{ type node { ... on Quote { status } } }", created)
    assert found == {"data": {"events": {"type": "QUOTE_CREATED", "node": {"status": "APPROVED"}}}}


async def test_dates_in_arguments_are_those_of_the_companys_time_zone(api, monkeypatch):
    await a_life(api)
    await SqlCompanies(api.parts.database).choose("AUSTRAL", {"time_zone": "America/Montevideo"})
    zones = []

    class Zoned(Narrowing):
        def __init__(self, zone: str, tenant_id: int | None = None) -> None:
            zones.append(zone)
            super().__init__(zone, tenant_id)

    monkeypatch.setattr("resolvers.lists.Narrowing", Zoned)
    await rendered(api, SELECTIONS[-1], (await events(api))[0])
    assert zones == ["America/Montevideo"]


# ---- nothing that the endpoint may not read


async def test_an_endpoint_without_the_scopes_of_its_document_is_sent_the_reason(api):
    await a_life(api)
    event = (await events(api))[0]
    found = await rendered(api, "{ id node { ... on Quote { orderId } } }", event, frozenset({Scope.KITS_READ}))
    assert found["data"] is None
    [error] = found["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert error["extensions"]["scopes"] == ["quotes:read"]
    assert error["extensions"]["docs"].endswith("/docs/errors#forbidden")
    assert error["locations"] == [{"line": 1, "column": 50}]
    assert "`events.node.orderId` requires quotes:read" in error["message"]


@on_both_databases
async def test_nothing_of_another_company_is_reached(api):
    foreigner = await api.key(*CUSTOMER_SCOPES, company="NORDLICHT")
    await a_quote(api, key=foreigner)
    nordlicht = next(it.tenant_id for it in await api.rows("quotes"))
    event = (await events(api, nordlicht))[0]
    selection = "{ nodeId node { id } cause { id } changes { node { id } } }"
    mine = await rendered(api, selection, event, of=TenantScope(Environment.LIVE, nordlicht))
    assert mine["data"]["events"]["node"] is not None
    found = await rendered(api, selection, event)
    assert found["data"]["events"]["node"] is None
    test = await rendered(api, selection, event, of=TenantScope(Environment.TEST, nordlicht + 1))
    assert test["data"]["events"]["node"] is None


async def test_the_cause_of_an_event_takes_the_scope_of_its_type(api):
    await a_life(api)
    caused = next(it for it in await events(api) if it.cause_id is not None)
    assert (await rendered(api, "{ cause { id } }", caused))["data"]["events"]["cause"] is not None
    found = await rendered(api, "{ cause { id } }", caused, frozenset({Scope.KITS_READ}))
    assert found == {"data": {"events": {"cause": None}}}


# ---- errors


async def test_a_document_that_no_longer_fits_the_schema_is_answered_with_its_errors(api):
    await a_life(api)
    event = (await events(api))[0]
    found = await rendered(api, "{ id gone }", event)
    assert found["data"] is None
    [error] = found["errors"]
    assert error["message"].startswith("Cannot query field 'gone' on type 'Event'.")
    assert error["extensions"]["reason"] == "GRAPHQL_VALIDATION_FAILED"


async def test_an_internal_error_has_only_its_number_in_the_log(api, monkeypatch, caplog):
    await a_life(api)
    event = (await events(api))[0]

    async def fail(*_: Any) -> Any:
        raise RuntimeError("a secret")

    monkeypatch.setattr("adapters.database.core.reader.SqlReader.load", fail)
    found = await rendered(api, "{ id node { id } }", event)
    assert found["data"] == {"events": {"id": found["data"]["events"]["id"], "node": None}}
    [error] = found["errors"]
    assert error["path"] == ["events", "node"]
    assert error["extensions"]["code"] == "INTERNAL_ERROR"
    assert "secret" not in json.dumps(found)
    assert error["extensions"]["reference"] in caplog.text


async def test_an_outage_of_the_database_is_no_answer(api, monkeypatch):
    await a_life(api)
    event = (await events(api))[0]

    async def fail(*_: Any) -> Any:
        raise ConnectionRefusedError

    monkeypatch.setattr("adapters.database.core.reader.SqlReader.load", fail)
    with pytest.raises(ConnectionRefusedError):
        await rendered(api, "{ id node { id } }", event)


# ---- bounds


async def test_what_is_larger_than_a_body_is_answered_with_an_error(api, monkeypatch):
    await a_life(api)
    event = (await events(api))[0]
    monkeypatch.setattr(app.webhook_queries, "MAX_BYTES", 100)
    found = await rendered(api, "{ node { ... on Quote { orderId items { id status recipients { name } } } } }", event)
    assert found["data"] is None
    [error] = found["errors"]
    assert error["extensions"]["code"] == "VALIDATION_ERROR"
    assert error["extensions"]["limitName"] == "bytes"
    assert error["extensions"]["setting"] is None


async def test_what_takes_too_long_is_answered_with_an_error(api, monkeypatch):
    await a_life(api)
    event = (await events(api))[0]

    async def hang(*_: Any) -> Any:
        await asyncio.Event().wait()

    monkeypatch.setattr("adapters.database.core.reader.SqlReader.load", hang)
    monkeypatch.setattr(app.webhook_queries, "SECONDS", 0.01)
    found = await rendered(api, "{ node { id } }", event)
    assert found["data"] is None
    assert found["errors"][0]["extensions"]["limitName"] == "seconds"


@on_both_databases
@pytest.mark.parametrize(
    ("selection", "statements"),
    [
        ("{ id type changes { from to } }", 0),
        ("{ id type node { ... on Quote { orderId total { amount } } } changes { from to } }", 1),
        ("{ node { ... on Quote { orderId items { id recipients { name } } } } }", 3),
        ("{ node { ... on Quote { orderId history(first: 1) { nodes { id } } } } }", 3),
    ],
)
async def test_an_event_takes_one_statement_for_each_edge(api, selection, statements):
    await a_life(api)
    event = (await events(api))[0]
    await rendered(api, selection, event)
    api.statements.seen.clear()
    await rendered(api, selection, event)
    assert len(api.statements.seen) == statements


async def test_a_document_is_prepared_once_and_evicts_none_of_a_client(api):
    await a_life(api)
    happened = await events(api)
    kept, counts = api.parts.engine.preparation.documents_kept, api.parts.engine.executor.counts
    for event in happened:
        await rendered(api, SELECTIONS[0], event)
    assert api.parts.engine.preparation.documents_kept == kept
    assert counts["fallback"] == 0
    assert counts["hit"] >= len(happened) - 1


# ---- usage


async def test_the_fields_of_what_is_sent_are_counted_as_used_by_webhooks(api):
    await a_life(api)
    event = next(it for it in await events(api) if it.type is EventType.QUOTE_CREATED)
    await rendered(api, "{ id node { ... on Quote { orderId } } }", event)
    await api.parts.usage.write()
    used = {(it.field, it.client): it.operations for it in await api.rows("schema_usage")}
    assert used["Quote.orderId", "webhook"] == 1
    assert used["Subscription.events", "webhook"] == 1
