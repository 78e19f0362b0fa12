"""Prices of the vendor before anyone decides: they are requested, and what the vendor answers prices the line
(docs/domain.md#price-requests).

The requests are vendor orders, placed and followed by the jobs of these.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.connections.systems import Capability
from domain.fulfilment.margins import margin_of
from domain.fulfilment.order_batches import in_batches
from domain.fulfilment.price_requests import following_vendor, is_open, price_requests_for
from domain.fulfilment.vendor_orders import VendorAttention, VendorOrder, VendorOrderStatus
from domain.fulfilment.vendor_prices import priced_by_vendor
from domain.fulfilment.vendor_reports import flagged
from domain.history.field_changes import field_changes
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.quotes.aggregate import Line, QuoteAggregate
from domain.quotes.decisions import check_decidable, check_open
from domain.quotes.statuses import LineDecision, OfferStatus
from domain.shared.access import SYSTEM, Actor, ActorType, Caller
from domain.shared.errors import Conflict, ErrorCode, Invalid, NodeRef, NotFound, Path, Problems
from domain.shared.events import EventType, NewEvent
from domain.shared.ids import parse_id, parse_reference
from domain.shared.limits import check_count
from domain.use_cases.connections.origins import refuse_foreign
from domain.use_cases.frame import Command, use_case
from domain.use_cases.quotes.steps import QUOTE, event_of, locked_quote, save

TECSPAL = Actor(ActorType.SYSTEM, "tecspal", "Tecspal")
ITEMS: Path = ("itemIds",)


@dataclass(frozen=True, slots=True)
class RequestPrices(Command):
    """Request the vendor's prices for the named items of one quote, or for all open lines of a quote."""

    quote_id: str | None = None
    item_ids: tuple[str, ...] | None = None

    @property
    def subject(self) -> Path:
        return QUOTE if self.quote_id is not None else ITEMS


@use_case
async def request_vendor_prices(
    work: UnitOfWork, deps: Dependencies, caller: Caller, command: RequestPrices
) -> Outcome:
    """Request the vendor's prices before anyone decides. A line keeps its open requests; those that it lacks are added.
    For a named item, prices that were set by hand are replaced by those that the vendor has quoted
    (docs/domain.md#price-requests).

    Raises: InvalidInput with every refused item, NotFound, WrongStatus, Expired, NotSupportedByOrigin.
    """
    before, problems, now = await _locked(work, command), Problems(), deps.now()
    check_decidable(before.quote, OfferStatus.SOURCED, now)
    lines = _lines(before, command, problems)
    problems.raise_if_any()
    requests = [it for it in await work.vendor_orders.of_quote(before.quote.id) if is_open(it)]
    orders, linked, followed = list[VendorOrder](), list[Line](), list[VendorOrder]()
    for path, line in lines:
        mine = [it for it in requests if it.item_id == line.item.id]
        made, changed = price_requests_for(before.quote, line, now, deps.new_id, mine)
        problem = None if mine else _not_askable(made)
        if problem is None and (made or command.item_ids is not None):
            orders.extend(made)
            linked.append(following_vendor(changed))
            followed += [
                await _without_flag(work, deps, it, caller.actor) for it in mine if it.vendor_order_id is not None
            ]
        elif problem is not None and command.item_ids is not None:
            problems.add(path, ErrorCode.NOT_SUPPORTED, problem)
    asked = {it.item_id for it in requests}
    if command.quote_id is not None and not orders and not asked.intersection(it.item.id for _, it in lines):
        problems.add(QUOTE, ErrorCode.NOT_SUPPORTED, "The vendor can be asked for the price of no open line.")
    problems.raise_if_any()
    if linked:
        await work.vendor_orders.add(batched := in_batches(orders))
        await work.quotes.save(before, before.with_lines(linked))
        # The vendor's answers to earlier requests are read again, and price their lines again.
        facts: dict[str, object] = {"orders": batched, "followed": followed}
        work.record(event_of(EventType.QUOTE_PRICES_REQUESTED, before.quote, caller.actor, deps, (), facts))
    return Outcome((before.quote.ref,))


async def price_line(work: UnitOfWork, deps: Dependencies, request: VendorOrder, cause: NewEvent | None = None) -> None:
    """Price the line of a request that was answered or has ended, unless another one awaits its price. `request` is as
    it was saved, which `cause` is the event of (docs/domain.md#vendor-prices)."""
    quote = await work.quotes.lock(request.quote_id)
    assert quote is not None, "the quote is locked"
    orders = await work.vendor_orders.of_quote(request.quote_id)
    requests = [request if it.id == request.id else it for it in orders if it.item_id == request.item_id]
    margin = margin_of((await work.tenants.by_id(request.tenant_id)).vendor_margin)
    priced = priced_by_vendor(quote, request.item_id, requests, deps.now(), deps.new_id, margin)
    for order in (it for it in requests if is_open(it) and it.quoted_price is not None):
        if priced.refused is not None:
            await _flag(work, deps, order, priced.refused)
        elif priced.event == EventType.QUOTE_ITEM_PRICED:
            await _without_flag(work, deps, order, TECSPAL)
    if priced.quote != quote:
        event = None
        if priced.event is not None:
            event = replace(event_of(priced.event, quote.quote, TECSPAL, deps, priced.changes), cause=cause)
        await save(work, quote, priced.quote, TECSPAL, deps, event)


async def _flag(work: UnitOfWork, deps: Dependencies, order: VendorOrder, problem: str) -> None:
    """Let an operator look at a request whose price could not be taken over. Another flag stays: it is to be decided
    first."""
    if order.attention is None:
        after = flagged(order, VendorAttention.OTHER_CURRENCY, problem)
        await _save(work, deps, order, after, EventType.VENDOR_ORDER_FLAGGED, SYSTEM)


async def _without_flag(work: UnitOfWork, deps: Dependencies, order: VendorOrder, actor: Actor) -> VendorOrder:
    """The request, whose price can be taken over although it could not be before."""
    if order.attention != VendorAttention.OTHER_CURRENCY:
        return order
    after = order._replace(attention=None, problem=None)
    return await _save(work, deps, order, after, EventType.VENDOR_ORDER_UPDATED, actor)


async def _save(
    work: UnitOfWork, deps: Dependencies, before: VendorOrder, after: VendorOrder, kind: EventType, actor: Actor
) -> VendorOrder:
    saved, node = after._replace(updated_at=deps.now()), NodeRef("Quote", before.quote_id)
    await work.vendor_orders.save(saved)
    event = NewEvent(kind, before.tenant_id, node, actor, deps.now(), subject=before.ref)
    work.record(replace(event, field_changes=field_changes([before], [saved])))
    return saved


async def _locked(work: UnitOfWork, command: RequestPrices) -> QuoteAggregate:
    """The quote of the command, locked. Raises: InvalidInput, NotFound, NotSupportedByOrigin."""
    problems, first = Problems(), (*ITEMS, "0")
    if (command.quote_id is None) == (command.item_ids is None):
        problems.add(ITEMS, ErrorCode.REQUIRED, "Send either `itemIds` or `quoteId`.")
    if command.quote_id is not None:
        problems.check(QUOTE, parse_id, command.quote_id, "Quote")
    if command.item_ids is not None:
        check_count(command.item_ids, problems, ITEMS, "item")
    if command.item_ids:
        problems.check(first, parse_id, command.item_ids[0], "QuoteItem")
    problems.raise_if_any()
    if command.quote_id is not None:
        return await locked_quote(work, command.quote_id)
    assert command.item_ids is not None
    quote = await work.quotes.lock_of_item(parse_reference(first, command.item_ids[0], "QuoteItem"))
    if quote is None:
        raise NotFound("quote item", first)
    await refuse_foreign(work, quote, Capability.EDIT)
    return quote


def _lines(quote: QuoteAggregate, command: RequestPrices, problems: Problems) -> list[tuple[Path, Line]]:
    """The lines to ask for, each with the path of its input field."""
    if command.item_ids is None:
        return [(QUOTE, line) for line in quote.lines if line.item.decision == LineDecision.UNDECIDED]
    found: dict[str, tuple[Path, Line]] = {}
    for index, given in enumerate(command.item_ids):
        path = (*ITEMS, str(index))
        line = problems.check(path, _line_of, quote, given)
        if line is None:
            continue
        try:
            check_open(line, line.item, OfferStatus.SOURCED)
        except Conflict as conflict:
            problems.add_conflict(path, conflict)
        found.setdefault(line.item.id, (path, line))
    return list(found.values())


def _line_of(quote: QuoteAggregate, given: str) -> Line:
    item_id = parse_id(given, "QuoteItem")[1]
    line = next((it for it in quote.lines if it.item.id == item_id), None)
    if line is None:
        raise Invalid(ErrorCode.UNKNOWN_REFERENCE, "The quote of the first item has no item with this id.")
    return line


def _not_askable(orders: Sequence[VendorOrder]) -> str | None:
    """Why the vendor cannot be asked for the price of a line with these orders."""
    if not orders:
        return "No vendor is asked for this line: it has no recipients, or is neither a laptop nor a warranty."
    return next((it.problem for it in orders if it.status == VendorOrderStatus.NOT_ORDERABLE), None)
