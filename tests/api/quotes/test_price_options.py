"""A quote at several prices, of which exactly one is accepted."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from domain.shared.access import CUSTOMER_SCOPES
from tests.api.support.makers import a_price, a_quote, codes, statuses, two_lines
from tests.api.support.running import on_both_databases

EXAMPLES = Path(__file__).parents[3] / "examples"
OPTIONS = """quote {
    status decisionStatus currencyCode
    priceOptions { id name status acceptedAt price { amount } upfront { amount currencyCode } acceptedBy { type name } }
}"""
CLOSED = """query($id: ID!) {
    quote(by: {id: $id}) { priceOptions { status } history(first: 20) { nodes { changes { node { id } to } } } }
}"""
TWO = [
    {"name": "Purchase", "price": a_price("2900.00")},
    {"name": "Two instalments", "price": a_price("3000.00"), "upfront": a_price("1500.00")},
]


async def offer(api, quote, options=TWO):
    """The ids of the options of a quote, once they are offered."""
    payload = await api.act("setPriceOptions", {"quoteId": quote.id, "options": options}, OPTIONS, key=api.operator)
    assert payload["userErrors"] == []
    return [it["id"] for it in payload["quote"]["priceOptions"]]


async def select(api, option, **given):
    return await api.act("selectPriceOption", {"priceOptionId": option, **given}, f"priceOption {{ name }} {OPTIONS}")


@on_both_databases
async def test_accepting_an_option_rejects_the_others_and_accepts_every_open_line(api):
    quote = await a_quote(api, *two_lines())
    _, instalments = await offer(api, quote)
    payload = await select(api, instalments, expectedPrice=a_price("3000.00"))
    options = payload["quote"]["priceOptions"]
    assert (payload["userErrors"], payload["priceOption"]) == ([], {"name": "Two instalments"})
    assert [(it["status"], it["upfront"]["amount"]) for it in options] == [
        ("REJECTED", "0.00"),
        ("ACCEPTED", "1500.00"),
    ]
    assert options[0]["acceptedBy"] is options[0]["acceptedAt"] is None
    assert options[1]["acceptedBy"]["type"] == "API_KEY"
    assert options[1]["acceptedAt"]
    found = await statuses(api, quote)
    assert (found["status"], {it["decision"] for it in found["items"]}) == ("APPROVED", {"ITEM_ACCEPTED"})
    assert len(await api.rows("vendor_orders")) > 0
    assert {"REJECTED", "ACCEPTED", "APPROVED"} <= {it["to"] for it in payload["changes"]}


@on_both_databases
async def test_a_quote_at_several_prices_is_not_accepted_without_one_of_them(api):
    quote = await a_quote(api, *two_lines())
    await offer(api, quote)
    payload = await api.act("acceptQuote", {"quoteId": quote.id})
    [refused] = payload["userErrors"]
    assert (refused["code"], refused["currentStatus"], refused["attemptedStatus"]) == (
        "PRICE_OPTION_REQUIRED",
        "PENDING",
        "APPROVED",
    )
    assert "Purchase, Two instalments" in refused["message"]
    assert (await statuses(api, quote))["status"] == "PENDING"


@on_both_databases
@pytest.mark.parametrize("decided", ["rejected", "declined"])
async def test_a_quote_that_is_decided_otherwise_leaves_no_option_to_choose(api, decided):
    quote = await a_quote(api)
    options = await offer(api, quote)
    if decided == "declined":
        await api.act("declineQuote", {"quoteId": quote.id})
    else:
        await api.act("rejectItem", {"itemId": quote.item})
    found = (await api.data(CLOSED, {"id": quote.id}))["quote"]
    assert [it["status"] for it in found["priceOptions"]] == ["REJECTED", "REJECTED"]
    moved = [(it["node"]["id"], it["to"]) for event in found["history"]["nodes"] for it in event["changes"]]
    assert {(option, "REJECTED") for option in options} <= set(moved)


# Each would approve a quote of two lines, of which the first is accepted, and of which the second has an alternative.
APPROVING = {
    "acceptItem": lambda quote: {"itemId": quote.items[1]},
    "acceptAlternative": lambda quote: {"alternativeId": quote.alternatives[1][0]},
    "decideItem": lambda quote: {"offerId": quote.items[1], "decision": "ACCEPT"},
    "decideItems": lambda quote: {
        "quoteId": quote.id,
        "decisions": [
            {"offerId": quote.items[1], "decision": "REJECT"},
            {"offerId": quote.alternatives[1][0], "decision": "REJECT"},
        ],
    },
    "removeItem": lambda quote: {"itemId": quote.items[1]},
    "acceptQuote": lambda quote: {"quoteId": quote.id},
}


@on_both_databases
@pytest.mark.parametrize("mutation", APPROVING)
async def test_no_step_approves_a_quote_at_several_prices_without_one_of_them(api, mutation):
    quote = await a_quote(api, *two_lines(), alternatives=1)
    options = await offer(api, quote)
    await api.act("acceptItem", {"itemId": quote.item})
    before = await api.contents()
    assert codes(await api.act(mutation, APPROVING[mutation](quote))) == ["PRICE_OPTION_REQUIRED"]
    assert await api.contents() == before
    payload = await select(api, options[0])
    assert (payload["userErrors"], payload["quote"]["status"]) == ([], "APPROVED")


@on_both_databases
async def test_rejecting_the_last_open_line_beside_an_accepted_one_needs_a_price_option_too(api):
    quote = await a_quote(api, *two_lines())
    await offer(api, quote)
    await api.act("acceptItem", {"itemId": quote.item})
    assert codes(await api.act("rejectItem", {"itemId": quote.items[1]})) == ["PRICE_OPTION_REQUIRED"]
    # Where nothing was accepted, there is nothing to pay.
    other = await a_quote(api)
    await offer(api, other)
    assert codes(await api.act("rejectItem", {"itemId": other.item})) == []


@on_both_databases
@pytest.mark.parametrize("prices", [None, ["1450.00", None]])
async def test_an_option_is_taken_whether_or_not_its_lines_have_prices(api, prices):
    quote = await a_quote(api, *two_lines(), prices=prices)
    [purchase, _] = await offer(api, quote)
    assert codes(await api.act("acceptQuote", {"quoteId": quote.id})) == ["PRICE_OPTION_REQUIRED"]
    payload = await select(api, purchase)
    assert (payload["quote"]["status"], payload["quote"]["decisionStatus"]) == ("APPROVED", "APPROVED")
    assert {it["decision"] for it in (await statuses(api, quote))["items"]} == {"ITEM_ACCEPTED"}
    selection = (
        "quote(by: {id: $id}) { total { amount } amountDue { amount } items { agreedPrice { price { amount } } } }"
    )
    found = (await api.data(f"query($id: ID!) {{ {selection} }}", {"id": quote.id}))["quote"]
    assert (found["total"], found["amountDue"]) == (None, {"amount": "2900.00"})
    agreed = [it["agreedPrice"] and it["agreedPrice"]["price"]["amount"] for it in found["items"]]
    assert agreed == (prices or [None, None])


@on_both_databases
async def test_what_is_due_is_the_total_until_an_option_is_taken(api):
    quote = await a_quote(api)
    selection = "total { amount } amountDue { amount currencyCode } acceptedPriceOption { name }"
    due = f"query($id: ID!) {{ quote(by: {{id: $id}}) {{ {selection} }} }}"
    assert (await api.data(due, {"id": quote.id}))["quote"] == {
        "total": {"amount": "1450.00"},
        "amountDue": a_price("1450.00"),
        "acceptedPriceOption": None,
    }
    [_, instalments] = await offer(api, quote)
    await select(api, instalments)
    found = (await api.data(due, {"id": quote.id}))["quote"]
    assert found == {
        "total": {"amount": "1450.00"},
        "amountDue": a_price("3000.00"),
        "acceptedPriceOption": {"name": "Two instalments"},
    }


async def test_the_examples_price_a_quote_and_accept_an_option(api):
    quote = await a_quote(api, prices=None)
    document = (EXAMPLES / "operator" / "price.graphql").read_text()
    found = await api.data(document, {"quote": quote.id, "item": quote.item}, key=api.operator)
    assert (found["priceQuote"]["userErrors"], found["priceQuote"]["quote"]["total"]["amount"]) == ([], "1536.60")
    [purchase, _] = await offer(api, quote)
    document = (EXAMPLES / "mutations" / "select_price_option.graphql").read_text()
    found = await api.data(document, {"option": purchase, "price": a_price("2900.00")})
    assert found["selectPriceOption"]["userErrors"] == []
    assert found["selectPriceOption"]["priceOption"]["status"] == "ACCEPTED"


@on_both_databases
async def test_a_repeated_selection_changes_nothing_and_another_option_is_a_conflict(api):
    quote = await a_quote(api)
    purchase, instalments = await offer(api, quote)
    await select(api, purchase)
    before = await api.contents()
    again, other = await select(api, purchase), await select(api, instalments)
    assert (again["userErrors"], again["changes"]) == ([], [])
    assert codes(other) == ["ALREADY_DECIDED"]
    assert await api.contents() == before


@on_both_databases
async def test_nothing_is_accepted_at_an_old_price(api):
    whole = await a_quote(api)
    [seen, _] = await offer(api, whole)
    before = await api.contents()
    assert codes(await select(api, seen, expectedPrice=a_price("1.00"))) == ["PRICE_CHANGED"]
    dry = await select(api, seen, dryRun=True)
    assert {it["to"] for it in dry["changes"]} >= {"ACCEPTED", "APPROVED"}
    assert await api.contents() == before


@on_both_databases
async def test_options_are_replaced_as_long_as_the_quote_is_undecided(api):
    quote = await a_quote(api)
    old, _ = await offer(api, quote)
    [new] = await offer(api, quote, TWO[:1])
    assert codes(await select(api, old)) == ["NOT_FOUND"]
    await select(api, new)
    payload = await api.act("setPriceOptions", {"quoteId": quote.id, "options": []}, key=api.operator)
    assert codes(payload) == ["WRONG_STATUS"]


@on_both_databases
async def test_of_a_quote_decided_otherwise_no_option_can_be_accepted(api):
    quote = await a_quote(api)
    purchase, _ = await offer(api, quote)
    await api.act("rejectItem", {"itemId": quote.item})
    assert codes(await select(api, purchase)) == ["WRONG_STATUS"]


@on_both_databases
async def test_every_wrong_option_is_told(api):
    quote = await a_quote(api)
    before = await api.contents()
    options = [
        {"name": " ", "price": a_price("-1")},
        {"name": "A", "price": a_price("10.00"), "upfront": a_price("10.01")},
        {"name": "a", "price": a_price("10.00"), "upfront": a_price("1.00", "EUR")},
        {"name": "B", "price": a_price("10.00", "EUR")},
    ]
    payload = await api.act("setPriceOptions", {"quoteId": quote.id, "options": options}, key=api.operator)
    assert [(it["code"], ".".join(it["path"])) for it in payload["userErrors"]] == [
        ("REQUIRED", "options.0.name"),
        ("INVALID_AMOUNT", "options.0.price.amount"),
        ("OUT_OF_RANGE", "options.1.upfront.amount"),
        ("CURRENCY_MISMATCH", "options.2.upfront.currencyCode"),
        ("ALREADY_EXISTS", "options.2.name"),
        ("CURRENCY_MISMATCH", "options.3.price.currencyCode"),
    ]
    assert await api.contents() == before


@on_both_databases
async def test_another_companys_option_does_not_exist(api):
    quote = await a_quote(api)
    purchase, _ = await offer(api, quote)
    stranger = await api.key(*CUSTOMER_SCOPES, company="NORDLICHT")
    payload = await api.act("selectPriceOption", {"priceOptionId": purchase}, key=stranger)
    assert codes(payload) == ["NOT_FOUND"]


@on_both_databases
@pytest.mark.parametrize("round_", range(2))
async def test_of_those_who_select_at_once_exactly_one_wins(api, round_):
    quote = await a_quote(api)
    options = await offer(api, quote)
    answers = await asyncio.gather(*(select(api, option) for option in (*options, *options)))
    outcomes = Counter("".join(codes(it)) or ("moved" if it["changes"] else "repeated") for it in answers)
    assert outcomes == {"moved": 1, "repeated": 1, "ALREADY_DECIDED": 2}
    stored = [it.status for it in await api.rows("price_options")]
    assert sorted(stored) == ["ACCEPTED", "REJECTED"]
