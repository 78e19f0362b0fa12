"""What a mutation creates comes as an edge of the list that it joins, with the cursor it has there."""

from typing import Any

import pytest

from tests.api.support.inventory_inputs import an_action, an_asset, an_external_action
from tests.api.support.makers import a_draft
from tests.api.support.running import Running, on_both_databases
from tests.api.support.webhooks import URL
from tests.api.support.world import MACBOOK

KIT = {"name": "Desk", "devices": [{"device": {"catalogue": {"productId": MACBOOK}}}]}
CREATED: list[tuple[str, dict[str, Any], str, str]] = [
    ("createQuote", a_draft(), "quoteEdge", "quotes"),
    ("createKit", KIT, "kitEdge", "kits"),
    ("createCustomer", {"name": "Núria"}, "customerEdge", "customers"),
    ("createCustomField", {"name": "Équipe", "type": "TEXT"}, "customFieldEdge", "customFields"),
    ("createWebhookEndpoint", {"url": URL, "events": ["*"]}, "endpointEdge", "webhookEndpoints"),
    ("createExternalDeviceAction", an_external_action(), "deviceActionEdge", "deviceActions"),
    ("addAssets", {"assets": [an_asset("C02A"), an_asset("C02B")]}, "assetEdges", "assets"),
]


async def edges(api: Running, connection: str, key: str | None = None) -> dict[str, str]:
    """The cursors of a list in its default order, by the ids of its nodes."""
    found = await api.data(f"{{ {connection} {{ edges {{ cursor node {{ id }} }} }} }}", key=key)
    return {edge["node"]["id"]: edge["cursor"] for edge in found[connection]["edges"]}


@on_both_databases
@pytest.mark.parametrize(("mutation", "given", "field", "connection"), CREATED, ids=[it[0] for it in CREATED])
async def test_the_edge_of_a_new_object_is_that_of_its_list(api, mutation, given, field, connection):
    payload = await api.act(mutation, given, f"{field} {{ cursor node {{ id }} }}")
    assert payload["userErrors"] == []
    made = payload[field] if isinstance(payload[field], list) else [payload[field]]
    listed = await edges(api, connection)
    assert {it["node"]["id"]: it["cursor"] for it in made}.items() <= listed.items()
    assert len(made) == len(given.get("assets", "1"))
    after = f'{{ {connection}(first: 1, after: "{made[0]["cursor"]}") {{ nodes {{ id }} }} }}'
    assert (await api.run(after)).codes == []


async def test_a_dry_run_has_no_edges(api):
    for mutation, given, field, _ in CREATED:
        payload = await api.act(mutation, {**given, "dryRun": True}, f"{field} {{ node {{ id }} }}")
        assert (payload["userErrors"], payload[field] or None) == ([], None)


@on_both_databases
async def test_a_comment_and_device_actions_come_as_edges_too(api):
    await api.act("addAssets", {"assets": [an_asset("C02A"), an_asset("C02B")]})
    actions = [an_action("C02A"), an_action("C02B")]
    payload = await api.act("createDeviceActions", {"actions": actions}, "deviceActionEdges { cursor node { id } }")
    made = {it["node"]["id"]: it["cursor"] for it in payload["deviceActionEdges"]}
    assert len(made) == 2
    assert made.items() <= (await edges(api, "deviceActions")).items()
    comment = {"deviceActionId": next(iter(made)), "message": "Soon"}
    path = "commentEdge { cursor node { id } } deviceAction { comments { edges { cursor node { id } } } }"
    payload = await api.act("addDeviceActionComment", comment, path)
    assert payload["deviceAction"]["comments"]["edges"] == [payload["commentEdge"]]


async def test_the_operator_gets_the_edge_of_a_new_product(api):
    given = {"type": "MOUSE", "brand": "HP", "model": "Mouse 7"}
    payload = await api.act("createProduct", given, "productEdge { cursor node { id } }", key=api.operator)
    made = payload["productEdge"]
    assert (await edges(api, "products", api.operator))[made["node"]["id"]] == made["cursor"]


@on_both_databases
@pytest.mark.parametrize("planned", [True, False], ids=["plan", "graphql-core"])
async def test_either_executor_reads_all_edges_at_once_as_the_query_of_the_payload_does(api, planned, monkeypatch):
    monkeypatch.setattr(api.parts.engine.executor, "_planned", planned)
    edges_too = "assetEdges { cursor node { id serialNumber displayStatus } }"
    listed_too = "query { assets { edges { cursor node { id serialNumber displayStatus } } } }"
    statements = []
    for count in (1, 7):
        serials = [f"C02{count}{number}" for number in range(count)]
        api.statements.seen.clear()
        given = {"assets": [an_asset(it) for it in serials]}
        payload = await api.act("addAssets", given, f"{edges_too} {listed_too}")
        statements.append(len([it for it in api.statements.seen if "assets" in it and "SELECT" in it]))
        assert [it["node"]["serialNumber"] for it in payload["assetEdges"]] == serials
        listed = payload["query"]["assets"]["edges"][:count]
        # What was created at the same time is in the order of random ids.
        assert sorted(map(str, listed)) == sorted(map(str, payload["assetEdges"]))
    assert statements == [2, 2]
