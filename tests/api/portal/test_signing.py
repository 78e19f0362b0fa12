"""Signing and declining by the public key."""

import asyncio
import hashlib

import pytest

from tests.api.support.customers import a_signature, acted, as_company, seen
from tests.api.support.makers import a_price, a_quote, an_item, codes, two_lines
from tests.api.support.running import on_both_databases


@on_both_databases
async def test_of_two_who_sign_at_once_one_approves_the_quote(api):
    quote = await a_quote(api)
    names = ("Carla Paz", "Dan Ruiz", "Eva Sol")
    answers = await asyncio.gather(*(acted(api, "signQuote", a_signature(quote.key, name)) for name in names))
    assert sorted(codes(it) for it in answers) == [[], ["ALREADY_SIGNED"], ["ALREADY_SIGNED"]]
    assert len(await api.rows("signatures")) == 1
    assert len(await api.rows("vendor_orders")) == 1


@on_both_databases
async def test_two_signatures_given_at_once_both_count(api):
    quote = await a_quote(api)
    await api.act("requireSignatures", {"quoteId": quote.id, "count": 2})
    names = ("Carla Paz", "Dan Ruiz")
    answers = await asyncio.gather(*(acted(api, "signQuote", a_signature(quote.key, name)) for name in names))
    assert [codes(it) for it in answers] == [[], []]
    assert (await seen(api, quote.key))["status"] == "APPROVED"
    assert len(await api.rows("vendor_orders")) == 1


@on_both_databases
async def test_a_signature_approves_the_quote_and_says_what_was_signed(api):
    quote = await a_quote(api, *two_lines(), alternatives=1)
    shown = await seen(api, quote.key)
    async with api.http.get(shown["pdfUrl"]) as response:
        paper = await response.read()
        assert (response.status, response.content_type) == (200, "application/pdf")
    assert hashlib.sha256(paper).hexdigest() == shown["documentHash"]

    signature = a_signature(quote.key, documentHash=shown["documentHash"])
    payload = await acted(api, "signQuote", signature, User_Agent="A browser")

    assert payload["userErrors"] == []
    assert (payload["quote"]["status"], payload["quote"]["isFullySigned"]) == ("APPROVED", True)
    mine = await as_company(api, quote)
    [signed] = mine["signatures"]
    assert (signed["name"], signed["email"], signed["userAgent"]) == (
        "Carla Paz",
        "carla@customer.example",
        "A browser",
    )
    assert (signed["ipAddress"], signed["documentHash"]) == ("127.0.0.1", shown["documentHash"])
    assert len(mine["vendorOrders"]) == 3
    async with api.http.get(signed["documentUrl"], headers={"Authorization": f"Bearer {api.customer}"}) as response:
        assert await response.read() == paper


@on_both_databases
async def test_two_signatures_are_two_peoples(api):
    quote = await a_quote(api)
    await api.act("requireSignatures", {"quoteId": quote.id, "count": 2})
    first = await acted(api, "signQuote", a_signature(quote.key))
    again = await acted(api, "signQuote", a_signature(quote.key))
    assert first == again
    flags = ("isSigned", "isPartiallySigned", "isFullySigned", "status")
    assert [first["quote"][it] for it in flags] == [True, True, False, "PENDING"]

    second = await acted(api, "signQuote", a_signature(quote.key, "Dan Ruiz"))
    assert [second["quote"][it] for it in flags] == [True, False, True, "APPROVED"]
    assert [it["name"] for it in second["quote"]["signatures"]] == ["Carla Paz", "Dan Ruiz"]


async def test_a_quote_that_changed_has_to_be_signed_anew(api):
    quote = await a_quote(api)
    await api.act("requireSignatures", {"quoteId": quote.id, "count": 2})
    shown = (await seen(api, quote.key))["documentHash"]
    await acted(api, "signQuote", a_signature(quote.key))
    await api.act("updateQuote", {"quoteId": quote.id, "publicNotes": "Delivery in March"}, key=api.operator)

    assert [it["isSuperseded"] for it in (await as_company(api, quote))["signatures"]] == [True]
    assert not (await as_company(api, quote))["isSigned"]
    again = await api.act("requireSignatures", {"quoteId": quote.id, "count": 2})
    assert again["userErrors"] == []
    late = await acted(api, "signQuote", a_signature(quote.key, "Dan Ruiz", documentHash=shown))
    assert codes(late) == ["DOCUMENT_CHANGED"]
    second = await acted(api, "signQuote", a_signature(quote.key, "Dan Ruiz"))
    assert second["quote"]["isPartiallySigned"]
    assert [it["isSuperseded"] for it in (await as_company(api, quote))["signatures"]] == [True, False]


async def test_those_who_sign_take_the_same_of_several_prices(api):
    quote = await a_quote(api)
    options = [{"name": name, "price": a_price(amount)} for name, amount in (("Buy", "1450"), ("Lease", "1600"))]
    await api.act("setPriceOptions", {"quoteId": quote.id, "options": options}, key=api.operator)
    await api.act("requireSignatures", {"quoteId": quote.id, "count": 2})
    nonsense = await acted(api, "signQuote", a_signature(quote.key, priceOption="nonsense"))
    assert codes(nonsense) == ["UNKNOWN_REFERENCE"]
    await acted(api, "signQuote", a_signature(quote.key, priceOption="Buy"))
    other = await acted(api, "signQuote", a_signature(quote.key, "Dan Ruiz", priceOption="Lease"))
    assert codes(other) == ["ALREADY_SIGNED"]
    same = await acted(api, "signQuote", a_signature(quote.key, "Dan Ruiz", priceOption="Buy"))
    assert (codes(same), same["quote"]["status"]) == ([], "APPROVED")


async def test_the_only_price_is_named_or_the_paper_it_stands_on(api):
    for wrong in ({"priceOption": "All in"}, {"documentHash": ""}):
        quote = await a_quote(api)
        option = {"name": "All in", "price": a_price("1200")}
        await api.act("setPriceOptions", {"quoteId": quote.id, "options": [option]}, key=api.operator)
        assert codes(await acted(api, "signQuote", a_signature(quote.key))) == ["REQUIRED"]
        shown = await seen(api, quote.key)
        given = {"documentHash": shown["documentHash"]} if "documentHash" in wrong else wrong
        signed = await acted(api, "signQuote", a_signature(quote.key, **given))
        assert (codes(signed), signed["quote"]["status"]) == ([], "APPROVED")


async def test_what_keeps_a_quote_from_being_signed_is_said_line_by_line(api):
    quote = await a_quote(api, an_item(), an_item(), prices=["1450.00", None], alternatives=2)
    await api.act("rejectItem", {"itemId": quote.item})
    refused = await acted(api, "signQuote", a_signature(quote.key))
    assert codes(refused) == ["ALTERNATIVE_REQUIRED", "NOT_PRICED"]
    assert [it["message"].split(" (")[0] for it in refused["userErrors"]] == ["Line 1", "Line 2"]


@pytest.mark.parametrize("end", ["acceptQuote", "cancelQuote"])
async def test_what_belongs_to_a_quote_stays_once_it_is_decided_or_called_off(api, end):
    quote = await a_quote(api)
    await api.act(end, {"quoteId": quote.id})
    document = {"quoteId": quote.id, "name": "Terms", "url": "https://example.com/terms.pdf"}
    for mutation, given in (("attachDocument", document), ("requireSignatures", {"quoteId": quote.id, "count": 5})):
        [refused] = (await api.act(mutation, given, key=api.operator))["userErrors"]
        assert (refused["code"], refused["attemptedStatus"]) == ("NOT_EDITABLE", "PENDING")
        assert refused["currentStatus"] == ("APPROVED" if end == "acceptQuote" else "CANCELLED")
    keyed = codes(await api.act("rotatePublicKey", {"quoteId": quote.id}, key=api.operator))
    assert keyed == ([] if end == "acceptQuote" else ["WRONG_STATUS"])


@on_both_databases
async def test_further_documents_are_signed_with_the_quote(api):
    quote = await a_quote(api)
    terms = {"quoteId": quote.id, "name": "Terms", "url": "https://shop.example/terms.pdf", "sha256": "A" * 64}
    attached = await api.act("attachDocument", terms, "attachment { id name } quote { attachments { name } }")
    assert attached["quote"]["attachments"] == [{"name": "Terms"}]
    [document] = (await seen(api, quote.key))["documents"]
    assert document == {"attachmentId": attached["attachment"]["id"], "name": "Terms", "isSignatureRequired": True}

    refused = await acted(api, "signQuote", a_signature(quote.key))
    assert [(it["code"], it["path"]) for it in refused["userErrors"]] == [("REQUIRED", ["documents"])]
    signed = await acted(api, "signQuote", a_signature(quote.key, documents=[document["attachmentId"]]))
    assert signed["userErrors"] == []
    [signature] = (await as_company(api, quote))["signatures"]
    assert signature["documents"] == [{"name": "Terms", "url": terms["url"], "sha256": "a" * 64}]
    too_late = await api.act("detachDocument", {"attachmentId": document["attachmentId"]})
    assert codes(too_late) == ["ALREADY_SIGNED"]


async def test_a_dry_run_decides_nothing(api):
    quote = await a_quote(api)
    await seen(api, quote.key)
    before = await api.contents()
    for mutation, input_ in (("signQuote", a_signature(quote.key)), ("declineQuoteByKey", {"key": quote.key})):
        payload = await acted(api, mutation, {**input_, "dryRun": True})
        assert (payload["userErrors"], payload["quote"]["decisionStatus"]) == ([], "PENDING")
    assert await api.contents() == before


async def test_a_signature_sent_again_with_its_idempotency_key_is_one(api):
    quote = await a_quote(api)
    one = await acted(api, "signQuote", a_signature(quote.key), '@idempotent(key: "k")')
    two = await acted(api, "signQuote", a_signature(quote.key), '@idempotent(key: "k")')
    assert one == two
    assert codes(await acted(api, "signQuote", a_signature(quote.key))) == ["ALREADY_SIGNED"]
    assert len(await api.rows("signatures")) == 1


async def test_an_unpriced_quote_cannot_be_signed(api):
    quote = await a_quote(api, prices=None)
    assert codes(await acted(api, "signQuote", a_signature(quote.key))) == ["NOT_PRICED"]
    assert await api.rows("signatures") == []


# ---- declining, and projects


@on_both_databases
async def test_a_customer_declines_by_the_key(api):
    quote = await a_quote(api)
    payload = await acted(api, "declineQuoteByKey", {"key": quote.key, "reason": "Too dear"})
    assert payload["userErrors"] == []
    assert (payload["quote"]["decisionStatus"], payload["quote"]["status"]) == ("DECLINED", "REJECTED")
    found = await api.data("query($id: ID!) { quote(by: {id: $id}) { closingReason } }", {"id": quote.id})
    assert found["quote"]["closingReason"] == "Too dear"
    signing = await acted(api, "signQuote", a_signature(quote.key))
    assert [(it["code"], it["currentStatus"], it["attemptedStatus"]) for it in signing["userErrors"]] == [
        ("WRONG_STATUS", "DECLINED", "APPROVED")
    ]


@on_both_databases
async def test_a_project_is_approved_when_the_company_asks(api):
    quote = await a_quote(api)
    early = await api.act("requestProjectApproval", {"quoteId": quote.id})
    assert codes(early) == ["NOT_SIGNED"]
    await acted(api, "signQuote", a_signature(quote.key))
    assert codes(await acted(api, "approveProject", a_signature(quote.key))) == ["NOT_SIGNED"]
    await api.act("requestProjectApproval", {"quoteId": quote.id})
    assert (await seen(api, quote.key))["isProjectApprovalPending"]

    payload = await acted(api, "approveProject", a_signature(quote.key))
    assert (payload["userErrors"], payload["quote"]["isProjectApprovalSigned"]) == ([], True)
    mine = await as_company(api, quote)
    assert (mine["isProjectApprovalPending"], mine["isProjectApprovalSigned"]) == (False, True)
    assert [it["purpose"] for it in mine["signatures"]] == ["QUOTE", "PROJECT"]
