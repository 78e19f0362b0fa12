"""What Quick Quote is sent (docs/concepts.md#w3trends-quick-quote)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from adapters.connections.quick_quote.words import VERDICTS
from adapters.connections.references import keeping, with_reference
from adapters.connections.standing import not_possible
from domain.connections.records import ForeignItem
from domain.ports.connections import ForeignDecision, ForeignEdit, NewForeignQuote
from domain.quotes.item_details import UNKNOWN_ARTICLE

VENDOR = "Quick Quote"
# Quick Quote needs a last name, which some people do not have.
NO_LAST_NAME = "-"
# What of a specification is not in the title of its device is a property of the line.
DETAILS = {
    "os": "Operating system",
    "cpu": "Processor",
    "ram": "Memory",
    "storage": "Storage",
    "screen_size": "Screen size",
    "keyboard_layout": "Keyboard layout",
}


def creation(quote: NewForeignQuote) -> dict[str, Any]:
    """The body of a new quote. What has no field there is a line of the internal notes each: the title, the PO number
    and our reference. Raises: Refused."""
    person = quote.customer or quote.requester
    if not person.email:
        raise not_possible(VENDOR, "creates a quote without an e-mail address")
    first, _, last = (person.name or person.email).partition(" ")
    number = f"PO number: {quote.po_number}" if quote.po_number else None
    return present(
        {
            "email": person.email,
            "first_name": person.first_name or first,
            "last_name": person.last_name or last or NO_LAST_NAME,
            "phone": person.phone_number,
            "remarks": quote.message,
            "internal_notes": with_reference(quote.reference, quote.title, number, quote.notes),
            "public_notes": quote.public_notes,
            "tags": ", ".join(quote.tags) or None,
            "customer_id": person.external_id,
            "line_items": lines(quote.items),
        }
    )


def lines(items: Sequence[ForeignItem]) -> list[dict[str, Any]]:
    """Lines to add, each a product of its own. Raises: Refused, as Quick Quote leaves a line out that has no price or
    title."""
    return [_line(it, place) for place, it in enumerate(items, start=1)]


def update(edit: ForeignEdit, reference: str | None = None) -> dict[str, Any]:
    """The new values of a quote itself, which keeps our reference; empty if only lines change. Raises: Refused."""
    if edit.title is not None or edit.po_number is not None:
        raise not_possible(VENDOR, "sets the title or the PO number of a quote")
    return present(
        {
            "internal_notes": keeping(reference, edit.notes),
            "public_notes": edit.public_notes,
            "tags": None if edit.tags is None else ", ".join(edit.tags),
        }
    )


def line_updates(edit: ForeignEdit) -> dict[str, dict[str, Any]]:
    """The new values of lines, by their ids."""
    prices: Mapping[str, Decimal] = edit.prices or {}
    quantities: Mapping[str, int] = edit.quantities or {}
    ids = dict.fromkeys([*prices, *quantities])
    return {it: present({"price": prices.get(it), "quantity": quantities.get(it)}) for it in ids}


def verdict(decision: ForeignDecision) -> dict[str, Any]:
    """The status of a decision on a whole quote. Raises: Refused."""
    if decision.item_id is not None or decision.alternative_id is not None:
        raise not_possible(VENDOR, "decides on a single line: accept or decline the whole quote")
    return {"status": VERDICTS[decision.verdict]}


def present(values: Mapping[str, Any]) -> dict[str, Any]:
    """These values without those that are None."""
    return {name: value for name, value in values.items() if value is not None}


def _line(item: ForeignItem, place: int) -> dict[str, Any]:
    title = item.title or (item.specification.title if any(item.specification) else None)
    if item.price is None or title is None:
        raise not_possible(VENDOR, f"adds a line without a price and a title, as line {place}")
    article = item.article or UNKNOWN_ARTICLE
    details = {name: value for it, name in DETAILS.items() if (value := getattr(item.specification, it))}
    properties = {**details, **item.properties}
    return present(
        {
            "custom_product": True,
            "title": title,
            "price": item.price,
            "quantity": item.quantity,
            "sku": item.sku,
            "barcode": article.barcode,
            "image_url": article.image_url,
            "weight": None if article.weight is None else Decimal(article.weight),
            "weight_units": None if article.weight_unit is None else article.weight_unit.lower(),
            "requires_shipping": None if article.requires_shipping else False,
            "item_properties": [{"key": key, "value": value} for key, value in properties.items()] or None,
        }
    )
