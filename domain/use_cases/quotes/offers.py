"""What people offer: quotes, prices and alternatives. One verb, one command, one function.

Decisions are in `decisions.py`, changes in `edits.py`, ends in `closings.py`.
"""

from dataclasses import dataclass, replace

from domain.history.field_changes import quote_changes
from domain.portal.public_keys import public_key
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.quotes.aggregate import QuoteAggregate, RuleResult, status_changes
from domain.quotes.alternatives import AlternativeDraft, build_alternative, check_alternatives, propose
from domain.quotes.drafts import QuoteDraft, all_details, build_quote
from domain.quotes.pricing import price_offer
from domain.shared.access import Caller, Environment
from domain.shared.errors import Problems
from domain.shared.events import EventType
from domain.shared.limits import MOST_PARTS
from domain.shared.money import Money, MoneyDraft, parse_money
from domain.use_cases.catalogue.device_selection import look_up
from domain.use_cases.companies.references import look_up_details
from domain.use_cases.companies.tenants import tenant_of
from domain.use_cases.frame import Command, use_case
from domain.use_cases.quotes.steps import OfferCommand, addresses, event_of, locked_offer, outcome_of, save


@dataclass(frozen=True, slots=True)
class CreateQuote(Command):
    """Ask for a quote. The platform names the company that it asks for."""

    draft: QuoteDraft
    company_id: str | None = None


@dataclass(frozen=True, slots=True)
class PriceOffer(OfferCommand):
    """Set the unit price of an offer."""

    price: MoneyDraft


@dataclass(frozen=True, slots=True)
class ProposeAlternative(OfferCommand):
    """Offer another device on the line of an item, priced or not yet."""

    draft: AlternativeDraft
    price: MoneyDraft | None = None


@use_case
async def create_quote(work: UnitOfWork, deps: Dependencies, caller: Caller, command: CreateQuote) -> Outcome:
    """Ask for a quote (docs/domain.md#create-quote). Raises: InvalidInput."""
    draft = command.draft
    tenant_id = await tenant_of(work, caller, command.company_id)
    tenant = await work.tenants.by_id(tenant_id)
    known = await look_up_details(work, tenant_id, all_details(draft), tenant.time_zone)
    chosen = await look_up(work, tenant_id, (it.device for it in draft.items[:MOST_PARTS]), known)
    now = deps.now()
    order_id = await work.tenants.next_order_id(tenant_id, now)
    sandbox = caller.environment == Environment.TEST
    quote = build_quote(draft, chosen, tenant_id, order_id, now, deps.new_id, sandbox, tenant.tax_rounding)
    await work.quotes.add(quote)
    await work.public_keys.add(public_key(quote.quote, deps.new_id(), now))
    work.record(event_of(EventType.QUOTE_CREATED, quote.quote, caller.actor, deps, facts=addresses(quote.quote)))
    return Outcome((quote.quote.ref,))


@use_case
async def price(work: UnitOfWork, deps: Dependencies, caller: Caller, command: PriceOffer) -> Outcome:
    """Set the unit price of an offer (docs/domain.md#price-offer).

    Raises: InvalidInput, NotFound, LineClosed, OfferDecided.
    """
    problems = Problems()
    amount = parse_money(command.price, problems, ("price",))
    problems.raise_if_any()
    assert amount is not None
    before, offer_id = await locked_offer(work, command.offer)
    rule_result = _priced(before, offer_id, amount, deps)
    line = rule_result.quote.line_of(offer_id)
    kind = EventType.QUOTE_ITEM_PRICED if offer_id == line.item.id else EventType.QUOTE_ALTERNATIVE_PRICED
    told = event_of(kind, before.quote, caller.actor, deps, rule_result.changes)
    await save(work, before, rule_result.quote, caller.actor, deps, told)
    return outcome_of(before, line, offer_id, rule_result)


@use_case
async def propose_alternative(
    work: UnitOfWork, deps: Dependencies, caller: Caller, command: ProposeAlternative
) -> Outcome:
    """Offer another device on a line, priced or not yet (docs/domain.md#alternatives).

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
        rule_result = _since(before, _priced(rule_result.quote, alternative.id, amount, deps))
    await work.quotes.save(before, rule_result.quote)
    kind = EventType.QUOTE_ALTERNATIVE_PROPOSED
    fields = quote_changes(before, rule_result.quote)
    work.record(event_of(kind, before.quote, caller.actor, deps, rule_result.changes, fields=fields))
    return Outcome((before.quote.ref, line.item.ref, alternative.ref), rule_result.changes)


def _priced(quote: QuoteAggregate, offer_id: str, amount: Money, deps: Dependencies) -> RuleResult:
    problems = Problems()
    rule_result = problems.check(("price", "currencyCode"), price_offer, quote, offer_id, amount, deps.now())
    problems.raise_if_any()
    assert rule_result is not None
    return rule_result


def _since(before: QuoteAggregate, rule_result: RuleResult) -> RuleResult:
    return replace(rule_result, changes=status_changes(before, rule_result.quote))
