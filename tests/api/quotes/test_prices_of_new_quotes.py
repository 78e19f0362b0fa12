"""Quotes that operators make with their prices, discounts, shipping and price options, over the API."""

import pytest

from tests.api.support.makers import a_draft, a_price, a_recipient, an_item
from tests.api.support.running import on_both_databases

WHOLE = """
    status isPriced currencyCode isTaxIncluded total { amount } taxTotal { amount } discountTotal { amount }
    shipping { name price { amount } } discount { percentage reason }
    items { status price { amount } discount { amount { amount } } isTaxable taxRate total { amount } }
    priceOptions { name status price { amount } upfront { amount } }
    history(first: 20) { nodes { type changes { from to field } fieldChanges { field from to } } }
"""
OF_ITEM = {
    "price": a_price("333.33"),
    "discount": {"type": "FIXED_AMOUNT", "value": "8.33"},
    "isTaxable": True,
    "taxRate": "24",
}
OF_QUOTE = {
    "isTaxIncluded": True,
    "shipping": {"name": "Express", "price": a_price("25.00")},
    "discount": {"type": "PERCENTAGE", "value": "2.5", "reason": "Volume"},
}
OPTIONS = [
    {"name": "Purchase", "price": a_price("900.00")},
    {"name": "Lease", "price": a_price("990.00"), "upfront": a_price("90.00")},
]
SUMS = "sums { total { amount } }"


async def read(api, quote_id):
    query = f"query($id: ID!) {{ quote(by: {{id: $id}}) {{ {WHOLE} }} }}"
    return (await api.data(query, {"id": quote_id}, key=api.operator))["quote"]


async def made(api, draft):
    given = {**draft, "companyId": await a_company(api)}
    payload = await api.act("createQuote", given, "quote { id items { id } }", key=api.operator)
    assert payload["userErrors"] == []
    return {**payload["quote"], "changes": payload["changes"]}


async def a_company(api):
    return (await api.data("{ viewer { company { id } } }"))["viewer"]["company"]["id"]


async def in_steps(api, draft):
    quote = await made(api, draft)
    prices = [{"itemId": quote["items"][1]["id"], **OF_ITEM}]
    priced = {"quoteId": quote["id"], **OF_QUOTE, "items": prices}
    assert (await api.act("priceQuote", priced, key=api.operator))["userErrors"] == []
    offered = {"quoteId": quote["id"], "options": OPTIONS}
    assert (await api.act("setPriceOptions", offered, key=api.operator))["userErrors"] == []
    return quote


@on_both_databases
async def test_a_quote_made_with_prices_reads_as_one_that_is_priced_afterwards(api):
    service = {"custom": {"productType": "SERVICE", "specification": {"model": "Set-up"}}}
    lines = [an_item(quantity=2), {"device": service}]
    whole = {**OF_QUOTE, "priceOptions": OPTIONS}
    at_once = await made(api, a_draft(lines[0], {**lines[1], **OF_ITEM}, **whole))
    afterwards = await in_steps(api, a_draft(*lines))
    assert await read(api, at_once["id"]) == await read(api, afterwards["id"])


@on_both_databases
async def test_a_priced_quote_can_be_accepted_at_once(api):
    quote = await made(api, a_draft(an_item(price=a_price("1450.00"), recipients=[a_recipient()])))
    found = await read(api, quote["id"])
    assert {it["to"] for it in quote["changes"]} == {"SOURCED"}
    assert (found["isPriced"], found["total"], found["items"][0]["status"]) == (True, {"amount": "1450.00"}, "SOURCED")
    assert [it["type"] for it in found["history"]["nodes"]] == ["QUOTE_PENDING", "QUOTE_PRICED", "QUOTE_CREATED"]
    payload = await api.act("acceptQuote", {"quoteId": quote["id"], "expectedTotal": a_price("1450.00")})
    assert payload["userErrors"] == []


@on_both_databases
async def test_prices_are_refused_where_they_stand_to_a_key_that_may_not_set_them(api):
    draft = a_draft(an_item(), an_item(**OF_ITEM), **OF_QUOTE, priceOptions=OPTIONS)
    payload = await api.act("createQuote", draft)
    errors = payload["userErrors"]
    assert {(it["__typename"], it["code"]) for it in errors} == {("ValidationError", "NOT_ALLOWED")}
    assert sorted(".".join(it["path"]) for it in errors) == [
        "discount",
        "isTaxIncluded",
        "items.1.discount",
        "items.1.isTaxable",
        "items.1.price",
        "items.1.taxRate",
        "priceOptions",
        "shipping",
    ]
    assert all("quotes:manage" in it["message"] for it in errors)
    assert await api.rows("quotes") == []


@on_both_databases
@pytest.mark.parametrize("mutation", ["createQuote", "addItems"])
async def test_a_dry_run_with_prices_changes_nothing(api, mutation):
    quote = await made(api, a_draft())
    before = await read(api, quote["id"])
    if mutation == "createQuote":
        given = {**a_draft(an_item(price=a_price("10.00"))), "companyId": await a_company(api), "dryRun": True}
        payload = await api.act("createQuote", given, f"quote {{ id }} {SUMS}", key=api.operator)
        assert (payload["quote"], payload["sums"]) == (None, {"total": {"amount": "10.00"}})
    else:
        given = {"quoteId": quote["id"], "items": [an_item(price=a_price("10.00"))], "dryRun": True}
        payload = await api.act("addItems", given, key=api.operator)
    assert payload["userErrors"] == []
    assert (len(await api.rows("quotes")), await read(api, quote["id"])) == (1, before)
