"""Assets, device actions, employees, products and kits of quipteams as records: what each of their fields becomes."""

from typing import Any

from adapters.connections.fields import Fields, Unusable, quantity_of, read_record
from adapters.connections.quipteams.words import (
    ACTION_STATUS,
    ACTION_TIMES,
    ACTION_TYPE,
    ASSET,
    EMPLOYEE,
    OTHER_TYPE,
    PRODUCT_TYPE,
)
from adapters.connections.references import reference_in
from domain.catalogue.products import Specification
from domain.connections.records import (
    ForeignAsset,
    ForeignConfiguration,
    ForeignDeviceAction,
    ForeignEmployee,
    ForeignKit,
    ForeignKitDevice,
    ForeignPerson,
    ForeignProduct,
    Unread,
)
from domain.inventory.assets import AssetStatus
from domain.inventory.device_actions import DeviceActionStatus
from domain.people.employees import EmployeeStatus


def asset_of(value: Any) -> ForeignAsset | Unread:
    """An asset as it was received."""
    return read_record(_asset, value, "serial_number", "id")


def device_action_of(value: Any) -> ForeignDeviceAction | Unread:
    """A device action as it was received."""
    return read_record(_device_action, value, "id", "action_id")


def employee_of(value: Any) -> ForeignEmployee | Unread:
    """An employee as it was received."""
    return read_record(_employee, value, "id", "email")


def product_of(value: Any) -> ForeignProduct | Unread:
    """A product as it was received."""
    return read_record(_product, value, "id")


def kit_of(value: Any) -> ForeignKit | Unread:
    """A kit as it was received, with its devices."""
    return read_record(_kit, value, "id")


def _asset(fields: Fields) -> ForeignAsset:
    serial_number = fields.needed("serial_number")
    employee, status = fields.text("employee"), fields.word("status", ASSET)
    country = fields.text("country")
    if country is None:
        fields.flaw("country", "A device has no country.")
    return ForeignAsset(
        external_id=serial_number,
        serial_number=serial_number,
        status=status or (AssetStatus.IN_USE if employee else AssetStatus.IN_STORAGE),
        is_status_known=status is not None or fields.value("status") is None,
        country=country or "",
        device_type=fields.word("device_type", PRODUCT_TYPE),
        description=fields.text("description"),
        employee_name=employee,
        condition=fields.text("condition"),
        # Called `cost` when a device is added.
        price=fields.amount("price" if "price" in fields else "cost"),
        currency=fields.text("price_currency"),
        purchase_source=fields.text("purchase_source"),
        purchase_order=fields.text("purchase_order"),
        assigned_date=fields.day("assigned_date"),
        completion_date=fields.time("completion_date"),
        created_at=fields.time("created_at"),
        updated_at=fields.time("updated_at"),
        metadata=fields.rest(),
        flaws=tuple(fields.flaws),
    )


def _device_action(fields: Fields) -> ForeignDeviceAction:
    id_ = fields.needed("id")
    type_ = fields.word("action_type", ACTION_TYPE)
    created_at = fields.time("created_at") or fields.time("updated_at")
    device, notes, status = fields.part("device"), fields.text("notes"), fields.word("status", ACTION_STATUS)
    if type_ is None:
        raise Unusable("action_type is missing or not known.")
    if created_at is None:
        raise Unusable("created_at is missing or cannot be read.")
    return ForeignDeviceAction(
        external_id=id_,
        number=fields.text("action_id") or id_,
        type=type_,
        status=status or DeviceActionStatus.IN_PROGRESS,
        is_status_known=status is not None,
        serial_number=device.needed("serial_number"),
        created_at=created_at,
        model=device.text("model"),
        device_type=device.word("type", PRODUCT_TYPE),
        country=device.text("country"),
        current_user=_person(fields, "current_user"),
        new_recipient=_person(fields, "new_recipient"),
        wipe=fields.flag("wipe") or False,
        wipe_completed=fields.flag("wipe_completed") or False,
        tracking_code=fields.text("tracking_code"),
        tracking_link=fields.text("tracking_link"),
        notes=notes,
        times=fields.times("status_timestamps", ACTION_TIMES),
        updated_at=fields.time("updated_at"),
        metadata={**{f"device.{name}": it for name, it in device.rest().items()}, **fields.rest()},
        flaws=tuple(fields.flaws),
        reference=reference_in(notes),
    )


def _person(fields: Fields, name: str) -> ForeignPerson | None:
    if fields.value(name) is None:
        return None
    person = fields.part(name)
    return ForeignPerson(
        name=person.text("name"),
        email=person.text("email"),
        phone_number=person.text("phone"),
        address=person.text("address"),
        country=person.text("country"),
    )


def _employee(fields: Fields) -> ForeignEmployee:
    id_, email, name = fields.needed("id"), fields.needed("email"), fields.text("name")
    if name is None:
        fields.flaw("name", "An employee has no name.")
    further, status = fields.part("metadata"), fields.word("status", EMPLOYEE)
    return ForeignEmployee(
        external_id=id_,
        name=name or email,
        email=email,
        status=status or EmployeeStatus.ACTIVE,
        is_status_known=status is not None,
        country=fields.text("country"),
        department=fields.text("department"),
        job_title=fields.text("job_title"),
        hire_date=fields.day("hire_date"),
        termination_date=fields.day("termination_date"),
        metadata={**further.rest(), **fields.rest()},
        flaws=tuple(fields.flaws),
    )


def _product(fields: Fields) -> ForeignProduct:
    is_active = fields.flag("is_active")
    return ForeignProduct(
        external_id=fields.needed("id"),
        brand=fields.needed("brand"),
        model=fields.needed("model"),
        product_type=fields.word("product_type", PRODUCT_TYPE) or OTHER_TYPE,
        is_active=True if is_active is None else is_active,
        configurations=tuple(_configuration(it, place) for place, it in enumerate(fields.parts("configurations"))),
        metadata=fields.rest(),
        flaws=tuple(fields.flaws),
    )


def _configuration(fields: Fields, position: int) -> ForeignConfiguration:
    return ForeignConfiguration(
        external_id=fields.text("id") or str(position),
        specification=Specification(*(fields.text(name) for name in Specification._fields)),
        resolution=fields.text("resolution"),
        connection_type=fields.text("connection_type"),
        metadata=fields.rest(),
    )


def _kit(fields: Fields) -> ForeignKit:
    id_, name = fields.needed("id"), fields.text("name")
    if name is None:
        fields.flaw("name", "A kit has no name.")
    return ForeignKit(
        external_id=id_,
        name=name or id_,
        region=fields.text("region"),
        tags=fields.texts("tags"),
        devices=tuple(_kit_device(it) for it in fields.parts("devices")),
        created_at=fields.time("created_at"),
        updated_at=fields.time("updated_at"),
        metadata=fields.rest(),
        flaws=tuple(fields.flaws),
    )


def _kit_device(fields: Fields) -> ForeignKitDevice:
    specification = fields.part("specification")
    return ForeignKitDevice(
        product_type=fields.word("product_type", PRODUCT_TYPE) or OTHER_TYPE,
        specification=Specification(*(specification.text(name) for name in Specification._fields)),
        quantity=quantity_of(fields, "quantity") or 1,
        product_id=fields.text("product_id"),
    )
