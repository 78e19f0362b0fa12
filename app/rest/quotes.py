"""Quotes: the list, one, and a new one."""

import re
from typing import Any

from app.rest.endpoints import Endpoint, One, Page, Sent, Variables, Write, order_of, times_of
from app.rest.errors import Names
from app.rest.fields import Fields, Parameters, given
from app.rest.words import (
    Data,
    amount,
    country,
    moment,
    offer_word,
    specification,
    timestamps,
    title,
    uuid_of,
)
from domain.catalogue.products import ProductType
from domain.quotes.statuses import QuoteStatus, RecipientStatus
from domain.shared.errors import ErrorCode

PARTS = ("brand", "model", "os", "cpu", "ram", "storage", "screen_size", "keyboard_layout")
_SPECIFICATION = {"screen_size": "screenSize", "keyboard_layout": "keyboardLayout"}
_RECIPIENT = {"phone_number": "phoneNumber", "hire_date": "hireDate"}
NAMES = Names({"isForStorage": "storage"})
_ID = re.compile(r"(?:Quote_)?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_MODES = ("product_id", "kit_id", "product_type")


def quote_by(sent: Sent) -> Variables:
    """The quote that the path names, by its order id or its UUID."""
    named = sent.path["id"]
    return {"by": {"id": named} if _ID.fullmatch(named) else {"orderId": named}}


def quote(it: Data) -> dict[str, Any]:
    return {
        "id": uuid_of(it["id"]),
        "order_id": it["orderId"],
        "po_number": it["poNumber"],
        "status": title(it["status"]),
        "status_timestamps": timestamps(it["statusTimestamps"], tuple(QuoteStatus)),
        "countries": [country(code) for code in it["countries"]],
        "requester": {"email": it["requester"]["email"], "name": it["requester"]["name"]},
        "items": [_item(item) for item in it["items"]],
        "created_at": moment(it["createdAt"]),
        "updated_at": moment(it["updatedAt"]),
    }


def _item(it: Data) -> dict[str, Any]:
    return {
        "id": uuid_of(it["id"]),
        "product_type": title(it["productType"]),
        "quantity": it["quantity"],
        "status": title(it["status"]),
        "price": amount(it["price"]),
        "specification": specification(it["specification"]),
        "comments": it["comments"],
        "recipients": [_recipient(recipient) for recipient in it["recipients"]],
        "alternatives": [_alternative(alternative) for alternative in it["alternatives"]],
        "created_at": moment(it["createdAt"]),
    }


def _recipient(it: Data) -> dict[str, Any]:
    return {
        "id": uuid_of(it["id"]),
        "name": it["name"],
        "email": it["email"],
        "country": country(it["country"]),
        "status": title(it["status"]),
        "status_timestamps": timestamps(it["statusTimestamps"], tuple(RecipientStatus)),
        "phone_number": it["phoneNumber"],
        "address": it["address"],
        "storage": it["isForStorage"],
        "serial_number": it["serialNumber"],
        "tracking_code": it["trackingCode"],
        "tracking_link": it["trackingLink"],
        "invoice_number": it["invoiceNumber"],
        "hire_date": it["hireDate"],
    }


def _alternative(it: Data) -> dict[str, Any]:
    return {
        "id": uuid_of(it["id"]),
        "brand": it["specification"]["brand"],
        "model": it["specification"]["model"],
        "description": it["description"],
        "price": amount(it["price"]),
        "status": offer_word(it["status"]),
        "is_exact_match": it["isExactMatch"],
        "image_url": it["imageUrl"],
    }


def _listed(sent: Sent) -> Variables:
    parameters: Parameters = sent.parameters
    status = parameters.word("status", tuple(QuoteStatus))
    narrowed = given(
        status=None if status is None else [status],
        country=parameters.text("country"),
        createdAt=times_of(parameters),
    )
    return given(filter=narrowed, orderBy=order_of(parameters, "created_at", "updated_at"))


def _created(sent: Sent) -> Variables:
    body = sent.body
    made = given(
        requesterEmail=body.text("requester_email", required=True),
        requesterName=body.text("requester_name"),
        poNumber=body.text("po_number"),
        notificationEmails=body.texts("notification_emails"),
    )
    return {"input": {**made, "items": [_new_item(it) for it in body.each("items", required=True)]}}


def _new_item(it: Fields) -> dict[str, Any]:
    made = given(quantity=it.whole("quantity"), comments=it.text("comments"))
    return {"device": _device(it), **made, "recipients": new_recipients(it, required=True)}


def _device(it: Fields) -> dict[str, Any]:
    """The device of a line, in the one mode that its fields choose."""
    chosen = [name for name in _MODES if name in it]
    if len(chosen) != 1:
        message = (
            "Send exactly one of `product_id` (a product of the catalogue), `kit_id` (all devices of a kit) and "
            "`product_type` with a `specification` (any other device)."
        )
        it.fault(chosen[0] if chosen else "product_id", ErrorCode.REQUIRED, message)
        return {}
    specified = _new_specification(it)
    if chosen == ["product_id"]:
        named = given(configurationId=it.text("configuration_id"), specification=specified)
        return {"catalogue": {"productId": it.text("product_id"), **named}}
    for name in ("configuration_id", "specification") if chosen == ["kit_id"] else ("configuration_id",):
        if name in it:
            it.fault(name, ErrorCode.NOT_ALLOWED, f"Omit it beside `{chosen[0]}`.")
    if chosen == ["kit_id"]:
        return {"kitId": it.text("kit_id")}
    return {"custom": {"productType": it.word("product_type", tuple(ProductType)), "specification": specified or {}}}


def _new_specification(it: Fields) -> dict[str, Any] | None:
    inner = it.inner("specification")
    return None if inner is None else given(**{_SPECIFICATION.get(name, name): inner.text(name) for name in PARTS})


def new_recipients(it: Fields, required: bool = False) -> list[dict[str, Any]]:
    """The recipients of a line, as they are sent."""
    return [_new_recipient(recipient) for recipient in it.each("recipients", required)]


def _new_recipient(it: Fields) -> dict[str, Any]:
    texts = {_RECIPIENT.get(name, name): it.text(name) for name in ("email", "phone_number", "address", "hire_date")}
    who = {"name": it.text("name", required=True), "country": it.text("country", required=True)}
    return {**who, **given(**texts, isForStorage=it.flag("storage"))}


ENDPOINTS: tuple[Endpoint, ...] = (
    Page(method="GET", path="quotes", document="list_quotes", root="quotes", variables=_listed, names=NAMES, row=quote),
    One(method="GET", path="quotes/{id}", document="get_quote", root="quote", variables=quote_by, row=quote),
    Write(
        method="POST",
        path="quotes",
        document="create_quote",
        root="createQuote",
        variables=_created,
        names=NAMES,
        # It is priced later.
        status=202,
        written=lambda payload, *_: quote(payload["quote"]),
    ),
)
