"""The customer's side: what a public key shows and does, to anybody who has it and to nobody else."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from graphql import GraphQLError
from sqlalchemy import update

from adapters.database.quotes.tables import quotes
from domain.portal.public_keys import ClientInfo, KeyGrant
from domain.rate_limits.buckets import SECOND
from domain.shared.access import NOBODY, Environment
from resolvers.budgets import FURTHER, POINTS_OF_WRONG_KEY, WRONG_KEY_LIMIT, WrongKeys
from resolvers.context import Context, Services
from resolvers.portal.public_quote import opened
from schema.build import build_schema, core_schema
from tests.api.support.customers import a_signature, acted, as_company, seen, visit
from tests.api.support.makers import a_price, a_price_option, a_quote, a_recipient, an_item, codes, two_lines
from tests.api.support.running import on_both_databases

BURST = WRONG_KEY_LIMIT.points // POINTS_OF_WRONG_KEY


@on_both_databases
async def test_a_customer_sees_a_quote_by_its_key_alone(api):
    quote = await a_quote(api, *two_lines(), alternatives=1)
    found = await seen(api, quote.key)

    assert (found["orderId"], found["companyName"], found["status"]) == (quote.order_id, "Austral", "PENDING")
    assert [it["price"]["amount"] for it in found["items"]] == ["1450.00", "1450.00"]
    assert found["items"][0]["recipients"] == [{"name": "Ana Rodríguez", "country": "UY"}]
    assert [it["status"] for it in found["items"][0]["alternatives"]] == ["SOURCED"]


@on_both_databases
async def test_a_customer_sees_what_the_quote_adds_up_to(api):
    quote = await a_quote(api, *two_lines())
    found = await seen(
        api, quote.key, "subtotal { amount } total { amount currencyCode } items { title total { amount } }"
    )
    assert found["total"] == {"amount": "4350.00", "currencyCode": "USD"}
    assert [(it["title"], it["total"]["amount"]) for it in found["items"]] == [
        ("Apple MacBook Pro 14", "1450.00"),
        ("Dell Latitude 7450", "2900.00"),
    ]


@on_both_databases
async def test_price_options_are_shown_and_stand_on_the_paper_that_is_signed(api):
    quote = await a_quote(api)
    await a_price_option(api, quote, api.operator)
    selection = "documentHash pdfUrl priceOptions { name price { amount } status }"
    found = await seen(api, quote.key, selection)
    assert [it["status"] for it in found["priceOptions"]] == ["OFFERED"]
    payload = await acted(api, "signQuote", a_signature(quote.key, documentHash=found["documentHash"]))
    assert payload["userErrors"] == []
    assert [it["status"] for it in (await seen(api, quote.key, selection))["priceOptions"]] == ["ACCEPTED"]


async def test_of_several_prices_the_last_signature_takes_one(api):
    quote = await a_quote(api)
    options = [{"name": name, "price": a_price(amount)} for name, amount in (("Buy", "1450"), ("Lease", "1600"))]
    await api.act("setPriceOptions", {"quoteId": quote.id, "options": options}, key=api.operator)
    for named, code in ((None, "REQUIRED"), ("Rent", "UNKNOWN_REFERENCE")):
        refused = await acted(api, "signQuote", a_signature(quote.key, priceOption=named))
        assert [(it["code"], it["path"]) for it in refused["userErrors"]] == [(code, ["priceOption"])]
    signed = await acted(api, "signQuote", a_signature(quote.key, priceOption="lease"))
    assert (signed["userErrors"], signed["quote"]["status"]) == ([], "APPROVED")
    shown = await seen(api, quote.key, "priceOptions { name status } acceptedPriceOption { name } amountDue { amount }")
    assert [(it["name"], it["status"]) for it in shown["priceOptions"]] == [("Buy", "REJECTED"), ("Lease", "ACCEPTED")]
    assert (shown["acceptedPriceOption"], shown["amountDue"]) == ({"name": "Lease"}, {"amount": "1600.00"})


@on_both_databases
async def test_opening_a_quote_marks_it_viewed_once(api):
    quote = await a_quote(api)
    for _ in range(3):
        assert await seen(api, quote.key)

    assert (await as_company(api, quote))["offerStatus"] == "VIEWED"
    events = [it for it in await api.rows("events") if it.type == "QUOTE_VIEWED"]
    assert [(it.actor_kind, it.actor_name) for it in events] == [("CUSTOMER", "The customer")]


# The only fields that a customer may ever see. A new one is added here by somebody who has thought about it.
ALLOWED = {
    "PublicQuote": {
        "orderId",
        "title",
        "companyName",
        "preparedFor",
        "amounts",
        "requesterName",
        "poNumber",
        "status",
        "decisionStatus",
        "publicNotes",
        "body",
        "bodyBlocks",
        "expiresAt",
        "validUntil",
        "createdAt",
        "issuedOn",
        "isTaxIncluded",
        "subtotal",
        "discountTotal",
        "shippingTotal",
        "taxTotal",
        "taxLines",
        "total",
        "priceOptions",
        "items",
        "amountDue",
        "acceptedPriceOption",
        "documents",
        "isAcceptingDocuments",
        "documentsUrl",
        "handedIn",
        "customFields",
        "signatures",
        "requiredSignatures",
        "isSigned",
        "isFullySigned",
        "isPartiallySigned",
        "isProjectApprovalPending",
        "isProjectApprovalSigned",
        "pdfUrl",
        "documentHash",
    },
    "PublicItem": {
        "title",
        "terms",
        "subtotal",
        "discountTotal",
        "taxTotal",
        "total",
        "specification",
        "quantity",
        "comments",
        "price",
        "status",
        "decision",
        "isOrdered",
        "recipients",
        "alternatives",
    },
    "PublicAlternative": {
        "alternativeId",
        "specification",
        "description",
        "isExactMatch",
        "imageUrl",
        "price",
        "status",
        "isSelected",
    },
    "PublicRecipient": {"name", "country", "countryName"},
    "PublicPriceOption": {"name", "price", "upfront", "status"},
    "TaxLine": {"rate", "base", "net", "amount"},
    "PublicSignature": {"name", "signedAt", "signedOn", "documentUrl"},
    "PublicAmount": {"label", "amount", "isAmountDue"},
    "PublicHandedIn": {"name", "createdAt", "handedInOn"},
    "TextBlock": {"type", "number", "lines"},
    "TextLine": {"spans"},
    "TextSpan": {"text", "isBold", "isItalic", "link"},
    "PublicField": {
        "customFieldId",
        "name",
        "type",
        "options",
        "isEditable",
        "isRequired",
        "display",
        "address",
        "chosen",
    },
    "Address": {
        "line1",
        "line2",
        "postalCode",
        "city",
        "provinceCode",
        "province",
        "country",
        "countryName",
    },
    "PublicDocument": {"attachmentId", "name", "url", "sha256", "isSignatureRequired"},
    "Specification": {"brand", "model", "os", "cpu", "ram", "storage", "screenSize", "keyboardLayout"},
    "Money": {"amount", "currencyCode"},
}


def test_a_customer_can_reach_no_field_that_is_not_on_the_list():
    types = core_schema(build_schema()).type_map
    reached, ahead = {}, ["PublicQuote"]
    while ahead:
        name = ahead.pop()
        fields = getattr(types[name], "fields", None)
        if fields is None or name in reached:
            continue
        reached[name] = set(fields)
        ahead += [_named(it.type) for it in fields.values()]
    assert reached == ALLOWED


def _named(type_):
    while hasattr(type_, "of_type"):
        type_ = type_.of_type
    return type_.name


async def test_nothing_of_the_house_is_in_what_a_customer_is_answered(api):
    secret = {"phoneNumber": "+598 2 123", "address": "10 Main Street", "email": "private@people.example"}
    quote = await a_quote(api, an_item(recipients=[a_recipient(**secret)]), notificationEmails=["cfo@austral.example"])
    await api.act("updateQuote", {"quoteId": quote.id, "notes": "INTERNAL"}, key=api.operator)
    sums = {"subtotal", "discountTotal", "shippingTotal", "taxTotal", "total", "amountDue"}
    parts = {
        "handedIn",
        "amounts",
        "taxLines",
        "bodyBlocks",
        "items",
        "priceOptions",
        "acceptedPriceOption",
        "documents",
        "signatures",
        "customFields",
    }
    selection = " ".join(sorted(ALLOWED["PublicQuote"] - parts - sums))
    selection += " items { comments recipients { name country } specification { brand model } } signatures { name }"
    body = str(await seen(api, quote.key, selection))

    for words in (*secret.values(), "INTERNAL", "cfo@austral.example", quote.id[6:], quote.item[10:]):
        assert words not in body


async def test_another_companys_conflict_names_no_node(api):
    quote = await a_quote(api)
    await acted(api, "declineQuoteByKey", {"key": quote.key})
    query = """mutation($input: SignQuoteInput!) { signQuote(input: $input) {
        userErrors { ... on ConflictError { currentStatus node { id } } } } }"""
    answer = await visit(api, query, {"input": a_signature(quote.key)})
    assert answer.data["signQuote"]["userErrors"] == [{"currentStatus": "DECLINED", "node": None}]


# ---- keys


@on_both_databases
async def test_a_revoked_key_looks_like_one_that_never_was(api):
    quote = await a_quote(api)
    wrong = await acted(api, "signQuote", a_signature("wrong"))
    assert (await api.act("revokePublicKey", {"quoteId": quote.id}, "quote { publicKey { key url } }"))["quote"] == {
        "publicKey": {"key": None, "url": None}
    }

    assert await seen(api, quote.key) is await seen(api, "wrong") is None
    assert await acted(api, "signQuote", a_signature(quote.key)) == wrong
    assert codes(wrong) == ["NOT_FOUND"]
    for path in (f"/q/{quote.key}/quote.pdf", "/q/wrong/quote.pdf"):
        async with api.http.get(api.server.make_url(path)) as response:
            assert (response.status, await response.text()) == (404, "There is no such quote.\n")


async def test_a_new_key_takes_the_place_of_the_old(api):
    quote = await a_quote(api)
    answer = await api.act("rotatePublicKey", {"quoteId": quote.id}, "quote { publicKey { key url } }")
    fresh = answer["quote"]["publicKey"]["key"]

    assert fresh != quote.key
    assert answer["quote"]["publicKey"]["url"].endswith(f"/q/{fresh}")
    assert await seen(api, quote.key) is None
    assert (await seen(api, fresh))["orderId"] == quote.order_id


async def test_a_key_opens_nothing_once_its_quote_is_called_off_or_over(api):
    cancelled, over = await a_quote(api), await a_quote(api)
    await api.act("cancelQuote", {"quoteId": cancelled.id})
    await api.act("updateQuote", {"quoteId": over.id, "expiresAt": "2999-01-01T00:00:00Z"})
    assert (await seen(api, over.key))["orderId"] == over.order_id
    await _expire(api, over)

    assert await seen(api, cancelled.key) is await seen(api, over.key) is None
    assert codes(await acted(api, "signQuote", a_signature(over.key))) == ["EXPIRED"]


async def _expire(api, quote):

    from tests.builders import NOW

    of = quotes
    async with api.parts.database.write.begin() as connection:
        await connection.execute(
            update(of).where(of.c.order_id == quote.order_id).values(expires_at=NOW.replace(year=2020))
        )


async def test_reading_a_key_takes_the_scope_to_decide(api):
    quote = await a_quote(api)
    reader = await api.key("quotes:read")
    query = "query($id: ID!) { quote(by: {id: $id}) { publicKey { key } } }"
    assert (await api.run(query, {"id": quote.id}, reader)).codes == ["FORBIDDEN"]


async def test_an_address_that_guesses_has_to_wait(api):
    quote = await a_quote(api)
    guess = '{ a: publicQuote(key: "a") { orderId } b: publicQuote(key: "b") { orderId } }'
    answers = await asyncio.gather(*(visit(api, guess) for _ in range(BURST // 2 + 3)))
    errors = [error for answer in answers for error in answer.errors]
    assert {error["extensions"]["code"] for error in errors} == {"RATE_LIMITED"}
    assert len(errors) == 6
    assert all(error["extensions"]["retryAfter"] >= 1 for error in errors)

    async with api.http.get(api.server.make_url("/q/wrong/quote.pdf")) as response:
        assert (response.status, int(response.headers["Retry-After"]) >= 1) == (429, True)
    right = f'{{ publicQuote(key: "{quote.key}") {{ orderId }} }}'
    for _ in range(3):
        assert (await visit(api, right)).data == {"publicQuote": {"orderId": quote.order_id}}
    async with api.http.get(api.server.make_url(f"/q/{quote.key}/quote.pdf")) as response:
        assert response.status == 200


class _OneKey:
    """A keyring with one key."""

    async def find(self, key: str) -> KeyGrant | None:
        return KeyGrant("id", Environment.LIVE, 1, "quote") if key == "right" else None


async def test_in_a_flood_of_keys_none_is_looked_at_but_an_api_key_is_counted_by_itself():
    nothing: Any = None
    services = Services(nothing, nothing, nothing, nothing, keyring=_OneKey(), wrong_keys=WrongKeys(now=lambda: SECOND))
    client_info = Context(services, NOBODY, client_info=ClientInfo("192.0.2.1"))
    for _ in range(BURST):
        assert await opened(client_info, "wrong") is None
    for _ in range(FURTHER * BURST):
        assert await opened(client_info, "right") is not None
        with pytest.raises(GraphQLError, match="Too many wrong keys"):
            await opened(client_info, "wrong")
    with pytest.raises(GraphQLError, match="Too many wrong keys"):
        await opened(client_info, "right")
    customer = replace(NOBODY, key_id="a key")
    assert await opened(Context(services, customer, client_info=client_info.client_info), "right") is not None


def test_wrong_keys_are_forgiven_with_time_and_counted_for_each_network():
    now = SECOND
    wrong_keys = WrongKeys(now=lambda: now)
    for _ in range(BURST):
        wrong_keys.attempt("a").was_wrong()
    with pytest.raises(GraphQLError, match="Try again in 3 seconds"):
        wrong_keys.attempt("a").was_wrong()
    wrong_keys.attempt("b").was_wrong()
    now += 3 * SECOND
    wrong_keys.attempt("a").was_wrong()
    with pytest.raises(GraphQLError):
        wrong_keys.attempt("a").was_wrong()


async def test_a_long_quote_takes_no_more_statements_than_a_short_one(api):
    counts = []
    for lines in (1, 30):
        quote = await a_quote(api, *(an_item() for _ in range(lines)), alternatives=1)
        await seen(api, quote.key)
        api.statements.seen.clear()
        await seen(api, quote.key, "orderId items { quantity alternatives { status } recipients { name } }")
        counts.append(len(api.statements.seen))
    # The key; the quote; its items, company, documents, those handed in, signatures, price options and the company's
    # custom fields; the items' alternatives and recipients.
    assert counts == [11, 11]
