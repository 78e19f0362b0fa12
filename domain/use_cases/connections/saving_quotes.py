"""Saves the records of quotes, with their customers (docs/domain.md#incoming-quotes).

Nothing follows from what comes from a connected system but its events: no e-mail, no task, no vendor order.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.connections.incoming import incoming_quote
from domain.connections.incoming_lines import Surroundings
from domain.connections.incoming_times import status_times
from domain.connections.origins import Origin, PartKey
from domain.connections.records import ForeignQuote
from domain.connections.systems import System
from domain.connections.values import Values
from domain.history.field_changes import quote_changes
from domain.ports.unit_of_work import UnitOfWork
from domain.quotes.aggregate import QuoteAggregate, quote_status_changes, status_changes
from domain.shared.events import EventType, NewEvent
from domain.shared.parsers import NAME_LENGTH
from domain.use_cases.connections.creating import created_from, is_being_created
from domain.use_cases.connections.saved_parts import SavedRecord, origins_of
from domain.use_cases.connections.saving_customers import save_customer
from domain.use_cases.connections.settling import settle_by_record
from domain.use_cases.quotes.steps import MILESTONES


async def save_quotes(
    work: UnitOfWork,
    around: Surroundings,
    records: Sequence[ForeignQuote],
    known: Mapping[str, list[Origin]],
    asked_at: datetime,
) -> list[SavedRecord]:
    """Save quotes whose records have changed; `known` are the origins of their parts. One that is being created for us
    and does not have all of its lines yet is read when it has."""
    numbers = {it.external_id: _numbers(it, around) for it in records}
    tried = [number for numbers_of_one in numbers.values() for number in numbers_of_one]
    taken = dict(await work.quotes.numbered(around.connection.tenant_id, tried))
    saved, created = list[SavedRecord](), set[str]()
    for record in records:
        ids = {it.key: it.node_id for it in known.get(record.external_id, ())}
        quote_id = ids.get(PartKey("Quote", "", record.external_id))
        before = None if quote_id is None else await work.quotes.lock(quote_id)
        if before is None:
            # It is new, or was deleted here: the system still has it.
            ids = {}
            if await is_being_created(work, around, record):
                continue
            if (ours := await created_from(work, around, record)) is not None and ours[0].quote.id not in created:
                before, ids = ours
                created.add(before.quote.id)
        order_id = _free_number(numbers[record.external_id], taken, before, around)
        customer_id = await save_customer(work, around, record, asked_at)
        said = {it.node_id: it.metadata for it in known.get(record.external_id, ())}
        incoming = incoming_quote(record, before, ids, order_id, customer_id, around, said)
        after = incoming.quote
        taken[order_id] = after.quote.id
        # Before the saving of the quote would note that they were reached now.
        times = status_times(record, System(around.connection.system), before, after, incoming.ids)
        await work.quotes.note_times(after.quote.tenant_id, times)
        if before is None:
            await work.quotes.add(after)
        elif after != before:
            await work.quotes.save(before, after)
        _record_events(work, before, after, around)
        gone = [node_id for key, node_id in ids.items() if key not in incoming.ids]
        await work.origins.remove(around.connection.id, gone)
        if before is not None:
            parts = {node_id: key.external_id for key, node_id in incoming.ids.items()}
            await settle_by_record(work, around.connection, after.quote.id, record, parts, around.now)
        origins = origins_of(record, incoming.ids, around, asked_at, said)
        saved.append(SavedRecord(record.external_id, origins, incoming.flaws, before is None or after != before))
    return saved


def _numbers(record: ForeignQuote, around: Surroundings) -> tuple[str, ...]:
    """What the quote may be numbered as: as in its system, unless another quote of the company is."""
    plain = Values().line("number", record.number, NAME_LENGTH) or record.external_id[:NAME_LENGTH]
    name = around.connection.name
    return (plain, f"{plain} ({name})", f"{plain} ({name} {record.external_id})")


def _free_number(
    numbers: Sequence[str], taken: Mapping[str, str], before: QuoteAggregate | None, around: Surroundings
) -> str:
    own = None if before is None else before.quote.id
    return next((it for it in numbers if taken.get(it, own) == own), None) or f"{numbers[0]} ({around.new_id()})"


def _record_events(
    work: UnitOfWork, before: QuoteAggregate | None, after: QuoteAggregate, around: Surroundings
) -> None:
    """Record that a quote is new or has changed, and what it has reached."""
    head, actor, facts = after.quote, around.connection.actor, {"origin": True}

    def event(kind: EventType) -> NewEvent:
        return NewEvent(kind, head.tenant_id, head.ref, actor, around.now, facts=facts)

    if before is None:
        work.record(event(EventType.QUOTE_CREATED))
        return
    changes, fields = status_changes(before, after), quote_changes(before, after)
    if not changes and not fields:
        return
    cause = NewEvent(EventType.QUOTE_UPDATED, head.tenant_id, head.ref, actor, around.now, changes, dict(facts), fields)
    work.record(cause)
    reached = {(it.field, it.to_status) for it in quote_status_changes(before.quote, head)}
    for milestone, states in MILESTONES.items():
        if reached & states:
            work.record(NewEvent(milestone, head.tenant_id, head.ref, actor, around.now, facts=facts, cause=cause))
