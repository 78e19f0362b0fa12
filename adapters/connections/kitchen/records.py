"""The quotes of kitchen.co in our words (docs/concepts.md#kitchenco).

A quote has no lines: it is a text with price options, of which the client accepts one.
"""

from datetime import datetime

from adapters.connections.fields import Fields, Unusable, read_record
from adapters.connections.kitchen.words import STATUSES
from adapters.connections.standing import Standing, standing_of
from domain.connections.records import ForeignFile, ForeignOption, ForeignPerson, ForeignQuote, Unread
from domain.quotes.statuses import QuoteOfferStatus

# kitchen.co's names of the times of a quote.
TIMES = {"sent": "sent_at", "accepted": "accepted_at", "voided": "voided_at"}
# A user's login and appearance, which mean nothing outside of kitchen.co.
OF_A_LOGIN = (
    *("added_on", "username", "timezone", "group", "role", "avatar_*", "color", "default_color"),
    *("is_active", "last_seen"),
)


def quote_of(raw: object, workspace: str) -> ForeignQuote | Unread:
    """Reads a quote. `workspace` is the address of the company's workspace."""
    return read_record(lambda fields: _quote(fields, workspace), raw, "id")


def _quote(fields: Fields, workspace: str) -> ForeignQuote:
    quote_id = fields.needed("id")
    times = {name: at for name, key in TIMES.items() if (at := fields.time(key)) is not None}
    updated_at, expires_at = fields.time("updated_at"), fields.time("expires_at")
    created_at = fields.time("created_at") or min(
        [*times.values(), *([updated_at] if updated_at else [])], default=None
    )
    if created_at is None:
        raise Unusable("created_at is missing.")
    known = standing_of(fields, "status", STATUSES)
    standing = known or _standing_by(times)
    if standing.offer is QuoteOfferStatus.EXPIRED and expires_at is not None:
        times["expired"] = expires_at
    currency = _currency(fields)
    prices = enumerate(fields.parts("prices"), start=1)
    options = tuple(it for place, part in prices if (it := _option(part, place, currency)) is not None)
    accepted = next((it for it in options if it.accepted_at is not None), None)
    return ForeignQuote(
        external_id=quote_id,
        number=quote_id,
        created_at=created_at,
        updated_at=updated_at,
        url=f"{workspace}/quotes/{quote_id}",
        status_word=fields.text("status") or "",
        offer_status=standing.offer,
        decision_status=standing.decision,
        fulfilment_status=standing.fulfilment,
        is_status_known=known is not None,
        times=times,
        title=fields.text("name"),
        body=fields.text("body"),
        author=_person(fields, "author"),
        project_reference=fields.text("project_id"),
        currency=currency,
        total=accepted.price if accepted else None,
        expires_at=expires_at,
        delivery_date=fields.day("delivery_date"),
        options=options,
        files=_files(fields),
        metadata=fields.all_rest(),
        flaws=tuple(fields.flaws),
    )


def _standing_by(times: dict[str, datetime]) -> Standing:
    """Where a quote is whose status is not known, by its times."""
    for name in ("voided", "accepted", "sent"):
        if name in times:
            return STATUSES[name]
    return STATUSES["draft"]


def _option(fields: Fields, place: int, currency: str | None) -> ForeignOption | None:
    """Reads a price option. Without a price it is a flaw."""
    fields.skip("quote_id")
    price, own = fields.amount("price"), _currency(fields)
    if price is None:
        if fields.value("price") is None:
            fields.flaw("price", "This field is missing.")
        return None
    if own is not None and currency is not None and own != currency:
        fields.flaw("currency", "The currency is not that of the quote.")
        return None
    accepted_at = fields.time("accepted_at")
    if fields.flag("is_accepted") and accepted_at is None:
        fields.flaw("accepted_at", "The option is accepted, but does not say when.")
    return ForeignOption(
        external_id=fields.text("id") or str(place),
        name=fields.text("name") or "",
        price=price,
        upfront=fields.amount("upfront"),
        accepted_at=accepted_at,
        accepted_by=_person(fields, "accepted_by"),
    )


def _person(parent: Fields, name: str) -> ForeignPerson | None:
    """Reads a user, without their login and appearance at kitchen.co. Their id and phone are left to the metadata
    of the quote: an actor has neither."""
    if parent.value(name) is None:
        return None
    fields = parent.part(name)
    fields.skip(*OF_A_LOGIN)
    return ForeignPerson(name=fields.text("name"), email=fields.text("email"))


def _files(fields: Fields) -> tuple[ForeignFile, ...]:
    files = ((it.text("name"), it.needed_link("url")) for it in fields.parts("attachments"))
    return tuple(ForeignFile(name or url, url) for name, url in files if url is not None)


def _currency(fields: Fields) -> str | None:
    code = fields.text("currency")
    return code.upper() if code else None
