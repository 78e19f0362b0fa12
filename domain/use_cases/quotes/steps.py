"""Steps that the use cases of quotes share: they lock the quote of an input, and save and record its changes."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from domain.connections.systems import Capability
from domain.history.field_changes import line_changes, quote_changes
from domain.portal.printed_quote import document_of
from domain.portal.signatures import SignaturePurpose, given_for
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.quotes.aggregate import Decisions, Line, QuoteAggregate, RuleResult, quote_status_changes
from domain.quotes.rows import Quote
from domain.quotes.statuses import DecisionStatus, FulfilmentStatus, Verdict
from domain.shared.access import Actor
from domain.shared.errors import NodeRef, NotFound, Path
from domain.shared.events import EventType, FieldChange, NewEvent, StatusChange, StatusField
from domain.shared.ids import parse_reference, parse_typed_reference
from domain.shared.parsers import fold
from domain.use_cases.connections.origins import refuse_foreign
from domain.use_cases.frame import Command
from domain.use_cases.fulfilment.price_requests import OrdersOfLine, keep_price_requests, open_requests, place_orders

QUOTE: Path = ("quoteId",)

# Events that are recorded in addition when a status of the quote reaches one of these states.
MILESTONES: dict[EventType, set[tuple[StatusField, str]]] = {
    EventType.QUOTE_APPROVED: {(StatusField.DECISION_STATUS, DecisionStatus.APPROVED)},
    EventType.QUOTE_REJECTED: {
        (StatusField.DECISION_STATUS, DecisionStatus.REJECTED),
        (StatusField.DECISION_STATUS, DecisionStatus.DECLINED),
    },
    EventType.QUOTE_DELIVERED: {(StatusField.FULFILMENT_STATUS, FulfilmentStatus.DELIVERED)},
}


@dataclass(frozen=True, slots=True)
class OfferRef:
    """An offer as entered in the input field `path`: a global ID or a plain UUID.

    `types` are the allowed types. A plain UUID is looked up as an item first (docs/domain.md#ids).
    """

    given: str
    path: Path
    types: tuple[str, ...] = ("QuoteItem", "Alternative")


@dataclass(frozen=True, slots=True)
class OfferCommand(Command):
    """A command about an offer."""

    offer: OfferRef

    @property
    def subject(self) -> Path:
        return self.offer.path


@dataclass(frozen=True, slots=True)
class QuoteCommand(Command):
    """A command about a quote as a whole, identified by the input field `quoteId`."""

    quote_id: str

    @property
    def subject(self) -> Path:
        return QUOTE


async def locked_offer(work: UnitOfWork, offer: OfferRef) -> tuple[QuoteAggregate, str]:
    """The quote of an offer, locked, and the offer's id, if the quote is our own.

    Raises: InvalidInput, NotSupportedByOrigin, and NotFound, also for an offer of another tenant
    (docs/domain.md#tenancy).
    """
    quote, offer_id = await locked_offer_of_any(work, offer)
    await refuse_foreign(work, quote, Capability.EDIT)
    return quote, offer_id


async def locked_offer_of_any(work: UnitOfWork, offer: OfferRef) -> tuple[QuoteAggregate, str]:
    """As `locked_offer`, also of a quote that comes from a connected system."""
    type_name, offer_id = parse_typed_reference(offer.path, offer.given, *offer.types)
    types = (type_name,) if type_name else offer.types
    quote = await work.quotes.lock_of_item(offer_id) if "QuoteItem" in types else None
    if quote is None and "Alternative" in types:
        quote = await work.quotes.lock_of_alternative(offer_id)
    # The offer may have been removed while this unit of work waited for the lock.
    if quote is None or offer_id not in quote.lines_by_offer():
        raise NotFound("alternative" if types == ("Alternative",) else "quote item", offer.path)
    return quote, offer_id


async def locked_quote(
    work: UnitOfWork, given: str, path: Path = QUOTE, needs: Capability = Capability.EDIT
) -> QuoteAggregate:
    """The quote with the id from the input field `path`, locked, if it is our own. `needs` is what the system of any
    other would have to be able to do. Raises: InvalidInput, NotFound, NotSupportedByOrigin."""
    quote = await locked_quote_of_any(work, given, path)
    await refuse_foreign(work, quote, needs)
    return quote


async def locked_quote_of_any(work: UnitOfWork, given: str, path: Path = QUOTE) -> QuoteAggregate:
    """As `locked_quote`, also if it comes from a connected system."""
    quote = await work.quotes.lock(parse_reference(path, given, "Quote"))
    if quote is None:
        raise NotFound("quote", path)
    return quote


def outcome_of(quote: QuoteAggregate, line: Line, offer_id: str, rule_result: RuleResult) -> Outcome:
    """The outcome of an action on one offer."""
    subjects: tuple[NodeRef, ...] = (quote.quote.ref, line.item.ref)
    if offer_id != line.item.id:
        subjects = (*subjects, NodeRef("Alternative", offer_id))
    return Outcome(subjects, rule_result.changes)


async def apply_decisions(
    work: UnitOfWork, before: QuoteAggregate, decisions: Decisions, actor: Actor, deps: Dependencies
) -> QuoteAggregate:
    """Save the decisions on a quote, create vendor orders for accepted lines, and record one event for each decision.

    Returns the quote as saved. A quote without lines is approved by no decision on one: `QUOTE_APPROVED` says so.
    """
    if not decisions.steps:
        return await _approve_without_lines(work, before, decisions.rule_result, actor, deps)
    accepted = [it.after.item.id for it in decisions.steps if it.verdict == Verdict.ACCEPT]
    after, orders = await order_lines(work, before, decisions.rule_result.quote, accepted, actor, deps)
    lines_before, lines_after = ({line.item.id: line for line in it.lines} for it in (before, after))
    for step, changes in decisions.changes_by_step():
        item_id = step.after.item.id
        offer = next(it for it in step.after.offers if it.id == step.offer_id)
        part = "ITEM" if step.offer_id == item_id else "ALTERNATIVE"
        kind = EventType(f"QUOTE_{part}_{step.verdict}ED")
        accepts = step.verdict == Verdict.ACCEPT
        made = orders[item_id] if accepts else OrdersOfLine(step.after)
        facts: dict[str, object] = {"orders": made.orders, "followed": made.followed}
        if accepts and accepted:
            # The first acceptance lists all accepted items, so that one mutation causes one e-mail to each address.
            facts |= {"itemIds": accepted, **addresses(before.quote)}
            accepted = []
        fields = line_changes(lines_before[item_id], lines_after[item_id]) if accepts else ()
        event = replace(event_of(kind, before.quote, actor, deps, changes, facts, fields), subject=offer.ref)
        work.record(event)
    # The last decision is the one that changed the quote's status.
    await save(work, before, after, actor, deps, cause=event)
    return after


async def save(
    work: UnitOfWork,
    before: QuoteAggregate,
    after: QuoteAggregate,
    actor: Actor,
    deps: Dependencies,
    event: NewEvent | None = None,
    cause: NewEvent | None = None,
) -> None:
    """Save a changed quote, and record `event` and the milestones. A `cause` is an event that is already recorded."""
    record_change(work, before, await store(work, before, after, actor, deps), actor, deps, event, cause)


async def store(
    work: UnitOfWork, before: QuoteAggregate, after: QuoteAggregate, actor: Actor, deps: Dependencies
) -> QuoteAggregate:
    """Save a changed quote, and return it as saved.

    If the printed quote changes before the decision, earlier signatures no longer count. Price requests that no longer
    fit are cancelled.
    """
    after = await keep_price_requests(work, before, after, actor, deps)
    pending = after.quote.decision_status == DecisionStatus.PENDING
    if before.quote.signature_count and pending and not _prints_the_same(before, after):
        after = await unsigned(work, after)
    await work.quotes.save(before, after)
    return after


def record_change(
    work: UnitOfWork,
    before: QuoteAggregate,
    after: QuoteAggregate,
    actor: Actor,
    deps: Dependencies,
    event: NewEvent | None = None,
    cause: NewEvent | None = None,
) -> None:
    """Record `event` with the changed fields, and the milestones of a change."""
    if event is not None:
        cause = replace(event, field_changes=quote_changes(before, after))
        work.record(cause)
    _record_milestones(work, before, after, actor, deps, cause)


def record_prices(
    work: UnitOfWork, before: QuoteAggregate, priced: RuleResult, actor: Actor, deps: Dependencies
) -> None:
    """Record that new lines were priced when they were entered, if they were."""
    if priced.quote != before:
        event = event_of(EventType.QUOTE_PRICED, before.quote, actor, deps, priced.changes)
        record_change(work, before, priced.quote, actor, deps, event)


def _prints_the_same(before: QuoteAggregate, after: QuoteAggregate) -> bool:
    same_customer = before.quote.customer_id == after.quote.customer_id
    return same_customer and document_of(before, "") == document_of(after, "")


async def unsigned(work: UnitOfWork, quote: QuoteAggregate) -> QuoteAggregate:
    """The quote without its signatures: those on an earlier version are superseded, not deleted
    (docs/domain.md#signed-document)."""
    await work.signatures.supersede(given_for(SignaturePurpose.QUOTE, await work.signatures.of_quote(quote.quote.id)))
    return replace(quote, quote=quote.quote._replace(signature_count=0))


def _record_milestones(
    work: UnitOfWork,
    before: QuoteAggregate,
    after: QuoteAggregate,
    actor: Actor,
    deps: Dependencies,
    cause: NewEvent | None,
) -> None:
    """Record the milestones that a quote has reached: prices ready, decided, delivered (docs/domain.md#events).

    They contain no status changes: those are recorded with the cause.
    """
    head = after.quote
    reached = {(change.field, change.to_status) for change in quote_status_changes(before.quote, head)}
    ready = [EventType.QUOTE_PENDING] if head.priced_at and not before.quote.priced_at else []
    for milestone in (*ready, *(it for it, states in MILESTONES.items() if reached & states)):
        work.record(replace(event_of(milestone, head, actor, deps), cause=cause))


def event_of(
    kind: EventType,
    quote: Quote,
    actor: Actor,
    deps: Dependencies,
    changes: tuple[StatusChange, ...] = (),
    facts: dict[str, object] | None = None,
    fields: tuple[FieldChange, ...] = (),
) -> NewEvent:
    """A new event of a quote, at the current time."""
    return NewEvent(kind, quote.tenant_id, quote.ref, actor, deps.now(), changes, facts or {}, fields)


def addresses(quote: Quote, *more: str | None) -> dict[str, object]:
    """The facts with the e-mail addresses to notify: those of the quote and `more`, without duplicates."""
    unique: dict[str, str] = {}
    for address in filter(None, (quote.requester_email, *quote.notification_emails, *more)):
        unique.setdefault(fold(address), address)
    return {"addresses": list(unique.values())}


async def _approve_without_lines(
    work: UnitOfWork, before: QuoteAggregate, rule_result: RuleResult, actor: Actor, deps: Dependencies
) -> QuoteAggregate:
    """Save the approval of a quote without lines, if it was approved, and record it. Returns the quote as saved."""
    if not rule_result.changes:
        return before
    after = rule_result.quote
    await work.quotes.save(before, after)
    facts: dict[str, object] = {"itemIds": [], **addresses(before.quote)}
    fields = quote_changes(before, after)
    work.record(event_of(EventType.QUOTE_APPROVED, before.quote, actor, deps, rule_result.changes, facts, fields))
    return after


async def order_lines(
    work: UnitOfWork,
    before: QuoteAggregate,
    quote: QuoteAggregate,
    item_ids: Collection[str],
    actor: Actor,
    deps: Dependencies,
) -> tuple[QuoteAggregate, dict[str, OrdersOfLine]]:
    """Create the vendor orders of accepted lines (docs/domain.md#orders-of-a-line).

    Returns the quote with its recipients updated and, for each item, its orders.
    """
    lines = [line for line in quote.lines if line.item.id in item_ids]
    made = await place_orders(work, quote, lines, await open_requests(work, before), actor, deps)
    return quote.with_lines(it.line for it in made.values()), made
