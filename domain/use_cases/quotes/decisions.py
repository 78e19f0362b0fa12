"""Decisions on one line of a quote, or on several lines: all decisions are made, or none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.connections.change_requests import acceptance_request, check_recipients_taken, decisions_request
from domain.connections.changes import OriginChangeType, QuoteOrigin
from domain.connections.systems import Capability
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.quotes.aggregate import Decided, Decisions, Line, QuoteAggregate
from domain.quotes.decisions import accept_on, check_total, decided, reject_on
from domain.quotes.drafts import RecipientDraft, build_recipients, check_recipients
from domain.quotes.recipients import Recipient
from domain.quotes.rows import Quote
from domain.quotes.statuses import DecisionStatus, Verdict
from domain.quotes.transitions import sign_approve
from domain.shared.access import Actor, Caller
from domain.shared.errors import (
    Conflict,
    ConflictProblem,
    ErrorCode,
    Invalid,
    InvalidInput,
    NodeRef,
    Path,
    Problem,
    Problems,
)
from domain.shared.ids import parse_id
from domain.shared.limits import check_count
from domain.shared.money import MoneyDraft, parse_money
from domain.use_cases.connections.asking import ask
from domain.use_cases.connections.origins import is_foreign, line_deciding_origin, supporting_origin
from domain.use_cases.connections.waiting import awaiting
from domain.use_cases.frame import use_case
from domain.use_cases.quotes.steps import (
    OfferCommand,
    QuoteCommand,
    apply_decisions,
    locked_offer_of_any,
    locked_quote_of_any,
    outcome_of,
)


class DecisionInput(Protocol):
    """A verdict as entered, with the optional inputs of an acceptance."""

    @property
    def verdict(self) -> Verdict: ...

    @property
    def recipients(self) -> tuple[RecipientDraft, ...] | None: ...

    @property
    def expected_price(self) -> MoneyDraft | None: ...


@dataclass(frozen=True, slots=True)
class Decide(OfferCommand):
    """Accept or reject an offer. An acceptance can replace the recipients and contain the expected price. With `wait`,
    the caller waits for the system that the quote comes from."""

    verdict: Verdict
    recipients: tuple[RecipientDraft, ...] | None = None
    expected_price: MoneyDraft | None = None
    wait: bool = False


@awaiting
@use_case
async def decide(work: UnitOfWork, deps: Dependencies, caller: Caller, command: Decide) -> Outcome:
    """Accept or reject an offer, and update its line and quote (docs/domain.md#accept-item).

    If the quote comes from a connected system, the decision is asked of it instead (docs/domain.md#changes).
    Raises: InvalidInput, NotFound, LineClosed, OfferDecided, WrongStatus, Expired, NotPriced, PriceChanged,
    NotSupportedByOrigin, ChangePending.
    """
    before, offer_id = await locked_offer_of_any(work, command.offer)
    # What the system has no call for is told first: no step here would make it possible.
    origin = await line_deciding_origin(work, before) if is_foreign(before) else None
    line, now = before.line_of(offer_id), deps.now()
    step = decide_offer(before.quote, line, offer_id, command, (), caller.actor, now, deps.new_id)
    made = decided(before, [step], now)
    problems = Problems()
    check_recipients(before.lines, made.rule_result.quote.lines, problems, ("recipients",))
    if origin is not None:
        check_recipients_taken(command.recipients, origin.system, problems, ("recipients",))
    problems.raise_if_any()
    if origin is not None:
        subjects = outcome_of(before, line, offer_id, made.rule_result).subjects
        return await _ask(work, deps, caller, before, origin, made, subjects)
    await apply_decisions(work, before, made, caller.actor, deps)
    return outcome_of(before, line, offer_id, made.rule_result)


def decide_offer(
    quote: Quote,
    line: Line,
    offer_id: str,
    decision: DecisionInput,
    path: Path,
    actor: Actor,
    at: datetime,
    new_id: Callable[[], str],
) -> Decided:
    """The line after a verdict from the input field `path`. Raises: InvalidInput, and as `accept` and `reject`."""
    if decision.verdict == Verdict.REJECT:
        return Decided(offer_id, decision.verdict, line, reject_on(quote, line, offer_id, at))
    problems = Problems()
    item, price, drafts = line.item, decision.expected_price, decision.recipients
    expected = parse_money(price, problems, (*path, "expectedPrice")) if price else None
    where = (*path, "recipients")
    if drafts == ():
        problems.add(where, ErrorCode.REQUIRED, "Send at least one recipient.")
    recipients = None if drafts is None else build_recipients(drafts, item, problems, where, new_id)
    problems.raise_if_any()
    accepted = accept_on(quote, line, offer_id, actor, at, expected, recipients)
    return Decided(offer_id, decision.verdict, line, accepted)


@dataclass(frozen=True, slots=True)
class OneDecision:
    """One of several decisions on a quote: the verdict on the offer with the id `offer_id`."""

    offer_id: str
    verdict: Verdict
    recipients: tuple[RecipientDraft, ...] | None = None
    expected_price: MoneyDraft | None = None


@dataclass(frozen=True, slots=True)
class DecideItems(QuoteCommand):
    """Accept and reject offers of one quote, in the given order. If one decision is refused, none is made."""

    decisions: Sequence[OneDecision]
    wait: bool = False


@dataclass(frozen=True, slots=True)
class AcceptQuote(QuoteCommand):
    """Accept every open line of a quote, with an optional expected total."""

    expected_total: MoneyDraft | None = None
    wait: bool = False


@awaiting
@use_case
async def decide_items(work: UnitOfWork, deps: Dependencies, caller: Caller, command: DecideItems) -> Outcome:
    """Accept and reject offers of one quote, in the given order. If one decision is refused, none is made.

    Raises: InvalidInput with the path of each refused decision, NotFound, NotSupportedByOrigin, ChangePending.
    """
    before = await locked_quote_of_any(work, command.quote_id)
    origin = await line_deciding_origin(work, before) if is_foreign(before) else None
    made = _decide_all(before, command.decisions, caller, deps)
    if origin is not None:
        _check_taken(command.decisions, origin)
        return await _ask(work, deps, caller, before, origin, made)
    await apply_decisions(work, before, made, caller.actor, deps)
    return Outcome((before.quote.ref,), made.rule_result.changes)


@awaiting
@use_case
async def accept_quote(work: UnitOfWork, deps: Dependencies, caller: Caller, command: AcceptQuote) -> Outcome:
    """Accept every open line of a quote, or none (docs/domain.md#accept-quote).

    Raises: InvalidInput with every refused line, NotFound, WrongStatus, Expired, TotalChanged, PriceOptionRequired,
    NotSupportedByOrigin, ChangePending.
    """
    problems = Problems()
    seen = command.expected_total
    expected = parse_money(seen, problems, ("expectedTotal",)) if seen else None
    problems.raise_if_any()
    before = await locked_quote_of_any(work, command.quote_id)
    origin = await supporting_origin(work, before, Capability.DECIDE_QUOTE) if is_foreign(before) else None
    made = sign_approve(before, caller.actor, deps.now())
    if made.rule_result.changes:
        # The total of a connected quote is the one that its system says.
        after = before if origin is not None else made.rule_result.quote
        check_total(after.quote, before.quote, expected)
    if origin is not None:
        if before.quote.decision_status == DecisionStatus.APPROVED:
            return Outcome((before.quote.ref,))
        request = acceptance_request(origin, made)
        return await ask(work, deps, caller, before, origin, OriginChangeType.DECIDE, request)
    await apply_decisions(work, before, made, caller.actor, deps)
    return Outcome((before.quote.ref,), made.rule_result.changes)


def _check_taken(decisions: Sequence[OneDecision], origin: QuoteOrigin) -> None:
    problems = Problems()
    for index, it in enumerate(decisions):
        check_recipients_taken(it.recipients, origin.system, problems, ("decisions", str(index), "recipients"))
    problems.raise_if_any()


async def _ask(
    work: UnitOfWork,
    deps: Dependencies,
    caller: Caller,
    before: QuoteAggregate,
    origin: QuoteOrigin,
    made: Decisions,
    subjects: tuple[NodeRef, ...] = (),
) -> Outcome:
    """Ask decisions that our rules permit of the system that the quote comes from."""
    if not made.steps:
        return Outcome(subjects or (before.quote.ref,))
    replaced = {
        it.offer_id: it.after.recipients
        for it in made.steps
        if it.verdict == Verdict.ACCEPT and not _same_people(it.before.recipients, it.after.recipients)
    }
    request = decisions_request(made, replaced)
    return await ask(work, deps, caller, before, origin, OriginChangeType.DECIDE, request, subjects)


def _same_people(before: Sequence[Recipient], after: Sequence[Recipient]) -> bool:
    return [it.requested for it in before] == [it.requested for it in after]


def _decide_all(
    before: QuoteAggregate, decisions: Sequence[OneDecision], caller: Caller, deps: Dependencies
) -> Decisions:
    now, problems, refused = deps.now(), Problems(), list[Problem | ConflictProblem]()
    check_count(tuple(decisions), problems, ("decisions",), "decision")
    problems.raise_if_any()
    made: list[Decided] = []
    lines = before.lines_by_offer()
    for index, decision in enumerate(decisions):
        path = ("decisions", str(index))
        offer_id = problems.check((*path, "offerId"), _offer_of, decision.offer_id, lines)
        if offer_id is None:
            continue
        try:
            made.append(
                decide_offer(before.quote, lines[offer_id], offer_id, decision, path, caller.actor, now, deps.new_id)
            )
            lines.update((offer.id, made[-1].after) for offer in made[-1].after.offers)
        except Conflict as conflict:
            refused.append(ConflictProblem(conflict, path))
        except InvalidInput as invalid:
            refused.extend(invalid.problems)
    refused.extend(problems.found)
    if refused:
        raise InvalidInput(*refused)
    after = decided(before, made, now)
    check_recipients(before.lines, after.rule_result.quote.lines, problems, ("decisions",))
    problems.raise_if_any()
    return after


def _offer_of(given: str, lines: Mapping[str, Line]) -> str:
    """The id of an item or alternative of this quote (docs/domain.md#ids). Raises: Invalid."""
    offer_id = parse_id(given, "QuoteItem", "Alternative")[1]
    if offer_id in lines:
        return offer_id
    raise Invalid(ErrorCode.UNKNOWN_REFERENCE, "This quote has no such item or alternative.")
