"""Several decisions at once: of one request one after the other, of many requests as if one after the other."""

import asyncio
from collections import Counter

import pytest

from domain.shared.access import CUSTOMER_SCOPES
from tests.api.support.makers import QUOTE, a_draft, a_price, a_quote, codes, statuses
from tests.api.support.running import on_both_databases

LINE = """
    quote { status }
    item { status decision acceptedOffer { id } agreedPrice { price { amount currencyCode } } }
"""


async def test_two_mutations_of_one_request_each_see_their_own_state(api):
    one, other = await a_quote(api), await a_quote(api, alternatives=1)
    answer = "{ quote { status } item { status decision quote { items { status } } } userErrors { code } }"
    query = f"""mutation($a: ID!, $b: ID!, $c: ID!) {{
        a: acceptItem(input: {{itemId: $a}}) {answer}
        b: rejectItem(input: {{itemId: $b}}) {answer}
        c: acceptAlternative(input: {{alternativeId: $c}}) {answer}
        d: acceptItem(input: {{itemId: $b}}) {answer}
    }}"""
    found = await api.data(query, {"a": one.item, "b": other.item, "c": other.alternative})
    seen = {name: (it["quote"] or {}).get("status") for name, it in found.items()}
    assert seen == {"a": "APPROVED", "b": "PENDING", "c": "APPROVED", "d": None}
    assert found["b"]["item"] == {
        "status": "REJECTED",
        "decision": "UNDECIDED",
        "quote": {"items": [{"status": "REJECTED"}]},
    }
    assert found["c"]["item"]["decision"] == "ALTERNATIVE_ACCEPTED"
    assert found["d"]["userErrors"] == [{"code": "ALREADY_DECIDED"}]


async def test_a_request_shows_the_same_object_before_and_after_a_change(api):
    quote = await a_quote(api)
    query = """mutation($id: ID!) {
        dry: acceptItem(input: {itemId: $id, dryRun: true}) { item { status } }
        wet: acceptItem(input: {itemId: $id}) { item { status } }
    }"""
    found = await api.data(query, {"id": quote.item})
    assert found == {"dry": {"item": {"status": "SOURCED"}}, "wet": {"item": {"status": "ACCEPTED"}}}


@on_both_databases
@pytest.mark.parametrize("round_", range(3))
async def test_of_deciders_racing_on_one_line_exactly_one_wins(api, round_):
    quote = await a_quote(api, alternatives=2)
    keys = [await api.key(*CUSTOMER_SCOPES) for _ in range(3)]
    first, second = quote.alternatives[0]
    choices = [
        ("acceptItem", {"itemId": quote.item}),
        ("acceptAlternative", {"alternativeId": first}),
        ("acceptAlternative", {"alternativeId": second}),
    ]
    attempts = [(key, *choice) for key in keys for choice in choices]
    payloads = await asyncio.gather(*(api.act(name, input_, LINE, key) for key, name, input_ in attempts))

    winners = [it for it in payloads if it["changes"]]
    assert len(winners) == 1
    won = winners[0]["item"]["acceptedOffer"]["id"]
    for (_, _, input_), payload in zip(attempts, payloads, strict=True):
        if won in input_.values():
            assert payload["userErrors"] == []
        else:
            [error] = payload["userErrors"]
            assert (error["__typename"], error["code"], error["currentStatus"]) == (
                "ConflictError",
                "ALREADY_DECIDED",
                "REJECTED",
            )
            assert error["node"]["id"] in input_.values()
    now = (await statuses(api, quote))["items"][0]
    assert Counter([now["status"], *(it["status"] for it in now["alternatives"])]) == {"ACCEPTED": 1, "REJECTED": 2}
    assert len(await api.rows("vendor_orders")) == 1
    assert len([it for it in await api.rows("events") if it.type.endswith("_ACCEPTED")]) == 1


@on_both_databases
async def test_of_an_acceptance_and_a_new_price_racing_the_agreed_price_is_one_somebody_saw(api):
    quote = await a_quote(api, prices="100.00")
    accept = api.act("acceptItem", {"itemId": quote.item, "expectedPrice": a_price("100.00")}, LINE)
    price = api.act("priceItem", {"itemId": quote.item, "price": a_price("200.00")}, key=api.operator)
    accepted, priced = await asyncio.gather(accept, price)
    assert sorted([codes(accepted), codes(priced)]) in ([[], ["PRICE_CHANGED"]], [[], ["ALREADY_DECIDED"]])
    if not codes(accepted):
        assert accepted["item"]["agreedPrice"]["price"] == a_price("100.00")


@on_both_databases
async def test_quotes_created_at_once_have_numbers_of_their_own(api):
    payloads = await asyncio.gather(*(api.act("createQuote", a_draft(), QUOTE) for _ in range(10)))
    assert len({it["quote"]["orderId"] for it in payloads}) == 10
    numbers = [it.number for it in await api.rows("events")]
    assert sorted(numbers) == list(range(1, 11))
