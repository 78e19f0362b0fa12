"""Assets: the devices a company owns, each at exactly one location (docs/domain.md#assets).

This module has the row, how an input becomes an asset, and how an asset moves. Device actions, which move it, are in
`domain/inventory/device_actions.py`; bulk operations are in `domain/use_cases/inventory/assets.py`.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from domain.catalogue.products import NOT_DEVICES, ProductType
from domain.inventory.locations import Location, LocationDraft, LocationType, parse_location
from domain.inventory.serial_numbers import new_serial
from domain.people.employees import Employee, person_key
from domain.shared.errors import ErrorCode, Invalid, NodeRef, Path, Problems
from domain.shared.metadata import GivenMetadata, MetadataEntry, parse_external_id, parse_metadata
from domain.shared.money import Money, MoneyDraft, parse_money
from domain.shared.parsers import NAME_LENGTH, country, email, fold, optional_text, text
from domain.shared.search import search_form

MOST_ASSETS = 1_000

# All product types that are physical devices.
DEVICES = {str(it): it for it in ProductType if it not in NOT_DEVICES}

# The purchase source of delivered assets (docs/domain.md#delivered-assets).
BOUGHT_HERE = "quotegraph"


class AssetStatus(StrEnum):
    """Whether an asset is in storage, in use by a person or at an office, or retired. Stored, not derived from the
    employee (docs/domain.md#asset-status)."""

    IN_STORAGE = "IN_STORAGE"
    IN_USE = "IN_USE"
    RETIRED = "RETIRED"


# The status of an asset at each kind of location.
STATUS_AT = {
    LocationType.PERSON: AssetStatus.IN_USE,
    LocationType.OFFICE: AssetStatus.IN_USE,
    LocationType.STORAGE: AssetStatus.IN_STORAGE,
}


class Asset(NamedTuple):
    """One device. `serial_key` (see `serial_key`) is unique; `employee_key` is the `person_key` of its holder, if
    the holder's address is known. An asset in use without a holder is at the office `place_name`; for a stored one,
    `place_name` is the storage, if known."""

    id: str
    tenant_id: int
    serial_number: str
    serial_key: str
    status: AssetStatus
    device_type: ProductType | None
    country: str
    description: str | None
    employee_name: str | None
    employee_email: str | None
    employee_key: str | None
    condition: str | None
    price_minor: int | None
    price_currency: str | None
    purchase_source: str | None
    purchase_order: str | None
    assigned_date: date | None
    completion_date: datetime | None
    recipient_id: str | None
    created_at: datetime
    updated_at: datetime
    place_name: str | None = None
    external_id: str | None = None
    metadata: tuple[MetadataEntry, ...] = ()

    @staticmethod
    def derived() -> dict[str, tuple[str, ...]]:
        """The columns that the properties need, for readers that load only the requested columns."""
        location = ("status", "employee_name", "place_name")
        return {"price": ("price_minor", "price_currency"), "quantity": (), "location": location}

    @property
    def ref(self) -> NodeRef:
        return NodeRef("Asset", self.id)

    @property
    def price(self) -> Money | None:
        if self.price_minor is None or self.price_currency is None:
            return None
        return Money(self.price_minor, self.price_currency)

    @property
    def location(self) -> Location | None:
        """The location; None for a retired asset."""
        if self.status == AssetStatus.RETIRED:
            return None
        if self.status == AssetStatus.IN_STORAGE:
            return Location(LocationType.STORAGE, self.place_name)
        if self.employee_name is not None:
            return Location(LocationType.PERSON, self.employee_name)
        return Location(LocationType.OFFICE, self.place_name)

    @property
    def quantity(self) -> int:
        """Always 1: a serial number is one device (docs/domain.md#assets)."""
        return 1


class Holder(NamedTuple):
    """The person a device is with: a name and, if known, the address that identifies an employee."""

    name: str
    email: str | None = None


@dataclass(frozen=True, slots=True)
class AssetDraft:
    """A device as entered. `employee` is the holder's name or address; without one, the device is at `location`, or
    else in storage. `device_type` is None if it is not known."""

    serial_number: str
    device_type: str | None
    country: str
    description: str
    employee: str | None = None
    condition: str | None = None
    price: MoneyDraft | None = None
    location: LocationDraft | None = None
    external_id: str | None = None
    metadata: GivenMetadata = ()


def serial_key(tenant_id: int, serial_number: str) -> str:
    """The unique key of a serial number: trimmed and case-folded, within a tenant."""
    return f"{tenant_id}:{fold(serial_number)}"


def asset_search(asset: Asset) -> str:
    """The text by which an asset is searched: serial number, description, employee and place."""
    who = (asset.employee_name, asset.employee_email, asset.place_name)
    parts = (asset.serial_number, asset.description, *who)
    return search_form(" ".join(part for part in parts if part))


def parse_device_type(value: str) -> ProductType:
    """A device type in any case, such as `Laptop` (docs/domain.md#product-types). Raises: Invalid."""
    try:
        return DEVICES[text(value, NAME_LENGTH).upper()]
    except KeyError:
        known = ", ".join(sorted(it.capitalize() for it in DEVICES))
        raise Invalid(ErrorCode.INVALID_DEVICE_TYPE, f"Unknown device type. Send one of {known}.") from None


def build_asset(
    draft: AssetDraft,
    people: "People",
    tenant_id: int,
    problems: Problems,
    path: Path,
    at: datetime,
    new_id: Callable[[], str],
) -> Asset:
    """The asset of a draft: in use if it names an employee, otherwise in storage (docs/domain.md#add-assets).

    Problems are added under `path`; with problems, the asset must not be used.
    """
    serial = problems.check((*path, "serialNumber"), new_serial, draft.serial_number) or ""
    device_type = None
    if draft.device_type is not None:
        device_type = problems.check((*path, "deviceType"), parse_device_type, draft.device_type)
    where = problems.check((*path, "country"), country, draft.country) or ""
    description = problems.check((*path, "description"), text, draft.description)
    holder = problems.check((*path, "employee"), people.holder, draft.employee)
    location = parse_location(draft.location, draft.employee, problems, (*path, "location"))
    if location is not None and location.kind == LocationType.PERSON and holder is None:
        holder = problems.check((*path, "location", "name"), people.holder, location.name)
    condition = problems.check((*path, "condition"), optional_text, draft.condition, NAME_LENGTH)
    price = parse_money(draft.price, problems, (*path, "price")) if draft.price else None
    asset = Asset(
        id=new_id(),
        tenant_id=tenant_id,
        serial_number=serial,
        serial_key=serial_key(tenant_id, serial),
        status=AssetStatus.IN_STORAGE,
        device_type=device_type,
        country=where,
        description=description,
        employee_name=None,
        employee_email=None,
        employee_key=None,
        condition=condition,
        price_minor=price.minor if price else None,
        price_currency=price.currency if price else None,
        purchase_source=None,
        purchase_order=None,
        assigned_date=None,
        completion_date=None,
        recipient_id=None,
        created_at=at,
        updated_at=at,
        external_id=parse_external_id(draft.external_id, problems, (*path, "externalId")),
        metadata=parse_metadata(draft.metadata, problems, (*path, "metadata")),
    )
    if holder is not None:
        return in_use(asset, holder, at)
    if location is not None and location.kind == LocationType.OFFICE:
        return at_office(asset, location.name or "", at)
    return asset._replace(place_name=location.name) if location is not None else asset


def in_use(asset: Asset, holder: Holder, at: datetime, where: str | None = None) -> Asset:
    """The asset with a new holder, in the country `where` if given."""
    return asset._replace(
        status=AssetStatus.IN_USE,
        country=where or asset.country,
        employee_name=holder.name,
        employee_email=holder.email,
        employee_key=person_key(asset.tenant_id, holder.email) if holder.email else None,
        assigned_date=at.date(),
        updated_at=at,
        place_name=None,
    )


def at_office(asset: Asset, office: str, at: datetime, where: str | None = None) -> Asset:
    """The asset in use at an office without a holder, in the country `where` if given."""
    moved = _without_holder(asset, AssetStatus.IN_USE, at)
    return moved._replace(country=where or asset.country, place_name=office, assigned_date=at.date())


def in_storage(asset: Asset, at: datetime, name: str | None = None) -> Asset:
    """The asset in storage, without a holder."""
    return _without_holder(asset, AssetStatus.IN_STORAGE, at)._replace(place_name=name)


def retired(asset: Asset, at: datetime) -> Asset:
    """The retired asset; only its history remains."""
    return _without_holder(asset, AssetStatus.RETIRED, at)


def _without_holder(asset: Asset, status: AssetStatus, at: datetime) -> Asset:
    return asset._replace(
        status=status,
        employee_name=None,
        employee_email=None,
        employee_key=None,
        assigned_date=None,
        updated_at=at,
        place_name=None,
    )


@dataclass(frozen=True, slots=True)
class People:
    """The employees that drafts name, by address and by name, case-folded; people who share a name are found only by
    address."""

    by_email: Mapping[str, Employee]
    by_name: Mapping[str, Employee]

    def holder(self, named: str | None) -> Holder | None:
        """The holder for `employee` in a draft: an address of an employee or of anyone else, or the name of an
        employee, or any name.

        Raises: Invalid.
        """
        given = optional_text(named, NAME_LENGTH)
        if given is None:
            return None
        if "@" not in given:
            known = self.by_name.get(fold(given))
            return Holder(known.name, known.email) if known else Holder(given)
        address = email(given)
        known = self.by_email.get(fold(address))
        return Holder(known.name, known.email) if known else Holder(address, address)


NO_PEOPLE = People({}, {})


@dataclass(frozen=True, slots=True)
class AssetNotes:
    """What integrators note on an asset, as entered. None keeps the value; an empty one clears it."""

    external_id: str | None = None
    metadata: GivenMetadata | None = None


def noted(asset: Asset, notes: AssetNotes, at: datetime) -> Asset:
    """The asset with what integrators note on it. Raises: InvalidInput, with every problem of the input."""
    problems = Problems()
    changed = asset
    if notes.external_id is not None:
        changed = changed._replace(external_id=parse_external_id(notes.external_id, problems, ("externalId",)))
    if notes.metadata is not None:
        changed = changed._replace(metadata=parse_metadata(notes.metadata, problems, ("metadata",)))
    problems.raise_if_any()
    return asset if changed == asset else changed._replace(updated_at=at)


def known_people(employees: Sequence[Employee]) -> People:
    """Employees, indexed as drafts name them."""
    shared = Counter(fold(employee.name) for employee in employees)
    return People(
        {fold(employee.email): employee for employee in employees},
        {fold(employee.name): employee for employee in employees if shared[fold(employee.name)] == 1},
    )
