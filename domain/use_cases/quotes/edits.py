"""Changes to quotes while they are on offer: what is noted of them, and their lines. One verb, one function."""

from dataclasses import replace

from domain.companies.custom_fields import ValueDraft
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.quotes.aggregate import QuoteAggregate, RuleResult
from domain.quotes.details import Details
from domain.quotes.drafts import ItemDraft, build_lines
from domain.quotes.edits import ItemChange, add_lines, change_line, check_editable, edit, remove_line
from domain.shared.access import Caller
from domain.shared.errors import Problems
from domain.shared.events import EventType
from domain.shared.limits import MOST_PARTS
from domain.use_cases.catalogue.device_selection import look_up
from domain.use_cases.companies.references import look_up_details
from domain.use_cases.quotes.steps import OfferRef, event_of, locked_offer, locked_quote, save


async def update_quote(deps: Dependencies, caller: Caller, quote_id: str, details: Details) -> Outcome:
    """Note other things of a quote (docs/domain.md#edit-quote); another end renews an expired one.

    Raises: InvalidInput, NotFound, NotEditable.
    """
    async with deps.unit_of_work(caller.tenant_scope, caller.key_id, caller.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        before, problems = await locked_quote(work, quote_id), Problems()
        known = await look_up_details(work, before.quote.tenant_id, details)
        rule_result = edit(before, details, problems, caller.actor, deps.now(), known)
        problems.raise_if_any()
        await _save(work, before, rule_result, EventType.QUOTE_UPDATED, caller, deps)
        outcome = Outcome(before.quote.id, changes=rule_result.changes)
        await work.commit(outcome)
        return outcome


async def fill_in(deps: Dependencies, customer: Caller, quote_id: str, values: tuple[ValueDraft, ...]) -> Outcome:
    """Note what a customer says to the custom fields that customers fill in (docs/domain.md#customer-fields).

    Raises: InvalidInput, NotFound, NotEditable.
    """
    async with deps.unit_of_work(customer.tenant_scope, customer.key_id, customer.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        before, problems = await locked_quote(work, quote_id), Problems()
        details: Details = {"custom_fields": values}
        known = await look_up_details(work, before.quote.tenant_id, details)
        theirs = {it.id: it for it in known.fields.values() if it.customer_edits}
        rule_result = edit(before, details, problems, customer.actor, deps.now(), replace(known, fields=theirs))
        problems.raise_if_any()
        await _save(work, before, rule_result, EventType.QUOTE_UPDATED, customer, deps)
        outcome = Outcome(quote_id, changes=rule_result.changes)
        await work.commit(outcome)
        return outcome


async def add_items(deps: Dependencies, caller: Caller, quote_id: str, items: tuple[ItemDraft, ...]) -> Outcome:
    """Put lines after those of a quote (docs/domain.md#edit-quote). Raises: InvalidInput, NotFound, NotEditable."""
    async with deps.unit_of_work(caller.tenant_scope, caller.key_id, caller.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        before, problems, now = await locked_quote(work, quote_id), Problems(), deps.now()
        check_editable(before.quote, now)
        chosen = await look_up(work, before.quote.tenant_id, (item.device for item in items[:MOST_PARTS]))
        dated = before.quote._replace(updated_at=now)
        lines = build_lines(dated, items, chosen, problems, deps.new_id, before.lines)
        rule_result = add_lines(before, lines, now)
        problems.raise_if_any()
        await _save(work, before, rule_result, EventType.QUOTE_ITEMS_ADDED, caller, deps)
        outcome = Outcome(before.quote.id, changes=rule_result.changes)
        await work.commit(outcome)
        return outcome


async def update_item(deps: Dependencies, caller: Caller, item: OfferRef, change: ItemChange) -> Outcome:
    """Change an undecided line (docs/domain.md#edit-quote).

    Raises: InvalidInput, NotFound, NotEditable, LineClosed, OfferDecided.
    """
    async with deps.unit_of_work(caller.tenant_scope, caller.key_id, caller.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        (before, item_id), problems = await locked_offer(work, item), Problems()
        rule_result = change_line(before, item_id, change, problems, deps.now(), deps.new_id)
        problems.raise_if_any()
        await _save(work, before, rule_result, EventType.QUOTE_ITEM_UPDATED, caller, deps)
        outcome = Outcome(before.quote.id, item_id, changes=rule_result.changes)
        await work.commit(outcome)
        return outcome


async def remove_item(deps: Dependencies, caller: Caller, item: OfferRef) -> Outcome:
    """Take an undecided line off a quote (docs/domain.md#edit-quote).

    Raises: InvalidInput, NotFound, NotEditable, LineClosed, LastItem.
    """
    async with deps.unit_of_work(caller.tenant_scope, caller.key_id, caller.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        before, item_id = await locked_offer(work, item)
        rule_result = remove_line(before, item_id, deps.now())
        await _save(work, before, rule_result, EventType.QUOTE_ITEM_REMOVED, caller, deps)
        outcome = Outcome(before.quote.id, changes=rule_result.changes)
        await work.commit(outcome)
        return outcome


async def _save(
    work: UnitOfWork,
    before: QuoteAggregate,
    rule_result: RuleResult,
    kind: EventType,
    caller: Caller,
    deps: Dependencies,
) -> None:
    """Save and record what was changed; what is as it was leaves no trace."""
    if rule_result.quote == before:
        return
    told = event_of(kind, before.quote, caller.actor, deps, rule_result.changes)
    await save(work, before, rule_result.quote, caller.actor, deps, told)
