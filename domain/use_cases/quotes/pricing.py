"""What operators do to the prices of a quote. One verb, one function, one unit of work."""

from dataclasses import replace

from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome
from domain.quotes.pricing import QuotePrices, set_prices
from domain.quotes.totals import sums_of
from domain.shared.access import Caller
from domain.shared.events import EventType
from domain.use_cases.quotes.steps import event_of, locked_quote, save


async def price_quote(
    deps: Dependencies, caller: Caller, quote_id: str, prices: QuotePrices, dry_run: bool = False
) -> Outcome:
    """Set prices, discounts, shipping and tax of a quote, all or nothing (docs/domain.md#price-offer).

    Raises: InvalidInput, NotFound, WrongStatus, Expired, PricesAgreed.
    """
    async with deps.unit_of_work(caller.tenant_scope, caller.key_id, caller.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        before = await locked_quote(work, quote_id)
        rule_result = set_prices(before, prices, deps.now())
        outcome = Outcome(before.quote.id, changes=rule_result.changes)
        if dry_run:
            return replace(outcome, sums=sums_of(rule_result.quote))
        if rule_result.quote != before:
            priced = event_of(EventType.QUOTE_PRICED, before.quote, caller.actor, deps, rule_result.changes)
            await save(work, before, rule_result.quote, caller.actor, deps, priced)
        await work.commit(outcome)
        return outcome
