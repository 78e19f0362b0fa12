"""What a record says of a change that was asked for: that it is in effect, that it cannot be, or nothing yet."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from domain.connections.changes import CONFIRMED, OriginChange, OriginChangeType, Settlement, refusal
from domain.connections.records import ForeignItem, ForeignQuote
from domain.quotes.statuses import OPEN, DecisionStatus, OfferStatus, QuoteOfferStatus, Verdict

_CLOSED = frozenset(
    {QuoteOfferStatus.EXPIRED, QuoteOfferStatus.VOIDED, QuoteOfferStatus.CANCELLED, QuoteOfferStatus.DELETED}
)
_GONE = "The quote does not exist there any more."


def is_repeatable(change: OriginChange) -> bool:
    """Whether the change may be sent again if it is unclear whether it arrived, and no record shows it.

    A quote that was sent before looks the same when it was sent again, and nobody is to have the e-mail twice. Whether
    a quote that is created from a template shows our reference is up to the template.
    """
    if change.type == OriginChangeType.CREATE:
        return change.request["templateId"] is None
    return change.type != OriginChangeType.SEND or change.request["from"] == QuoteOfferStatus.DRAFT


def settled_by(change: OriginChange, record: ForeignQuote | None, parts: Mapping[str, str]) -> Settlement | None:
    """What the quote as it is there says of the change; None if it says nothing yet. `parts` are the ids there, by
    ours. The record of a quote that was to be created has its lines."""
    if change.type == OriginChangeType.CREATE:
        return None if record is None else CONFIRMED
    if change.type == OriginChangeType.CANCEL:
        over = record is None or record.offer_status in (QuoteOfferStatus.CANCELLED, QuoteOfferStatus.DELETED)
        return CONFIRMED if over else None
    if record is None:
        return refusal(_GONE)
    if change.type == OriginChangeType.DECIDE:
        return _of_decisions(change.request["decisions"], record, parts)
    if change.type == OriginChangeType.SEND:
        return _of_sending(change.request, record)
    return _of_edit(change.request, record, parts)


def outstanding(
    decisions: Sequence[Mapping[str, Any]], record: ForeignQuote | None, parts: Mapping[str, str]
) -> list[Mapping[str, Any]]:
    """The decisions that are not in effect yet."""
    return [it for it in decisions if record is None or _of_decision(it, record, parts) is None]


def _of_decisions(
    decisions: Sequence[Mapping[str, Any]], record: ForeignQuote, parts: Mapping[str, str]
) -> Settlement | None:
    found = [_of_decision(it, record, parts) for it in decisions]
    for settlement in found:
        if settlement is not None and settlement != CONFIRMED:
            return settlement
    return None if None in found else CONFIRMED


def _of_decision(decision: Mapping[str, Any], record: ForeignQuote, parts: Mapping[str, str]) -> Settlement | None:
    verdict = Verdict(decision["verdict"])
    if "itemId" not in decision:
        return _of_whole(verdict, record)
    ids = [parts.get(decision["itemId"])]
    item = next((it for it in record.items if it.external_id == ids[0]), None)
    if item is None:
        return refusal("The item does not exist there any more.")
    alternative_id = decision.get("alternativeId")
    offer = next((it for it in item.alternatives if it.external_id == parts.get(alternative_id or "")), None)
    if alternative_id and offer is None:
        return refusal("The alternative does not exist there any more.")
    wanted = OfferStatus.ACCEPTED if verdict == Verdict.ACCEPT else OfferStatus.REJECTED
    status = (offer or item).status
    if status == wanted:
        return CONFIRMED
    if status not in OPEN:
        return refusal(f"It is {status} there.")
    if wanted == OfferStatus.ACCEPTED and _has_accepted(item):
        return refusal("Another offer of the line was accepted there.")
    return _of_closed(record)


def _has_accepted(item: ForeignItem) -> bool:
    return OfferStatus.ACCEPTED in (item.status, *(it.status for it in item.alternatives))


def _of_whole(verdict: Verdict, record: ForeignQuote) -> Settlement | None:
    accepted = record.decision_status == DecisionStatus.APPROVED
    if record.decision_status != DecisionStatus.PENDING:
        wanted = accepted == (verdict == Verdict.ACCEPT)
        return CONFIRMED if wanted else refusal(f"The quote is {record.decision_status} there.")
    return _of_closed(record)


def _of_closed(record: ForeignQuote) -> Settlement | None:
    return refusal(f"The quote is {record.offer_status} there.") if record.offer_status in _CLOSED else None


def _of_sending(request: Mapping[str, Any], record: ForeignQuote) -> Settlement | None:
    if request["from"] == QuoteOfferStatus.DRAFT and record.offer_status in (
        QuoteOfferStatus.SENT,
        QuoteOfferStatus.VIEWED,
    ):
        return CONFIRMED
    return _of_closed(record)


def _of_edit(request: Mapping[str, Any], record: ForeignQuote, parts: Mapping[str, str]) -> Settlement | None:
    items = {it.external_id: it for it in record.items}
    prices = {parts.get(it, ""): Decimal(price) for it, price in request.get("prices", {}).items()}
    quantities = {parts.get(it, ""): quantity for it, quantity in request.get("quantities", {}).items()}
    if not items.keys() >= prices.keys() | quantities.keys():
        return refusal("The item does not exist there any more.")
    details = request.get("details", {})
    if (
        all(_same(_said(record, name), _own(record, value)) for name, value in details.items())
        and all(items[it].price == price for it, price in prices.items())
        and all(items[it].quantity == quantity for it, quantity in quantities.items())
    ):
        return CONFIRMED
    if record.decision_status != DecisionStatus.PENDING:
        return refusal(f"The quote is {record.decision_status} there.")
    return _of_closed(record)


def _said(record: ForeignQuote, name: str) -> object:
    return _own(record, getattr(record, name))


def _own(record: ForeignQuote, value: object) -> object:
    """The value without the line of our reference, which a quote keeps in its notes."""
    if record.reference is None or not isinstance(value, str):
        return value
    return "\n".join(it for it in value.splitlines() if record.reference not in it)


def _same(value: object, asked: object) -> bool:
    return _plain(value) == _plain(asked)


def _plain(value: object) -> object:
    return (list(value) if isinstance(value, tuple) else value) or None
