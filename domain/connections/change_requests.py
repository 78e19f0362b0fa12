"""What is asked of a connected system, as JSON in our ids."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from domain.connections.changes import QuoteOrigin
from domain.connections.records import ForeignRecipient
from domain.connections.systems import NAMES, Capability, System
from domain.quotes.aggregate import Decisions, QuoteAggregate
from domain.quotes.drafts import RecipientDraft
from domain.quotes.recipients import Recipient
from domain.quotes.rows import Quote
from domain.quotes.statuses import OPEN, LineDecision, Verdict
from domain.shared.errors import ErrorCode, Path, Problems
from domain.shared.money import Money
from domain.shared.parsers import camel

# The details of a quote that a connected system can be asked to change.
EDITABLE = ("notes", "public_notes", "tags")
# What a system takes of the recipients of an accepted item. quipteams is the one that takes recipients.
_TAKEN = frozenset({"name", "country", "email", "phone_number", "address"})


def decisions_request(made: Decisions, recipients: Mapping[str, Sequence[Recipient]]) -> dict[str, Any]:
    """Verdicts on offers, one after the other. `recipients` are those that an acceptance replaces, by the offer."""
    return {
        "decisions": [
            _decision(it.offer_id, it.after.item.id, it.verdict, recipients.get(it.offer_id)) for it in made.steps
        ]
    }


def check_recipients_taken(
    drafts: Sequence[RecipientDraft] | None, system: System, problems: Problems, path: Path
) -> None:
    """Check that the system takes all that was entered for the recipients of an accepted item. Adds a problem for each
    field that would be lost."""
    for index, draft in enumerate(drafts or ()):
        for field in fields(draft):
            if field.name not in _TAKEN and getattr(draft, field.name) not in (None, False, (), field.default):
                message = f"{NAMES[system]} ({system}) takes no such value with an acceptance. Leave it out."
                name = "isForStorage" if field.name == "storage" else camel(field.name)
                problems.add((*path, str(index), name), ErrorCode.NOT_SUPPORTED_BY_ORIGIN, message)


def acceptance_request(origin: QuoteOrigin, made: Decisions) -> dict[str, Any]:
    """The acceptance of a quote as a whole, or of each of its open lines."""
    if not origin.can(Capability.DECIDE_LINES):
        return {"decisions": [{"verdict": str(Verdict.ACCEPT)}]}
    return {"decisions": [_decision(it.offer_id, it.after.item.id, it.verdict) for it in made.steps]}


def decline_request(quote: QuoteAggregate, origin: QuoteOrigin, reason: str | None) -> dict[str, Any]:
    """The rejection of a quote as a whole, or of each of its open offers."""
    if not origin.can(Capability.DECIDE_LINES):
        return {"decisions": [{"verdict": str(Verdict.REJECT), "reason": reason}]}
    return {
        "decisions": [
            _decision(offer.id, line.item.id, Verdict.REJECT)
            for line in quote.lines
            if line.item.decision == LineDecision.UNDECIDED
            for offer in (*line.offers[1:], line.item)
            if offer.status in OPEN
        ]
    }


def edit_request(details: Mapping[str, Any]) -> dict[str, Any]:
    """New details of a quote, by attribute."""
    return {"details": {name: list(it) if isinstance(it, tuple) else it for name, it in details.items()}}


def price_request(item_id: str, price: Money) -> dict[str, Any]:
    return {"prices": {item_id: price.amount}}


def quantity_request(item_id: str, quantity: int) -> dict[str, Any]:
    return {"quantities": {item_id: quantity}}


def send_request(quote: Quote, with_pdf: bool) -> dict[str, Any]:
    return {"withPdf": with_pdf, "from": str(quote.offer_status)}


def _decision(
    offer_id: str, item_id: str, verdict: Verdict, recipients: Sequence[Recipient] | None = None
) -> dict[str, Any]:
    asked: dict[str, Any] = {"verdict": str(verdict), "itemId": item_id}
    if offer_id != item_id:
        asked["alternativeId"] = offer_id
    if recipients is not None:
        asked["recipients"] = [_recipient(it) for it in recipients]
    return asked


def _recipient(person: Recipient) -> dict[str, Any]:
    return {
        "name": person.name,
        "country": person.country,
        "email": person.email,
        "phoneNumber": person.phone_number,
        "address": person.address,
    }


def recipients_of(decision: Mapping[str, Any]) -> tuple[ForeignRecipient, ...] | None:
    """The recipients that a decision replaces those of the item with."""
    if "recipients" not in decision:
        return None
    return tuple(
        ForeignRecipient(
            "",
            it["name"],
            it["country"],
            it["email"],
            it["phoneNumber"],
            it["address"],
        )
        for it in decision["recipients"]
    )
