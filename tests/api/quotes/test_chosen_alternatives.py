"""A customer takes an alternative in place of what a line asks for, and signs for it."""

import hashlib
from typing import Any

import pytest

from tests.api.support.customers import a_signature, acted, as_company, seen
from tests.api.support.makers import a_price, a_quote, codes, two_lines
from tests.api.support.running import Running, on_both_databases

SHOWN = """{
    documentHash pdfUrl amountDue { amount } amounts { label amount }
    items { status decision subtotal { amount } alternatives { alternativeId status isSelected } }
}"""
LINES = "quote(by: {id: $id}) { total { amount } items { decision status alternatives { id status } } }"


async def shown(api: Running, key: str, alternatives: list[str] | None = None) -> Any:
    query = f"query($key: String!, $ids: [ID!]) {{ publicQuote(key: $key, alternatives: $ids) {SHOWN} }}"
    variables = {"key": key} if alternatives is None else {"key": key, "ids": alternatives}
    return (await api.data(query, variables))["publicQuote"]


async def lines(api: Running, quote: Any) -> Any:
    return (await api.data(f"query($id: ID!) {{ {LINES} }}", {"id": quote.id}))["quote"]


def taken(found: Any) -> list[str]:
    return [it["alternativeId"] for item in found["items"] for it in item["alternatives"] if it["isSelected"]]


@on_both_databases
async def test_a_customer_sees_what_an_alternative_comes_to_and_signs_for_that(api):
    quote = await a_quote(api, *two_lines(), alternatives=2)
    [_, chosen], _ = quote.alternatives
    plain, with_it = await shown(api, quote.key), await shown(api, quote.key, [chosen])
    assert (taken(plain), taken(with_it)) == ([], [chosen])
    assert plain["documentHash"] != with_it["documentHash"]
    assert float(plain["amountDue"]["amount"]) > float(with_it["amountDue"]["amount"])
    assert {it["status"] for item in with_it["items"] for it in item["alternatives"]} == {"SOURCED"}
    async with api.http.get(with_it["pdfUrl"]) as response:
        paper = await response.read()
    assert hashlib.sha256(paper).hexdigest() == with_it["documentHash"]

    wrong = await acted(api, "signQuote", a_signature(quote.key, documentHash=with_it["documentHash"]))
    assert codes(wrong) == ["DOCUMENT_CHANGED"], "another paper was signed than was seen"
    signature = a_signature(quote.key, documentHash=with_it["documentHash"], alternatives=[chosen])
    signed = await acted(api, "signQuote", signature)

    assert (codes(signed), signed["quote"]["status"]) == ([], "APPROVED")
    mine = await lines(api, quote)
    assert [it["decision"] for it in mine["items"]] == ["ALTERNATIVE_ACCEPTED", "ITEM_ACCEPTED"]
    assert {it["id"]: it["status"] for it in mine["items"][0]["alternatives"]}[chosen] == "ACCEPTED"
    assert float(mine["total"]["amount"]) == float(with_it["amountDue"]["amount"])
    query = "query($id: ID!) { quote(by: {id: $id}) { signatures { alternatives { id } documentHash priceOption } } }"
    [kept] = (await api.data(query, {"id": quote.id}))["quote"]["signatures"]
    assert kept == {
        "alternatives": [{"id": chosen}],
        "documentHash": with_it["documentHash"],
        "priceOption": None,
    }
    events = await api.rows("events")
    assert {it.type for it in events} >= {"QUOTE_SIGNED", "QUOTE_ALTERNATIVE_ACCEPTED"}


@on_both_databases
async def test_all_who_sign_take_the_same_and_the_next_is_shown_what_the_first_took(api):
    quote = await a_quote(api, alternatives=2)
    [first, second] = quote.alternatives[0]
    await api.act("requireSignatures", {"quoteId": quote.id, "count": 2})
    assert codes(await acted(api, "signQuote", a_signature(quote.key, alternatives=[first]))) == []
    assert taken(await shown(api, quote.key)) == [first]
    assert taken(await shown(api, quote.key, [])) == []
    for other in ([second], []):
        refused = await acted(api, "signQuote", a_signature(quote.key, "Dan Ruiz", alternatives=other))
        assert codes(refused) == ["ALREADY_SIGNED"]
        assert "other devices" in refused["userErrors"][0]["message"]
    assert [it["isSuperseded"] for it in (await as_company(api, quote))["signatures"]] == [False]
    again = await acted(api, "signQuote", a_signature(quote.key, alternatives=[first]))
    assert (codes(again), again["quote"]["isPartiallySigned"]) == ([], True)
    last = await acted(api, "signQuote", a_signature(quote.key, "Dan Ruiz", alternatives=[first]))
    assert (codes(last), last["quote"]["status"]) == ([], "APPROVED")
    assert (await lines(api, quote))["items"][0]["decision"] == "ALTERNATIVE_ACCEPTED"


async def test_an_alternative_can_be_taken_at_a_price_of_the_whole(api):
    quote = await a_quote(api, alternatives=1)
    option = {"name": "All in", "price": a_price("1200")}
    await api.act("setPriceOptions", {"quoteId": quote.id, "options": [option]}, key=api.operator)
    signature = a_signature(quote.key, priceOption="All in", alternatives=quote.alternatives[0])
    assert codes(await acted(api, "signQuote", signature)) == []
    assert (await lines(api, quote))["items"][0]["decision"] == "ALTERNATIVE_ACCEPTED"


async def test_a_choice_makes_clear_what_a_line_with_a_rejected_item_comes_to(api):
    quote = await a_quote(api, alternatives=2)
    await api.act("rejectItem", {"itemId": quote.item})
    assert codes(await acted(api, "signQuote", a_signature(quote.key))) == ["ALTERNATIVE_REQUIRED"]
    chosen = quote.alternatives[0][1]
    assert (await shown(api, quote.key, [chosen]))["amountDue"] is not None
    assert codes(await acted(api, "signQuote", a_signature(quote.key, alternatives=[chosen]))) == []


@pytest.mark.parametrize("dry_run", [True, False])
async def test_what_cannot_be_chosen_is_told_by_its_place_and_leaves_nothing(api, dry_run):
    quote, other = await a_quote(api, alternatives=3), await a_quote(api, alternatives=1)
    [first, second, rejected] = quote.alternatives[0]
    await api.act("rejectAlternative", {"alternativeId": rejected})
    await seen(api, quote.key)
    before = await api.contents()
    for alternatives, code, place in (
        (["nonsense"], "INVALID_ID", "0"),
        ([quote.item], "INVALID_ID", "0"),
        ([first, other.alternatives[0][0]], "UNKNOWN_REFERENCE", "1"),
        ([rejected], "UNKNOWN_REFERENCE", "0"),
        ([first, second], "ALREADY_EXISTS", "1"),
    ):
        signature = a_signature(quote.key, alternatives=alternatives, dryRun=dry_run)
        [error] = (await acted(api, "signQuote", signature))["userErrors"]
        assert (error["code"], error["path"]) == (code, ["alternatives", place])
        answer = await api.run(
            "query($key: String!, $ids: [ID!]) { publicQuote(key: $key, alternatives: $ids) { orderId } }",
            {"key": quote.key, "ids": alternatives},
        )
        assert answer.codes == ["VALIDATION_ERROR"]
    url = api.server.make_url(f"/q/{quote.key}/quote.pdf").with_query(alternative=rejected)
    async with api.http.get(url) as response:
        assert response.status == 400
    assert await api.contents() == before


async def test_of_a_line_that_was_decided_nothing_else_is_taken(api):
    quote = await a_quote(api, *two_lines(), alternatives=1)
    [[passed_over], [taken_before]] = quote.alternatives
    await api.act("acceptItem", {"itemId": quote.items[0]})
    await api.act("acceptAlternative", {"alternativeId": taken_before})
    before = await api.contents()
    refused = await acted(api, "signQuote", a_signature(quote.key, alternatives=[passed_over]))
    assert (codes(refused), refused["userErrors"][0]["path"]) == (["UNKNOWN_REFERENCE"], ["alternatives", "0"])
    assert await api.contents() == before
    named = await acted(api, "signQuote", a_signature(quote.key, alternatives=[taken_before]))
    assert codes(named) == ["ALREADY_SIGNED"], "all lines were decided before"


async def test_a_dry_run_of_a_choice_changes_nothing(api):
    quote = await a_quote(api, alternatives=1)
    await seen(api, quote.key)
    before = await api.contents()
    signature = a_signature(quote.key, alternatives=quote.alternatives[0], dryRun=True)
    assert codes(await acted(api, "signQuote", signature)) == []
    assert await api.contents() == before
