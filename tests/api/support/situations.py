"""A situation in which bad input can be tried, and the look at the database afterwards."""

from dataclasses import replace
from typing import Any, NamedTuple

from tests.api.support.access import ACCESS_INPUTS, an_access_token, an_api_key
from tests.api.support.catalogue_inputs import CATALOGUE_INPUTS
from tests.api.support.connections import CONNECTION_INPUTS, a_connection
from tests.api.support.inventory_inputs import INVENTORY, NOTED_ON_IT, an_asset
from tests.api.support.makers import (
    ARTICLE,
    DISCOUNT,
    FULL_RECIPIENT,
    PRICE_OPTION,
    SHIPPING,
    Made,
    a_price,
    a_price_option,
    a_quote,
    a_recipient,
    an_item,
)
from tests.api.support.members import MEMBER_INPUTS, a_member
from tests.api.support.running import Running, company_id
from tests.api.support.webhooks import WEBHOOK_INPUTS, a_webhook_endpoint, its_deliveries
from tests.api.support.world import MACBOOK, NOBODY, SMALL_MACBOOK


class ExistingObject(NamedTuple):
    """An object of the situation that inputs refer to."""

    id: str


class Fields(NamedTuple):
    """A custom field of each kind."""

    text: str
    number: str
    date: str
    radio: str
    checklist: str
    address: str


class Situation(NamedTuple):
    """A quote with an open line, one with an accepted, one with an unpriced line, and one of another company."""

    api: Running
    open: Made
    accepted: Made
    unpriced: Made
    foreign: Made
    before: Any
    customer: ExistingObject
    field: Fields
    kit: ExistingObject
    member: ExistingObject
    endpoint: ExistingObject
    delivery: ExistingObject
    api_key: ExistingObject
    access_token: ExistingObject
    connection: ExistingObject
    asset: ExistingObject


async def a_situation(api: Running) -> Situation:
    foreigner = await api.key("quotes:write", "quotes:decide", "quotes:read", company="NORDLICHT")
    opened = await a_quote(api, an_item(recipients=[a_recipient(), a_recipient("Bruno Silva")]), alternatives=1)
    opened = replace(opened, price_option=await a_price_option(api, opened))
    accepted = await a_quote(api, alternatives=1)
    ordered = await api.act("acceptItem", {"itemId": accepted.item}, "quote { vendorOrders { id } }")
    accepted = replace(accepted, vendor_order=ordered["quote"]["vendorOrders"][0]["id"])
    unpriced = await a_quote(api, prices=None)
    foreign = await a_quote(api, key=foreigner)
    customer = ExistingObject((await api.act("createCustomer", {"name": "Ana"}, "customer { id }"))["customer"]["id"])
    fields = Fields(*[await a_field(api, kind) for kind in Fields._fields])
    of_a_kit = {"name": "Chair", "devices": [{"device": {"catalogue": {"productId": MACBOOK}}}]}
    kit = ExistingObject((await api.act("createKit", of_a_kit, "kit { id }"))["kit"]["id"])
    member = ExistingObject(await a_member(api, api.operator, companyId=company_id("AUSTRAL")))
    endpoint = await a_webhook_endpoint(api)
    webhooks = ExistingObject(endpoint), ExistingObject((await its_deliveries(api, endpoint))[0])
    api_key, _ = await an_api_key(api, api.operator, companyId=company_id("AUSTRAL"))
    token, _ = await an_access_token(api)
    access = ExistingObject(api_key), ExistingObject(token)
    connection = ExistingObject(await a_connection(api))
    added = await api.act("addAssets", {"assets": [an_asset("C02NOTED")]}, "assets { id }")
    asset = ExistingObject(added["assets"][0]["id"])
    before = await api.contents()
    found = (customer, fields, kit, member, *webhooks, *access, connection, asset)
    return Situation(api, opened, accepted, unpriced, foreign, before, *found)


async def a_field(api: Running, kind: str) -> str:
    options = {"options": ["Red", "Green"]} if kind in ("radio", "checklist") else {}
    given = {"name": kind, "type": kind.upper(), "isEditableByCustomer": True, **options}
    found: str = (await api.act("createCustomField", given, "customField { id }"))["customField"]["id"]
    return found


async def refused(now: Situation, mutation: str, input_: Any) -> list[Any]:
    """The user errors of a mutation that changes nothing."""
    payload = await now.api.act(mutation, filled(input_, now), key=now.api.operator)
    assert await now.api.contents() == now.before
    errors: list[Any] = payload["userErrors"]
    assert all(error["message"] for error in errors)
    return errors


def filled(input_: Any, now: Situation) -> Any:
    """The input with the ids of this situation in place of `<quote part>`."""
    if isinstance(input_, dict):
        return {name: filled(value, now) for name, value in input_.items()}
    if isinstance(input_, list):
        return [filled(value, now) for value in input_]
    if isinstance(input_, str) and input_.startswith("<"):
        quote, part = input_.strip("<>").split()
        return getattr(getattr(now, quote), part)
    return input_


SPECIFICATION = dict.fromkeys(("brand", "model", "os", "cpu", "ram", "storage", "screenSize", "keyboardLayout"), "Good")
RECIPIENT = {**FULL_RECIPIENT, **NOTED_ON_IT}
ADDRESS = {
    "line1": "10 Main Street",
    "line2": "Floor 2",
    "postalCode": "11000",
    "city": "Montevideo",
    "provinceCode": "MO",
    "province": "Montevideo",
    "country": "UY",
}
CUSTOMER = {
    "name": "Ana Rodríguez",
    "firstName": "Ana",
    "lastName": "Rodríguez",
    "companyName": "Austral",
    "email": "ana@people.example",
    "phoneNumber": "+598 2 123",
    "address": ADDRESS,
    **NOTED_ON_IT,
}
FIELD_VALUES = [
    {"customFieldId": "<field text>", "value": {"text": "Soon"}},
    {"customFieldId": "<field number>", "value": {"number": "12.5"}},
    {"customFieldId": "<field date>", "value": {"date": "2027-01-01"}},
    {"customFieldId": "<field radio>", "value": {"option": "Red"}},
    {"customFieldId": "<field checklist>", "value": {"options": ["Red"]}},
    {"customFieldId": "<field address>", "value": {"address": ADDRESS}},
]
NOTED = {
    "title": "Starters in May",
    "remarks": "Before noon, please",
    "customFields": FIELD_VALUES,
    "customerId": NOBODY,
    "poNumber": "PO-1",
    "requesterName": "Ana",
    "notificationEmails": ["boss@austral.example"],
    "projectReference": "Montevideo",
    "clientName": "Globex",
    "abmId": "A-7",
    "assigneeEmail": "ida@austral.example",
    "assigneeName": "Ida",
    "tags": ["starters"],
    "notes": "Ask twice",
    "publicNotes": "Ships in May",
    "body": "Dear all",
    "isAcceptingDocuments": True,
    "expiresAt": "2099-01-01T00:00:00Z",
    **NOTED_ON_IT,
}
ACCEPTANCE = {"recipients": [RECIPIENT, RECIPIENT], "expectedPrice": a_price(), "dryRun": False, "wait": False}

FROM_THE_CATALOGUE = {
    "catalogue": {"productId": MACBOOK, "configurationId": SMALL_MACBOOK, "specification": SPECIFICATION}
}
ITEMS = [
    {
        "device": FROM_THE_CATALOGUE,
        "quantity": 1,
        "comments": "Soon",
        "internalNotes": "Margin 12 %",
        "article": ARTICLE,
        **NOTED_ON_IT,
        "recipients": [RECIPIENT],
        "price": a_price(),
        "discount": DISCOUNT,
        "isTaxable": True,
        "taxRate": "21",
    },
    an_item(device={"custom": {"productType": "LAPTOP", "specification": SPECIFICATION}}),
    an_item(device={"kitId": NOBODY}),
]

# For each mutation an input with every field; only ids of nobody are wrong in them.
KIT_DEVICES: list[dict[str, Any]] = [
    {
        "device": FROM_THE_CATALOGUE,
        "quantity": 1,
    },
    {"device": {"custom": {"productType": "LAPTOP", "specification": SPECIFICATION}}, "quantity": 2},
    {"device": {"kitId": NOBODY}, "quantity": 1},
]

A_RECIPIENT = {"recipientId": "<accepted recipient>"}
ATTACHMENT = {
    "name": "Terms of sale",
    "url": "https://shop.example/terms.pdf",
    "sha256": "0" * 64,
    "isSignatureRequired": True,
}
TRACKING = {"trackingCode": "T-1", "trackingLink": "https://carrier.example/T-1"}
_WITHOUT_DRY_RUN: dict[str, Any] = {
    "createQuote": {
        "companyId": company_id("AUSTRAL"),
        "requesterEmail": "it@austral.example",
        "isAutoQuoted": False,
        **NOTED,
        "currencyCode": "USD",
        "isTaxIncluded": True,
        "shipping": SHIPPING,
        "discount": DISCOUNT,
        "priceOptions": [PRICE_OPTION],
        "attachments": [ATTACHMENT],
        "items": ITEMS,
        "connectionId": NOBODY,
        "templateId": "7",
        "wait": False,
    },
    "priceItem": {"itemId": "<open item>", "price": a_price(), "wait": False},
    "priceAlternative": {"alternativeId": "<open alternative>", "price": a_price()},
    "proposeAlternative": {
        "itemId": "<open item>",
        "specification": SPECIFICATION,
        "description": "Ships today",
        "price": a_price(),
        "isExactMatch": True,
        "imageUrl": "https://pictures.example/1.png",
    },
    "acceptItem": {"itemId": "<open item>", **ACCEPTANCE},
    "acceptAlternative": {"alternativeId": "<open alternative>", **ACCEPTANCE, "expectedPrice": a_price("1190.00")},
    "rejectItem": {"itemId": "<open item>", "wait": False},
    "rejectAlternative": {"alternativeId": "<open alternative>", "wait": False},
    "decideItem": {"offerId": "<open item>", "decision": "ACCEPT", "wait": False},
    "setRecipientTracking": {**A_RECIPIENT, **TRACKING},
    "shipRecipient": {**A_RECIPIENT, **TRACKING},
    "deliverRecipient": A_RECIPIENT,
    "setRecipientSerialNumbers": {**A_RECIPIENT, "serialNumbers": ["C02XYZ"]},
    "setRecipientInvoice": {**A_RECIPIENT, "invoiceNumber": "INV-1"},
    "completeQuote": {"quoteId": "<accepted id>"},
    "requestVendorPrices": {"quoteId": "<open id>", "itemIds": ["<open item>"]},
    "confirmVendorOrder": {"vendorOrderId": "<accepted vendor_order>", "expectedPrice": a_price()},
    "cancelVendorOrder": {"vendorOrderId": "<accepted vendor_order>"},
    "selectVendorAlternative": {
        "vendorOrderId": "<accepted vendor_order>",
        "groupId": "G",
        "candidateId": "C",
    },
    "completeVendorOrder": {
        "vendorOrderId": "<accepted vendor_order>",
        "employeeEmail": "ana@people.example",
        "employee": {
            **dict.fromkeys(
                ("firstName", "lastName", "phoneNumber", "governmentId", "address", "city", "postalCode"), "Good"
            ),
            "email": "ana@people.example",
            "country": "UY",
            "addressExtra": "Floor 2",
        },
    },
    "retryVendorOrder": {"vendorOrderId": "<accepted vendor_order>"},
    "retryJob": {"jobId": NOBODY},
    "discardJob": {"jobId": NOBODY},
    "updateQuote": {"quoteId": "<open id>", "requesterEmail": "it@austral.example", "wait": False, **NOTED},
    "addItems": {"quoteId": "<open id>", "items": ITEMS},
    "updateItem": {
        "itemId": "<open item>",
        "wait": False,
        "quantity": 2,
        "comments": "Soon",
        "internalNotes": "Margin 12 %",
        "specification": SPECIFICATION,
        "recipients": [RECIPIENT, RECIPIENT],
        "article": ARTICLE,
        **NOTED_ON_IT,
    },
    "removeItem": {"itemId": "<open item>"},
    "acceptQuote": {"quoteId": "<open id>", "expectedTotal": a_price(), "wait": False},
    "setPriceOptions": {
        "quoteId": "<open id>",
        "options": [{"name": "Purchase", "price": a_price(), "upfront": a_price("50.00")}],
    },
    "selectPriceOption": {"priceOptionId": "<open price_option>", "expectedPrice": a_price()},
    "priceQuote": {
        "quoteId": "<open id>",
        "currencyCode": "USD",
        "isTaxIncluded": True,
        "shipping": {"name": "Express", "price": a_price("12.00")},
        "discount": {"type": "PERCENTAGE", "value": "10", "reason": "Framework contract"},
        "items": [
            {
                "itemId": "<open item>",
                "price": a_price(),
                "discount": {"type": "FIXED_AMOUNT", "value": "5.00", "reason": "Open box"},
                "isTaxable": True,
                "taxRate": "21",
            }
        ],
    },
    "decideItems": {
        "quoteId": "<open id>",
        "wait": False,
        "decisions": [
            {
                "offerId": "<open item>",
                "decision": "ACCEPT",
                "recipients": [RECIPIENT, RECIPIENT],
                "expectedPrice": a_price(),
            }
        ],
    },
    "declineQuote": {"quoteId": "<open id>", "reason": "Too dear", "wait": False},
    "cancelQuote": {"quoteId": "<open id>", "reason": "Too late", "wait": False},
    "voidQuote": {"quoteId": "<open id>", "reason": "Out of stock"},
    "deleteQuote": {"quoteId": "<open id>"},
    **CATALOGUE_INPUTS,
    **ACCESS_INPUTS,
    "createKit": {
        "companyId": company_id("AUSTRAL"),
        "name": "Desk",
        "region": "LATAM",
        "tags": ["starters"],
        "devices": KIT_DEVICES,
    },
    "updateKit": {
        "kitId": "<kit id>",
        "name": "Desk",
        "region": "EMEA",
        "tags": ["starters"],
        "devices": KIT_DEVICES,
    },
    "deleteKit": {"kitId": NOBODY},
    "createCustomField": {
        "companyId": company_id("AUSTRAL"),
        "name": "Colour",
        "type": "RADIO",
        "options": ["Red"],
        "isRequired": False,
        "isVisibleToCustomer": True,
        "isEditableByCustomer": False,
    },
    "updateCustomField": {
        "customFieldId": "<field radio>",
        "name": "Hue",
        "options": ["Red"],
        "isRequired": False,
        "isVisibleToCustomer": True,
        "isEditableByCustomer": False,
    },
    "deleteCustomField": {"customFieldId": NOBODY},
    **INVENTORY,
    "updateCompany": {"companyId": company_id("AUSTRAL"), "vendorMargin": {"percentage": "12.5"}},
    "createCustomer": {"companyId": company_id("AUSTRAL"), **CUSTOMER},
    "updateCustomer": {"customerId": "<customer id>", **CUSTOMER},
    "sendQuote": {
        "quoteId": "<open id>",
        "wait": False,
        "to": ["boss@austral.example"],
        "includeLink": True,
        "includePdf": True,
        "emailAssignee": False,
        "message": "Hello",
    },
    "revokePublicKey": {"quoteId": "<open id>"},
    "rotatePublicKey": {"quoteId": "<open id>"},
    "requireSignatures": {"quoteId": "<open id>", "count": 2},
    "attachDocument": {"quoteId": "<open id>", **ATTACHMENT},
    "detachDocument": {"attachmentId": NOBODY},
    "requestProjectApproval": {"quoteId": "<open id>"},
    "signQuote": {
        "key": "<open key>",
        "name": "Carla Paz",
        "email": "carla@customer.example",
        "documents": [NOBODY],
        "documentHash": "0" * 64,
        "priceOption": "Purchase",
        "alternatives": ["<open alternative>"],
    },
    "declineQuoteByKey": {"key": "<open key>", "reason": "Too dear"},
    "fillInQuote": {"key": "<open key>", "customFields": FIELD_VALUES},
    "approveProject": {"key": "<open key>", "name": "Carla Paz", "email": "carla@customer.example"},
    "createStreamTicket": {},
    **MEMBER_INPUTS,
    **CONNECTION_INPUTS,
    **WEBHOOK_INPUTS,
}

WHOLE = {mutation: {**given, "dryRun": False} for mutation, given in _WITHOUT_DRY_RUN.items()}
