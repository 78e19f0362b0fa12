"""Operators set the prices of a quote."""

from dataclasses import dataclass

from domain.connections.change_requests import price_request
from domain.connections.changes import OriginChangeType, not_supported
from domain.connections.systems import Capability
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.quotes.aggregate import QuoteAggregate, RuleResult
from domain.quotes.pricing import QuotePrices, price_offer, set_prices
from domain.quotes.totals import sums_of
from domain.shared.access import Caller
from domain.shared.errors import Problems
from domain.shared.events import EventType
from domain.shared.money import Money, MoneyDraft, parse_money
from domain.use_cases.connections.asking import ask
from domain.use_cases.connections.origins import is_foreign, supporting_origin
from domain.use_cases.connections.waiting import awaiting
from domain.use_cases.frame import use_case
from domain.use_cases.quotes.steps import (
    OfferCommand,
    QuoteCommand,
    event_of,
    locked_offer_of_any,
    locked_quote,
    outcome_of,
    save,
)


@dataclass(frozen=True, slots=True)
class PriceOffer(OfferCommand):
    """Set the price of an offer. With `wait`, the caller waits for the system that the quote comes from."""

    price: MoneyDraft
    wait: bool = False


@dataclass(frozen=True, slots=True)
class PriceQuote(QuoteCommand):
    """Set the prices, discounts, shipping and tax of a quote, all or none."""

    prices: QuotePrices


@awaiting
@use_case
async def price(work: UnitOfWork, deps: Dependencies, caller: Caller, command: PriceOffer) -> Outcome:
    """Set the price of an offer (docs/domain.md#price-offer).

    Raises: InvalidInput, NotFound, LineClosed, OfferDecided, NotSupportedByOrigin, ChangePending.
    """
    problems = Problems()
    amount = parse_money(command.price, problems, ("price",))
    problems.raise_if_any()
    assert amount is not None
    before, offer_id = await locked_offer_of_any(work, command.offer)
    line = before.line_of(offer_id)
    origin = await supporting_origin(work, before, Capability.EDIT) if is_foreign(before) else None
    if origin is not None and offer_id != line.item.id:
        raise not_supported(before.quote, origin, "where alternatives have no prices")
    rule_result = offer_priced(before, offer_id, amount, deps)
    if origin is not None:
        subjects = outcome_of(before, line, offer_id, rule_result).subjects
        request = price_request(offer_id, amount)
        return await ask(work, deps, caller, before, origin, OriginChangeType.EDIT, request, subjects)
    kind = EventType.QUOTE_ITEM_PRICED if offer_id == line.item.id else EventType.QUOTE_ALTERNATIVE_PRICED
    event = event_of(kind, before.quote, caller.actor, deps, rule_result.changes)
    await save(work, before, rule_result.quote, caller.actor, deps, event)
    return outcome_of(before, line, offer_id, rule_result)


@use_case
async def price_quote(work: UnitOfWork, deps: Dependencies, caller: Caller, command: PriceQuote) -> Outcome:
    """Set the prices, discounts, shipping and tax of a quote, all or none (docs/domain.md#price-offer).

    Raises: InvalidInput, NotFound, WrongStatus, Expired, PricesAgreed.
    """
    before = await locked_quote(work, command.quote_id)
    rule_result = set_prices(before, command.prices, deps.now())
    if rule_result.quote != before:
        priced = event_of(EventType.QUOTE_PRICED, before.quote, caller.actor, deps, rule_result.changes)
        await save(work, before, rule_result.quote, caller.actor, deps, priced)
    sums = sums_of(rule_result.quote) if command.dry_run else None
    return Outcome((before.quote.ref,), rule_result.changes, sums=sums)


def offer_priced(quote: QuoteAggregate, offer_id: str, amount: Money, deps: Dependencies) -> RuleResult:
    """The quote with a price set for an offer; a wrong currency is reported at its input field. Raises: as `price`."""
    problems = Problems()
    rule_result = problems.check(("price", "currencyCode"), price_offer, quote, offer_id, amount, deps.now())
    problems.raise_if_any()
    assert rule_result is not None
    return rule_result
