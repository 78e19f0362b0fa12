"""What integrators note on objects over the API: external IDs and metadata, and how objects are found by them."""

from dataclasses import replace
from typing import Any

import pytest

from domain.catalogue.products import Specification
from domain.connections.records import (
    ForeignAlternative,
    ForeignAsset,
    ForeignEmployee,
    ForeignItem,
    ForeignQuote,
    ForeignRecipient,
)
from domain.connections.systems import Collection
from domain.inventory.assets import AssetStatus
from domain.people.employees import EmployeeStatus
from domain.shared.access import Scope
from tests.api.connections.test_connections import RECORD
from tests.api.history.test_field_changes import changed
from tests.api.support.connections import a_connection, connected_to, read
from tests.api.support.customers import seen
from tests.api.support.inventory_inputs import an_action, an_asset
from tests.api.support.makers import a_quote, a_recipient, an_item, codes
from tests.api.support.running import Running, on_both_databases
from tests.fakes.read_systems import FakeSystem

NOTED = "externalId metadata { key value }"
ORIGIN = "origin { externalId metadata { key value } }"
WHOLE = f"{NOTED} items {{ {NOTED} recipients {{ {NOTED} }} }}"


def entries(**given: str) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in given.items()]


def noted(external_id: str | None, **given: str) -> dict[str, Any]:
    return {"externalId": external_id, "metadata": entries(**given)}


async def whole(api: Running, quote_id: str) -> Any:
    return (await api.data(f"query($id: ID!) {{ quote(by: {{ id: $id }}) {{ {WHOLE} }} }}", {"id": quote_id}))["quote"]


async def found(api: Running, list_: str, filter_: dict[str, Any], key: str | None = None) -> list[str]:
    """The ids of what a filter leaves of a list."""
    type_ = f"{list_[0].upper()}{list_[1:-1]}Filter"
    query = f"query($filter: {type_}) {{ {list_}(filter: $filter) {{ totalCount nodes {{ id }} }} }}"
    page = (await api.data(query, {"filter": filter_}, key=key))[list_]
    ids: list[str] = [it["id"] for it in page["nodes"]]
    assert page["totalCount"] == len(ids)
    return ids


@on_both_databases
async def test_what_is_noted_of_a_quote_its_lines_and_recipients_is_read_as_it_was_given(api):
    person = a_recipient(**noted("hr-7", badge="B"))
    quote = await a_quote(
        api, an_item(recipients=[person], **noted("line-1", sku="x", team="y")), **noted("o-1", a="b")
    )
    expected = noted("line-1", sku="x", team="y") | {"recipients": [noted("hr-7", badge="B")]}
    assert await whole(api, quote.id) == noted("o-1", a="b") | {"items": [expected]}
    plain = await a_quote(api)
    assert await whole(api, plain.id) == noted(None) | {"items": [noted(None) | {"recipients": [noted(None)]}]}


@on_both_databases
async def test_what_is_noted_is_replaced_removed_and_kept_where_it_is_not_named(api):
    quote = await a_quote(api, an_item(**noted("line-1", sku="x")), **noted("o-1", a="b"))
    await api.act("updateQuote", {"quoteId": quote.id, "metadata": entries(c="d", a="e")})
    await api.act("updateItem", {"itemId": quote.item, "externalId": "line-2"})
    after = await whole(api, quote.id)
    assert (after["externalId"], after["metadata"]) == ("o-1", entries(c="d", a="e"))
    assert (after["items"][0]["externalId"], after["items"][0]["metadata"]) == ("line-2", entries(sku="x"))
    assert await found(api, "quotes", {"metadata": {"key": "a", "value": "b"}}) == []
    assert await found(api, "quotes", {"metadata": {"key": "a", "value": "e"}}) == [quote.id]

    await api.act("updateQuote", {"quoteId": quote.id, "externalId": None, "metadata": None})
    await api.act("updateItem", {"itemId": quote.item, "externalId": "", "metadata": []})
    after = await whole(api, quote.id)
    assert after == noted(None) | {"items": [noted(None) | {"recipients": [noted(None)]}]}
    assert await api.rows("metadata_digests") == []


async def test_what_is_noted_is_changed_at_any_time_and_nothing_else_with_it(api):
    quote = await a_quote(api)
    await api.act("acceptItem", {"itemId": quote.item})
    edits = {"quoteId": quote.id, **noted("o-1", a="b")}
    line = {"itemId": quote.item, **noted("line-1", c="d")}
    assert codes(await api.act("updateQuote", {**edits, "notes": "Late"})) == ["NOT_EDITABLE"]
    assert codes(await api.act("updateItem", {**line, "comments": "Late"})) == ["NOT_EDITABLE"]
    assert codes(await api.act("updateQuote", {"quoteId": quote.id})) == ["NOT_EDITABLE"]
    for _ in range(2):
        assert (await api.act("updateQuote", edits))["userErrors"] == []
        assert (await api.act("updateItem", line))["userErrors"] == []
    after = await whole(api, quote.id)
    assert (after["externalId"], after["items"][0]["externalId"]) == ("o-1", "line-1")
    events = [it.type for it in await api.rows("events")]
    assert (events.count("QUOTE_UPDATED"), events.count("QUOTE_ITEM_UPDATED")) == (1, 1)


@on_both_databases
async def test_quotes_are_found_by_what_is_noted_of_them_and_of_their_parts(api):
    person = a_recipient(**noted("hr-7", badge="B"))
    first = await a_quote(api, an_item(recipients=[person], **noted("line-1", sku="x")), **noted("o-1", a="b"))
    second = await a_quote(api, **noted("o-2", a="c"))
    await a_quote(api)
    nordlicht = await api.key(*Scope, company="NORDLICHT")
    other = await a_quote(api, key=nordlicht, **noted("o-1", a="b"))
    for filter_, ids in (
        ({"externalId": " o-1 "}, [first.id]),
        ({"externalId": "O-1"}, []),
        ({"metadata": {"key": "a"}}, [second.id, first.id]),
        ({"metadata": {"key": "a", "value": "c"}}, [second.id]),
        ({"metadata": {"key": "a", "value": "C"}}, []),
        ({"metadata": {"key": "A"}}, []),
        ({"metadata": {"key": "sku"}}, []),
        ({"externalId": "o-2", "metadata": {"key": "a", "value": "b"}}, []),
        ({"item": {"externalId": "line-1"}}, [first.id]),
        ({"item": {"metadata": {"key": "sku", "value": "x"}}}, [first.id]),
        ({"item": {"externalId": "hr-7"}}, []),
        ({"recipient": {"externalId": "hr-7", "metadata": {"key": "badge"}}}, [first.id]),
        ({"recipient": {"metadata": {"key": "sku"}}}, []),
        ({"item": {}}, [*await found(api, "quotes", {})]),
    ):
        assert await found(api, "quotes", filter_) == ids, filter_
    assert set(await found(api, "quotes", {"metadata": {"key": "a"}}, api.operator)) == {first.id, second.id, other.id}
    assert set(await found(api, "quotes", {"externalId": "o-1"}, api.operator)) == {first.id, other.id}


@on_both_databases
async def test_customers_and_assets_are_noted_and_found_alike(api):
    given = {"name": "Ana", **noted("shop-7", tier="gold")}
    ana = (await api.act("createCustomer", given, f"customer {{ id {NOTED} }}"))["customer"]
    assert ana == {"id": ana["id"], **noted("shop-7", tier="gold")}
    assert await found(api, "customers", {"metadata": {"key": "tier", "value": "gold"}}) == [ana["id"]]
    changed_ = {"customerId": ana["id"], "metadata": entries(tier="silver")}
    after = await api.act("updateCustomer", changed_, f"customer {{ {NOTED} }}")
    assert after["customer"] == noted("shop-7", tier="silver")
    assert await found(api, "customers", {"metadata": {"key": "tier", "value": "gold"}}) == []
    assert await found(api, "customers", {"externalId": "shop-7"}) == [ana["id"]]

    devices = [an_asset("A-1", **noted("erp-7", rack="4")), an_asset("A-2")]
    added = await api.act("addAssets", {"assets": devices}, f"assets {{ id {NOTED} }}")
    first, second = added["assets"]
    assert (first, second) == ({"id": first["id"], **noted("erp-7", rack="4")}, {"id": second["id"], **noted(None)})
    for filter_ in ({"externalId": "erp-7"}, {"metadata": {"key": "rack", "value": "4"}}):
        assert await found(api, "assets", filter_) == [first["id"]]


@on_both_databases
async def test_what_is_noted_on_an_asset_is_changed_and_told(api):
    added = await api.act("addAssets", {"assets": [an_asset(**noted("erp-7", rack="4"))]}, "assets { id }")
    asset = added["assets"][0]["id"]
    for given, expected in (
        ({"externalId": "erp-8"}, noted("erp-8", rack="4")),
        ({"metadata": entries(rack="5", row="2")}, noted("erp-8", rack="5", row="2")),
        ({}, noted("erp-8", rack="5", row="2")),
        ({"externalId": None, "metadata": None}, noted(None)),
    ):
        after = await api.act("updateAsset", {"assetId": asset, **given}, f"asset {{ {NOTED} }}")
        assert (after["userErrors"], after["asset"]) == ([], expected)
    assert await api.rows("metadata_digests") == []
    events = [it.type for it in await api.rows("events")]
    assert events == ["ASSET_ADDED", *["ASSET_UPDATED"] * 3]
    assert await changed(api, "Asset", asset, "ASSET_UPDATED") == {
        (asset, "externalId"): ("erp-8", None),
        (asset, "metadata"): ("rack: 5, row: 2", None),
    }


@on_both_databases
async def test_a_device_keeps_what_is_noted_on_it_when_it_moves(api):
    await api.act("addAssets", {"assets": [an_asset("A-1", **noted("erp-7", rack="4"))]})
    made = await api.act("createDeviceAction", an_action("A-1", "ASSIGN"), "deviceAction { id }")
    for _ in range(3):
        moved = {"deviceActionId": made["deviceAction"]["id"]}
        assert (await api.act("advanceDeviceAction", moved, key=api.operator))["userErrors"] == []
    query = f'{{ assets(filter: {{ metadata: {{ key: "rack" }} }}) {{ nodes {{ status {NOTED} }} }} }}'
    assert (await api.data(query))["assets"]["nodes"] == [{"status": "IN_USE", **noted("erp-7", rack="4")}]


@on_both_databases
async def test_recipients_of_an_employee_are_found_by_what_is_noted_of_them(api):
    quote = await a_quote(api, an_item(recipients=[a_recipient(**noted("hr-7", badge="B"))]), an_item())
    query = """query($filter: RecipientFilter) { employee(by: { email: "ana@people.example" }) {
        recipients(filter: $filter) { nodes { id } } } }"""
    for filter_ in ({"externalId": "hr-7"}, {"metadata": {"key": "badge", "value": "B"}}):
        page = (await api.data(query, {"filter": filter_}))["employee"]["recipients"]
        assert page["nodes"] == [{"id": quote.recipient}]


@on_both_databases
@pytest.mark.parametrize("type_", ["quote", "asset"])
async def test_an_object_is_looked_up_by_its_external_id_where_no_other_has_it(api, type_):
    async def a_thing(serial: str) -> str:
        if type_ == "quote":
            return (await a_quote(api, externalId="7")).id
        payload = await api.act("addAssets", {"assets": [an_asset(serial, externalId="7")]}, "assets { id }")
        id_: str = payload["assets"][0]["id"]
        return id_

    query = f"query($id: String!) {{ {type_}(by: {{ externalId: $id }}) {{ id }} }}"
    first = await a_thing("A-1")
    assert [(await api.data(query, {"id": it}))[type_] for it in (" 7 ", "8")] == [{"id": first}, None]
    nordlicht = await api.key(*Scope, company="NORDLICHT")
    assert (await api.data(query, {"id": "7"}, key=nordlicht))[type_] is None
    second = await a_thing("A-2")
    [error] = (await api.run(query, {"id": "7"})).errors
    [problem] = error["extensions"]["problems"]
    assert (problem["code"], problem["path"]) == ("AMBIGUOUS", ["by", "externalId"])
    assert all(it in problem["message"] for it in (first, second))


@pytest.mark.parametrize(
    ("filter_", "path"),
    [
        ({"externalId": ""}, ["filter", "externalId"]),
        ({"metadata": {"key": " "}}, ["filter", "metadata", "key"]),
        ({"metadata": {"key": "a", "value": ""}}, ["filter", "metadata", "value"]),
        ({"item": {"metadata": {"key": "a\x00"}}}, ["filter", "item", "metadata", "key"]),
        ({"recipient": {"externalId": "x" * 201}}, ["filter", "recipient", "externalId"]),
    ],
)
async def test_a_filter_that_would_match_everything_or_nothing_is_refused_at_its_place(api, filter_, path):
    query = "query($filter: QuoteFilter) { quotes(filter: $filter) { nodes { id } } }"
    [error] = (await api.run(query, {"filter": filter_})).errors
    assert error["extensions"]["code"] == "VALIDATION_ERROR"
    assert [it["path"] for it in error["extensions"]["problems"]] == [path]


async def test_limits_are_told_at_their_place_in_each_input(api):
    many = [{"key": str(number), "value": "x"} for number in range(21)]
    twice = [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]
    person = a_recipient(metadata=[{"key": "", "value": "x"}], externalId="x" * 201)
    draft = {
        "requesterEmail": "it@austral.example",
        "metadata": many,
        "items": [an_item(recipients=[person], metadata=twice)],
    }
    refused = await api.act("createQuote", draft)
    assert [(".".join(it["path"]), it["code"]) for it in refused["userErrors"]] == [
        ("metadata", "TOO_MANY"),
        ("items.0.metadata.1.key", "ALREADY_EXISTS"),
        ("items.0.recipients.0.externalId", "TOO_LONG"),
        ("items.0.recipients.0.metadata.0.key", "REQUIRED"),
    ]
    refused = await api.act("addAssets", {"assets": [an_asset(metadata=twice)]})
    assert [(it["path"], it["code"]) for it in refused["userErrors"]] == [
        (["assets", "0", "metadata", "1", "key"], "ALREADY_EXISTS")
    ]
    assert codes(await api.act("createCustomer", {"name": "Ana", "metadata": many})) == ["TOO_MANY"]


async def test_the_history_tells_from_what_to_what_it_was_changed(api):
    quote = await a_quote(api, **noted("o-1", a="b"))
    await api.act("updateQuote", {"quoteId": quote.id, "externalId": "o-2", "metadata": entries(a="b", c="d")})
    assert await changed(api, "Quote", quote.id, "QUOTE_UPDATED") == {
        (quote.id, "externalId"): ("o-1", "o-2"),
        (quote.id, "metadata"): ("a: b", "a: b, c: d"),
    }
    await api.act("updateItem", {"itemId": quote.item, "metadata": entries(e="f")})
    assert await changed(api, "Quote", quote.id, "QUOTE_ITEM_UPDATED") == {(quote.item, "metadata"): (None, "e: f")}


@on_both_databases
async def test_nothing_is_found_by_a_line_that_was_removed(api):
    quote = await a_quote(api, an_item(**noted("line-1", sku="x")), an_item())
    await api.act("removeItem", {"itemId": quote.item})
    for part in ({"externalId": "line-1"}, {"metadata": {"key": "sku"}}):
        assert await found(api, "quotes", {"item": part}) == []
    assert await api.rows("metadata_digests") == []


async def test_the_customer_sees_none_of_it(api):
    quote = await a_quote(api, an_item(**noted("LINE", sku="SECRET")), **noted("ORDER", a="SECRET"))
    shown = str(await seen(api, quote.key, "title items { comments title recipients { name } }"))
    assert "SECRET" not in shown
    types = (await api.data('{ __type(name: "PublicQuote") { fields { name } } }'))["__type"]
    assert {"externalId", "metadata"}.isdisjoint(it["name"] for it in types["fields"])


REST = {"customer_reference": "77", "empty": ""}


def a_foreign_quote() -> ForeignQuote:
    person = ForeignRecipient("r1", "Leo", "UY", metadata={"badge": "B"})
    other = ForeignAlternative("a1", Specification("Dell", "XPS"), metadata={"colour": "silver"})
    item = ForeignItem("i1", recipients=(person,), alternatives=(other,), metadata={"sku": "x" * 3_000})
    return replace(RECORD, items=(item,), metadata=REST)


@on_both_databases
async def test_the_metadata_of_what_comes_from_a_system_is_what_its_record_says_beyond_our_fields(api):
    connected_to(api, FakeSystem({Collection.QUOTES: [a_foreign_quote()]}))
    await read(api, await a_connection(api))
    said = f"{NOTED} {ORIGIN}"
    lines = f"items {{ {said} recipients {{ {said} }} alternatives {{ {ORIGIN} }} }}"
    query = f"{{ quotes(first: 2) {{ nodes {{ id {said} {lines} }} }} }}"
    [quote] = (await api.data(query))["quotes"]["nodes"]
    [item] = quote["items"]
    [person] = item["recipients"]
    assert item["alternatives"] == [{"origin": {"externalId": "a1", "metadata": entries(colour="silver")}}]
    for part, external_id, rest in (
        (quote, "q1", entries(**REST)),
        (item, "i1", entries(sku="x" * 3_000)),
        (person, "r1", entries(badge="B")),
    ):
        assert (part["externalId"], part["metadata"]) == (None, rest)
        assert part["origin"] == {"externalId": external_id, "metadata": rest}
    for filter_ in (
        {"metadata": {"key": "customer_reference", "value": "77"}},
        {"metadata": {"key": "empty"}},
        {"item": {"metadata": {"key": "sku"}}},
        {"recipient": {"metadata": {"key": "badge", "value": "B"}}},
    ):
        assert await found(api, "quotes", filter_) == [quote["id"]], filter_


@on_both_databases
async def test_the_metadata_of_an_asset_of_a_connected_system_is_the_systems_and_its_external_id_ours(api):
    device = ForeignAsset("S-1", "S-1", AssetStatus.IN_STORAGE, "UY", metadata={"rack": "4"})
    leo = ForeignEmployee("e1", "Leo", "leo@acme.example", EmployeeStatus.ACTIVE, metadata={"floor": "2"})
    system = FakeSystem({Collection.ASSETS: [device], Collection.EMPLOYEES: [leo]})
    connected_to(api, system)
    given: dict[str, Any] = {"system": "QUIPTEAMS", "credentials": {"quipteams": {"token": "token"}}}
    connection = await a_connection(api, **given)
    await read(api, connection)
    [id_] = await found(api, "assets", {"metadata": {"key": "rack", "value": "4"}})
    named = await api.act("updateAsset", {"assetId": id_, "externalId": "erp-7"}, f"asset {{ {NOTED} }}")
    assert (named["userErrors"], named["asset"]) == ([], noted("erp-7", rack="4"))
    refused = await api.act("updateAsset", {"assetId": id_, "metadata": None})
    assert [(it["code"], it["path"]) for it in refused["userErrors"]] == [("NOT_SUPPORTED_BY_ORIGIN", ["metadata"])]
    system.records[Collection.ASSETS] = [replace(device, metadata={"rack": "5"})]
    await read(api, connection)
    query = f"""{{ assets {{ nodes {{ {NOTED} }} }}
        employee(by: {{ email: "leo@acme.example" }}) {{ origin {{ metadata {{ key value }} }} }} }}"""
    seen_ = await api.data(query)
    assert seen_["assets"]["nodes"] == [noted("erp-7", rack="5")]
    assert seen_["employee"] == {"origin": {"metadata": entries(floor="2")}}
    assert await found(api, "assets", {"metadata": {"key": "rack", "value": "4"}}) == []


async def test_the_external_id_of_a_quote_of_a_connected_system_is_ours_and_its_metadata_the_systems(api):
    connected_to(api, FakeSystem({Collection.QUOTES: [a_foreign_quote()]}))
    connection = await a_connection(api)
    await read(api, connection)
    [id_] = await found(api, "quotes", {})
    named = await api.act("updateQuote", {"quoteId": id_, "externalId": "o-1"}, f"quote {{ {NOTED} }}")
    assert (named["userErrors"], named["quote"]) == ([], noted("o-1", **REST))
    assert codes(await api.act("updateQuote", {"quoteId": id_, "metadata": []})) == ["NOT_SUPPORTED_BY_ORIGIN"]
    connected_to(api, FakeSystem({Collection.QUOTES: [replace(a_foreign_quote(), title="New", metadata={"x": "y"})]}))
    await read(api, connection)
    after = await whole(api, id_)
    assert (after["externalId"], after["metadata"]) == ("o-1", entries(x="y"))
    assert await found(api, "quotes", {"metadata": {"key": "customer_reference"}}) == []
