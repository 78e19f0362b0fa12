"""Events are nodes: found by id by those who may read what happened."""

from domain.shared.access import Scope
from domain.shared.ids import global_id
from tests.api.support.inventory_inputs import an_action, an_asset
from tests.api.support.makers import a_quote
from tests.api.support.running import on_both_databases
from tests.api.support.world import MACBOOK

EVENT = (
    "query($id: ID!) { node(id: $id) { id ... on Event { type cursor actor { name } changes { to } cause { id } } } }"
)


async def events_of(api, quote):
    query = """query($id: ID!) { quote(by: {id: $id}) { history(first: 10) { nodes {
        id type cursor actor { name } changes { to } cause { id }
    } } } }"""
    return (await api.data(query, {"id": quote.id}))["quote"]["history"]["nodes"]


@on_both_databases
async def test_an_event_of_a_history_is_found_by_its_id(api):
    quote = await a_quote(api)
    await api.act("acceptItem", {"itemId": quote.item})
    events = await events_of(api, quote)
    assert len(events) > 2
    assert [(await api.data(EVENT, {"id": it["id"]}))["node"] for it in events] == events


@on_both_databases
async def test_an_event_of_another_company_is_not_there(api):
    quote = await a_quote(api)
    [event, *_] = await events_of(api, quote)
    stranger = await api.key(*Scope, company="NORDLICHT")
    assert await api.data(EVENT, {"id": event["id"]}, stranger) == {"node": None}


async def test_what_happened_to_an_asset_takes_the_scope_of_assets(api):
    await api.act("addAssets", {"assets": [an_asset()]}, "assets { id }")
    [event] = [it for it in await api.rows("events") if it.type == "ASSET_ADDED"]
    given = {"id": global_id("Event", event.id)}
    assert (await api.data(EVENT, given, await api.key(Scope.ASSETS_READ)))["node"]["type"] == "ASSET_ADDED"
    refused = await api.run(EVENT, given, await api.key(Scope.QUOTES_READ))
    assert [it["extensions"]["code"] for it in refused.errors] == ["FORBIDDEN"]
    assert refused.errors[0]["extensions"]["scopes"] == ["assets:read"]


@on_both_databases
async def test_the_cause_of_an_event_is_told_to_those_who_may_read_it(api):
    added = await api.act("addAssets", {"assets": [an_asset(employee="Ana Rodríguez")]}, "assets { id }")
    action = (await api.act("createDeviceAction", an_action(), "deviceAction { id }"))["deviceAction"]["id"]
    for step in ({}, {"to": "COMPLETED"}):
        await api.act("advanceDeviceAction", {"deviceActionId": action, **step}, key=api.operator)
    query = """query($id: ID!) { asset(by: { id: $id }) { history(filter: { type: ASSET_MOVED }, first: 1) { nodes {
        type cause { type nodeId cause { id } }
    } } } }"""
    given = {"id": added["assets"][0]["id"]}
    expected = {Scope.ASSETS_READ: None, Scope.DEVICE_ACTIONS_READ: "DEVICE_ACTION_COMPLETED"}
    scopes = list(expected)
    for count, cause in enumerate(expected.values(), start=1):
        found = await api.data(query, given, await api.key(*scopes[:count]))
        [event] = found["asset"]["history"]["nodes"]
        assert event["type"] == "ASSET_MOVED"
        assert (event["cause"] and event["cause"]["type"]) == cause


async def test_an_event_of_the_catalogue_is_for_those_who_manage_it(api):
    manager = await api.key(Scope.CATALOGUE_MANAGE, Scope.PRODUCTS_READ, company=None)
    await api.act("updateProduct", {"productId": MACBOOK, "sku": "MBP-14"}, "product { id }", key=manager)
    [event] = await api.rows("catalogue_events")
    query = "query($id: ID!) { node(id: $id) { id ... on CatalogueEvent { type fieldChanges { field to } } } }"
    given = {"id": global_id("CatalogueEvent", event.id)}
    found = (await api.data(query, given, manager))["node"]
    changed = [{"field": "sku", "to": "MBP-14"}]
    assert found == {"id": given["id"], "type": "PRODUCT_UPDATED", "fieldChanges": changed}
    assert (await api.run(query, given)).errors[0]["extensions"]["scopes"] == ["catalogue:manage"]
