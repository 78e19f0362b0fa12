"""Saves the records of kits (docs/domain.md#incoming-records), which only their system changes while it has them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.catalogue.kits import Kit, KitAggregate
from domain.connections.incoming_kits import incoming_kit
from domain.connections.incoming_lines import Surroundings
from domain.connections.origins import Origin, PartKey
from domain.connections.records import Flaw, ForeignKit
from domain.connections.systems import NAMES, System
from domain.connections.values import Values
from domain.history.field_changes import field_changes
from domain.ports.unit_of_work import UnitOfWork
from domain.shared.errors import ErrorCode, InvalidInput, Path, Problem
from domain.shared.events import EventType, FieldChange, NewEvent
from domain.shared.ids import RowId
from domain.use_cases.connections.saved_parts import SavedRecord, nothing_saved, origins_of
from domain.use_cases.connections.steps import open_connection


async def save_kits(
    work: UnitOfWork,
    around: Surroundings,
    records: Sequence[ForeignKit],
    known: Mapping[str, list[Origin]],
    asked_at: datetime,
) -> list[SavedRecord]:
    """Save kits. Their products are those of the catalogue that the records of products are; a kit without devices is
    left out."""
    connection = around.connection
    there = {device.product_id for it in records for device in it.devices if device.product_id is not None}
    found = await work.origins.of_records(connection.id, ("Product",), there)
    products = {it.external_id: it.node_id for it in found}
    ids = {record_id: of_record[0].node_id for record_id, of_record in known.items()}
    kits = await work.kits.of_tenant(connection.tenant_id, list(ids.values()))
    saved = []
    for record in records:
        before, values = kits.get(ids.get(record.external_id, "")), Values()
        if not record.devices:
            saved.append(nothing_saved(record.external_id, Flaw("devices", "", "The kit has no devices.")))
            continue
        after = incoming_kit(record, before, products, values, around)
        if before is None:
            await work.kits.add(after)
        elif after != before:
            await work.kits.save(before, after)
        _record(work, around, before, after)
        origins = origins_of(record, {PartKey("Kit", "", record.external_id): after.kit.id}, around, asked_at)
        if any(it.product_id and it.product_id not in products for it in record.devices):
            # It is looked at again each time, as its products may be known then.
            origins = [it._replace(fingerprint="") for it in origins]
        flaws = (*record.flaws, *values.flaws)
        saved.append(SavedRecord(record.external_id, origins, flaws, before != after))
    return saved


async def forget_origin(work: UnitOfWork, kit: Kit) -> None:
    """Forget where a kit that is deleted came from. If it is there again, it is a new one."""
    if (origin := await work.origins.of_node(RowId(kit.id))) is not None:
        await work.origins.remove(origin.connection_id, [kit.id])


async def note_changed_here(work: UnitOfWork, kit: Kit) -> None:
    """Have a kit that was changed here, because it was not there any more, be as its system says if it is there
    again."""
    if (origin := await work.origins.of_node(RowId(kit.id))) is not None:
        await work.origins.put([origin._replace(fingerprint="")])


async def refuse_foreign_kit(work: UnitOfWork, kit: Kit, path: Path) -> None:
    """Check that a kit can be changed here: that it is our own, or of a connection that has ended, or not there any
    more. Raises: InvalidInput."""
    origin = await work.origins.of_node(RowId(kit.id))
    if origin is None or origin.is_stale or await open_connection(work, origin.connection_id) is None:
        return
    system = System(origin.system)
    message = f"This kit comes from {NAMES[system]} ({system}), which has no call for this. Do it there."
    raise InvalidInput(Problem(ErrorCode.NOT_SUPPORTED_BY_ORIGIN, message, path))


def _record(work: UnitOfWork, around: Surroundings, before: KitAggregate | None, after: KitAggregate) -> None:
    """Record that a kit is new, or has changed."""
    if before == after:
        return
    kind, fields = EventType.KIT_CREATED, tuple[FieldChange, ...]()
    if before is not None:
        kind = EventType.KIT_UPDATED
        fields = field_changes([before.kit, *before.devices], [after.kit, *after.devices])
    kit, actor, facts = after.kit, around.connection.actor, {"origin": True}
    work.record(NewEvent(kind, kit.tenant_id, kit.ref, actor, around.now, (), facts, fields))
