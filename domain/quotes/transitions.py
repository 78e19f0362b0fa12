"""Actions on a quote as a whole: sent, viewed, approved, declined, ended, fulfilled.

Each rule makes one transition (domain/quotes/lifecycle.py) with its effect on the lines, and returns every status
change. Repeating it changes nothing. All raise WrongStatus and Expired.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from domain.quotes.aggregate import Decided, Decisions, Line, QuoteAggregate, RuleResult, status_changes
from domain.quotes.decisions import NotPriced, accept_on, decided, nothing_to_deliver, reject_line, rule_result
from domain.quotes.lifecycle import apply_transition, is_over
from domain.quotes.price_option_required import awaits_choice, check_price_chosen, options_closed
from domain.quotes.state_machines import (
    APPROVE,
    CANCEL,
    COMPLETE,
    DECLINE,
    DELETE,
    DELIVER,
    EXPIRE,
    ORDER,
    PROGRESS,
    SEND,
    VIEW,
    VOID,
)
from domain.quotes.statuses import FULFILLED, OPEN, DecisionStatus, LineDecision, OfferStatus, Verdict
from domain.quotes.totals import left_with, offered, totalled
from domain.shared.access import SYSTEM, Actor
from domain.shared.errors import Conflict, ConflictProblem, ErrorCode, InvalidInput
from domain.shared.state_machine import Transition


class AlternativeRequired(Conflict):
    """The item of a line was rejected, and several alternatives are open: it is unclear which one to accept."""

    code = ErrorCode.ALTERNATIVE_REQUIRED


class SomethingAccepted(Conflict):
    """A quote with an accepted line can no longer be declined as a whole."""

    code = ErrorCode.ALREADY_DECIDED


def advance(quote: QuoteAggregate, step: Transition, actor: Actor, at: datetime) -> RuleResult:
    """The quote after one transition, with its lines unchanged."""
    moved = apply_transition(quote.quote, step, actor, at)
    if moved == quote.quote:
        return RuleResult(quote, ())
    after = replace(quote, quote=moved)
    return RuleResult(after, status_changes(quote, after))


def mark_sent(quote: QuoteAggregate, actor: Actor, at: datetime) -> RuleResult:
    """The quote was sent to its customer. Sending it again changes nothing."""
    return advance(quote, SEND, actor, at)


def mark_viewed(quote: QuoteAggregate, actor: Actor, at: datetime) -> RuleResult:
    """The customer viewed the quote."""
    return advance(quote, VIEW, actor, at)


def void(quote: QuoteAggregate, actor: Actor, at: datetime, reason: str | None = None) -> RuleResult:
    """The operator withdraws the quote. The use case has checked which vendor orders may be cancelled."""
    return _with_reason(advance(quote, VOID, actor, at), void_reason=reason)


def cancel(quote: QuoteAggregate, actor: Actor, at: datetime, reason: str | None = None) -> RuleResult:
    """The company no longer wants the quote. The use case has checked which vendor orders may be cancelled."""
    return _with_reason(advance(quote, CANCEL, actor, at), cancel_reason=reason)


def delete(quote: QuoteAggregate, actor: Actor, at: datetime) -> RuleResult:
    """Delete the quote; only its events remain."""
    return advance(quote, DELETE, actor, at)


def expire(quote: QuoteAggregate, at: datetime) -> RuleResult:
    """Expire the quote, if it is undecided and past its `expires_at`.

    If a line was accepted, open lines are rejected, which approves the quote. A quote with price options stays
    undecided, because none was selected; that is possible once it is renewed.
    """
    if not is_over(quote.quote, at):
        return RuleResult(quote, ())
    after = advance(quote, EXPIRE, SYSTEM, at).quote
    if any(line.item.decision in FULFILLED for line in quote.lines) and not awaits_choice(quote):
        after = replace(after, lines=tuple(_rejected(line) for line in after.lines))
    return rule_result(quote, after, at)


def decline(quote: QuoteAggregate, actor: Actor, at: datetime, reason: str | None = None) -> RuleResult:
    """The customer declines the quote: every line is rejected. Raises: SomethingAccepted as well."""
    declined = advance(quote, DECLINE, actor, at)
    if declined.quote is quote:
        return declined
    if any(line.item.decision in FULFILLED for line in quote.lines):
        head = quote.quote
        message = (
            f"A line of this quote was accepted, so it is {head.decision_status} and cannot become "
            f"{DecisionStatus.DECLINED}. Reject the lines that are still open."
        )
        raise SomethingAccepted(message, head.ref, head.decision_status, DecisionStatus.DECLINED)
    rejected = replace(declined.quote, lines=tuple(_rejected(line) for line in quote.lines))
    after = totalled(options_closed(rejected))
    return _with_reason(RuleResult(after, status_changes(quote, after)), decline_reason=reason)


def sign_approve(quote: QuoteAggregate, actor: Actor, at: datetime, chosen: Collection[str] = ()) -> Decisions:
    """Accept every open line as offered, or with the chosen alternative, which approves the quote: by a signature, a
    price option or an approval. Rejected lines stay rejected. A quote without lines is approved without steps.

    Repeating it changes nothing. Raises: WrongStatus, Expired, PriceOptionRequired, and InvalidInput with every line
    for which it is unclear what to accept, or at what price.
    """
    approved = apply_transition(quote.quote, APPROVE, actor, at)
    if approved is quote.quote:
        return Decisions((), RuleResult(quote, ()))
    check_price_chosen(quote)
    if not quote.lines:
        return Decisions((), rule_result(quote, replace(quote, quote=approved), at))
    steps: list[Decided] = []
    refused: list[ConflictProblem] = []
    for line in undecided(quote):
        left = left_with(line, chosen)
        offer_id = offered(left).id
        try:
            _check_acceptable(left, priced=quote.accepted_option is not None)
            accepted = accept_on(quote.quote, line, offer_id, actor, at)
        except Conflict as conflict:
            refused.append(ConflictProblem(conflict, ()))
        else:
            steps.append(Decided(offer_id, Verdict.ACCEPT, line, accepted))
    if refused:
        raise InvalidInput(*refused)
    return decided(quote, steps, at)


def ordered(quote: QuoteAggregate, actor: Actor, at: datetime) -> RuleResult:
    """The vendor has an order for an accepted line. Later statuses stay."""
    return advance(quote, ORDER, actor, at)


def in_progress(quote: QuoteAggregate, actor: Actor, at: datetime) -> RuleResult:
    """A device was shipped."""
    return advance(quote, PROGRESS, actor, at)


def delivered(quote: QuoteAggregate, actor: Actor, at: datetime) -> RuleResult:
    """Every device of every accepted line has arrived, as the caller has checked; all lines are decided."""
    return advance(quote, DELIVER, actor, at)


def completed(quote: QuoteAggregate, actor: Actor, at: datetime) -> RuleResult:
    """An operator closes the quote. Where nothing is to be delivered, it is delivered with that."""
    ready = advance(quote, DELIVER, actor, at).quote if nothing_to_deliver(quote) else quote
    after = advance(ready, COMPLETE, actor, at).quote
    return RuleResult(after, status_changes(quote, after))


def undecided(quote: QuoteAggregate) -> tuple[Line, ...]:
    """The lines without a decision."""
    return tuple(line for line in quote.lines if line.item.decision == LineDecision.UNDECIDED)


def _check_acceptable(line: Line, priced: bool) -> None:
    """Check that it is clear which offer of an undecided line to accept, and that it has a price unless `priced`.

    Raises: AlternativeRequired, NotPriced.
    """
    offer, named, goal = offered(line), f"Line {line.item.position + 1} ({line.item.title})", OfferStatus.ACCEPTED
    if offer.status not in OPEN:
        left = sum(it.status in OPEN for it in line.alternatives)
        message = (
            f"{named} is {offer.status} with {left} open alternatives, so it cannot become {goal}. "
            "Accept one of them with acceptAlternative, or reject the others with rejectAlternative."
        )
        raise AlternativeRequired(message, offer.ref, offer.status, goal)
    if offer.price is None and not priced:
        message = f"{named} has no price yet: it is {offer.status} and cannot become {goal}. Price it with priceQuote."
        raise NotPriced(message, offer.ref, offer.status, goal)


def _rejected(line: Line) -> Line:
    return reject_line(line) if line.item.decision == LineDecision.UNDECIDED else line


def _with_reason(made: RuleResult, **reason: Any) -> RuleResult:
    if not made.changes:
        return made
    return replace(made, quote=replace(made.quote, quote=made.quote.quote._replace(**reason)))
