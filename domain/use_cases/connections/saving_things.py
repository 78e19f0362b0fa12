"""Saves the records of devices, device actions, employees and products (docs/domain.md#incoming-records)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from domain.catalogue.snapshot import CatalogueKeys, product_key
from domain.connections.incoming_lines import Surroundings
from domain.connections.incoming_records import incoming_action, incoming_asset, incoming_employee
from domain.connections.origins import Origin, PartKey
from domain.connections.records import Flaw, ForeignAsset, ForeignDeviceAction, ForeignEmployee, ForeignProduct
from domain.connections.values import Values
from domain.history.field_changes import Part, field_changes
from domain.inventory.device_actions import ACTIVE, FIRST, DeviceAction
from domain.people.employees import EmployeeStatus
from domain.ports.unit_of_work import UnitOfWork
from domain.quotes.statuses import StatusTime
from domain.shared.events import EventType, NewEvent, StatusChange, status_change
from domain.use_cases.connections.created_actions import confirm_created, created_action
from domain.use_cases.connections.saved_parts import SavedRecord, claimed, nothing_saved, origins_of, taken_over

Known = Mapping[str, list[Origin]]


async def save_assets(
    work: UnitOfWork, around: Surroundings, records: Sequence[ForeignAsset], known: Known, asked_at: datetime
) -> list[SavedRecord]:
    """Save devices. One whose serial number is that of another device of the company is left out, unless that came from
    a connection that has ended."""
    saved = []
    for record in records:
        before = await work.assets.lock(_known_id(known, record.external_id))
        values = Values()
        after = incoming_asset(record, before, before.id if before else around.new_id(), values, around)
        if not after.serial_number:
            saved.append(nothing_saved(record.external_id, Flaw("serial_number", "", "It has no serial number.")))
            continue
        same = (await work.assets.lock_serials([after.serial_key])).get(after.serial_key)
        if same is not None and same.id != after.id:
            if before is not None or not await taken_over(work, same.id):
                reason = "Another device of the company has this serial number."
                saved.append(nothing_saved(record.external_id, Flaw("serial_number", record.serial_number, reason)))
                continue
            before, values = same, Values()
            after = incoming_asset(record, before, before.id, values, around)
        if before is None:
            await work.assets.add([after])
        elif after != before:
            await work.assets.save(before, after)
        changes = () if before is None else status_change(before, after)
        _record(work, around, (EventType.ASSET_ADDED, EventType.ASSET_UPDATED), before, after, changes)
        saved.append(_saved(record, "Asset", before, after, values, around, asked_at))
    return saved


async def save_actions(
    work: UnitOfWork, around: Surroundings, records: Sequence[ForeignDeviceAction], known: Known, asked_at: datetime
) -> list[SavedRecord]:
    """Save device actions. If another action of the company has its number, one keeps the number that it has here, or a
    new one gets its id beside it. One that is active is left out if its device has another active action."""
    taken = await work.device_actions.numbered(around.connection.tenant_id, [it.number for it in records])
    saved, created = list[SavedRecord](), set[str]()
    for record in records:
        action_id = _known_id(known, record.external_id)
        before = await work.device_actions.lock(action_id) if action_id else None
        ours = None if action_id else await created_action(work, around, record)
        if ours is not None and ours.id not in created:
            before = ours
            created.add(ours.id)
        values = Values()
        after = incoming_action(record, before, before.id if before else around.new_id(), values, around)
        if taken.get(after.action_id, after.id) != after.id:
            own = f"{record.number} ({after.id})" if before is None else before.action_id
            after = after._replace(action_id=own)
        active = (await work.device_actions.active([after.serial_key])).get(after.serial_key)
        if after.status in ACTIVE and active is not None and active.id != after.id:
            reason = f"The device has an active action: {active.action_id}."
            saved.append(nothing_saved(record.external_id, Flaw("status", str(record.status), reason)))
            continue
        # Before the adding or the event would note other times.
        await work.device_actions.note_times(after.tenant_id, _times(record, before, after))
        if before is None:
            await work.device_actions.add([after])
        elif after != before:
            await work.device_actions.save(after)
        if before is not None and before is ours:
            await confirm_created(work, before, around.now)
        changes = () if before is None else status_change(before, after)
        kinds = (EventType.DEVICE_ACTION_CREATED, EventType.DEVICE_ACTION_ADVANCED)
        _record(work, around, kinds, before, after, changes)
        saved.append(_saved(record, "DeviceAction", before, after, values, around, asked_at))
    return saved


async def save_employees(
    work: UnitOfWork, around: Surroundings, records: Sequence[ForeignEmployee], known: Known, asked_at: datetime
) -> list[SavedRecord]:
    """Save employees. Of one whom an HR system describes too, only the origin is noted."""
    saved, page, used = [], {it.external_id for it in records}, set[str]()
    for record in records:
        values, employee_id = Values(), _known_id(known, record.external_id)
        before = await work.employees.lock(employee_id) if employee_id else None
        after = incoming_employee(record, before, employee_id or around.new_id(), values, around)
        if after is None:
            saved.append(
                nothing_saved(record.external_id, *values.flaws, Flaw("email", "", "It has no e-mail address."))
            )
            continue
        [*same] = await work.employees.lock_known(after.tenant_id, "", [], [after.email_key])
        if same and same[0].id != after.id:
            its_id = same[0].id
            is_other = before is not None or its_id in used
            if is_other or await claimed(work, around, {its_id: record.external_id}, page):
                reason = "Another employee of the company has this e-mail address."
                saved.append(nothing_saved(record.external_id, Flaw("email", record.email, reason)))
                continue
            before = same[0]
            after = incoming_employee(record, before, its_id, Values(), around) or before
        used.add(after.id)
        if before is not None and before.hris_provider is not None:
            after = before
        if before is None:
            await work.employees.add(after)
        elif after != before:
            await work.employees.save(after)
            if (before.email_key, before.name) != (after.email_key, after.name):
                await work.employees.move_belongings(before, after)
        changes = () if before is None else status_change(before, after)
        joined = after.status == EmployeeStatus.ACTIVE
        left = EventType.EMPLOYEE_UPDATED if joined or not changes else EventType.EMPLOYEE_LEFT
        new = EventType.EMPLOYEE_JOINED if joined else EventType.EMPLOYEE_UPDATED
        _record(work, around, (new, new if changes and joined else left), before, after, changes)
        saved.append(_saved(record, "Employee", before, after, values, around, asked_at))
    return saved


async def save_products(
    work: UnitOfWork, around: Surroundings, records: Sequence[ForeignProduct], known: Known, asked_at: datetime
) -> list[SavedRecord]:
    """Note which products of the catalogue the records are. The catalogue serves every company, so that no system that
    one of them has connected changes it: a product that it lacks is left out."""
    names = [product_key(it.brand, it.model) for it in records]
    snapshot = await work.catalogue.snapshot(CatalogueKeys(names=names))
    found = [(it, snapshot.product_named(it.brand, it.model)) for it in records]
    wanted = {product.id: record.external_id for record, product in reversed(found) if product is not None}
    used = await claimed(work, around, wanted, {it.external_id for it in records})
    saved = []
    for record, product in found:
        if product is None or product.id in used:
            reason = "The catalogue has no such product." if product is None else "Another record is this product."
            title = f"{record.brand} {record.model}"
            saved.append(nothing_saved(record.external_id, Flaw("model", title, reason)))
            continue
        used.add(product.id)
        ids = {PartKey("Product", "", record.external_id): product.id}
        origins = origins_of(record, ids, around, asked_at)
        saved.append(SavedRecord(record.external_id, origins, record.flaws, record.external_id not in known))
    return saved


def _known_id(known: Known, record_id: str) -> str:
    """The id of the object of a record; empty if there is none."""
    return next((it.node_id for it in known.get(record_id, ())), "")


def _record(
    work: UnitOfWork,
    around: Surroundings,
    kinds: tuple[EventType, EventType],
    before: Any,
    after: Any,
    changes: tuple[StatusChange, ...],
) -> None:
    """Record that an object is new, or has changed."""
    if before == after:
        return
    parts: tuple[list[Part], list[Part]] = ([] if before is None else [before], [after])
    fields = () if before is None else field_changes(*parts)
    kind, actor = kinds[before is not None], around.connection.actor
    facts = {"origin": True}
    work.record(NewEvent(kind, after.tenant_id, after.ref, actor, around.now, changes, facts, fields))


def _times(record: ForeignDeviceAction, before: DeviceAction | None, after: DeviceAction) -> list[StatusTime]:
    """The times that the record says. A status that is new here and whose time it does not say was reached when the
    record was last changed, if it says that."""
    is_new = record.is_status_known and (after.status not in FIRST if before is None else after.status != before.status)
    reached = {str(after.status): record.updated_at} if is_new and record.updated_at is not None else {}
    return [StatusTime(after.id, status, at) for status, at in (reached | dict(record.times)).items()]


def _saved(
    record: ForeignAsset | ForeignDeviceAction | ForeignEmployee,
    node_type: str,
    before: Any,
    after: Any,
    values: Values,
    around: Surroundings,
    asked_at: datetime,
) -> SavedRecord:
    ids = {PartKey(node_type, "", record.external_id): after.id}
    origins = origins_of(record, ids, around, asked_at)
    return SavedRecord(record.external_id, origins, (*record.flaws, *values.flaws), before != after)
