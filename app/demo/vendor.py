"""The demo's devices at the emulated vendor, and the retrieval of one from a person who has left."""

from pathlib import Path
from typing import Any

from sqlalchemy import Row, select

from adapters.database.companies.tables import companies, tenants
from adapters.database.core.engine import Database
from adapters.database.inventory.tables import assets, movements
from adapters.database.jobs.queue import SqlJobQueue
from adapters.database.people.tables import employees
from adapters.database.unit_of_work import SqlUnitOfWorkFactory
from app.emulators.store import Store
from app.emulators.tecspal_catalogue import Catalogue
from app.emulators.tecspal_hardware import TYPES, Hardwares
from app.external import NoExternalServices
from app.wiring import utc_now
from domain.catalogue.products import ProductType
from domain.inventory.assets import AssetStatus
from domain.inventory.device_action_drafts import DeviceActionDraft, DeviceUserDraft
from domain.inventory.device_actions import DeviceActionType
from domain.inventory.movements import MovementStatus
from domain.people.employees import EmployeeStatus
from domain.ports.dependencies import Dependencies
from domain.shared.access import Caller, Environment, Scope
from domain.shared.ids import new_id
from domain.shared.jobs import DEFAULT_RETRY_POLICY
from domain.use_cases.inventory.new_actions import CreateActions, create_device_actions
from domain.use_cases.worker.dispatch import jobs_for


async def fetch_from_leaver(database: Database, code: str) -> None:
    """Creates a retrieval of a device from a person who has left; the vendor works on it once the demo has started."""
    asset, person = assets.c, employees.c
    held = select(asset.serial_number, person.name, person.email, person.tenant_id, tenants.c.company_id)
    joined = held.join_from(assets, employees, asset.employee_key == person.email_key).join(
        tenants, person.tenant_id == tenants.c.id
    )
    left = joined.where(person.status == str(EmployeeStatus.INACTIVE), *_live(code)).order_by(asset.id).limit(1)
    async with database.read.connect() as connection:
        device = (await connection.execute(left)).one()
    deps = Dependencies(
        SqlUnitOfWorkFactory(database, jobs_for, utc_now).begin,
        SqlJobQueue(database, DEFAULT_RETRY_POLICY.lease),
        NoExternalServices(),
        utc_now,
        new_id,
    )
    people_team = Caller("seed", "Demo data", Environment.LIVE, device.company_id, device.tenant_id, frozenset(Scope))
    leaver = DeviceUserDraft(device.name, device.email)
    notes = "Has left; two more devices are still there."
    draft = DeviceActionDraft(DeviceActionType.RETRIEVAL, device.serial_number, leaver, wipe=True, notes=notes)
    await create_device_actions(deps, people_team, CreateActions([draft]))


async def stock_vendor(database: Database, code: str, directory: Path, vendor_tenant: str) -> None:
    """Registers devices at the emulated vendor, except those that it has or that a movement says it does not have, and
    gives it a catalogue. Some of both are new here, for `catalogue sync`."""
    unknown = select(movements.c.serial_number).where(movements.c.status == str(MovementStatus.NOT_POSSIBLE))
    of = assets.c
    devices = select(assets).join(tenants, of.tenant_id == tenants.c.id)
    current = devices.where(of.status != str(AssetStatus.RETIRED), of.serial_number.not_in(unknown), *_live(code))
    async with database.read.connect() as connection:
        found = (await connection.execute(current.order_by(of.id))).all()
    store = Store(directory / "tecspal.sqlite3")
    try:
        vendor, catalogue = Hardwares(store), Catalogue(store)
        known = {it["serialNumber"] for it in vendor.of(vendor_tenant, code)}
        for device in (*(_hardware(it, code) for it in found), *_bought_elsewhere(code)):
            if device["serialNumber"] not in known:
                vendor.register(device, vendor_tenant)
        for number, model in enumerate(_SOLD):
            catalogue.put({"id": f"demo-model-{number}", **dict(zip(_FIELDS, model, strict=True))})
    finally:
        store.close()


_FIELDS = ("countryCode", "hardwareType", "brand", "name", "processor", "ram", "diskSpace", "displaySize")
# What the vendor sells: some of it is new to the demo's catalogue, and one thing has no type.
_SOLD: tuple[tuple[str | None, ...], ...] = (
    ("UY", "MACBOOK", "APPLE", "MacBook Pro 14", "Apple M5", "16GB", "512GB", "14"),
    ("UY", "MACBOOK", "APPLE", "MacBook Pro 14", "Apple M4 Pro", "48GB", "1TB", "14"),
    ("UY", "PC", "DELL", "Pro 16 Plus", "Intel Core Ultra 7", "32GB", "1TB", "16"),
    ("BR", "PC", "SAMSUNG", "Galaxy Book5 Pro", "Intel Core Ultra 5", "16GB", "512GB", "14"),
    ("UY", "HEADPHONES", "JABRA", "Evolve2 65 Flex", None, None, None, None),
    ("UY", None, "LG", "gram Style 16", None, "16GB", None, "16"),
)


def _bought_elsewhere(code: str) -> list[dict[str, Any]]:
    """Devices that the company has handed over to the vendor, and that quotegraph does not know."""
    common = {"companyCode": code, "countryCode": "UY"}
    return [
        {**common, "hardwareType": "PC", "serialNumber": "TPDEMO0001", "brand": "DELL", "model": "Pro 16 Plus"},
        {**common, "hardwareType": "MONITOR", "serialNumber": "TPDEMO0002", "description": "A spare monitor"},
    ]


def _live(code: str) -> tuple[Any, ...]:
    company = select(companies.c.id).where(companies.c.code == code).scalar_subquery()
    return tenants.c.company_id == company, tenants.c.environment == str(Environment.LIVE)


def _hardware(device: Row[Any], code: str) -> dict[str, Any]:
    """Returns a device with the vendor's field names (docs/domain.md#tecspal-devices)."""
    description = device.description or ""
    laptop = "MACBOOK" if "Mac" in description else "PC"
    kind = laptop if device.device_type == ProductType.LAPTOP else str(device.device_type)
    return {
        "companyCode": code,
        "countryCode": device.country,
        "hardwareType": kind if kind in TYPES else "ACCESSORY",
        "serialNumber": device.serial_number,
        "description": description,
        "employeeEmail": device.employee_email,
    }
