"""Decisions on several lines of a quote at once: all of them are made, or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.quotes.aggregate import Decided, Decisions, Line, QuoteAggregate
from domain.quotes.decisions import check_total, decided
from domain.quotes.drafts import RecipientDraft, check_recipients
from domain.quotes.statuses import Verdict
from domain.quotes.transitions import sign_approve
from domain.shared.access import Caller
from domain.shared.errors import Conflict, ConflictProblem, ErrorCode, Invalid, InvalidInput, Problem, Problems
from domain.shared.ids import parse_id
from domain.shared.limits import check_count
from domain.shared.money import MoneyDraft, parse_money
from domain.use_cases.frame import use_case
from domain.use_cases.quotes.offers import judge
from domain.use_cases.quotes.steps import QuoteCommand, apply_decisions, locked_quote


@dataclass(frozen=True, slots=True)
class OneDecision:
    """One of several decisions on the offers of a quote, the offer named by its id."""

    offer_id: str
    verdict: Verdict
    recipients: tuple[RecipientDraft, ...] | None = None
    expected_price: MoneyDraft | None = None


@dataclass(frozen=True, slots=True)
class DecideItems(QuoteCommand):
    """Accept and reject offers of one quote, in this order; all of it or, when one is refused, nothing."""

    decisions: Sequence[OneDecision]


@dataclass(frozen=True, slots=True)
class AcceptQuote(QuoteCommand):
    """Accept every line that is still open, perhaps for the total that was seen."""

    expected_total: MoneyDraft | None = None


@use_case
async def decide_items(work: UnitOfWork, deps: Dependencies, caller: Caller, command: DecideItems) -> Outcome:
    """Accept and reject offers of one quote, in this order; all of it or, when one is refused, nothing.

    Raises: InvalidInput with the place of each refused decision, NotFound.
    """
    before = await locked_quote(work, command.quote_id)
    made = _judge_all(before, command.decisions, caller, deps)
    await apply_decisions(work, before, made, caller.actor, deps)
    return Outcome((before.quote.ref,), made.rule_result.changes)


@use_case
async def accept_quote(work: UnitOfWork, deps: Dependencies, caller: Caller, command: AcceptQuote) -> Outcome:
    """Accept every line that is still open (docs/domain.md#accept-quote), for the total that was seen; all of them or
    none.

    Raises: InvalidInput with every refused line, NotFound, WrongStatus, Expired, TotalChanged, PriceOptionRequired.
    """
    problems = Problems()
    seen = command.expected_total
    expected = parse_money(seen, problems, ("expectedTotal",)) if seen else None
    problems.raise_if_any()
    before = await locked_quote(work, command.quote_id)
    made = sign_approve(before, caller.actor, deps.now())
    if made.steps:
        check_total(made.rule_result.quote.quote, before.quote, expected)
    await apply_decisions(work, before, made, caller.actor, deps)
    return Outcome((before.quote.ref,), made.rule_result.changes)


def _judge_all(
    before: QuoteAggregate, decisions: Sequence[OneDecision], caller: Caller, deps: Dependencies
) -> Decisions:
    now, problems, refused = deps.now(), Problems(), list[Problem | ConflictProblem]()
    check_count(tuple(decisions), problems, ("decisions",), "decision")
    problems.raise_if_any()
    made: list[Decided] = []
    lines = before.lines_by_offer()
    for index, said in enumerate(decisions):
        path = ("decisions", str(index))
        offer_id = problems.check((*path, "id"), _offer_of, said.offer_id, lines)
        if offer_id is None:
            continue
        try:
            made.append(judge(before.quote, lines[offer_id], offer_id, said, path, caller.actor, now, deps.new_id))
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
    """The id of an offer of this quote; an item or an alternative (docs/domain.md#ids). Raises: Invalid."""
    offer_id = parse_id(given, "QuoteItem", "Alternative")[1]
    if offer_id in lines:
        return offer_id
    raise Invalid(ErrorCode.UNKNOWN_REFERENCE, "This quote has no such item or alternative.")
