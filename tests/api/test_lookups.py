"""Lookups of one object: by id, or by what people call it."""

import pytest

from domain.shared.access import Scope
from domain.shared.ids import global_id
from tests.api.support.makers import a_quote
from tests.api.support.running import on_both_databases
from tests.api.support.world import COMPANY_IDS, MACBOOK, NOBODY


@on_both_databases
async def test_a_product_is_found_by_its_sku_in_any_case(api):
    manager = await api.key(Scope.CATALOGUE_MANAGE, company=None)
    await api.act("updateProduct", {"productId": MACBOOK, "sku": "MBP-14"}, "product { id }", key=manager)
    query = "query($sku: String!) { product(by: {sku: $sku}) { id model } }"
    found = [(await api.data(query, {"sku": it}))["product"] for it in ("MBP-14", " mbp-14 ", "MBP-1")]
    product = {"id": global_id("Product", MACBOOK), "model": "MacBook Pro 14"}
    assert found == [product, product, None]


@on_both_databases
async def test_a_company_is_found_by_its_code_by_those_who_reach_it(api):
    query = "query($code: String!) { company(by: {code: $code}) { id code } }"
    own = {"id": global_id("Company", COMPANY_IDS["AUSTRAL"]), "code": "AUSTRAL"}
    codes = ("AUSTRAL", "NORDLICHT", "NOWHERE")
    assert [(await api.data(query, {"code": it}))["company"] for it in codes] == [own, None, None]
    seen = [(await api.data(query, {"code": it}, api.operator))["company"] for it in codes]
    assert [it and it["code"] for it in seen] == ["AUSTRAL", "NORDLICHT", None]


@on_both_databases
async def test_a_company_needs_no_scope(api):
    key = await api.key()
    by_id = "query($id: ID!) { company(by: {id: $id}) { code } }"
    found = await api.data(by_id, {"id": global_id("Company", COMPANY_IDS["AUSTRAL"])}, key)
    assert found == {"company": {"code": "AUSTRAL"}}


@on_both_databases
async def test_orders_of_the_vendor_and_custom_fields_are_found_by_id_within_the_company(api):
    field = (await api.act("createCustomField", {"name": "Team", "type": "TEXT"}, "customField { id }"))["customField"]
    quote = await a_quote(api)
    made = await api.act("acceptItem", {"itemId": quote.item}, "quote { vendorOrders { id } }")
    [order] = made["quote"]["vendorOrders"]
    query = """query($order: ID!, $field: ID!) {
        vendorOrder(by: {id: $order}) { id } customField(by: {id: $field}) { id }
    }"""
    given = {"order": order["id"], "field": field["id"]}
    assert await api.data(query, given) == {"vendorOrder": order, "customField": field}
    stranger = await api.key(*Scope, company="NORDLICHT")
    assert await api.data(query, given, stranger) == {"vendorOrder": None, "customField": None}


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ('{ product(by: {sku: " "}) { id } }', ["by", "sku"]),
        ('{ company(by: {code: ""}) { id } }', ["by", "code"]),
        (f'{{ kit(by: {{id: "Quote_{NOBODY}"}}) {{ id }} }}', ["by", "id"]),
        ('{ vendorOrder(by: {id: "none"}) { id } }', ["by", "id"]),
    ],
)
async def test_a_wrong_value_is_refused_at_its_place(api, query, path):
    [error] = (await api.run(query)).errors
    assert error["extensions"]["code"] == "VALIDATION_ERROR"
    assert [it["path"] for it in error["extensions"]["problems"]] == [path]
