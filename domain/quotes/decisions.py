"""Rules that decide the lines of a quote.

They are pure: they take an aggregate (`domain/quotes/aggregate.py`) and return another. New quotes are built in
`domain/quotes/drafts.py`, prices are set in `domain/quotes/pricing.py`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from domain.catalogue.products import NOT_ORDERED
from domain.quotes.aggregate import Decided, Decisions, Line, QuoteAggregate, RuleResult, status_changes
from domain.quotes.lifecycle import refusal, state_of, with_status
from domain.quotes.price_option_required import check_price_chosen, options_closed
from domain.quotes.recipients import Destination, Recipient
from domain.quotes.rows import Offer, Quote
from domain.quotes.state_machines import DECISION, LIVE
from domain.quotes.statuses import (
    FULFILLED,
    OPEN,
    DecisionStatus,
    FulfilmentStatus,
    LineDecision,
    OfferStatus,
    RecipientStatus,
    Verdict,
)
from domain.quotes.totals import totalled
from domain.shared.access import Actor
from domain.shared.errors import Conflict, ErrorCode
from domain.shared.events import StatusField
from domain.shared.money import Money, render
from domain.shared.wording import cannot_become


class LineClosed(Conflict):
    """The line has already been decided differently (docs/domain.md#repeated-decision)."""

    code = ErrorCode.ALREADY_DECIDED


class OfferDecided(Conflict):
    """The offer has already been rejected, while its line is still open."""

    code = ErrorCode.ALREADY_DECIDED


class OtherRecipients(LineClosed):
    """The line has already been accepted, for other recipients."""

    place = ("recipients",)


class NotPriced(Conflict):
    """An offer without a price cannot be accepted (docs/domain.md#unpriced-offer)."""

    code = ErrorCode.NOT_PRICED


class PriceChanged(Conflict):
    """The price differs from the one that the caller expects."""

    code = ErrorCode.PRICE_CHANGED
    place = ("expectedPrice",)


class TotalChanged(PriceChanged):
    """The total differs from the one that the caller expects."""

    place = ("expectedTotal",)


def check_total(accepted: Quote, before: Quote, expected: Money | None) -> None:
    """Check that a quote accepted as a whole has the expected total. Raises: TotalChanged."""
    if expected is None or expected == accepted.total:
        return
    total = render(accepted.total) if accepted.total else "not known"
    message = f"The total is now {total}, not {render(expected)}."
    raise TotalChanged(message, before.ref, before.decision_status, DecisionStatus.APPROVED)


def accept(
    quote: QuoteAggregate,
    offer_id: str,
    agreed_by: Actor,
    at: datetime,
    expected_price: Money | None = None,
    recipients: tuple[Recipient, ...] | None = None,
) -> RuleResult:
    """Accept an offer: the other offers of its line are rejected and its recipients approved.

    Repeating the acceptance changes nothing; another price or other recipients are refused (docs/domain.md#accept-item,
    #accept-alternative). With an accepted price option, an offer needs no price. Raises: LineClosed, OtherRecipients,
    OfferDecided, WrongStatus, Expired, NotPriced, PriceChanged, PriceOptionRequired.
    """
    line = quote.line_of(offer_id)
    return _result_of(
        quote, line, accept_on(quote.quote, line, offer_id, agreed_by, at, expected_price, recipients), at
    )


def accept_on(
    quote: Quote,
    line: Line,
    offer_id: str,
    agreed_by: Actor,
    at: datetime,
    expected_price: Money | None = None,
    recipients: tuple[Recipient, ...] | None = None,
) -> Line:
    """The line with an offer accepted, as in `accept`; the same object if nothing changes."""
    if _closed_by(line, offer_id, Verdict.ACCEPT):
        _check_repeated(line, _offer(line, offer_id), expected_price, recipients)
        return line
    offer = open_offer(quote, line, offer_id, OfferStatus.ACCEPTED, at)
    price = _price_to_agree(quote, offer, expected_price)
    decision = LineDecision.ITEM_ACCEPTED if offer is line.item else LineDecision.ALTERNATIVE_ACCEPTED
    changed = line.with_each_offer(lambda it: _accepted(it) if it.id == offer_id else _rejected_if_open(it))
    return replace(
        changed,
        item=changed.item._replace(
            decision=decision,
            closing_offer_id=offer_id,
            agreed_price_minor=price.minor if price else None,
            agreed_price_currency=price.currency if price else None,
            agreed_at=at,
            agreed_by_kind=agreed_by.kind,
            agreed_by_id=agreed_by.id,
            agreed_by_name=agreed_by.name,
        ),
        recipients=tuple(
            _with_status(recipient, RecipientStatus.APPROVED)
            for recipient in (line.recipients if recipients is None else recipients)
        ),
    )


def reject(quote: QuoteAggregate, offer_id: str, at: datetime) -> RuleResult:
    """Reject an offer. With the last open offer, the line and its recipients are rejected too.

    Repeating the rejection changes nothing (docs/domain.md#reject-offer). Raises: LineClosed, WrongStatus, Expired,
    PriceOptionRequired.
    """
    line = quote.line_of(offer_id)
    return _result_of(quote, line, reject_on(quote.quote, line, offer_id, at), at)


def reject_on(quote: Quote, line: Line, offer_id: str, at: datetime) -> Line:
    """The line with an offer rejected, as in `reject`; the same object if nothing changes."""
    if _closed_by(line, offer_id, Verdict.REJECT):
        return line
    offer = _offer(line, offer_id)
    check_open(line, offer, OfferStatus.REJECTED)
    if offer.status == OfferStatus.REJECTED:
        return line
    check_decidable(quote, OfferStatus.REJECTED, at)
    changed = line.with_each_offer(lambda it: _rejected_if_open(it) if it.id == offer_id else it)
    return changed if any(it.status in OPEN for it in changed.offers) else _closed(changed, offer_id)


def decided(before: QuoteAggregate, steps: Sequence[Decided], at: datetime) -> Decisions:
    """The quote after verdicts on its lines, each of which was applied to the line as the one before left it."""
    made = tuple(step for step in steps if step.after is not step.before)
    if not made:
        return Decisions((), RuleResult(before, ()))
    return Decisions(made, rule_result(before, before.with_lines(step.after for step in made), at))


def reject_line(line: Line) -> Line:
    """An open line with all offers and recipients rejected."""
    return _closed(line.with_each_offer(_rejected_if_open), line.item.id)


def decision_of(lines: tuple[Line, ...]) -> DecisionStatus:
    """The decision status that follows from the lines (docs/domain.md#quote-decision). A quote without lines is decided
    as a whole."""
    if not lines:
        return DecisionStatus.PENDING
    decisions = {line.item.decision for line in lines}
    if LineDecision.UNDECIDED in decisions:
        return DecisionStatus.PENDING
    return DecisionStatus.APPROVED if decisions & FULFILLED else DecisionStatus.REJECTED


def check_decidable(quote: Quote, attempted: str, at: datetime) -> None:
    """Check that the quote is open and undecided, so that its lines can be priced, changed and decided.

    Raises: WrongStatus, Expired.
    """
    offer = state_of(quote, StatusField.OFFER_STATUS, at)
    if offer not in LIVE:
        raise refusal(quote, StatusField.OFFER_STATUS, offer, attempted)
    if quote.decision_status != DecisionStatus.PENDING:
        raise refusal(quote, StatusField.DECISION_STATUS, quote.decision_status, attempted)


def rule_result(before: QuoteAggregate, changed: QuoteAggregate, at: datetime) -> RuleResult:
    """The result of a change. The decision status follows from the lines until the quote is decided, and the quote
    status from the three statuses.

    Raises: PriceOptionRequired, if the lines would approve a quote without a selected price option.
    """
    head = changed.quote
    decision = decision_of(changed.lines) if head.decision_status == DECISION.start else head.decision_status
    fulfilment = head.fulfilment_status
    if (decision, fulfilment) == (DecisionStatus.APPROVED, FulfilmentStatus.IN_PROGRESS) and all_arrived(changed):
        # The last decision may come after the last device.
        fulfilment = FulfilmentStatus.DELIVERED
    stated = head._replace(decision_status=decision, fulfilment_status=fulfilment)
    moved = with_status(stated._replace(priced_at=_priced_since(stated, changed, at), updated_at=at))
    if head.decision_status == DECISION.start and decision == DecisionStatus.APPROVED:
        check_price_chosen(changed)
    after = totalled(options_closed(replace(changed, quote=moved)))
    return RuleResult(after, status_changes(before, after))


def all_arrived(quote: QuoteAggregate) -> bool:
    """Whether all recipients of accepted lines have their devices, except those without a delivery and those whose
    order was cancelled. A line that still awaits its recipients is waited for too."""
    accepted = _accepted_lines(quote)
    waiting = [
        it
        for line in accepted
        for it in line.recipients
        if it.destination != Destination.QUOTE_ONLY and it.status != RecipientStatus.CANCELLED
    ]
    arrived = bool(waiting) and all(it.status == RecipientStatus.DELIVERED for it in waiting)
    return arrived and not any(awaits_recipients(line) for line in accepted)


def nothing_to_deliver(quote: QuoteAggregate) -> bool:
    """Whether an approved quote has nothing that could be delivered: no recipients, and no line that awaits them, as
    with services or without lines."""
    accepted = _accepted_lines(quote)
    approved = quote.quote.decision_status == DecisionStatus.APPROVED
    return approved and not any(line.recipients or awaits_recipients(line) for line in accepted)


def awaits_recipients(line: Line) -> bool:
    """Whether a line cannot be ordered before it has recipients (docs/domain.md#lines-without-recipients)."""
    accepted = line.item.decision in FULFILLED
    return accepted and not line.recipients and line.item.product_type not in NOT_ORDERED


def _accepted_lines(quote: QuoteAggregate) -> list[Line]:
    return [line for line in quote.lines if line.item.decision in FULFILLED]


def _priced_since(head: Quote, quote: QuoteAggregate, at: datetime) -> datetime | None:
    """Since when every undecided line of an open quote has a price; None if one has none. It stays as it is when the
    quote is decided or closed (docs/domain.md#prices-ready)."""
    if head.decision_status != DECISION.start or state_of(head, StatusField.OFFER_STATUS, at) not in LIVE:
        return head.priced_at
    return (head.priced_at or at) if _all_priced(quote) else None


def _all_priced(quote: QuoteAggregate) -> bool:
    """Whether every undecided line has a price, so that the customer can decide. Without lines there is none to
    price."""
    undecided = (line for line in quote.lines if line.item.decision == LineDecision.UNDECIDED)
    return bool(quote.lines) and all(map(_has_price, undecided))


def _has_price(line: Line) -> bool:
    """Whether the item or, if it was rejected, an alternative has a price."""
    candidates = line.alternatives if line.item.status == OfferStatus.REJECTED else (line.item,)
    return any(offer.price is not None for offer in candidates if offer.status in OPEN)


def _result_of(quote: QuoteAggregate, line: Line, after: Line, at: datetime) -> RuleResult:
    return RuleResult(quote, ()) if after is line else rule_result(quote, quote.with_line(after), at)


def _closed_by(line: Line, offer_id: str, verdict: Verdict) -> bool:
    given = Verdict.ACCEPT if line.item.decision in FULFILLED else Verdict.REJECT
    return line.item.decision != LineDecision.UNDECIDED and (line.item.closing_offer_id, given) == (offer_id, verdict)


def _closed(line: Line, offer_id: str) -> Line:
    rejected = tuple(_with_status(recipient, RecipientStatus.REJECTED) for recipient in line.recipients)
    item = line.item._replace(decision=LineDecision.REJECTED, closing_offer_id=offer_id)
    return replace(line, item=item, recipients=rejected)


def check_open(line: Line, offer: Offer, attempted: OfferStatus | None) -> None:
    """Check that the line is undecided. Raises: LineClosed, naming the offer that was to become `attempted`, or to be
    removed."""
    decision = line.item.decision
    if decision != LineDecision.UNDECIDED:
        words = decision.replace("_", " ").lower()
        refused = cannot_become(offer.status, attempted) if attempted else f"{offer.status} and cannot be removed."
        message = f"This line is already decided: {words}. This offer is {refused}"
        raise LineClosed(message, offer.ref, offer.status, attempted)


def _offer(line: Line, offer_id: str) -> Offer:
    return next(offer for offer in line.offers if offer.id == offer_id)


def open_offer(quote: Quote, line: Line, offer_id: str, attempted: OfferStatus, at: datetime) -> Offer:
    """An offer that can become `attempted`. Raises: LineClosed, OfferDecided, WrongStatus, Expired."""
    offer = _offer(line, offer_id)
    check_open(line, offer, attempted)
    if offer.status not in OPEN:
        message = f"This offer is already decided: it is {cannot_become(offer.status, attempted)}"
        raise OfferDecided(message, offer.ref, offer.status, attempted)
    check_decidable(quote, attempted, at)
    return offer


def _price_to_agree(quote: Quote, offer: Offer, expected: Money | None) -> Money | None:
    if offer.price is None and expected is None and quote.accepted_option_id is not None:
        return None
    if offer.price is None:
        message = f"This offer has no price yet: it is {offer.status} and cannot become {OfferStatus.ACCEPTED}."
        raise NotPriced(message, offer.ref, offer.status, OfferStatus.ACCEPTED)
    if expected is not None and expected != offer.price:
        message = f"The price is now {render(offer.price)}, not {render(expected)}."
        raise PriceChanged(message, offer.ref, offer.status, OfferStatus.ACCEPTED)
    return offer.price


def _check_repeated(line: Line, offer: Offer, expected: Money | None, recipients: tuple[Recipient, ...] | None) -> None:
    """Check that a repeated acceptance matches the first one. Raises: PriceChanged, OtherRecipients."""
    agreement, subject = line.item.agreement, (offer.ref, offer.status, OfferStatus.ACCEPTED)
    if agreement is not None and expected not in (None, agreement.price):
        message = f"This line is already accepted at {render(agreement.price)}, not {render(expected)}."
        raise PriceChanged(message, *subject)
    if recipients is not None and [it.requested for it in recipients] != [it.requested for it in line.recipients]:
        message = "This line is already accepted for other recipients. To repeat it, leave out `recipients`."
        raise OtherRecipients(message, *subject)


def _accepted(offer: Offer) -> Offer:
    return offer._replace(status=OfferStatus.ACCEPTED)


def _rejected_if_open(offer: Offer) -> Offer:
    return offer._replace(status=OfferStatus.REJECTED) if offer.status in OPEN else offer


def _with_status(recipient: Recipient, status: RecipientStatus) -> Recipient:
    """The recipient with the status of its line, unless its device is already on its way."""
    return recipient._replace(status=status) if recipient.status == RecipientStatus.PENDING else recipient
