"""How the records of devices, device actions and employees become objects of ours
(docs/domain.md#incoming-records)."""

from datetime import datetime
from typing import Any

from domain.connections.incoming_lines import Surroundings
from domain.connections.records import ForeignAsset, ForeignDeviceAction, ForeignEmployee, ForeignPerson
from domain.connections.values import UNKNOWN_COUNTRY, Values, rest_of
from domain.inventory.assets import Asset, AssetStatus, serial_key
from domain.inventory.device_actions import DeviceAction
from domain.people.employees import Employee, person_key
from domain.shared.parsers import NAME_LENGTH, PHONE_LENGTH


def incoming_asset(
    record: ForeignAsset, before: Asset | None, asset_id: str, values: Values, around: Surroundings
) -> Asset:
    """The asset of a record. The address of its holder, which the record does not say, stays known while the holder
    stays the same."""
    tenant_id, at = around.connection.tenant_id, record.updated_at or record.created_at or around.now
    currency = values.currency("currency", record.currency, around.connection.currency)
    minor = values.minor("price", record.price, currency)
    serial = values.line("serial_number", record.serial_number, NAME_LENGTH) or ""
    status = record.status if before is None or record.is_status_known else before.status
    in_use = status == AssetStatus.IN_USE
    holder = values.line("employee", record.employee_name, NAME_LENGTH) if in_use else None
    same = before is not None and holder is not None and before.employee_name == holder
    asset = Asset(
        id=asset_id,
        tenant_id=tenant_id,
        serial_number=serial,
        serial_key=serial_key(tenant_id, serial),
        status=status,
        device_type=record.device_type,
        country=values.country("country", record.country),
        description=values.line("description", record.description),
        employee_name=holder,
        employee_email=before.employee_email if same and before else None,
        employee_key=before.employee_key if same and before else None,
        condition=values.line("condition", record.condition, NAME_LENGTH),
        price_minor=minor,
        price_currency=None if minor is None else currency,
        purchase_source=values.line("purchase_source", record.purchase_source, NAME_LENGTH),
        purchase_order=values.line("purchase_order", record.purchase_order, NAME_LENGTH),
        assigned_date=record.assigned_date if in_use else None,
        completion_date=record.completion_date or (before.completion_date if before else None),
        recipient_id=None if before is None else before.recipient_id,
        created_at=before.created_at if before else record.created_at or at,
        updated_at=before.updated_at if before else at,
        place_name=None if before is None or holder else before.place_name,
        external_id=None if before is None else before.external_id,
        metadata=rest_of(record.metadata),
    )
    return asset if before is None or asset == before else asset._replace(updated_at=around.now)


def incoming_action(
    record: ForeignDeviceAction, before: DeviceAction | None, action_id: str, values: Values, around: Surroundings
) -> DeviceAction:
    """The device action of a record."""
    tenant_id = around.connection.tenant_id
    serial = values.line("serial_number", record.serial_number, NAME_LENGTH) or ""
    at: datetime = record.updated_at or record.created_at
    action = DeviceAction(
        id=action_id,
        tenant_id=tenant_id,
        action_id=values.line("number", record.number, NAME_LENGTH) or record.external_id,
        action_type=record.type,
        status=record.status if before is None or record.is_status_known else before.status,
        external=False if before is None else before.external,
        serial_number=serial,
        serial_key=serial_key(tenant_id, serial),
        model=values.line("model", record.model, NAME_LENGTH),
        device_type=record.device_type,
        country=values.country("country", record.country),
        **_person("current", record.current_user, values, tenant_id, required=True),
        **_person("new", record.new_recipient, values, tenant_id, required=False),
        wipe=record.wipe,
        wipe_completed=record.wipe_completed,
        tracking_code=values.line("tracking_code", record.tracking_code, NAME_LENGTH),
        tracking_link=values.url("tracking_link", record.tracking_link),
        notes=values.lines("notes", record.notes),
        notification_emails=() if before is None else before.notification_emails,
        batch_id=None if before is None else before.batch_id,
        requested_by=None if before is None else before.requested_by,
        created_at=before.created_at if before else record.created_at,
        updated_at=before.updated_at if before else at,
        override_reason=None if before is None else before.override_reason,
        connection_id=around.connection.id,
    )
    return action if before is None or action == before else action._replace(updated_at=around.now)


def _person(
    prefix: str, person: ForeignPerson | None, values: Values, tenant_id: int, required: bool
) -> dict[str, Any]:
    given = person or ForeignPerson()
    address = values.email(f"{prefix}.email", given.email)
    if person is None and not required:
        return dict.fromkeys(f"{prefix}_{it}" for it in ("name", "email", "country", "address", "phone", "key"))
    where = values.country(f"{prefix}.country", given.country)
    return {
        f"{prefix}_name": values.line(f"{prefix}.name", given.name, NAME_LENGTH) or address or "",
        f"{prefix}_email": address or ("" if required else None),
        f"{prefix}_country": None if where == UNKNOWN_COUNTRY else where,
        f"{prefix}_address": values.line(f"{prefix}.address", given.address),
        f"{prefix}_phone": values.line(f"{prefix}.phone_number", given.phone_number, PHONE_LENGTH),
        f"{prefix}_key": person_key(tenant_id, address) if address else ("" if required else None),
    }


def incoming_employee(
    record: ForeignEmployee, before: Employee | None, employee_id: str, values: Values, around: Surroundings
) -> Employee | None:
    """The employee of a record; None without an e-mail address, by which people are known."""
    address = values.email("email", record.email)
    if address is None:
        return None
    tenant_id = around.connection.tenant_id
    where = values.country("country", record.country)
    blank = Employee(employee_id, tenant_id, "", "", "", record.status, None, None, None, None, None, None, None)
    return (before or blank)._replace(
        name=values.line("name", record.name, NAME_LENGTH) or address,
        email=address,
        email_key=person_key(tenant_id, address),
        status=record.status if before is None or record.is_status_known else before.status,
        country=None if where == UNKNOWN_COUNTRY else where,
        department=values.line("department", record.department, NAME_LENGTH),
        job_title=values.line("job_title", record.job_title, NAME_LENGTH),
        hire_date=record.hire_date,
        termination_date=record.termination_date,
    )
