"""Tax over the API: of each rate, with what it is worked out from, rounded where the company says."""

import asyncio

from typer.testing import CliRunner

from app.cli.common import Failure
from app.cli.main import cli
from tests.api.support.customers import seen
from tests.api.support.makers import a_price, a_quote, an_item
from tests.api.support.running import on_both_databases

TAX_LINES = "taxLines { rate base { amount currencyCode } net { amount } amount { amount } }"
SUMS = f"taxTotal {{ amount }} total {{ amount }} {TAX_LINES} taxRounding items {{ taxTotal {{ amount }} }}"
THREE = ("333.33", "333.33", "308.34")


async def a_priced_quote(api, prices=THREE, currency="EUR", rate="24", **terms):
    quote = await a_quote(api, *(an_item() for _ in prices), prices=None, currencyCode=currency)
    rates = [rate] * len(prices) if isinstance(rate, str) else rate
    items = [
        {"itemId": item, "price": a_price(price, currency), "taxRate": of_item}
        for item, price, of_item in zip(quote.items, prices, rates, strict=True)
    ]
    given = {"quoteId": quote.id, "items": items, **terms}
    planned = await api.act("priceQuote", {**given, "dryRun": True}, f"sums {{ {TAX_LINES} }}", key=api.operator)
    priced = await api.act("priceQuote", given, f"quote {{ {SUMS} }}", key=api.operator)
    assert priced["userErrors"] == []
    assert planned["sums"]["taxLines"] == priced["quote"]["taxLines"]
    return quote, priced["quote"]


def taxed(found):
    return [it["taxTotal"]["amount"] for it in found["items"]]


@on_both_databases
async def test_the_tax_of_a_rate_is_rounded_once_and_its_row_can_be_checked(api):
    quote, found = await a_priced_quote(api, discount={"type": "FIXED_AMOUNT", "value": "75.00"})
    base = {"amount": "900.00", "currencyCode": "EUR"}
    row = {"rate": "24", "base": base, "net": {"amount": "900.00"}, "amount": {"amount": "216.00"}}
    assert (found["taxTotal"]["amount"], found["total"]["amount"]) == ("216.00", "1116.00")
    assert (found["taxLines"], taxed(found)) == ([row], ["73.85", "73.84", "68.31"])

    public = await seen(api, quote.key, f"{TAX_LINES} amounts {{ label amount }}")
    assert public["taxLines"] == [row]
    assert {"label": "Tax 24 % of EUR 900.00", "amount": "EUR 216.00"} in public["amounts"]


@on_both_databases
async def test_tax_that_is_included_is_told_with_what_it_is_in(api):
    _, found = await a_priced_quote(api, ("10.00", "10.00", "10.00"), rate=("24", "24", "10"), isTaxIncluded=True)
    rows = [(it["rate"], it["base"]["amount"], it["net"]["amount"], it["amount"]["amount"]) for it in found["taxLines"]]
    assert rows == [("10", "10.00", "9.09", "0.91"), ("24", "20.00", "16.13", "3.87")]
    assert (sorted(taxed(found)), found["total"]["amount"]) == (["0.91", "1.93", "1.94"], "30.00")


async def test_a_quote_without_tax_or_without_sums_says_so(api):
    _, untaxed = await a_priced_quote(api, ("1000",), "JPY", "0")
    unpriced = await a_quote(api, prices=None)
    found = await api.data(f"query($id: ID!) {{ quote(by: {{id: $id}}) {{ {SUMS} }} }}", {"id": unpriced.id})
    assert [(it["rate"], it["amount"]["amount"]) for it in untaxed["taxLines"]] == [("0", "0")]
    assert found["quote"]["taxLines"] == []


@on_both_databases
async def test_a_company_chooses_where_the_tax_of_its_new_quotes_is_rounded(api, monkeypatch):
    before, first = await a_priced_quote(api)
    monkeypatch.setenv("QUOTEGRAPH_DATABASE_URL", api.parts.database.url.render_as_string(hide_password=False))
    wrong = await settings("AUSTRAL", "--tax-rounding", "never")
    nobody = await settings("NOBODY", "--tax-rounding", "per-line")
    assert isinstance(wrong.exception, Failure)
    assert isinstance(nobody.exception, Failure)
    assert "tax-rounding: per-rate" in (await settings("austral")).stdout
    assert "tax-rounding: per-line" in (await settings("austral", "--tax-rounding", "per-line")).stdout

    _, second = await a_priced_quote(api)
    again = await api.act(
        "priceQuote", {"quoteId": before.id, "shipping": None}, f"quote {{ {SUMS} }}", key=api.operator
    )
    assert (again["quote"], first["taxRounding"], first["taxTotal"]["amount"]) == (first, "PER_RATE", "234.00")
    assert (second["taxRounding"], taxed(second)) == ("PER_LINE", ["80.00", "80.00", "74.00"])
    asked = await api.data("{ viewer { company { taxRounding } } }")
    assert asked == {"viewer": {"company": {"taxRounding": "PER_LINE"}}}


async def settings(*words):
    return await asyncio.to_thread(CliRunner().invoke, cli, ["companies", "settings", *words])
