"""Changes to the details and lines of open quotes."""

from dataclasses import dataclass, replace

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
from domain.use_cases.frame import use_case
from domain.use_cases.quotes.steps import OfferCommand, QuoteCommand, event_of, locked_offer, locked_quote, save


@dataclass(frozen=True, slots=True)
class UpdateQuote(QuoteCommand):
    """Change the details of a quote."""

    details: Details


@dataclass(frozen=True, slots=True)
class FillIn(QuoteCommand):
    """Set the custom fields that the customer fills in."""

    values: tuple[ValueDraft, ...]


@dataclass(frozen=True, slots=True)
class AddItems(QuoteCommand):
    """Add lines to the end of a quote."""

    items: tuple[ItemDraft, ...]


@dataclass(frozen=True, slots=True)
class UpdateItem(OfferCommand):
    """Change an open line."""

    change: ItemChange


@dataclass(frozen=True, slots=True)
class RemoveItem(OfferCommand):
    """Remove an open line from a quote."""


@use_case
async def update_quote(work: UnitOfWork, deps: Dependencies, caller: Caller, command: UpdateQuote) -> Outcome:
    """Change the details of a quote (docs/domain.md#edit-quote). A new expiry renews an expired quote.

    Raises: InvalidInput, NotFound, NotEditable.
    """
    before, problems = await locked_quote(work, command.quote_id), Problems()
    known = await look_up_details(work, before.quote.tenant_id, command.details)
    rule_result = edit(before, command.details, problems, caller.actor, deps.now(), known)
    problems.raise_if_any()
    await _save(work, before, rule_result, EventType.QUOTE_UPDATED, caller, deps)
    return Outcome((before.quote.ref,), rule_result.changes)


@use_case
async def fill_in(work: UnitOfWork, deps: Dependencies, customer: Caller, command: FillIn) -> Outcome:
    """Set the custom fields that the customer fills in (docs/domain.md#customer-fields).

    Raises: InvalidInput, NotFound, NotEditable.
    """
    before, problems = await locked_quote(work, command.quote_id), Problems()
    details: Details = {"custom_fields": command.values}
    known = await look_up_details(work, before.quote.tenant_id, details)
    editable = {it.id: it for it in known.fields.values() if it.customer_edits}
    rule_result = edit(before, details, problems, customer.actor, deps.now(), replace(known, fields=editable))
    problems.raise_if_any()
    await _save(work, before, rule_result, EventType.QUOTE_UPDATED, customer, deps)
    return Outcome((before.quote.ref,), rule_result.changes)


@use_case
async def add_items(work: UnitOfWork, deps: Dependencies, caller: Caller, command: AddItems) -> Outcome:
    """Add lines to the end of a quote (docs/domain.md#edit-quote). Raises: InvalidInput, NotFound, NotEditable."""
    before, problems, now = await locked_quote(work, command.quote_id), Problems(), deps.now()
    check_editable(before.quote, now)
    chosen = await look_up(work, before.quote.tenant_id, (item.device for item in command.items[:MOST_PARTS]))
    dated = before.quote._replace(updated_at=now)
    lines = build_lines(dated, command.items, chosen, problems, deps.new_id, before.lines)
    rule_result = add_lines(before, lines, now)
    problems.raise_if_any()
    await _save(work, before, rule_result, EventType.QUOTE_ITEMS_ADDED, caller, deps)
    return Outcome((before.quote.ref,), rule_result.changes)


@use_case
async def update_item(work: UnitOfWork, deps: Dependencies, caller: Caller, command: UpdateItem) -> Outcome:
    """Change an open line (docs/domain.md#edit-quote).

    Raises: InvalidInput, NotFound, NotEditable, LineClosed, OfferDecided.
    """
    (before, item_id), problems = await locked_offer(work, command.offer), Problems()
    rule_result = change_line(before, item_id, command.change, problems, deps.now(), deps.new_id)
    problems.raise_if_any()
    await _save(work, before, rule_result, EventType.QUOTE_ITEM_UPDATED, caller, deps)
    return Outcome((before.quote.ref, before.line_of(item_id).item.ref), rule_result.changes)


@use_case
async def remove_item(work: UnitOfWork, deps: Dependencies, caller: Caller, command: RemoveItem) -> Outcome:
    """Remove an open line from a quote (docs/domain.md#edit-quote).

    Raises: InvalidInput, NotFound, NotEditable, LineClosed, LastItem.
    """
    before, item_id = await locked_offer(work, command.offer)
    rule_result = remove_line(before, item_id, deps.now())
    await _save(work, before, rule_result, EventType.QUOTE_ITEM_REMOVED, caller, deps)
    return Outcome((before.quote.ref,), rule_result.changes)


async def _save(
    work: UnitOfWork,
    before: QuoteAggregate,
    rule_result: RuleResult,
    kind: EventType,
    caller: Caller,
    deps: Dependencies,
) -> None:
    """Save and record a change, if there is one."""
    if rule_result.quote == before:
        return
    event = event_of(kind, before.quote, caller.actor, deps, rule_result.changes)
    await save(work, before, rule_result.quote, caller.actor, deps, event)
