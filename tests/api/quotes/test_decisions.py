"""From a request to its decisions over the API. The rules themselves are tested in tests/domain; here, that what they
say reaches the client and the database, once, whoever else decides at the same time."""

from typing import Any

import pytest

from tests.api.support.makers import a_draft, a_price, a_proposal, a_quote, a_recipient, an_item, codes, two_lines
from tests.api.support.running import on_both_databases, uuid_of
from tests.api.support.world import BIG_MACBOOK, MACBOOK

LINE = """
    quote { status statusTimestamps { status at } updatedAt }
    item { id status decision acceptedOffer { id status price { amount currencyCode } }
           agreedPrice { price { amount currencyCode } at by { type name } }
           recipients { id name status statusTimestamps { status at } } vendorOrders { status quantity destination } }
    alternative { id status }
"""


def moves(payload: Any) -> set[tuple[str, str, str]]:
    """The changes of a payload: which node went from where to where, the machines of the quote left out."""
    changes = [change for change in payload["changes"] if change["field"] == "STATUS"]
    found = [(change["node"]["id"], change["from"], change["to"]) for change in changes]
    assert len(found) == len(set(found))
    return set(found)


# ---- asking, pricing, proposing


@on_both_databases
async def test_a_quote_is_created_as_it_was_asked_for(api):
    macbook = an_item(
        device={
            "catalogue": {
                "productId": MACBOOK,
                "configurationId": BIG_MACBOOK,
                "specification": {"ram": "64 GB", "keyboardLayout": "ES"},
            }
        },
        recipients=[a_recipient(country="Uruguay", hireDate="2026-12-01", phoneNumber="+598 2", address="Main St 1")],
        quantity=3,
        comments="First line\nsecond line",
    )
    chair = {"custom": {"productType": "ACCESSORY", "specification": {"model": "Standing desk"}}}
    people = [a_recipient(), a_recipient("Store", email=None, country="BRA", isForStorage=True)]
    draft = a_draft(
        macbook,
        an_item(device=chair, recipients=people),
        requesterName="  Ana ",
        poNumber="PO-7",
        notificationEmails=["boss@AUSTRAL.example"],
    )
    selection = """quote {
        status poNumber requester { email name } countries company { code } vendorOrders { id } orderId
        statusTimestamps { status }
        items { status decision productType product { model } configuration { cpu } quantity comments
                price { amount } agreedPrice { at } acceptedOffer { id } alternatives { id }
                specification { brand model os cpu ram storage screenSize keyboardLayout }
                recipients { name email country status phoneNumber address isForStorage hireDate trackingCode
                             statusTimestamps { status } } }
    }"""
    quote = (await api.act("createQuote", draft, selection))["quote"]
    laptop, desk = quote.pop("items")
    assert int(quote.pop("orderId")) > 1_600_000_000_000
    assert quote == {
        "status": "PENDING",
        "poNumber": "PO-7",
        "requester": {"email": "it@austral.example", "name": "Ana"},
        "countries": ["BR", "UY"],
        "company": {"code": "AUSTRAL"},
        "vendorOrders": [],
        "statusTimestamps": [{"status": "PENDING"}],
    }
    assert laptop == {
        "status": "PENDING",
        "decision": "UNDECIDED",
        "productType": "LAPTOP",
        "product": {"model": "MacBook Pro 14"},
        "configuration": {"cpu": "Apple M5 Pro"},
        "quantity": 3,
        "comments": "First line\nsecond line",
        "price": None,
        "agreedPrice": None,
        "acceptedOffer": None,
        "alternatives": [],
        "specification": {
            "brand": "Apple",
            "model": "MacBook Pro 14",
            "os": "macOS",
            "cpu": "Apple M5 Pro",
            "ram": "64 GB",
            "storage": "1 TB",
            "screenSize": '14"',
            "keyboardLayout": "ES",
        },
        "recipients": [
            {
                "name": "Ana Rodríguez",
                "email": "ana@people.example",
                "country": "UY",
                "status": "PENDING",
                "phoneNumber": "+598 2",
                "address": "Main St 1",
                "isForStorage": False,
                "hireDate": "2026-12-01",
                "trackingCode": None,
                "statusTimestamps": [{"status": "PENDING"}],
            }
        ],
    }
    assert (desk["quantity"], desk["product"], desk["specification"]["brand"]) == (2, None, None)
    assert [it["isForStorage"] for it in desk["recipients"]] == [False, True]


async def test_pricing_sources_an_offer_and_may_be_corrected(api):
    quote = await a_quote(api, prices=None)
    sent = {"itemId": quote.item, "price": a_price("1200")}
    priced = await api.act("priceItem", sent, "item { status price { amount currencyCode } }", key=api.operator)
    assert priced["item"] == {"status": "SOURCED", "price": {"amount": "1200.00", "currencyCode": "USD"}}
    assert moves(priced) == {(quote.item, "PENDING", "SOURCED")}
    corrected = {"itemId": quote.item, "price": a_price("1300", "usd")}
    again = await api.act("priceItem", corrected, "item { price { amount currencyCode } }", key=api.operator)
    assert again["item"]["price"] == {"amount": "1300.00", "currencyCode": "USD"}
    assert moves(again) == set()


async def test_an_alternative_may_come_with_its_price_or_get_it_later(api):
    quote = await a_quote(api)
    selection = "alternative { id status price { amount } isExactMatch imageUrl description item { id } }"
    proposal = a_proposal(quote.item, isExactMatch=True, imageUrl="https://a.example/1.png", description="New\nmodel")
    proposed = await api.act("proposeAlternative", proposal, selection, key=api.operator)
    alternative = proposed["alternative"]
    assert moves(proposed) == set()
    assert alternative == {
        "id": alternative["id"],
        "status": "PENDING",
        "price": None,
        "isExactMatch": True,
        "imageUrl": "https://a.example/1.png",
        "description": "New\nmodel",
        "item": {"id": quote.item},
    }
    price = {"alternativeId": alternative["id"], "price": a_price("10.50")}
    priced = await api.act("priceAlternative", price, "alternative { status price { amount } }", key=api.operator)
    assert priced["alternative"] == {"status": "SOURCED", "price": {"amount": "10.50"}}
    assert moves(priced) == {(alternative["id"], "PENDING", "SOURCED")}
    at_once = await api.act(
        "proposeAlternative", a_proposal(quote.item, price=a_price("9")), "alternative { id }", key=api.operator
    )
    assert moves(at_once) == {(at_once["alternative"]["id"], "PENDING", "SOURCED")}


# ---- the five decisions


@on_both_databases
async def test_accepting_an_item_rejects_its_alternatives_and_approves_recipients_and_quote(api):
    quote = await a_quote(api, alternatives=2)
    payload = await api.act("acceptItem", {"itemId": quote.item, "expectedPrice": a_price()}, LINE)
    assert moves(payload) == {
        (quote.item, "SOURCED", "ACCEPTED"),
        *((it, "SOURCED", "REJECTED") for it in quote.alternatives[0]),
        *((it, "PENDING", "APPROVED") for it in quote.recipients[0]),
        (quote.id, "PENDING", "APPROVED"),
    }
    line, of_quote = payload["item"], payload["quote"]
    assert payload["userErrors"] == []
    assert payload["alternative"] is None
    assert (line["status"], line["decision"]) == ("ACCEPTED", "ITEM_ACCEPTED")
    assert line["acceptedOffer"]["id"] == quote.item
    agreed = line["agreedPrice"]
    assert agreed["price"] == a_price()
    assert agreed["by"] == {"type": "API_KEY", "name": "Austral's own"}
    assert agreed["at"].endswith("Z")
    assert of_quote["updatedAt"] == agreed["at"]
    assert [it["status"] for it in of_quote["statusTimestamps"]] == ["PENDING", "APPROVED"]
    assert [it["status"] for it in line["recipients"][0]["statusTimestamps"]] == ["PENDING", "APPROVED"]
    assert line["vendorOrders"] == [{"status": "QUEUED", "quantity": 1, "destination": "EMPLOYEE"}]


@on_both_databases
async def test_accepting_an_alternative_rejects_its_item_and_the_other_alternatives(api):
    quote = await a_quote(api, alternatives=3)
    first, second, third = quote.alternatives[0]
    payload = await api.act("acceptAlternative", {"alternativeId": second}, LINE)
    assert moves(payload) == {
        (quote.item, "SOURCED", "REJECTED"),
        (first, "SOURCED", "REJECTED"),
        (second, "SOURCED", "ACCEPTED"),
        (third, "SOURCED", "REJECTED"),
        (quote.recipients[0][0], "PENDING", "APPROVED"),
        (quote.id, "PENDING", "APPROVED"),
    }
    line = payload["item"]
    assert (line["status"], line["decision"]) == ("REJECTED", "ALTERNATIVE_ACCEPTED")
    assert line["acceptedOffer"] == {"id": second, "status": "ACCEPTED", "price": a_price("1190.00")}
    assert line["agreedPrice"]["price"] == a_price("1190.00")
    assert payload["alternative"] == {"id": second, "status": "ACCEPTED"}


async def test_rejecting_an_item_leaves_its_line_open_while_an_alternative_is_left(api):
    quote = await a_quote(api, alternatives=1)
    first = await api.act("rejectItem", {"itemId": quote.item}, LINE)
    assert moves(first) == {(quote.item, "SOURCED", "REJECTED")}
    assert (first["item"]["decision"], first["quote"]["status"]) == ("UNDECIDED", "PENDING")
    second = await api.act("rejectAlternative", {"alternativeId": quote.alternative}, LINE)
    assert moves(second) == {
        (quote.alternative, "SOURCED", "REJECTED"),
        (quote.recipients[0][0], "PENDING", "REJECTED"),
        (quote.id, "PENDING", "REJECTED"),
    }
    assert second["alternative"] == {"id": quote.alternative, "status": "REJECTED"}
    assert (second["item"]["decision"], second["item"]["acceptedOffer"]) == ("REJECTED", None)


async def test_a_quote_is_approved_once_its_last_line_is_decided(api):
    quote = await a_quote(api, *two_lines())
    first, second = quote.items
    accepted = await api.act("acceptItem", {"itemId": second}, LINE)
    assert (quote.id, "PENDING", "APPROVED") not in moves(accepted)
    assert sorted((it["destination"], it["quantity"]) for it in accepted["item"]["vendorOrders"]) == [
        ("EMPLOYEE", 1),
        ("STORAGE", 1),
    ]
    rejected = await api.act("rejectItem", {"itemId": first}, LINE)
    assert (quote.id, "PENDING", "APPROVED") in moves(rejected)


@pytest.mark.parametrize("bare", [False, True], ids=["global id", "bare UUID"])
async def test_decide_item_takes_items_and_alternatives(api, bare):
    quote = await a_quote(api, alternatives=1)

    def given(id_: str) -> str:
        return uuid_of(id_) if bare else id_

    rejected = await api.act("decideItem", {"offerId": given(quote.item), "decision": "REJECT"}, LINE)
    assert moves(rejected) == {(quote.item, "SOURCED", "REJECTED")}
    accepted = await api.act("decideItem", {"offerId": given(quote.alternative), "decision": "ACCEPT"}, LINE)
    assert accepted["item"]["decision"] == "ALTERNATIVE_ACCEPTED"
    assert accepted["alternative"]["id"] == quote.alternative


# ---- dry runs, repetitions, recipients, prices

DECISIONS = ["acceptItem", "rejectItem", "acceptAlternative", "rejectAlternative", "decideItem"]


def decision(mutation: str, quote: Any, **more: Any) -> dict[str, Any]:
    subject = {"acceptItem": "itemId", "rejectItem": "itemId", "decideItem": "offerId"}.get(mutation, "alternativeId")
    verdict = {"decision": "ACCEPT"} if mutation == "decideItem" else {}
    return {subject: quote.alternative if subject == "alternativeId" else quote.item, **verdict, **more}


@pytest.mark.parametrize("mutation", DECISIONS)
async def test_a_dry_run_tells_the_changes_and_makes_none(api, mutation):
    quote = await a_quote(api, alternatives=1)
    before = await api.contents()
    dry = await api.act(mutation, decision(mutation, quote, dryRun=True), LINE)
    assert await api.contents() == before
    assert dry["quote"]["status"] == "PENDING"
    wet = await api.act(mutation, decision(mutation, quote), LINE)
    assert moves(wet) == moves(dry) != set()


@pytest.mark.parametrize("mutation", DECISIONS)
async def test_a_repeated_decision_changes_nothing_and_is_no_error(api, mutation):
    quote = await a_quote(api, alternatives=1)
    await api.act(mutation, decision(mutation, quote))
    before = await api.contents()
    repeated = await api.act(mutation, decision(mutation, quote), LINE)
    assert (repeated["userErrors"], repeated["changes"]) == ([], [])
    assert repeated["item"]["id"] == quote.item
    assert await api.contents() == before


@on_both_databases
@pytest.mark.parametrize("mutation", ["acceptItem", "acceptAlternative"])
async def test_an_acceptance_repeated_at_another_price_or_for_others_is_refused_aloud(api, mutation):
    quote = await a_quote(api, alternatives=1)
    repeated = decision(mutation, quote)
    people = {"recipients": [a_recipient("Carla", email="carla@austral.example")]}
    assert (await api.act(mutation, {**repeated, **people}, LINE))["userErrors"] == []
    assert (await api.act(mutation, {**repeated, **people}, LINE))["userErrors"] == []
    dearer = await api.act(mutation, {**repeated, "expectedPrice": a_price("5")})
    others = await api.act(mutation, {**repeated, "recipients": [a_recipient("Dora")]})
    assert (codes(dearer), codes(others)) == (["PRICE_CHANGED"], ["ALREADY_DECIDED"])
    assert others["userErrors"][0]["path"] == ["recipients"]


async def test_a_dry_run_is_refused_for_the_reasons_a_real_one_is(api):
    quote = await a_quote(api, prices=None)
    refused = await api.act("acceptItem", {"itemId": quote.item, "dryRun": True})
    assert codes(refused) == ["NOT_PRICED"]


@on_both_databases
async def test_accepting_may_replace_the_recipients(api):
    quote = await a_quote(api, an_item(recipients=[a_recipient(), a_recipient("Bruno Silva")]))
    newcomers = [a_recipient("Carla"), a_recipient("Depot", email=None, isForStorage=True)]
    payload = await api.act("acceptItem", {"itemId": quote.item, "recipients": newcomers}, LINE)
    now = payload["item"]["recipients"]
    assert [(it["name"], it["status"]) for it in now] == [("Carla", "APPROVED"), ("Depot", "APPROVED")]
    assert moves(payload) == {
        (quote.item, "SOURCED", "ACCEPTED"),
        *((it["id"], "PENDING", "APPROVED") for it in now),
        (quote.id, "PENDING", "APPROVED"),
    }
    old = await api.data("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": quote.recipients[0]})
    assert old["nodes"] == [None, None]


async def test_one_recipient_may_get_all_the_devices_of_a_line(api):
    quote = await a_quote(api, an_item(recipients=[a_recipient(), a_recipient("Bruno Silva")]))
    payload = await api.act("acceptItem", {"itemId": quote.item, "recipients": [a_recipient("Carla")]}, LINE)
    assert [it["quantity"] for it in payload["item"]["vendorOrders"]] == [2]


async def test_the_expected_price_may_be_written_otherwise_but_must_be_the_price(api):
    quote = await a_quote(api, prices="1450.00")
    for price in (a_price("1450.01"), a_price("1450", "EUR")):
        refused = await api.act("acceptItem", {"itemId": quote.item, "expectedPrice": price})
        assert codes(refused) == ["PRICE_CHANGED"]
        assert "1,450.00" in refused["userErrors"][0]["message"]
    accepted = await api.act("acceptItem", {"itemId": quote.item, "expectedPrice": a_price("1450.0", "usd")})
    assert codes(accepted) == []
