"""Operators propose alternatives to the items of a quote."""

from dataclasses import dataclass, replace

from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.quotes.aggregate import QuoteAggregate, RuleResult, status_changes
from domain.quotes.alternatives import AlternativeDraft, build_alternative, check_alternatives, propose
from domain.shared.access import Caller
from domain.shared.errors import Problems
from domain.shared.events import EventType
from domain.shared.money import MoneyDraft, parse_money
from domain.use_cases.frame import use_case
from domain.use_cases.quotes.pricing import offer_priced
from domain.use_cases.quotes.steps import OfferCommand, event_of, locked_offer, save


@dataclass(frozen=True, slots=True)
class ProposeAlternative(OfferCommand):
    """Propose an alternative to an item, with or without a price."""

    draft: AlternativeDraft
    price: MoneyDraft | None = None


@use_case
async def propose_alternative(
    work: UnitOfWork, deps: Dependencies, caller: Caller, command: ProposeAlternative
) -> Outcome:
    """Propose an alternative to an item, with or without a price (docs/domain.md#alternatives).

    Raises: InvalidInput, NotFound, LineClosed.
    """
    before, item_id = await locked_offer(work, command.offer)
    line = before.line_of(item_id)
    problems, now = Problems(), deps.now()
    amount = parse_money(command.price, problems, ("price",)) if command.price else None
    check_alternatives(before.lines, problems)
    alternative = build_alternative(command.draft, line.item, len(line.alternatives), problems, now, deps.new_id())
    problems.raise_if_any()
    rule_result = propose(before, alternative, now)
    if amount is not None:
        rule_result = _with_changes_since(before, offer_priced(rule_result.quote, alternative.id, amount, deps))
    event = event_of(EventType.QUOTE_ALTERNATIVE_PROPOSED, before.quote, caller.actor, deps, rule_result.changes)
    await save(work, before, rule_result.quote, caller.actor, deps, event)
    return Outcome((before.quote.ref, line.item.ref, alternative.ref), rule_result.changes)


def _with_changes_since(before: QuoteAggregate, rule_result: RuleResult) -> RuleResult:
    return replace(rule_result, changes=status_changes(before, rule_result.quote))
