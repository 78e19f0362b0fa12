"""What a quote costs, over the API: discounts, shipping, tax, and one currency."""

from tests.api.support.makers import a_price, a_price_option, a_quote, an_item, codes, two_lines
from tests.api.support.running import on_both_databases

SUMS = """quote {
    currencyCode isTaxIncluded isPriced status
    discount { type amount { amount currencyCode } percentage reason } shipping { name price { amount } }
    subtotal { amount currencyCode } discountTotal { amount } shippingTotal { amount } taxTotal { amount }
    total { amount }
    items {
        isTaxable taxRate discount { type amount { amount } percentage reason }
        subtotal { amount } discountTotal { amount } taxTotal { amount } total { amount currencyCode }
    }
}"""
EVERYTHING = {
    "shipping": {"name": "Express", "price": a_price("12.00")},
    "discount": {"type": "PERCENTAGE", "value": "10", "reason": "Framework contract"},
}


async def price(api, given, selection=SUMS):
    return await api.act("priceQuote", given, selection, key=api.operator)


def whole(quote):
    """The sums of a quote as numbers of its currency, in the order in which they are added up."""
    names = ("subtotal", "discountTotal", "shippingTotal", "taxTotal", "total")
    return [quote[name] and quote[name]["amount"] for name in names]


def parts(item):
    return [item[name] and item[name]["amount"] for name in ("subtotal", "discountTotal", "taxTotal", "total")]


@on_both_databases
async def test_everything_that_a_quote_costs_is_set_at_once(api):
    quote = await a_quote(api, *two_lines(), prices=None)
    latitudes = {"type": "FIXED_AMOUNT", "value": "5.00", "reason": "Open box"}
    items = [
        {"itemId": quote.items[0], "price": a_price("100.00"), "taxRate": "21"},
        {"itemId": quote.items[1], "price": a_price("50.00"), "taxRate": "8.875", "discount": latitudes},
    ]
    payload = await price(api, {"quoteId": quote.id, **EVERYTHING, "items": items})
    found = payload["quote"]
    assert payload["userErrors"] == []
    assert found["discount"] == {
        "type": "PERCENTAGE",
        "amount": None,
        "percentage": "10",
        "reason": "Framework contract",
    }
    assert found["shipping"] == {"name": "Express", "price": {"amount": "12.00"}}
    assert found["items"][1]["discount"]["amount"] == {"amount": "5.00"}
    assert [item["taxRate"] for item in found["items"]] == ["21", "8.875"]
    assert parts(found["items"][0]) == ["100.00", "10.00", "18.90", "108.90"]
    assert parts(found["items"][1]) == ["100.00", "14.50", "7.59", "93.09"]
    assert whole(found) == ["200.00", "24.50", "12.00", "26.49", "213.99"]
    assert (found["currencyCode"], found["isPriced"]) == ("USD", True)


@on_both_databases
async def test_there_are_sums_once_every_line_that_counts_has_its_price(api):
    quote = await a_quote(api, *two_lines(), prices=["1450.00", None])
    before = (await price(api, {"quoteId": quote.id}))["quote"]
    await api.act("rejectItem", {"itemId": quote.items[1]})
    after = (await price(api, {"quoteId": quote.id}))["quote"]
    assert (whole(before), before["isPriced"]) == ([None] * 5, False)
    assert parts(before["items"][0]) == [None] * 4
    assert (whole(after), after["isPriced"]) == (["1450.00", "0.00", "0.00", "0.00", "1450.00"], True)
    assert parts(after["items"][1]) == [None] * 4


@on_both_databases
async def test_an_accepted_alternative_counts_in_place_of_its_item(api):
    quote = await a_quote(api, alternatives=1)
    await api.act("acceptAlternative", {"alternativeId": quote.alternative})
    found = await api.data("query($id: ID!) { quote(by: {id: $id}) { total { amount } } }", {"id": quote.id})
    assert found == {"quote": {"total": {"amount": "1190.00"}}}


@on_both_databases
async def test_prices_with_tax_contain_it(api):
    quote = await a_quote(api, prices="121.00")
    items = [{"itemId": quote.item, "taxRate": 21}]
    payload = await price(api, {"quoteId": quote.id, "isTaxIncluded": True, "items": items})
    assert whole(payload["quote"]) == ["121.00", "0.00", "0.00", "21.00", "121.00"]
    untaxed = await price(api, {"quoteId": quote.id, "items": [{"itemId": quote.item, "isTaxable": False}]})
    assert whole(untaxed["quote"]) == ["121.00", "0.00", "0.00", "0.00", "121.00"]


@on_both_databases
async def test_sums_have_the_digits_of_their_currency(api):
    for currency, amount, total in (("JPY", "1005", "1106"), ("KWD", "1.005", "1.106")):
        quote = await a_quote(api, prices=None, currencyCode=currency)
        items = [{"itemId": quote.item, "price": a_price(amount, currency), "taxRate": "10"}]
        payload = await price(api, {"quoteId": quote.id, "items": items})
        assert payload["quote"]["items"][0]["total"] == {"amount": total, "currencyCode": currency}


@on_both_databases
async def test_what_is_left_out_stays_and_null_takes_it_off(api):
    quote = await a_quote(api, prices="100.00")
    await price(api, {"quoteId": quote.id, **EVERYTHING})
    kept = await price(api, {"quoteId": quote.id, "shipping": None})
    assert whole(kept["quote"]) == ["100.00", "10.00", "0.00", "0.00", "90.00"]
    bare = await price(api, {"quoteId": quote.id, "discount": None})
    assert (whole(bare["quote"])[-1], bare["quote"]["discount"], bare["quote"]["shipping"]) == ("100.00", None, None)


@on_both_databases
async def test_a_quote_has_one_currency(api):
    quote = await a_quote(api, *two_lines(), prices=["1450.00", None], alternatives=1)
    euros = a_price("10.00", "EUR")
    second = {"itemId": quote.items[1], "price": euros}
    for mutation, given, path in (
        ("priceItem", second, ["price", "currencyCode"]),
        ("priceAlternative", {"alternativeId": quote.alternative, "price": euros}, ["price", "currencyCode"]),
        ("priceQuote", {"quoteId": quote.id, "currencyCode": "EUR"}, ["currencyCode"]),
        ("priceQuote", {"quoteId": quote.id, "items": [second]}, ["items", "0", "price", "currencyCode"]),
        (
            "priceQuote",
            {"quoteId": quote.id, "shipping": {"name": "Post", "price": euros}},
            ["shipping", "price", "currencyCode"],
        ),
    ):
        payload = await api.act(mutation, given, key=api.operator)
        assert [(it["code"], it["path"]) for it in payload["userErrors"]] == [("CURRENCY_MISMATCH", path)]


@on_both_databases
async def test_a_currency_that_was_a_mistake_is_changed_with_every_amount(api):
    quote = await a_quote(api, *two_lines(), prices=None)
    wrong = [{"itemId": it, "price": a_price("10.00", "EUR")} for it in quote.items]
    shipping = {"name": "Post", "price": a_price("5.00", "EUR")}
    await price(api, {"quoteId": quote.id, "items": wrong, "shipping": shipping})
    right = [{"itemId": it, "price": a_price("11.00")} for it in quote.items]
    for some in ({"items": right}, {"items": right[:1], "shipping": None}):
        payload = await price(api, {"quoteId": quote.id, "currencyCode": "USD", **some})
        assert [(it["code"], it["path"]) for it in payload["userErrors"]] == [("CURRENCY_MISMATCH", ["currencyCode"])]
    payload = await price(api, {"quoteId": quote.id, "currencyCode": "USD", "items": right, "shipping": None})
    assert (payload["userErrors"], payload["quote"]["total"], payload["quote"]["currencyCode"]) == (
        [],
        {"amount": "33.00"},
        "USD",
    )


@on_both_databases
async def test_a_currency_that_somebody_has_agreed_to_or_that_options_are_in_stays(api):
    agreed = await a_quote(api, *two_lines())
    await api.act("acceptItem", {"itemId": agreed.item})
    offered = await a_quote(api)
    await a_price_option(api, offered)
    for quote, item in ((agreed, agreed.items[1]), (offered, offered.item)):
        items = [{"itemId": item, "price": a_price("10.00", "EUR")}]
        payload = await price(api, {"quoteId": quote.id, "currencyCode": "EUR", "items": items})
        assert [(it["code"], it["path"]) for it in payload["userErrors"]] == [("CURRENCY_MISMATCH", ["currencyCode"])]


@on_both_databases
async def test_a_price_is_taken_back(api):
    quote = await a_quote(api)
    unpriced = {"quoteId": quote.id, "items": [{"itemId": quote.item, "price": None}]}
    payload = await price(api, unpriced, "quote { isPriced items { status price { amount } } } changes { from to }")
    assert [(it["from"], it["to"]) for it in payload["changes"]] == [("SOURCED", "PENDING")]
    assert payload["quote"] == {"isPriced": False, "items": [{"status": "PENDING", "price": None}]}
    assert codes(await api.act("acceptItem", {"itemId": quote.item})) == ["NOT_PRICED"]
    assert (await price(api, unpriced, "changes { to }"))["changes"] == []


@on_both_databases
async def test_everything_that_is_wrong_is_told_and_nothing_is_set(api):
    quote = await a_quote(api, an_item(), an_item(), prices="100.00")
    await api.act("acceptItem", {"itemId": quote.items[0]})
    before = await api.contents()
    items = [
        {"itemId": quote.items[0], "taxRate": "21"},
        {"itemId": quote.items[1], "taxRate": "101", "discount": {"type": "FIXED_AMOUNT", "value": "0.001"}},
        {"itemId": quote.items[1]},
        {"itemId": quote.id},
    ]
    given = {"quoteId": quote.id, "discount": {"type": "PERCENTAGE", "value": "-1"}, "items": items}
    payload = await price(api, given)
    assert [(it["code"], ".".join(it["path"])) for it in payload["userErrors"]] == [
        ("ALREADY_DECIDED", "items.0"),
        ("INVALID_PERCENTAGE", "items.1.taxRate"),
        ("INVALID_AMOUNT", "items.1.discount.value"),
        ("ALREADY_EXISTS", "items.2.itemId"),
        ("INVALID_ID", "items.3.itemId"),
        ("INVALID_PERCENTAGE", "discount.value"),
    ]
    assert await api.contents() == before


@on_both_databases
async def test_a_dry_run_sets_nothing_and_decided_quotes_keep_their_prices(api):
    quote = await a_quote(api)
    before = await api.contents()
    sums = (
        "sums { subtotal { amount } discountTotal { amount } total { amount currencyCode } } quote { total { amount } }"
    )
    dry = await price(api, {"quoteId": quote.id, "discount": EVERYTHING["discount"], "dryRun": True}, sums)
    assert dry["sums"] == {
        "subtotal": {"amount": "1450.00"},
        "discountTotal": {"amount": "145.00"},
        "total": {"amount": "1305.00", "currencyCode": "USD"},
    }
    assert dry["quote"] == {"total": {"amount": "1450.00"}}
    assert (dry["userErrors"], await api.contents()) == ([], before)
    assert (await price(api, {"quoteId": quote.id}, sums))["sums"] is None
    await api.act("acceptItem", {"itemId": quote.item})
    assert codes(await price(api, {"quoteId": quote.id, "discount": None})) == ["WRONG_STATUS"]


@on_both_databases
async def test_whether_prices_have_tax_in_them_is_fixed_once_a_line_is_accepted(api):
    quote = await a_quote(api, *two_lines())
    await api.act("acceptItem", {"itemId": quote.item})
    assert codes(await price(api, {"quoteId": quote.id, "isTaxIncluded": True})) == ["ALREADY_DECIDED"]
    assert codes(await price(api, {"quoteId": quote.id, "isTaxIncluded": False})) == []


@on_both_databases
async def test_a_sum_that_no_client_could_hold_is_refused(api):
    quote = await a_quote(api, an_item(quantity=1000), prices=None)
    payload = await api.act(
        "priceItem", {"itemId": quote.item, "price": a_price("90000000000000.00")}, key=api.operator
    )
    assert codes(payload) == ["INVALID_AMOUNT"]
