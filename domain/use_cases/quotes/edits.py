"""Changes to the details and lines of open quotes."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from domain.companies.custom_fields import ValueDraft
from domain.connections.change_requests import EDITABLE, edit_request, quantity_request
from domain.connections.changes import OriginChangeType, QuoteOrigin, not_supported
from domain.connections.connections import check_connected
from domain.connections.systems import OURS, Capability
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.quotes.aggregate import QuoteAggregate, RuleResult, status_changes
from domain.quotes.details import DETAILS, Details
from domain.quotes.drafts import ItemDraft, build_lines
from domain.quotes.edits import (
    ItemChange,
    add_lines,
    change_line,
    check_editable,
    edit,
    give_recipients,
    is_first_recipients,
    remove_line,
)
from domain.quotes.new_prices import price_lines
from domain.shared.access import Caller, Scope
from domain.shared.errors import ConflictProblem, ErrorCode, InvalidInput, Problems
from domain.shared.events import EventType
from domain.shared.limits import MOST_PARTS
from domain.shared.parsers import camel
from domain.use_cases.catalogue.device_selection import look_up
from domain.use_cases.companies.references import look_up_details
from domain.use_cases.connections.asking import ask
from domain.use_cases.connections.origins import is_foreign, origin_of, supporting_origin
from domain.use_cases.connections.waiting import awaiting
from domain.use_cases.frame import use_case
from domain.use_cases.quotes.closings import withdraw_orders_of_item
from domain.use_cases.quotes.steps import (
    OfferCommand,
    QuoteCommand,
    event_of,
    locked_offer,
    locked_offer_of_any,
    locked_quote,
    locked_quote_of_any,
    order_lines,
    record_change,
    record_prices,
    save,
    store,
)


@dataclass(frozen=True, slots=True)
class UpdateQuote(QuoteCommand):
    """Change the details of a quote. With `wait`, the caller waits for the system that it comes from."""

    details: Details
    wait: bool = False


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
    """Change an open line. With `wait`, the caller waits for the system that the quote comes from."""

    change: ItemChange
    wait: bool = False


@dataclass(frozen=True, slots=True)
class RemoveItem(OfferCommand):
    """Remove an open line from a quote."""


@awaiting
@use_case
async def update_quote(work: UnitOfWork, deps: Dependencies, caller: Caller, command: UpdateQuote) -> Outcome:
    """Change the details of a quote (docs/domain.md#edit-quote). A new expiry renews an expired quote.

    Of a quote that comes from a connected system, what its system keeps is asked of it (docs/domain.md#changes).
    Raises: InvalidInput, NotFound, NotEditable, NotSupportedByOrigin, ChangePending.
    """
    before, problems = await locked_quote_of_any(work, command.quote_id), Problems()
    origin = await _editing_origin(work, before, command.details) if is_foreign(before) else None
    known = await look_up_details(work, before.quote.tenant_id, command.details)
    rule_result = edit(before, command.details, problems, caller.actor, deps.now(), known)
    problems.raise_if_any()
    if origin is not None:
        return await _update_foreign(work, deps, caller, before, origin, rule_result.quote, command)
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
    """Add lines to the end of a quote (docs/domain.md#edit-quote), with the prices that they were entered with.

    Raises: InvalidInput, NotFound, NotEditable.
    """
    before, problems, now = await locked_quote(work, command.quote_id), Problems(), deps.now()
    check_editable(before.quote, now)
    if not command.items:
        problems.add(("items",), ErrorCode.REQUIRED, "Send at least one item.")
    chosen = await look_up(work, before.quote.tenant_id, (item.device for item in command.items[:MOST_PARTS]))
    dated = before.quote._replace(updated_at=now)
    made = build_lines(dated, command.items, chosen, problems, deps.new_id, before.lines)
    added = add_lines(before, made.lines, now)
    may_price = Scope.QUOTES_MANAGE in caller.scopes
    priced = price_lines(added.quote, command.items, made, problems, now, may_price)
    problems.raise_if_any()
    await store(work, before, priced.quote, caller.actor, deps)
    event = event_of(EventType.QUOTE_ITEMS_ADDED, before.quote, caller.actor, deps, added.changes)
    record_change(work, before, added.quote, caller.actor, deps, event)
    record_prices(work, added.quote, priced, caller.actor, deps)
    return Outcome((before.quote.ref,), status_changes(before, priced.quote))


@awaiting
@use_case
async def update_item(work: UnitOfWork, deps: Dependencies, caller: Caller, command: UpdateItem) -> Outcome:
    """Change an open line (docs/domain.md#edit-quote), or order an accepted one that gets its recipients now.

    Raises: InvalidInput, NotFound, NotEditable, LineClosed, OfferDecided, NotSupportedByOrigin, ChangePending.
    """
    (before, item_id), problems = await locked_offer_of_any(work, command.offer), Problems()
    is_asked = is_foreign(before) and not _is_ours_everywhere(command.change)
    origin = await _line_editing_origin(work, before, command.change) if is_asked else None
    if is_first_recipients(before.line_of(item_id), command.change) and origin is None:
        return await _order_for_recipients(work, deps, caller, before, item_id, command.change)
    rule_result = change_line(before, item_id, command.change, problems, deps.now(), deps.new_id)
    problems.raise_if_any()
    if origin is not None:
        return await _update_foreign_item(work, deps, caller, before, origin, item_id, command.change)
    await _save(work, before, rule_result, EventType.QUOTE_ITEM_UPDATED, caller, deps)
    return Outcome((before.quote.ref, before.line_of(item_id).item.ref), rule_result.changes)


def _is_ours_everywhere(change: ItemChange) -> bool:
    """Whether a change of a line concerns no system that it comes from: only its external ID, which is ours."""
    return change.is_noted and change.metadata is None


async def _order_for_recipients(
    work: UnitOfWork, deps: Dependencies, caller: Caller, before: QuoteAggregate, item_id: str, change: ItemChange
) -> Outcome:
    """Give an accepted line its recipients and order it for them (docs/domain.md#lines-without-recipients)."""
    problems = Problems()
    drafts = change.recipients or ()
    rule_result = give_recipients(before, item_id, drafts, problems, deps.now(), deps.new_id)
    problems.raise_if_any()
    after, orders = await order_lines(work, before, rule_result.quote, {item_id}, caller.actor, deps)
    facts: dict[str, object] = {"orders": orders[item_id].orders}
    event = event_of(EventType.QUOTE_ITEM_UPDATED, before.quote, caller.actor, deps, rule_result.changes, facts)
    await save(work, before, after, caller.actor, deps, event)
    return Outcome((before.quote.ref, before.line_of(item_id).item.ref), rule_result.changes)


@use_case
async def remove_item(work: UnitOfWork, deps: Dependencies, caller: Caller, command: RemoveItem) -> Outcome:
    """Remove an open line from a quote (docs/domain.md#edit-quote). The vendor may not have price requests for it, or
    be about to get them with those of other lines.

    Raises: InvalidInput, NotFound, NotEditable, LineClosed, LastItem, AlreadyOrdered.
    """
    before, item_id = await locked_offer(work, command.offer)
    rule_result = remove_line(before, item_id, deps.now())
    await withdraw_orders_of_item(work, before.quote.id, item_id, deps)
    await _save(work, before, rule_result, EventType.QUOTE_ITEM_REMOVED, caller, deps)
    return Outcome((before.quote.ref,), rule_result.changes)


async def _editing_origin(work: UnitOfWork, quote: QuoteAggregate, details: Details) -> QuoteOrigin:
    """The origin of a quote of a connected system that can be asked to change these details; those that it does not
    have are ours. Raises: InvalidInput, with each field that it cannot be asked for."""
    origin = await origin_of(work, quote)
    known = {*_kept_there(origin), *OURS[origin.system]}
    names = [DETAILS[attribute][0] for attribute in details if attribute not in known]
    _refuse_fields(quote, origin, {name: f"which cannot be asked to change `{name}`" for name in names})
    return origin


def _refuse_fields(quote: QuoteAggregate, origin: QuoteOrigin, reasons: Mapping[str, str]) -> None:
    """Refuse each of these fields of the input. Raises: InvalidInput."""
    refused = [ConflictProblem(not_supported(quote.quote, origin, why), (name,)) for name, why in reasons.items()]
    if refused:
        raise InvalidInput(*refused)


def _kept_there(origin: QuoteOrigin) -> tuple[str, ...]:
    return EDITABLE if origin.can(Capability.EDIT) else ()


async def _line_editing_origin(work: UnitOfWork, quote: QuoteAggregate, change: ItemChange) -> QuoteOrigin:
    """The origin of a quote of a connected system that can be asked for a change of a line, which is another quantity.
    Raises: InvalidInput, NotSupportedByOrigin, Disconnected."""
    origin = await supporting_origin(work, quote, Capability.EDIT)
    others = [it.name for it in fields(change) if it.name != "quantity" and getattr(change, it.name) is not None]
    why = "which can be asked to change the quantity of a line only"
    _refuse_fields(quote, origin, {camel(name): why for name in others})
    return origin


async def _update_foreign(
    work: UnitOfWork,
    deps: Dependencies,
    caller: Caller,
    before: QuoteAggregate,
    origin: QuoteOrigin,
    edited: QuoteAggregate,
    command: UpdateQuote,
) -> Outcome:
    """Save what is ours of a quote that comes from a connected system, and ask the system for the rest. `edited` is the
    quote as it would be."""
    kept_there = _kept_there(origin)
    ours = {name: getattr(edited.quote, name) for name in command.details if name not in kept_there}
    theirs = {name: getattr(edited.quote, name) for name in command.details if name in kept_there}
    changed = before.quote._replace(**ours)
    if changed != before.quote:
        after = replace(before, quote=changed._replace(updated_at=deps.now()))
        event = event_of(EventType.QUOTE_UPDATED, before.quote, caller.actor, deps)
        await save(work, before, after, caller.actor, deps, event)
    differing = {name: it for name, it in theirs.items() if it != getattr(before.quote, name)}
    if not differing:
        return Outcome((before.quote.ref,))
    check_connected(origin.connection)
    return await ask(work, deps, caller, before, origin, OriginChangeType.EDIT, edit_request(differing))


async def _update_foreign_item(
    work: UnitOfWork,
    deps: Dependencies,
    caller: Caller,
    before: QuoteAggregate,
    origin: QuoteOrigin,
    item_id: str,
    change: ItemChange,
) -> Outcome:
    """Ask another quantity of the system that the quote comes from, which is all that it can change of a line."""
    item = before.line_of(item_id).item
    subjects = (before.quote.ref, item.ref)
    if change.quantity is None or change.quantity == item.quantity:
        return Outcome(subjects)
    request = quantity_request(item_id, change.quantity)
    return await ask(work, deps, caller, before, origin, OriginChangeType.EDIT, request, subjects)


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
