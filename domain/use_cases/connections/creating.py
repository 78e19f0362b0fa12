"""Asks connected systems to create quotes of ours (docs/domain.md#create-in-a-connected-system).

The quote is recorded as requested, and created by the job that sends changes (`sending.py`). The id of its change is
the reference by which it is found there, so that a creation whose answer was lost is not made twice.
"""

from collections.abc import Sequence
from dataclasses import replace

from domain.connections.changes import OriginChange, OriginChangeType, QuoteOrigin
from domain.connections.connections import Connection, check_connected
from domain.connections.creations import (
    CONNECTION,
    check_creatable,
    check_creates,
    ids_of_created,
    items_to_create,
    missing_items,
)
from domain.connections.incoming_lines import Surroundings
from domain.connections.origins import PartKey
from domain.connections.records import ForeignPerson, ForeignQuote
from domain.connections.systems import LINES_LATER, System
from domain.ports.connections import NewForeignQuote
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.quotes.aggregate import QuoteAggregate
from domain.shared.access import Caller
from domain.shared.errors import ErrorCode, Problems
from domain.shared.events import EventType
from domain.shared.ids import RowId
from domain.use_cases.connections.asking import ask
from domain.use_cases.quotes.steps import event_of


async def named_connection(
    work: UnitOfWork, tenant_id: int, connection_id: RowId, problems: Problems
) -> Connection | None:
    """The connection of a company with the id from the input field `connectionId`. Adds to `problems`."""
    connection = await work.connections.find(connection_id)
    if connection is not None and connection.tenant_id == tenant_id:
        return connection
    problems.add(CONNECTION, ErrorCode.UNKNOWN_REFERENCE, "The company has no connection with this id.")
    return None


async def ask_creation(
    work: UnitOfWork,
    deps: Dependencies,
    caller: Caller,
    quote: QuoteAggregate,
    connection: Connection,
    template_id: str | None,
    items: Sequence[int] | None = None,
    has_attachments: bool = False,
) -> Outcome:
    """Add a new quote that its connected system is asked to create. `items` are the numbers of the items of the input
    that its lines are made from. Raises: InvalidInput, Disconnected."""
    check_creates(connection)
    check_connected(connection)
    check_creatable(quote, connection, template_id, items, has_attachments)
    asked = replace(quote, quote=quote.quote._replace(connection_id=connection.id))
    await work.quotes.add(asked)
    # What follows from a new quote is the system's to do.
    work.record(event_of(EventType.QUOTE_CREATED, asked.quote, caller.actor, deps, facts={"origin": True}))
    origin = QuoteOrigin(connection, System(connection.system), "", None, {})
    return await ask(work, deps, caller, asked, origin, OriginChangeType.CREATE, {"templateId": template_id})


async def quote_to_create(work: UnitOfWork, quote: QuoteAggregate, change: OriginChange) -> NewForeignQuote:
    """What the system is sent for a quote that it was asked to create."""
    head = quote.quote
    return NewForeignQuote(
        reference=change.id,
        requester=ForeignPerson(head.requester_name, head.requester_email),
        items=items_to_create(quote, await _products_there(work, quote)),
        title=head.title,
        po_number=head.po_number,
        message=head.remarks,
        notification_emails=head.notification_emails,
        template=change.request["templateId"],
        notes=head.notes,
        public_notes=head.public_notes,
        tags=head.tags,
    )


async def _products_there(work: UnitOfWork, quote: QuoteAggregate) -> dict[str, str]:
    """The ids of the lines' products in the system, by ours. Products that do not come from it have none."""
    assert quote.quote.connection_id is not None
    ids = {line.item.product_id for line in quote.lines if line.item.product_id is not None}
    origins = await work.origins.there(quote.quote.connection_id, ids)
    return {id_: it.external_id for id_, it in origins.items()}


async def is_being_created(work: UnitOfWork, around: Surroundings, record: ForeignQuote) -> bool:
    """Whether a record is of a quote of ours that the system is still asked to create, and lacks lines that are added
    by a call of their own."""
    if record.reference is None or around.connection.system not in LINES_LATER:
        return False
    change = await work.origin_changes.find(record.reference)
    mine = (around.connection.id, OriginChangeType.CREATE)
    if change is None or change.is_settled or (change.connection_id, change.type) != mine:
        return False
    quote = await work.quotes.lock(change.quote_id)
    return quote is not None and bool(missing_items(items_to_create(quote, {}), record.items))


async def created_from(
    work: UnitOfWork, around: Surroundings, record: ForeignQuote
) -> tuple[QuoteAggregate, dict[PartKey, str]] | None:
    """Our quote that a new record was created from, locked, and the ids of the record's objects. None if the record has
    no reference of ours, or another record has the same one: it was copied there."""
    if record.reference is None:
        return None
    change = await work.origin_changes.find(record.reference)
    mine = (around.connection.id, OriginChangeType.CREATE)
    if change is None or (change.connection_id, change.type) != mine:
        return None
    quote = await work.quotes.lock(change.quote_id)
    if quote is None or await work.origins.of_node(RowId(change.quote_id)) is not None:
        return None
    return quote, ids_of_created(quote, record)
