"""Quotes: the rules by which their lines are priced and decided.

They are pure: they take an aggregate (`domain/quotes/aggregate.py`) and give back another. Making a
new quote from a customer's input is `domain/quotes/drafts.py`.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from domain.quotes.aggregate import Decided, Decisions, Line, QuoteAggregate, RuleResult, status_changes
from domain.quotes.lifecycle import refusal, state_of, summed_up
from domain.quotes.open_prices import check_price_chosen, options_closed
from domain.quotes.recipients import Recipient, SendTo
from domain.quotes.rows import Alternative, Offer, Quote, QuoteItem
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
from domain.shared.errors import Conflict, ErrorCode, Invalid
from domain.shared.events import StatusField
from domain.shared.money import Money, render
from domain.shared.wording import cannot_become


class LineClosed(Conflict):
    """The line was decided before, otherwise (docs/domain.md#repeated-decision)."""

    code = ErrorCode.ALREADY_DECIDED


class OfferDecided(Conflict):
    """The offer was rejected before, while its line is still open."""

    code = ErrorCode.ALREADY_DECIDED


class OtherRecipients(LineClosed):
    """The line was accepted before, for other recipients."""

    place = ("recipients",)


class NotPriced(Conflict):
    """Nobody can accept an offer that has no price yet (docs/domain.md#unpriced-offer)."""

    code = ErrorCode.NOT_PRICED


class PriceChanged(Conflict):
    """The price is no longer the one the caller saw."""

    code = ErrorCode.PRICE_CHANGED
    place = ("expectedPrice",)


class TotalChanged(PriceChanged):
    """The total is no longer the one the caller saw."""

    place = ("expectedTotal",)


def check_total(accepted: Quote, before: Quote, expected: Money | None) -> None:
    """A quote that was accepted as a whole costs what its caller saw. Raises: TotalChanged."""
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
    """Accept an offer: every other offer of its line is rejected and its recipients are approved.

    The same acceptance again changes nothing; at another price or for others it is another one
    (docs/domain.md#accept-item, #accept-alternative). The price option that was chosen stands for a price that the
    offer lacks.
    Raises: LineClosed, OtherRecipients, OfferDecided, WrongStatus, Expired, NotPriced, PriceChanged,
    PriceOptionRequired.
    """
    line = quote.line_of(offer_id)
    return _changed(quote, line, accept_on(quote.quote, line, offer_id, agreed_by, at, expected_price, recipients), at)


def accept_on(
    quote: Quote,
    line: Line,
    offer_id: str,
    agreed_by: Actor,
    at: datetime,
    expected_price: Money | None = None,
    recipients: tuple[Recipient, ...] | None = None,
) -> Line:
    """The line after an offer of it was accepted, as `accept` says; the same line where nothing changes."""
    if _closed_by(line, offer_id, Verdict.ACCEPT):
        _check_repeated(line, _offer(line, offer_id), expected_price, recipients)
        return line
    offer = open_offer(quote, line, offer_id, OfferStatus.ACCEPTED, at)
    price = _price_to_agree(quote, offer, expected_price)
    decision = LineDecision.ITEM_ACCEPTED if offer is line.item else LineDecision.ALTERNATIVE_ACCEPTED
    judged = _each_offer(line, lambda it: _accepted(it) if it.id == offer_id else _rejected_if_open(it))
    return replace(
        judged,
        item=judged.item._replace(
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
            _moved(recipient, RecipientStatus.APPROVED)
            for recipient in (line.recipients if recipients is None else recipients)
        ),
    )


def reject(quote: QuoteAggregate, offer_id: str, at: datetime) -> RuleResult:
    """Reject an offer. When no offer of the line is left open, the line and its recipients are rejected too.

    A repeated rejection changes nothing (docs/domain.md#reject-offer).
    Raises: LineClosed, WrongStatus, Expired, PriceOptionRequired.
    """
    line = quote.line_of(offer_id)
    return _changed(quote, line, reject_on(quote.quote, line, offer_id, at), at)


def reject_on(quote: Quote, line: Line, offer_id: str, at: datetime) -> Line:
    """The line after an offer of it was rejected, as `reject` says; the same line where nothing changes."""
    if _closed_by(line, offer_id, Verdict.REJECT):
        return line
    offer = _offer(line, offer_id)
    check_open(line, offer, OfferStatus.REJECTED)
    if offer.status == OfferStatus.REJECTED:
        return line
    check_decidable(quote, OfferStatus.REJECTED, at)
    judged = _each_offer(line, lambda it: _rejected_if_open(it) if it.id == offer_id else it)
    return judged if any(it.status in OPEN for it in judged.offers) else _closed(judged, offer_id)


def decided(before: QuoteAggregate, steps: Sequence[Decided], at: datetime) -> Decisions:
    """What verdicts on lines of a quote, each given on the line as the one before left it, make of the quote."""
    made = tuple(step for step in steps if step.after is not step.before)
    if not made:
        return Decisions((), RuleResult(before, ()))
    return Decisions(made, rule_result(before, before.with_lines(step.after for step in made), at))


def reject_line(line: Line) -> Line:
    """An open line with every offer and recipient rejected, as if its item had been the last."""
    return _closed(_each_offer(line, _rejected_if_open), line.item.id)


def price_offer(quote: QuoteAggregate, offer_id: str, price: Money, at: datetime) -> RuleResult:
    """Set or correct an offer's unit price, which sources it (docs/domain.md#price-offer). The first price of a quote
    that has no currency yet is its currency.

    Raises: LineClosed, OfferDecided, WrongStatus, Expired. Invalid, for a price in another currency.
    """
    line = quote.line_of(offer_id)
    priced = price_on(quote.quote, line, offer_id, price, at)
    head = quote.quote._replace(currency=price.currency)
    return rule_result(quote, replace(quote.with_line(priced), quote=head), at)


def price_on(quote: Quote, line: Line, offer_id: str, price: Money, at: datetime) -> Line:
    """The line with an offer of it priced, as `price_offer` says. Raises the same."""
    open_offer(quote, line, offer_id, OfferStatus.SOURCED, at)
    one_currency(quote, price.currency)
    return _each_offer(line, lambda it: _priced(it, price) if it.id == offer_id else it)


def unprice_on(quote: Quote, line: Line, offer_id: str, at: datetime) -> Line:
    """The line with an offer's price taken back: nobody can accept it before it has another.

    Raises: LineClosed, OfferDecided, WrongStatus, Expired.
    """
    open_offer(quote, line, offer_id, OfferStatus.PENDING, at)
    return _each_offer(line, lambda it: _unpriced(it) if it.id == offer_id else it)


def one_currency(quote: Quote, currency: str) -> str:
    """The currency of a quote that gets an amount in this one. Raises: Invalid, if it is another."""
    if quote.currency not in (None, currency):
        message = f"This quote is in {quote.currency}, not in {currency}. Send the amount in {quote.currency}."
        raise Invalid(ErrorCode.CURRENCY_MISMATCH, message)
    return currency


def propose(quote: QuoteAggregate, alternative: Alternative, at: datetime) -> RuleResult:
    """Offer an alternative on a line that is still open (docs/domain.md#alternatives).

    Raises: LineClosed, WrongStatus, Expired.
    """
    line = quote.line_of(alternative.item_id)
    check_open(line, line.item, OfferStatus.PENDING)
    check_decidable(quote.quote, OfferStatus.PENDING, at)
    proposed = replace(line, alternatives=(*line.alternatives, alternative))
    return rule_result(quote, quote.with_line(proposed), at)


def decision_of(lines: tuple[Line, ...]) -> DecisionStatus:
    """What the lines alone say to the quote (docs/domain.md#quote-decision)."""
    decisions = {line.item.decision for line in lines}
    if LineDecision.UNDECIDED in decisions:
        return DecisionStatus.PENDING
    return DecisionStatus.APPROVED if decisions & FULFILLED else DecisionStatus.REJECTED


def check_decidable(quote: Quote, attempted: str, at: datetime) -> None:
    """The quote is on offer and undecided, so that its lines can still be priced, changed and decided on.

    Raises: WrongStatus, Expired.
    """
    offer = state_of(quote, StatusField.OFFER_STATUS, at)
    if offer not in LIVE:
        raise refusal(quote, StatusField.OFFER_STATUS, offer, attempted)
    if quote.decision_status != DecisionStatus.PENDING:
        raise refusal(quote, StatusField.DECISION_STATUS, quote.decision_status, attempted)


def rule_result(before: QuoteAggregate, changed: QuoteAggregate, at: datetime) -> RuleResult:
    """What became of a quote: its decision follows from its lines until it is made, its status from all its states.

    Raises: PriceOptionRequired, when the lines would approve a quote of which no price was chosen.
    """
    head = changed.quote
    decision = decision_of(changed.lines) if head.decision_status == DECISION.start else head.decision_status
    ready = head.priced_at or (at if _all_priced(changed) else None)
    fulfilment = head.fulfilment_status
    if (decision, fulfilment) == (DecisionStatus.APPROVED, FulfilmentStatus.IN_PROGRESS) and all_arrived(changed):
        # The last decision may come after the last device.
        fulfilment = FulfilmentStatus.DELIVERED
    stated = head._replace(decision_status=decision, fulfilment_status=fulfilment)
    moved = summed_up(stated._replace(priced_at=ready, updated_at=at))
    if head.decision_status == DECISION.start and decision == DecisionStatus.APPROVED:
        check_price_chosen(changed)
    after = totalled(options_closed(replace(changed, quote=moved)))
    return RuleResult(after, status_changes(before, after))


def all_arrived(quote: QuoteAggregate) -> bool:
    """Whether everybody who is to get a device of an accepted line has it. For a price only nobody gets one, nor where
    the order was cancelled."""
    waiting = [
        it
        for line in quote.lines
        if line.item.decision in FULFILLED
        for it in line.recipients
        if it.destination != SendTo.QUOTE_ONLY and it.status != RecipientStatus.CANCELLED
    ]
    return bool(waiting) and all(it.status == RecipientStatus.DELIVERED for it in waiting)


def _all_priced(quote: QuoteAggregate) -> bool:
    """Whether the customer can decide: every undecided line has its price (docs/domain.md#prices-ready)."""
    undecided = [line for line in quote.lines if line.item.decision == LineDecision.UNDECIDED]
    return bool(undecided) and all(_has_price(line) for line in undecided)


def _has_price(line: Line) -> bool:
    """The item's price, or an alternative's where the item was rejected."""
    asked = line.alternatives if line.item.status == OfferStatus.REJECTED else (line.item,)
    return any(offer.price is not None for offer in asked if offer.status in OPEN)


def _changed(quote: QuoteAggregate, line: Line, after: Line, at: datetime) -> RuleResult:
    return RuleResult(quote, ()) if after is line else rule_result(quote, quote.with_line(after), at)


def _closed_by(line: Line, offer_id: str, verdict: Verdict) -> bool:
    said = Verdict.ACCEPT if line.item.decision in FULFILLED else Verdict.REJECT
    return line.item.decision != LineDecision.UNDECIDED and (line.item.closing_offer_id, said) == (offer_id, verdict)


def _closed(line: Line, offer_id: str) -> Line:
    rejected = tuple(_moved(recipient, RecipientStatus.REJECTED) for recipient in line.recipients)
    item = line.item._replace(decision=LineDecision.REJECTED, closing_offer_id=offer_id)
    return replace(line, item=item, recipients=rejected)


def check_open(line: Line, offer: Offer, attempted: str) -> None:
    """The line is undecided. Raises: LineClosed, about the offer that was to become `attempted`."""
    decision = line.item.decision
    if decision != LineDecision.UNDECIDED:
        words = decision.replace("_", " ").lower()
        message = f"This line was decided before: {words}. This offer of it is {cannot_become(offer.status, attempted)}"
        raise LineClosed(message, offer.ref, offer.status, attempted)


def _offer(line: Line, offer_id: str) -> Offer:
    return next(offer for offer in line.offers if offer.id == offer_id)


def open_offer(quote: Quote, line: Line, offer_id: str, attempted: OfferStatus, at: datetime) -> Offer:
    """An offer that can still become `attempted`. Raises: LineClosed, OfferDecided, WrongStatus, Expired."""
    offer = _offer(line, offer_id)
    check_open(line, offer, attempted)
    if offer.status not in OPEN:
        message = f"This offer was decided before: it is {cannot_become(offer.status, attempted)}"
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
    """An acceptance sent again asks for what was agreed. Raises: PriceChanged, OtherRecipients."""
    agreement, told = line.item.agreement, (offer.ref, offer.status, OfferStatus.ACCEPTED)
    if agreement is not None and expected not in (None, agreement.price):
        message = f"This line was accepted before, at {render(agreement.price)}, not {render(expected)}."
        raise PriceChanged(message, *told)
    if recipients is not None and [it.asked for it in recipients] != [it.asked for it in line.recipients]:
        message = "This line was accepted before, for other recipients. To repeat that, leave the recipients out."
        raise OtherRecipients(message, *told)


def _each_offer(line: Line, change: Callable[[Offer], Offer]) -> Line:
    item, *alternatives = (change(offer) for offer in line.offers)
    assert isinstance(item, QuoteItem)
    return replace(line, item=item, alternatives=tuple(it for it in alternatives if isinstance(it, Alternative)))


def _accepted(offer: Offer) -> Offer:
    return offer._replace(status=OfferStatus.ACCEPTED)


def _rejected_if_open(offer: Offer) -> Offer:
    return offer._replace(status=OfferStatus.REJECTED) if offer.status in OPEN else offer


def _priced(offer: Offer, price: Money) -> Offer:
    return offer._replace(status=OfferStatus.SOURCED, price_minor=price.minor, price_currency=price.currency)


def _unpriced(offer: Offer) -> Offer:
    return offer._replace(status=OfferStatus.PENDING, price_minor=None, price_currency=None)


def _moved(recipient: Recipient, status: RecipientStatus) -> Recipient:
    """A recipient follows its line, unless its device is already on the way."""
    return recipient._replace(status=status) if recipient.status == RecipientStatus.PENDING else recipient
