"""What becomes of each field of a new quote that a connected system is asked to create: the system is sent it, or it is
kept here and no record changes it, or it is refused (docs/connected-fields.md#new-quotes).

What people take for something that the system knows is not kept silently; what only an integrator, an operator or the
company itself uses is. The systems take what they are documented to take.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from domain.catalogue.products import ProductType
from domain.connections.systems import System
from domain.quotes.item_details import WeightUnit
from domain.quotes.recipients import Destination
from domain.shared.errors import Path


class Fate(StrEnum):
    """What becomes of a field."""

    SENT = "SENT"
    KEPT = "KEPT"
    REFUSED = "REFUSED"


_QUIPTEAMS = frozenset({System.QUIPTEAMS})
_SALESBYTE = frozenset({System.SALESBYTE})
_QUICK_QUOTE = frozenset({System.QUICK_QUOTE})
_ALL = _QUIPTEAMS | _SALESBYTE | _QUICK_QUOTE
_NONE = frozenset[System]()


class NewField(NamedTuple):
    """A field of an input, the systems that are sent it, and those of which it is kept here. `usual` is the value that
    says nothing."""

    name: str
    sent: frozenset[System] = _NONE
    kept: frozenset[System] = _NONE
    usual: object = None

    def fate(self, system: System) -> Fate:
        if system in self.sent:
            return Fate.SENT
        return Fate.KEPT if system in self.kept else Fate.REFUSED


NewFields = Mapping[str, NewField]

# By the attributes of the rows that a new quote is made of.
QUOTE: NewFields = {
    "requester_email": NewField("requesterEmail", _ALL),
    "requester_name": NewField("requesterName", _ALL),
    "po_number": NewField("poNumber", _QUIPTEAMS | _QUICK_QUOTE),
    "notification_emails": NewField("notificationEmails", _QUIPTEAMS),
    "customer_id": NewField("customerId"),
    "title": NewField("title", _SALESBYTE | _QUICK_QUOTE),
    "remarks": NewField("remarks", _QUICK_QUOTE),
    "custom_fields": NewField("customFields", kept=_ALL),
    "project_reference": NewField("projectReference", kept=_ALL),
    "assignee_email": NewField("assigneeEmail", kept=_QUIPTEAMS),
    "assignee_name": NewField("assigneeName", kept=_QUIPTEAMS),
    "tags": NewField("tags", _QUICK_QUOTE, _QUIPTEAMS | _SALESBYTE),
    "notes": NewField("notes", _QUICK_QUOTE, _QUIPTEAMS | _SALESBYTE),
    "public_notes": NewField("publicNotes", _SALESBYTE | _QUICK_QUOTE),
    "body": NewField("body"),
    "accepts_documents": NewField("isAcceptingDocuments", usual=False),
    "expires_at": NewField("expiresAt"),
    "client_name": NewField("clientName", kept=_ALL),
    "abm_id": NewField("abmId", kept=_ALL),
    "auto_quote": NewField("isAutoQuoted", usual=False),
    # If it is that of the connection.
    "currency": NewField("currencyCode", kept=_ALL),
    "prices_include_tax": NewField("isTaxIncluded", usual=False),
    "shipping_minor": NewField("shipping"),
    "discount_type": NewField("discount"),
    "external_id": NewField("externalId", kept=_ALL),
    "metadata": NewField("metadata", kept=_ALL),
}
ITEM: NewFields = {
    "quantity": NewField("quantity", _ALL),
    "comments": NewField("comments", _QUIPTEAMS),
    "internal_notes": NewField("internalNotes", kept=_ALL),
    "external_id": NewField("externalId", kept=_ALL),
    "metadata": NewField("metadata", kept=_ALL),
    "price_minor": NewField("price", _QUICK_QUOTE),
    "discount_type": NewField("discount"),
    "taxable": NewField("isTaxable", usual=True),
    "tax_rate": NewField("taxRate", usual=0),
}
ARTICLE: NewFields = {
    "sku": NewField("sku", _SALESBYTE | _QUICK_QUOTE),
    "barcode": NewField("barcode", _QUICK_QUOTE),
    "url": NewField("url"),
    "image_url": NewField("imageUrl", _QUICK_QUOTE),
    "weight": NewField("weight", _QUICK_QUOTE),
    # A weight has this unit without another.
    "weight_unit": NewField("weightUnit", _QUICK_QUOTE, usual=WeightUnit.G),
    "requires_shipping": NewField("isShippingRequired", _QUICK_QUOTE, usual=True),
    "price_unit": NewField("priceUnit"),
    "properties": NewField("properties", _QUICK_QUOTE),
}
# Where lines have recipients.
RECIPIENT: NewFields = {
    "name": NewField("name", _QUIPTEAMS),
    "country": NewField("country", _QUIPTEAMS),
    "email": NewField("email", _QUIPTEAMS),
    "phone_number": NewField("phoneNumber", _QUIPTEAMS),
    "address": NewField("address", _QUIPTEAMS),
    "storage": NewField("isForStorage", _QUIPTEAMS, usual=False),
    "hire_date": NewField("hireDate", _QUIPTEAMS),
    "destination": NewField("destination", usual=Destination.EMPLOYEE),
    "city": NewField("city"),
    "post_code": NewField("postalCode"),
    "address_extra": NewField("addressExtra"),
    "government_id": NewField("governmentId"),
    "external_id": NewField("externalId", kept=_QUIPTEAMS),
    "metadata": NewField("metadata", kept=_QUIPTEAMS),
}
WITH_RECIPIENTS = _QUIPTEAMS
# Of a quote from a template, these are there in the template.
OF_TEMPLATE = ("title", "public_notes")
# The types of devices that quipteams has words for.
DEVICE_TYPES = frozenset(
    {
        ProductType.LAPTOP,
        ProductType.MONITOR,
        ProductType.MOUSE,
        ProductType.KEYBOARD,
        ProductType.HEADPHONES,
        ProductType.WEBCAM,
        ProductType.ACCESSORY,
    }
)


def refused(fields: NewFields, row: object, system: System, path: Path = ()) -> Iterator[Path]:
    """Where a row has something that a system is not sent, and that is not kept."""
    for attribute, field in fields.items():
        if field.fate(system) == Fate.REFUSED and is_given(field, getattr(row, attribute)):
            yield (*path, field.name)


def is_given(field: NewField, value: object) -> bool:
    """Whether a value was entered; 0 is one, such as the price of free shipping."""
    return value is not None and value not in ("", ()) and value != field.usual
