"""Quotes of quipteams as records: what each of their fields becomes (docs/domain.md#quipteams-quotes)."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from adapters.connections.fields import Fields, Unusable, read_record
from adapters.connections.quipteams.words import (
    OFFER,
    OTHER_TYPE,
    PRODUCT_TYPE,
    QUOTE,
    QUOTE_TIMES,
    RECIPIENT,
    RECIPIENT_TIMES,
)
from adapters.connections.references import reference_in
from domain.catalogue.products import Specification
from domain.connections.records import (
    ForeignAlternative,
    ForeignItem,
    ForeignPerson,
    ForeignQuote,
    ForeignRecipient,
    Unread,
)
from domain.quotes.statuses import OPEN, DecisionStatus, OfferStatus, RecipientStatus

PENDING = QUOTE["pending"]
# A quote says that all its items are decided.
_DECIDED = frozenset({DecisionStatus.APPROVED, DecisionStatus.REJECTED})


def quote_of(value: Any) -> ForeignQuote | Unread:
    """A quote as it was received."""
    return read_record(_quote, value, "order_id", "id")


def is_whole(value: Any) -> bool:
    """Whether a row of a list has everything that the quote itself has. What is no quote at all is not asked for
    again."""
    if not isinstance(value, dict):
        return True
    items = value.get("items")
    return isinstance(items, list) and all(
        {"email", "address"} <= recipient.keys()
        for item in items
        if isinstance(item, dict)
        for recipient in _objects(item.get("recipients"))
    )


def _objects(value: Any) -> list[dict[str, Any]]:
    return [it for it in value if isinstance(it, dict)] if isinstance(value, list) else []


def _quote(fields: Fields) -> ForeignQuote:
    number = fields.needed("order_id" if fields.value("order_id") else "id")
    known = fields.word("status", QUOTE)
    statuses = known or PENDING
    times = fields.times("status_timestamps", QUOTE_TIMES)
    requester = fields.part("requester")
    is_decided = None if known is None else known.decision in _DECIDED
    # They are those of the recipients.
    fields.value("countries")
    items = tuple(_item(it, position, is_decided) for position, it in enumerate(fields.parts("items")))
    return ForeignQuote(
        external_id=number,
        number=number,
        created_at=_created_at(fields, times),
        updated_at=fields.time("updated_at"),
        status_word=str(fields.value("status") or ""),
        offer_status=statuses.offer,
        decision_status=statuses.decision,
        fulfilment_status=statuses.fulfilment,
        is_status_known=known is not None,
        times=times,
        po_number=fields.text("po_number"),
        requester=ForeignPerson(name=requester.text("name"), email=requester.text("email")),
        items=items,
        metadata={**{f"requester.{name}": it for name, it in requester.rest().items()}, **fields.rest()},
        flaws=tuple(fields.flaws),
        reference=reference_in(*(it.comments for it in items)),
    )


def _created_at(fields: Fields, times: dict[str, datetime]) -> datetime:
    """When the quote was created; if that cannot be read, the earliest time it has. Raises: Unusable."""
    created = fields.time("created_at")
    if created is None:
        if "created_at" not in fields:
            fields.flaw("created_at", "This is missing.")
        updated = fields.time("updated_at")
        known = [*times.values(), *([updated] if updated else [])]
        if not known:
            raise Unusable("created_at is missing.")
        created = min(known)
    return created


def _item(fields: Fields, position: int, is_decided: bool | None) -> ForeignItem:
    alternatives = tuple(_alternative(it, place) for place, it in enumerate(fields.parts("alternatives")))
    device = fields.part("specification")
    quantity, status = fields.whole("quantity"), fields.word("status", OFFER)
    if quantity == 0:
        fields.flaw("quantity", "There is no line of nothing.")
    item = ForeignItem(
        external_id=fields.text("id") or str(position),
        product_type=fields.word("product_type", PRODUCT_TYPE) or OTHER_TYPE,
        specification=_specification(device),
        quantity=quantity or 1,
        price=fields.amount("price"),
        status=status or OfferStatus.PENDING,
        is_status_known=status is not None,
        comments=fields.text("comments"),
        recipients=tuple(_recipient(it, place) for place, it in enumerate(fields.parts("recipients"))),
        alternatives=alternatives,
    )
    return _decided(replace(item, metadata={**device.rest(), **fields.rest()}), fields, is_decided)


def _decided(item: ForeignItem, fields: Fields, is_decided: bool | None) -> ForeignItem:
    """An item that is shown as it was when it was priced, although its line is decided, has the status that was
    decided. The one that was shown is kept in its metadata. Whether its line is decided may not be known."""
    if item.status not in OPEN:
        return item
    if any(it.status == OfferStatus.ACCEPTED for it in item.alternatives):
        status = OfferStatus.REJECTED
    elif is_decided is None and item.status == OfferStatus.SOURCED:
        return replace(item, is_status_known=False)
    elif is_decided and item.status == OfferStatus.SOURCED:
        status = OfferStatus.ACCEPTED
    else:
        return item
    shown = {**item.metadata, "status": str(fields.value("status"))}
    return replace(item, status=status, is_status_known=True, metadata=shown)


def _alternative(fields: Fields, position: int) -> ForeignAlternative:
    status = fields.word("status", OFFER)
    return ForeignAlternative(
        external_id=fields.text("id") or str(position),
        specification=_specification(fields),
        status=status or OfferStatus.PENDING,
        is_status_known=status is not None,
        price=fields.amount("price"),
        description=fields.text("description"),
        is_exact_match=fields.flag("is_exact_match") or False,
        image_url=fields.text("image_url"),
        metadata=fields.rest(),
    )


def _specification(fields: Fields) -> Specification:
    return Specification(*(fields.text(name) for name in Specification._fields))


def _recipient(fields: Fields, position: int) -> ForeignRecipient:
    name, email, status = fields.text("name"), fields.text("email"), fields.word("status", RECIPIENT)
    if name is None:
        fields.flaw("name", "A recipient has no name.")
    return ForeignRecipient(
        external_id=fields.text("id") or str(position),
        name=name or email or "",
        country=fields.text("country"),
        email=email,
        phone_number=fields.text("phone_number"),
        address=fields.text("address"),
        status=status or RecipientStatus.PENDING,
        is_status_known=status is not None,
        times=fields.times("status_timestamps", RECIPIENT_TIMES),
        is_storage=fields.flag("storage") or False,
        serial_number=fields.text("serial_number"),
        tracking_code=fields.text("tracking_code"),
        tracking_link=fields.text("tracking_link"),
        invoice_number=fields.text("invoice_number"),
        hire_date=fields.day("hire_date"),
        metadata=fields.rest(),
    )
