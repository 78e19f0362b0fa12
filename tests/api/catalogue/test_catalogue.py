"""The catalogue as operators keep it: put in, changed, archived and unarchived, and what companies may choose of it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from domain.shared.access import CUSTOMER_SCOPES, Environment, Scope
from domain.shared.ids import global_id
from tests.api.support.makers import a_draft, a_quote, an_item, codes
from tests.api.support.running import Running, on_both_databases
from tests.api.support.world import BIG_MACBOOK, MACBOOK, MONITOR, NOBODY, RETIRED, SMALL_MACBOOK

EXAMPLES = Path(__file__).parents[3] / "examples" / "operator"
PARTS = "id isActive sku os cpu ram storage screenSize resolution connectionType"
PRODUCT = f"product {{ id isActive sku brand model type imageUrl configurations {{ {PARTS} }} }}"
CONFIGURATION = f"configuration {{ {PARTS} product {{ id }} }}"
THINKPAD = {
    "type": "LAPTOP",
    "brand": " Lenovo ",
    "model": "ThinkPad T14",
    "sku": "T14",
    "imageUrl": "https://shop.example/t14.png",
    "configurations": [
        {"cpu": "Core Ultra 5", "ram": "16 GB", "sku": "T14-16"},
        {"cpu": "Core Ultra 7", "ram": "32 GB"},
    ],
}


async def act(api: Running, mutation: str, given: dict[str, Any], directive: str = "", key: str = "") -> Any:
    selection = PRODUCT if mutation.endswith("Product") else CONFIGURATION
    return await api.act(mutation, given, selection, key or api.operator, directive)


async def a_product(api: Running, **given: Any) -> Any:
    payload = await act(api, "createProduct", {**THINKPAD, **given})
    assert payload["userErrors"] == []
    return payload["product"]


def paths(payload: Any) -> list[tuple[str, str]]:
    return [(".".join(it["path"]), it["code"]) for it in payload["userErrors"]]


@on_both_databases
async def test_a_product_is_put_in_found_by_every_company_and_asked_for(api):
    made = await a_product(api)
    assert (made["brand"], made["sku"], made["imageUrl"]) == ("Lenovo", "T14", "https://shop.example/t14.png")
    assert [(it["cpu"], it["sku"]) for it in made["configurations"]] == [
        ("Core Ultra 5", "T14-16"),
        ("Core Ultra 7", None),
    ]

    for given in ('search: "thinkpad"', 'sku: "t14"', 'sku: "t14-16"', 'ram: "32GB", brand: "lenovo"'):
        found = await api.data(f"{{ products(filter: {{{given}}}) {{ nodes {{ id }} }} }}")
        assert found["products"]["nodes"] == [{"id": made["id"]}], given
    chosen = {"productId": made["id"], "configurationId": made["configurations"][1]["id"]}
    quote = await api.act(
        "createQuote", a_draft(an_item(device={"catalogue": chosen})), "quote { items { specification { model ram } } }"
    )
    assert quote["quote"]["items"] == [{"specification": {"model": "ThinkPad T14", "ram": "32 GB"}}]


@on_both_databases
async def test_a_change_of_a_product_is_one_of_what_is_given_alone(api):
    made = await a_product(api)
    changed = await act(api, "updateProduct", {"productId": made["id"], "model": "ThinkPad T14 Gen 6", "sku": None})
    assert changed["product"] == {**made, "model": "ThinkPad T14 Gen 6", "sku": None}
    same = await act(api, "updateProduct", {"productId": made["id"], "brand": "LENOVO", "sku": "T-14"})
    assert (same["product"]["brand"], same["product"]["sku"]) == ("LENOVO", "T-14")
    found = await api.data('{ products(filter: {search: "lenovo thinkpad t14 gen 6"}) { totalCount } }')
    assert found == {"products": {"totalCount": 1}}


@on_both_databases
async def test_configurations_are_added_changed_archived_and_brought_back(api):
    made = await a_product(api, configurations=None)
    added = await act(api, "addConfiguration", {"productId": made["id"], "cpu": "Ryzen 7", "ram": "32 GB"})
    configuration = added["configuration"]
    assert (configuration["product"]["id"], configuration["isActive"]) == (made["id"], True)
    its_id = {"configurationId": configuration["id"]}
    changed = await act(api, "updateConfiguration", {**its_id, "ram": "64 GB", "sku": "T14-64"})
    assert changed["configuration"] == {**configuration, "ram": "64 GB", "sku": "T14-64"}
    assert await models(api, 'ram: "32 GB", brand: "Lenovo"') == []
    assert await models(api, 'ram: "64gb"') == ["ThinkPad T14"]

    for _ in range(2):
        archived = await act(api, "archiveConfiguration", its_id)
        assert (archived["configuration"]["isActive"], archived["userErrors"]) == (False, [])
    query = "query($id: ID!) { product(by: {id: $id}) { configurations { id } archivedConfigurations { id } } }"
    listed = (await api.data(query, {"id": made["id"]}))["product"]
    assert listed == {"configurations": [], "archivedConfigurations": [{"id": configuration["id"]}]}
    assert await models(api, 'ram: "64gb"') == []
    assert await models(api, 'ram: "64gb", includeArchived: true') == ["ThinkPad T14"]
    back = await act(api, "unarchiveConfiguration", its_id)
    assert back["configuration"] == changed["configuration"]


async def models(api: Running, given: str) -> list[str]:
    found = await api.data(f"{{ products(filter: {{{given}}}) {{ nodes {{ model }} }} }}")
    return [it["model"] for it in found["products"]["nodes"]]


@on_both_databases
async def test_what_is_archived_stays_readable_on_quotes_and_kits_and_cannot_be_chosen(api):
    device = {"catalogue": {"productId": MACBOOK, "configurationId": SMALL_MACBOOK}}
    quote = await a_quote(api, an_item(device=device))
    kit = (await api.act("createKit", {"name": "Desk", "devices": [{"device": device}]}, "kit { id }"))["kit"]["id"]
    from_kit = a_draft(an_item(device={"kitId": kit}))

    await act(api, "archiveProduct", {"productId": MACBOOK})

    read = """query($quote: ID!, $kit: ID!) {
        quote(by: {id: $quote}) { items { product { model isActive } configuration { cpu } specification { model } } }
        kit(by: {id: $kit}) { devices { product { model isActive } configuration { cpu } } } }"""
    seen = await api.data(read, {"quote": quote.id, "kit": kit})
    archived = {"product": {"model": "MacBook Pro 14", "isActive": False}, "configuration": {"cpu": "Apple M5"}}
    assert seen["quote"]["items"] == [{**archived, "specification": {"model": "MacBook Pro 14"}}]
    assert seen["kit"]["devices"] == [archived]
    product, kit_id = "device.catalogue.productId", "device.kitId"
    for mutation, given, place in (
        ("createQuote", a_draft(an_item(device=device)), f"items.0.{product}"),
        ("addItems", {"quoteId": quote.id, "items": [an_item(device=device)]}, f"items.0.{product}"),
        ("createKit", {"name": "Other", "devices": [{"device": device}]}, f"devices.0.{product}"),
        ("updateKit", {"kitId": kit, "devices": [{"device": device}]}, f"devices.0.{product}"),
        ("createQuote", from_kit, f"items.0.{kit_id}"),
        ("addItems", {"quoteId": quote.id, "items": [an_item(device={"kitId": kit})]}, f"items.0.{kit_id}"),
    ):
        refused = await api.act(mutation, given)
        assert paths(refused) == [(place, "UNKNOWN_REFERENCE")], mutation
        assert "archived" in refused["userErrors"][0]["message"]

    await act(api, "unarchiveProduct", {"productId": MACBOOK})
    assert codes(await api.act("createQuote", from_kit)) == []
    await act(api, "archiveConfiguration", {"configurationId": SMALL_MACBOOK})
    assert paths(await api.act("createQuote", from_kit)) == [(f"items.0.{kit_id}", "UNKNOWN_REFERENCE")]
    refused = await api.act("createQuote", a_draft(an_item(device=device)))
    assert paths(refused) == [("items.0.device.catalogue.configurationId", "UNKNOWN_REFERENCE")]
    assert codes(await api.act("createQuote", a_draft(an_item()))) == []


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "a blank brand": ({"brand": " "}, "brand", "REQUIRED"),
    "a blank model": ({"model": ""}, "model", "REQUIRED"),
    "a long model": ({"model": "m" * 201}, "model", "TOO_LONG"),
    "a model of two lines": ({"model": "T\n14"}, "model", "INVALID_TEXT"),
    "no address of a picture": ({"imageUrl": "t14.png"}, "imageUrl", "INVALID_URL"),
    "a long SKU": ({"sku": "s" * 201}, "sku", "TOO_LONG"),
    "a SKU that is no text": ({"sku": "a\u0000b"}, "sku", "INVALID_TEXT"),
    "an empty configuration": ({"configurations": [{"cpu": " "}]}, "configurations.0", "REQUIRED"),
    "a long part": ({"configurations": [{"cpu": "M5"}, {"ram": "1" * 201}]}, "configurations.1.ram", "TOO_LONG"),
    "one configuration twice": (
        {"configurations": [{"ram": "16 GB"}, {"ram": "16gb"}]},
        "configurations.1",
        "ALREADY_EXISTS",
    ),
    "one number twice": (
        {"configurations": [{"ram": "16 GB", "sku": "A"}, {"ram": "8 GB", "sku": "a"}]},
        "configurations.1.sku",
        "ALREADY_EXISTS",
    ),
    "too many configurations": (
        {"configurations": [{"ram": f"{it} GB"} for it in range(201)]},
        "configurations",
        "TOO_MANY",
    ),
    "a warranty with a part": ({"type": "WARRANTY_MAC"}, "configurations.0", "NOT_ALLOWED"),
    "brand and model in any case": ({"brand": "APPLE", "model": "macbook pro 14"}, "model", "ALREADY_EXISTS"),
    "one that is archived": ({"brand": "Apple", "model": "PowerBook G4"}, "model", "ALREADY_EXISTS"),
}


@on_both_databases
async def test_a_bad_product_is_refused_at_its_place_and_nothing_of_it_is_there(api):
    before = await api.contents()
    for name, (given, path, code) in REFUSED.items():
        payload = await act(api, "createProduct", {**THINKPAD, **given})
        assert payload["product"] is None, name
        assert (path, code) == paths(payload)[0], name
        assert {it[1] for it in paths(payload)} == {code}, name
    assert await api.contents() == before
    [error] = payload["userErrors"]
    assert error["node"] == {"id": global_id("Product", RETIRED), "__typename": "Product"}
    assert error["currentStatus"] == "ARCHIVED"
    assert "unarchive" in error["message"]


@on_both_databases
async def test_no_two_products_or_configurations_have_one_sku(api):
    made = await a_product(api)
    other = await a_product(api, model="ThinkPad X1", sku=None, configurations=[{"ram": "16 GB"}])
    assert paths(await act(api, "createProduct", {**THINKPAD, "model": "New", "configurations": []})) == [
        ("sku", "ALREADY_EXISTS")
    ]
    for mutation, given, place in (
        ("updateProduct", {"productId": other["id"], "sku": "t14"}, "sku"),
        ("updateProduct", {"productId": other["id"], "model": "thinkpad t14"}, "model"),
        ("addConfiguration", {"productId": other["id"], "cpu": "M5", "sku": "t14-16"}, "sku"),
        ("addConfiguration", {"productId": other["id"], "ram": "16gb"}, "productId"),
        ("updateConfiguration", {"configurationId": other["configurations"][0]["id"], "sku": "T14-16"}, "sku"),
        ("updateConfiguration", {"configurationId": other["configurations"][0]["id"], "ram": None}, "cpu"),
        (
            "updateConfiguration",
            {"configurationId": made["configurations"][1]["id"], "cpu": "core ultra 5", "ram": "16GB"},
            "configurationId",
        ),
    ):
        code = "REQUIRED" if place == "cpu" else "ALREADY_EXISTS"
        assert paths(await act(api, mutation, given)) == [(place, code)], (mutation, given)
    freed = await act(api, "updateProduct", {"productId": made["id"], "sku": ""})
    assert freed["product"]["sku"] is None
    assert paths(await act(api, "updateProduct", {"productId": other["id"], "sku": "t14"})) == []


@on_both_databases
async def test_what_is_not_there_is_not_found_and_no_id_is_said_so(api):
    for mutation, field in (
        *((it, "productId") for it in ("updateProduct", "archiveProduct", "unarchiveProduct", "addConfiguration")),
        *((it, "configurationId") for it in ("updateConfiguration", "archiveConfiguration", "unarchiveConfiguration")),
    ):
        more = {"cpu": "M5"} if mutation == "addConfiguration" else {}
        assert paths(await act(api, mutation, {field: NOBODY, **more})) == [(field, "NOT_FOUND")]
        assert paths(await act(api, mutation, {field: "big", **more})) == [(field, "INVALID_ID")]


@on_both_databases
async def test_a_product_that_is_sent_again_is_put_in_once(api):
    once = '@idempotent(key: "thinkpad")'
    first = await act(api, "createProduct", THINKPAD, once)
    assert await act(api, "createProduct", THINKPAD, once) == first
    assert len([it for it in await api.rows("products") if it.brand == "Lenovo"]) == 1
    clash = await api.attempt("createProduct", {**THINKPAD, "sku": "other"}, "", api.operator, once)
    assert clash.codes == ["CONFLICT"]


@on_both_databases
async def test_of_products_put_in_at_once_under_one_name_one_is_there_and_the_others_are_told(api):
    payloads = await asyncio.gather(*(act(api, "createProduct", {**THINKPAD, "sku": None}) for _ in range(5)))
    assert sorted(code for it in payloads for code in [*codes(it), "made"][:1]) == ["ALREADY_EXISTS"] * 4 + ["made"]
    product = next(it["product"]["id"] for it in payloads if it["product"])
    added = await asyncio.gather(
        *(act(api, "addConfiguration", {"productId": product, "ram": "96 GB", "sku": "X"}) for _ in range(5))
    )
    assert sum(it["configuration"] is not None for it in added) == 1


@on_both_databases
async def test_the_history_of_a_product_says_who_did_what(api):
    made = await a_product(api, configurations=None)
    product = {"productId": made["id"]}
    added = await act(api, "addConfiguration", {**product, "ram": "16 GB"})
    await act(api, "updateConfiguration", {"configurationId": added["configuration"]["id"], "ram": "32 GB"})
    await act(api, "updateProduct", {**product, "model": "ThinkPad T14"})
    await act(api, "archiveProduct", product)
    await act(api, "archiveProduct", product)
    query = """query($id: ID!, $after: String) { product(by: {id: $id}) { history(first: 3, after: $after) { totalCount
        pageInfo { endCursor } nodes { type actor { name } node { id } fieldChanges { field from to } } } } }"""
    first = (await api.data(query, {"id": made["id"]}, api.operator))["product"]["history"]
    after = first["pageInfo"]["endCursor"]
    rest = (await api.data(query, {"id": made["id"], "after": after}, api.operator))["product"]["history"]
    events = [*first["nodes"], *rest["nodes"]]
    assert first["totalCount"] == 4
    assert [it["type"] for it in events] == [
        "PRODUCT_ARCHIVED",
        "CONFIGURATION_UPDATED",
        "CONFIGURATION_ADDED",
        "PRODUCT_CREATED",
    ]
    assert {it["actor"]["name"] for it in events} == {"An operator"}
    assert events[0]["fieldChanges"] == [{"field": "isActive", "from": "true", "to": "false"}]
    assert events[1]["fieldChanges"] == [{"field": "ram", "from": "16 GB", "to": "32 GB"}]
    assert {"field": "brand", "from": None, "to": "Lenovo"} in events[3]["fieldChanges"]


async def test_only_live_keys_of_the_platform_change_the_catalogue_or_read_its_history(api):
    keys = (
        await api.key(*Scope, company="AUSTRAL"),
        await api.key(*Scope, company=None, environment=Environment.TEST),
        await api.key(*(set(Scope) - {Scope.CATALOGUE_MANAGE}), company=None),
        api.customer,
    )
    before = await api.contents()
    history = f'{{ product(by: {{id: "{MACBOOK}"}}) {{ history {{ totalCount }} }} }}'
    for key in keys:
        refused = await api.attempt("createProduct", THINKPAD, PRODUCT, key)
        assert (refused.codes, refused.error["extensions"]["scopes"]) == (["FORBIDDEN"], ["catalogue:manage"])
        assert (await api.run(history, key=key)).codes == ["FORBIDDEN"]
    assert await api.contents() == before
    assert Scope.CATALOGUE_MANAGE not in CUSTOMER_SCOPES


async def test_who_may_only_change_the_catalogue_is_told_which_entry_it_was(api):
    alone = await api.key(Scope.CATALOGUE_MANAGE, company=None)
    made = await api.act("createProduct", THINKPAD, "product { id isActive }", alone)
    assert made["product"]["isActive"]
    assert (await api.attempt("createProduct", THINKPAD, "product { brand }", alone)).codes == ["FORBIDDEN"]


STATEMENTS: dict[str, tuple[dict[str, Any], int]] = {
    # The lock on PostgreSQL apart: what is concerned, its configurations; what is written; what is answered.
    "createProduct": ({**THINKPAD, "configurations": [{"ram": f"{it} GB"} for it in range(1, 60)]}, 2 + 4 + 2),
    "updateProduct": ({"productId": MACBOOK, "sku": "M"}, 4 + 2 + 2),
    "archiveProduct": ({"productId": MONITOR}, 2 + 2 + 2),
    "unarchiveProduct": ({"productId": RETIRED}, 2 + 2 + 2),
    "addConfiguration": ({"productId": MACBOOK, "ram": "48 GB"}, 2 + 3 + 2),
    "updateConfiguration": ({"configurationId": BIG_MACBOOK, "ram": "64 GB"}, 2 + 4 + 2),
    "archiveConfiguration": ({"configurationId": BIG_MACBOOK}, 2 + 4 + 2),
    "unarchiveConfiguration": ({"configurationId": BIG_MACBOOK}, 2 + 4 + 2),
}


async def test_each_change_takes_as_many_statements_however_much_there_is(api):
    written: list[str] = []
    api.parts.database.transactions.listeners.append(written.append)
    for mutation, (given, expected) in STATEMENTS.items():
        api.statements.seen.clear()
        written.clear()
        payload = await act(api, mutation, given)
        assert payload["userErrors"] == [], mutation
        assert len(api.statements.seen) + len(written) == expected, (mutation, written, api.statements.seen)


@pytest.mark.parametrize(
    "edge", ["configurations { id }", "archivedConfigurations { id }", "history(first: 2) { nodes { type } }"]
)
async def test_an_edge_of_products_is_one_statement(api, edge):
    query = f"{{ products(first: 3) {{ nodes {{ {edge} }} }} }}"
    assert await api.statements.of(api, query, key=api.operator) == 2


@on_both_databases
async def test_the_example_of_a_catalogue_that_is_kept_works(api):
    document = (EXAMPLES / "catalogue.graphql").read_text()
    kept = await api.data(document, {"old": MONITOR, "grown": MACBOOK}, api.operator)
    assert [it["userErrors"] for it in kept.values()] == [[], [], []]
    assert len(kept["createProduct"]["product"]["configurations"]) == 2
    [ended] = kept["archiveProduct"]["product"]["history"]["nodes"]
    assert (ended["type"], ended["actor"]["name"]) == ("PRODUCT_ARCHIVED", "An operator")


@on_both_databases
async def test_the_example_of_a_catalogue_that_is_corrected_works(api):
    document = (EXAMPLES / "catalogue_corrections.graphql").read_text()
    given = {"product": MACBOOK, "changed": SMALL_MACBOOK, "ended": SMALL_MACBOOK}
    corrected = await api.data(document, given, api.operator)
    assert [it["userErrors"] for it in corrected.values()] == [[]] * 6
    assert corrected["updateProduct"]["product"]["sku"] == "MBP-14"
    assert corrected["updateConfiguration"]["configuration"] == {"sku": "MBP-14-64", "ram": "64 GB"}
    ends = ("archiveConfiguration", "unarchiveConfiguration")
    assert [corrected[it]["configuration"]["isActive"] for it in ends] == [False, True]
