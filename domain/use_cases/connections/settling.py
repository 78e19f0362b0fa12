"""Settles changes that were asked of connected systems: by their answer, or by a record that is read of them."""

from collections.abc import Mapping
from datetime import datetime

from domain.connections.change_records import settled_by
from domain.connections.changes import OriginChange, OriginChangeStatus, Settlement, as_settled
from domain.connections.connections import Connection
from domain.connections.records import ForeignQuote
from domain.ports.unit_of_work import UnitOfWork
from domain.shared.errors import NodeRef
from domain.shared.events import EventType, FieldChange, NewEvent
from domain.shared.ids import global_id


async def settle(
    work: UnitOfWork, connection: Connection, change: OriginChange, settlement: Settlement, at: datetime
) -> None:
    """Save and record what became of a change, once. The quote is locked."""
    after = as_settled(change, settlement, at)
    if after == change:
        return
    await work.origin_changes.save(after)
    is_confirmed = after.status == OriginChangeStatus.CONFIRMED
    kind = EventType.QUOTE_CHANGE_CONFIRMED if is_confirmed else EventType.QUOTE_CHANGE_REFUSED
    quote = NodeRef("Quote", change.quote_id)
    settled = FieldChange(quote, "pendingChange", global_id("OriginChange", change.id), None)
    fields = (settled,) if is_confirmed else (settled, FieldChange(change.ref, "reason", None, after.reason))
    work.record(NewEvent(kind, change.tenant_id, quote, connection.actor, at, field_changes=fields, subject=change.ref))


async def settle_by_record(
    work: UnitOfWork,
    connection: Connection,
    quote_id: str,
    record: ForeignQuote | None,
    parts: Mapping[str, str],
    at: datetime,
) -> None:
    """Settle the pending change of a locked quote, if the record that was read of it says what became of it: what was
    decided there meanwhile wins. `parts` are the ids there, by ours."""
    change = await work.origin_changes.unsettled(quote_id)
    if change is not None and (settlement := settled_by(change, record, parts)) is not None:
        await settle(work, connection, change, settlement, at)
