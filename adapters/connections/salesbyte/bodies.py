"""What SalesByte's Integration API is sent, and the checkout notice that it sends (docs/concepts.md#salesbyte)."""

import hashlib
import json
import re
from typing import Any

from adapters.connections.salesbyte.records import REFERENCE, key_of
from adapters.connections.standing import not_possible
from domain.connections.records import ForeignItem, ForeignPerson, Notice
from domain.connections.systems import Collection, Credentials
from domain.ports.connections import NewForeignQuote
from domain.shared.errors import ErrorCode, Invalid
from domain.shared.outbound_errors import NotConfigured

VENDOR = "SalesByte"
CHECKOUT = "quote.checkout"
# What stands for the key of a quote of which only the id is known.
ID_PREFIX = "id:"

_SWEDISH_PHONE = re.compile(r"\+46[0-9]{9}")


def creation(quote: NewForeignQuote, credentials: Credentials) -> dict[str, Any]:
    """The body of a new quote, which SalesByte keeps without sending it. Raises: Refused, NotConfigured."""
    if credentials.profile_id is None:
        raise NotConfigured("SalesByte creates quotes for a profile, and this connection has no profile")
    return {
        "uuid": _uuid(credentials),
        "quote_profile_id": credentials.profile_id,
        **_customer(quote.customer or quote.requester),
        "send_type": "none",
        "chat_enabled": False,
        "message": quote.public_notes,
        "trigger_created_messages_to_customer": False,
        "workflows_enabled": False,
        "allow_customer_document_upload": False,
        "signable": True,
        "alternatives": _alternatives(quote.items, quote.title),
        "custom_fields": {REFERENCE: {"attribute": _HIDDEN, "value": quote.reference}},
    }


def creation_from_template(quote: NewForeignQuote, credentials: Credentials) -> dict[str, Any]:
    """The body of a new quote by a template, which has the lines. Raises: Refused, NotConfigured."""
    customer, template = _customer(quote.customer or quote.requester), quote.template or ""
    if not (customer["customer_email"] or customer["customer_phone"]):
        raise not_possible(VENDOR, "creates a quote for a customer without an e-mail address and a telephone number")
    return {
        "uuid": _uuid(credentials),
        "quote_template_id": int(template) if template.isascii() and template.isdecimal() else template,
        "customer_name": customer["customer_name"],
        "customer_email": customer["customer_email"],
        "customer_phone": customer["customer_phone"],
        "trigger_created_messages_to_customer": False,
        "customer_fields": {REFERENCE: quote.reference},
    }


def notice_of(body: bytes) -> Notice:
    """What a checkout notice tells. It has no signature and may have no key: the quote is read again. Raises:
    Invalid."""
    try:
        record = json.loads(body)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        raise Invalid(ErrorCode.INVALID_TEXT, "Send a quote of SalesByte as JSON.")
    quote_id = record.get("id")
    known = isinstance(quote_id, str | int) and not isinstance(quote_id, bool) and str(quote_id).strip()
    external_id = key_of(record) or (f"{ID_PREFIX}{known}" if known else "")
    if not external_id:
        raise Invalid(ErrorCode.REQUIRED, "The quote has neither a key nor an id.")
    # SalesByte numbers its notices nowhere: the same body is the same notice.
    return Notice(hashlib.sha256(body).hexdigest(), external_id, Collection.QUOTES, CHECKOUT)


_HIDDEN = {"required": False, "editableByContact": False, "hideFromContact": True}


def _uuid(credentials: Credentials) -> str:
    if not credentials.uuid:
        raise NotConfigured("SalesByte creates quotes by the uuid of an integration, and this connection has none")
    return credentials.uuid


def _customer(person: ForeignPerson) -> dict[str, str | None]:
    phone = re.sub(r"[\s()-]", "", person.phone_number or "")
    return {
        "customer_name": person.name or person.email,
        "customer_email": person.email,
        "customer_phone": phone if _SWEDISH_PHONE.fullmatch(phone) else None,
        "customer_company": person.company_name,
    }


def _alternatives(items: tuple[ForeignItem, ...], title: str | None) -> list[dict[str, Any]]:
    """All lines as one alternative: a line is an article number, repeated for each unit. Raises: Refused."""
    if missing := [str(position) for position, it in enumerate(items, start=1) if not it.sku]:
        raise not_possible(VENDOR, f"adds a line without an article number (sku), as line {', '.join(missing)}")
    skus = [it.sku for it in items for _ in range(it.quantity)]
    return [{"skus": skus, "sort_order": 1, "title": title}] if skus else []
