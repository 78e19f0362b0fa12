"""Bad input: every answer is a typed error that names the field, and nothing changes."""

from typing import Any

import pytest

from tests.api.support.makers import a_draft, a_price, a_proposal, a_recipient, an_item
from tests.api.support.running import company_id
from tests.api.support.situations import WHOLE, filled, refused
from tests.api.support.world import A_LATITUDE, MACBOOK, MONITOR, NOBODY, RETIRED

pytestmark = pytest.mark.asyncio(loop_scope="module")

# ---- what is wrong with one value


def bad(mutation: str, path: str, code: str, given: Any, kind: str = "ValidationError") -> Any:
    return pytest.param(mutation, given, path.split("."), code, kind, id=f"{mutation} {path} {code}")


def recipients(*given: dict[str, Any], **more: Any) -> dict[str, Any]:
    return a_draft(an_item(recipients=list(given), **more))


def catalogue(**device: Any) -> dict[str, Any]:
    return a_draft(an_item(device={"catalogue": {"productId": MACBOOK, **device}}))


def custom(**specification: str) -> dict[str, Any]:
    return a_draft(an_item(device={"custom": {"productType": "LAPTOP", "specification": specification}}))


ANA = a_recipient()
PRODUCT = "items.0.device.catalogue.productId"
CONFIGURATION = "items.0.device.catalogue.configurationId"
WRONG_VALUES = [
    bad("createQuote", "requesterEmail", "REQUIRED", a_draft(requesterEmail=" ")),
    *(
        bad("createQuote", "requesterEmail", "INVALID_EMAIL", a_draft(requesterEmail=given))
        for given in ("ana", "ana@", "@austral.example", "a b@austral.example", "ana@austral..example", "a@b@c.example")
    ),
    bad("createQuote", "requesterEmail", "INVALID_TEXT", a_draft(requesterEmail="a@b.example\r\nBcc: c@d.example")),
    bad("createQuote", "notificationEmails.1", "INVALID_EMAIL", a_draft(notificationEmails=["a@b.example", "b"])),
    bad("createQuote", "notificationEmails", "TOO_MANY", a_draft(notificationEmails=["a@b.example"] * 201)),
    bad("createQuote", "companyId", "INVALID_ID", a_draft(companyId="AUSTRAL")),
    bad("createQuote", "companyId", "INVALID_ID", a_draft(companyId=f"Product_{MACBOOK}")),
    bad("createQuote", "companyId", "UNKNOWN_REFERENCE", a_draft(companyId=NOBODY)),
    bad("createQuote", "companyId", "REQUIRED", a_draft()),
    bad("createQuote", "items", "TOO_MANY", {**a_draft(), "items": [an_item()] * 201}),
    bad("createQuote", "items.0.recipients", "RECIPIENT_COUNT", recipients(ANA, ANA, quantity=3)),
    bad("createQuote", "items.0.recipients", "RECIPIENT_COUNT", recipients(ANA, ANA, ANA, quantity=2)),
    bad("createQuote", "items.0.recipients", "TOO_MANY", recipients(*[ANA] * 201)),
    *(
        bad("createQuote", "items.0.quantity", "OUT_OF_RANGE", recipients(ANA, quantity=given))
        for given in (0, -1, -(2**31), 1001, 2**31 - 1)
    ),
    bad("createQuote", "items.0.recipients.0.name", "REQUIRED", recipients({**ANA, "name": " "})),
    bad("createQuote", "items.0.recipients.0.name", "INVALID_TEXT", recipients({**ANA, "name": "Ana\nRodríguez"})),
    bad("createQuote", "items.0.recipients.0.name", "INVALID_TEXT", recipients({**ANA, "name": "Ana \u202ezaP"})),
    bad("createQuote", "items.0.recipients.0.name", "REQUIRED", recipients({**ANA, "name": "\u200b\u200f"})),
    bad("createQuote", "items.0.recipients.0.name", "TOO_LONG", recipients({**ANA, "name": "n" * 201})),
    *(
        bad("createQuote", "items.0.recipients.0.country", "INVALID_COUNTRY", recipients({**ANA, "country": given}))
        for given in ("Atlantis", "XX", "ZZZ", "999")
    ),
    bad("createQuote", "items.0.recipients.0.country", "REQUIRED", recipients({**ANA, "country": ""})),
    bad("createQuote", "items.0.recipients.0.email", "INVALID_EMAIL", recipients({**ANA, "email": "ana"})),
    *(
        bad("createQuote", "items.0.recipients.0.hireDate", "INVALID_DATE", recipients({**ANA, "hireDate": given}))
        for given in ("tomorrow", "2026-02-30", "01/02/2026", "2026-1-2", "20260102", "2026-12-01T00:00:00Z")
    ),
    bad("createQuote", "items.0.comments", "TOO_LONG", recipients(ANA, comments="c" * 5001)),
    bad("createQuote", PRODUCT, "INVALID_ID", catalogue(productId="MacBook")),
    bad("createQuote", PRODUCT, "INVALID_ID", catalogue(productId=f"Quote_{MACBOOK}")),
    bad("createQuote", PRODUCT, "INVALID_ID", catalogue(productId="")),
    bad("createQuote", PRODUCT, "UNKNOWN_REFERENCE", catalogue(productId=NOBODY)),
    bad("createQuote", PRODUCT, "UNKNOWN_REFERENCE", catalogue(productId=RETIRED)),
    bad("createQuote", CONFIGURATION, "INVALID_ID", catalogue(configurationId="big")),
    bad("createQuote", CONFIGURATION, "UNKNOWN_REFERENCE", catalogue(configurationId=NOBODY)),
    bad("createQuote", CONFIGURATION, "UNKNOWN_REFERENCE", catalogue(configurationId=A_LATITUDE)),
    bad("createQuote", CONFIGURATION, "UNKNOWN_REFERENCE", catalogue(productId=MONITOR, configurationId=A_LATITUDE)),
    bad("createQuote", "items.0.device.custom.specification.model", "REQUIRED", custom(os="Linux")),
    bad("createQuote", "items.0.device.custom.specification.model", "REQUIRED", custom(brand=" ", model="")),
    bad("createQuote", "currencyCode", "INVALID_CURRENCY", a_draft(currencyCode="XAU")),
    bad("createQuote", "customerId", "UNKNOWN_REFERENCE", a_draft(customerId=NOBODY)),
    bad("createQuote", "customerId", "INVALID_ID", a_draft(customerId="Ana")),
    bad("createQuote", "customerId", "INVALID_ID", a_draft(customerId=f"Product_{MACBOOK}")),
    bad("createQuote", "items.0.device.kitId", "UNKNOWN_REFERENCE", a_draft(an_item(device={"kitId": NOBODY}))),
    bad("createQuote", "items.0.device.kitId", "INVALID_ID", a_draft(an_item(device={"kitId": MACBOOK[:-1]}))),
    *(
        bad("priceItem", "price.amount", "INVALID_AMOUNT", {"itemId": "<open item>", "price": a_price(given)})
        for given in (
            *("-1", "-0.01", "1.001", "abc", "", "1,50", "NaN", "Infinity", "-Infinity", "1e30", "99999999999999999"),
            *("1_000", "0x10", "1.0000000000000000000000000000000001", "1450.00 USD", "١٢", "1e-3", "9" * 41),
        )
    ),
    *(
        bad("priceItem", "price.amount", "INVALID_AMOUNT", {"itemId": "<open item>", "price": {**a_price(), **given}})
        for given in (
            {"amount": 14.5},
            {"amount": -5},
            {"amount": 10**17},
            {"amount": "0.5", "currencyCode": "JPY"},
        )
    ),
    *(
        bad("priceItem", "price.currencyCode", "INVALID_CURRENCY", {"itemId": "<open item>", "price": a_price("1", it)})
        for it in ("", "US", "DOLLARS", "XXX", "XAU", "BTC", "$")
    ),
    bad("priceItem", "itemId", "INVALID_ID", {"itemId": "1", "price": a_price()}),
    bad("priceItem", "itemId", "INVALID_ID", {"itemId": "<open id>", "price": a_price()}),
    bad("priceItem", "itemId", "INVALID_ID", {"itemId": "<open alternative>", "price": a_price()}),
    bad("priceAlternative", "alternativeId", "INVALID_ID", {"alternativeId": "<open item>", "price": a_price()}),
    bad("proposeAlternative", "itemId", "INVALID_ID", a_proposal("<open alternative>")),
    bad("proposeAlternative", "specification.model", "REQUIRED", a_proposal("<open item>", specification={})),
    *(
        bad("proposeAlternative", "imageUrl", "INVALID_URL", a_proposal("<open item>", imageUrl=given))
        for given in (
            "picture.png",
            "ftp://a.example/1",
            "javascript:alert(1)",
            "https://",
            "http://[::1",
            "http://a b",
        )
    ),
    bad("proposeAlternative", "price.amount", "INVALID_AMOUNT", a_proposal("<open item>", price=a_price("-1"))),
    bad("proposeAlternative", "description", "TOO_LONG", a_proposal("<open item>", description="d" * 5001)),
    bad("acceptItem", "itemId", "INVALID_ID", {"itemId": "accepted"}),
    bad("acceptItem", "itemId", "INVALID_ID", {"itemId": "<open alternative>"}),
    bad("acceptItem", "recipients", "REQUIRED", {"itemId": "<open item>", "recipients": []}),
    bad("acceptItem", "recipients", "RECIPIENT_COUNT", {"itemId": "<open item>", "recipients": [ANA] * 3}),
    bad(
        "acceptItem",
        "recipients.0.country",
        "INVALID_COUNTRY",
        {"itemId": "<open item>", "recipients": [{**ANA, "country": "Atlantis"}]},
    ),
    bad(
        "acceptItem",
        "expectedPrice.currencyCode",
        "INVALID_CURRENCY",
        {"itemId": "<open item>", "expectedPrice": a_price("1", "U")},
    ),
    bad("acceptAlternative", "alternativeId", "INVALID_ID", {"alternativeId": "<open item>"}),
    bad("rejectAlternative", "alternativeId", "INVALID_ID", {"alternativeId": "<open item>"}),
    bad("rejectItem", "itemId", "INVALID_ID", {"itemId": "<open alternative>"}),
    bad("decideItem", "offerId", "INVALID_ID", {"offerId": "<open id>", "decision": "REJECT"}),
    bad("retryJob", "jobId", "INVALID_ID", {"jobId": "yesterday"}),
    bad("retryJob", "jobId", "INVALID_ID", {"jobId": "<open id>"}),
    bad("discardJob", "jobId", "INVALID_ID", {"jobId": "yesterday"}),
]


@pytest.mark.parametrize(("mutation", "given", "path", "code", "kind"), WRONG_VALUES)
async def test_a_wrong_value_is_refused_at_its_place_with_a_code(now, mutation, given, path, code, kind):
    if mutation == "createQuote" and path != ["companyId"]:
        given = {"companyId": company_id("AUSTRAL"), **given}
    errors = await refused(now, mutation, given)
    assert [(it["__typename"], it["path"], it["code"]) for it in errors] == [(kind, path, code)]


async def test_every_problem_of_an_input_is_told_at_once(now):
    draft = a_draft(an_item(quantity=0, recipients=[{**ANA, "country": "Atlantis"}]), requesterEmail="ana")
    errors = await refused(now, "createQuote", {"companyId": company_id("AUSTRAL"), **draft})
    assert {".".join(it["path"]) for it in errors} == {
        "requesterEmail",
        "items.0.quantity",
        "items.0.recipients.0.country",
    }


# ---- what clashes with the present state, and what is not there


@pytest.mark.parametrize(
    ("mutation", "given", "code", "status", "node"),
    [
        ("acceptItem", {"itemId": "<unpriced item>"}, "NOT_PRICED", "PENDING", "<unpriced item>"),
        ("rejectItem", {"itemId": "<accepted item>"}, "ALREADY_DECIDED", "ACCEPTED", "<accepted item>"),
        (
            "priceItem",
            {"itemId": "<accepted item>", "price": a_price()},
            "ALREADY_DECIDED",
            "ACCEPTED",
            "<accepted item>",
        ),
        ("proposeAlternative", a_proposal("<accepted item>"), "ALREADY_DECIDED", "ACCEPTED", "<accepted item>"),
        (
            "acceptAlternative",
            {"alternativeId": "<accepted alternative>"},
            "ALREADY_DECIDED",
            "REJECTED",
            "<accepted alternative>",
        ),
        (
            "rejectAlternative",
            {"alternativeId": "<accepted alternative>"},
            "ALREADY_DECIDED",
            "REJECTED",
            "<accepted alternative>",
        ),
        (
            "decideItem",
            {"offerId": "<accepted alternative>", "decision": "ACCEPT"},
            "ALREADY_DECIDED",
            "REJECTED",
            "<accepted alternative>",
        ),
        (
            "acceptItem",
            {"itemId": "<open item>", "expectedPrice": a_price("1449.99")},
            "PRICE_CHANGED",
            "SOURCED",
            "<open item>",
        ),
        (
            "acceptAlternative",
            {"alternativeId": "<open alternative>", "expectedPrice": a_price("1190.00", "EUR")},
            "PRICE_CHANGED",
            "SOURCED",
            "<open alternative>",
        ),
    ],
)
async def test_a_conflict_names_the_field_the_node_and_its_status(now, mutation, given, code, status, node):
    [error] = await refused(now, mutation, given)
    assert (error["__typename"], error["code"], error["currentStatus"]) == ("ConflictError", code, status)
    assert error["node"]["id"] == filled(node, now)
    assert error["path"] == ["expectedPrice" if code == "PRICE_CHANGED" else next(iter(given))]


SUBJECTS = {
    "priceItem": "itemId",
    "priceAlternative": "alternativeId",
    "proposeAlternative": "itemId",
    "acceptItem": "itemId",
    "acceptAlternative": "alternativeId",
    "rejectItem": "itemId",
    "rejectAlternative": "alternativeId",
    "decideItem": "offerId",
    "retryJob": "jobId",
    "discardJob": "jobId",
    "updateQuote": "quoteId",
    "addItems": "quoteId",
    "updateItem": "itemId",
    "removeItem": "itemId",
    "acceptQuote": "quoteId",
    "priceQuote": "quoteId",
    "setPriceOptions": "quoteId",
    "selectPriceOption": "priceOptionId",
    "decideItems": "quoteId",
    "declineQuote": "quoteId",
    "cancelQuote": "quoteId",
    "voidQuote": "quoteId",
    "deleteQuote": "quoteId",
    "sendQuote": "quoteId",
    "revokePublicKey": "quoteId",
    "rotatePublicKey": "quoteId",
    "requireSignatures": "quoteId",
    "attachDocument": "quoteId",
    "detachDocument": "attachmentId",
    "requestProjectApproval": "quoteId",
    "signQuote": "key",
    "declineQuoteByKey": "key",
    "approveProject": "key",
    "fillInQuote": "key",
    "updateAsset": "assetId",
    "updateCustomer": "customerId",
    "updateCustomField": "customFieldId",
    "deleteCustomField": "customFieldId",
    "updateKit": "kitId",
    "deleteKit": "kitId",
    **dict.fromkeys(("updateWebhookEndpoint", "deleteWebhookEndpoint", "testWebhookEndpoint"), "endpointId"),
    **dict.fromkeys(("rotateWebhookSecret", "replayWebhookEvents"), "endpointId"),
    "redeliverWebhook": "deliveryId",
    **dict.fromkeys(("setMemberRole", "removeMember"), "memberId"),
    **dict.fromkeys(("updateApiKey", "rotateApiKey", "revokeApiKey"), "apiKeyId"),
    "revokeAccessToken": "accessTokenId",
}


@pytest.mark.parametrize("mutation", SUBJECTS)
async def test_what_is_not_there_cannot_be_acted_on(now, mutation):
    errors = await refused(now, mutation, {**WHOLE[mutation], SUBJECTS[mutation]: NOBODY})
    assert [(it["__typename"], it["path"], it["code"]) for it in errors] == [
        ("NotFoundError", [SUBJECTS[mutation]], "NOT_FOUND")
    ]


@pytest.mark.parametrize("mutation", ["acceptItem", "rejectItem"])
async def test_another_companys_line_is_as_one_that_does_not_exist(now, mutation):
    foreign = await now.api.act(mutation, {"itemId": now.foreign.item})
    missing = await now.api.act(mutation, {"itemId": NOBODY})
    assert foreign == missing
    assert [it["__typename"] for it in foreign["userErrors"]] == ["NotFoundError"]
    assert await now.api.contents() == now.before
