"""Assets: the devices a company holds, each in exactly one place (docs/domain.md#assets).

Here are the row, how a device that someone types becomes one, and how an asset is moved. What moves it is in
`domain/inventory/device_actions.py`; what the lists do with many at once is in `domain/use_cases/inventory/assets.py`.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from domain.catalogue.products import WARRANTIES, ProductType
from domain.inventory.locations import Location, LocationDraft, LocationKind, parse_location
from domain.inventory.serial_numbers import new_serial
from domain.people.employees import Employee, person_key
from domain.shared.errors import ErrorCode, Invalid, NodeRef, Path, Problems
from domain.shared.money import Money, MoneyDraft, parse_money
from domain.shared.parsers import NAME_LENGTH, country, email, fold, optional_text, text
from domain.shared.search import search_form

MOST_ASSETS = 1_000

# Everything but what cannot be held in a hand.
DEVICES = {str(it): it for it in ProductType if it not in WARRANTIES}

# Where an asset came from when it was bought here (docs/domain.md#delivered-assets).
BOUGHT_HERE = "quotegraph"


class AssetStatus(StrEnum):
    """Whether an asset is at hand, in use by a person or at an office, or gone. Stored, never derived from whether it
    names an employee (docs/domain.md#asset-status)."""

    IN_STORAGE = "IN_STORAGE"
    IN_USE = "IN_USE"
    RETIRED = "RETIRED"


# What the status of a device is at each sort of place.
STATUS_AT = {
    LocationKind.PERSON: AssetStatus.IN_USE,
    LocationKind.OFFICE: AssetStatus.IN_USE,
    LocationKind.STORAGE: AssetStatus.IN_STORAGE,
}


class Asset(NamedTuple):
    """One device. `serial_key` (see `serial_key`) is what makes it unique; `employee_key` is its holder's
    `person_key`, where the holder's address is known. What is in use and has no holder is at the office `place_name`,
    which of what is stored is the storage, where it is known."""

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

    @staticmethod
    def derived() -> dict[str, tuple[str, ...]]:
        """What the properties are made of, for readers that load no more than is asked for."""
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
        """Where it is; None for what is retired."""
        if self.status == AssetStatus.RETIRED:
            return None
        if self.status == AssetStatus.IN_STORAGE:
            return Location(LocationKind.STORAGE, self.place_name)
        if self.employee_name is not None:
            return Location(LocationKind.PERSON, self.employee_name)
        return Location(LocationKind.OFFICE, self.place_name)

    @property
    def quantity(self) -> int:
        """A serial number is one device (docs/domain.md#assets)."""
        return 1


class Holder(NamedTuple):
    """Who has a device: a name, and the address by which employees are known, where there is one."""

    name: str
    email: str | None = None


@dataclass(frozen=True, slots=True)
class AssetDraft:
    """A device as typed. `employee` is the holder's name or address; without one the device is where `location` says,
    or else in storage."""

    serial_number: str
    device_type: str
    country: str
    description: str
    employee: str | None = None
    condition: str | None = None
    cost: MoneyDraft | None = None
    location: LocationDraft | None = None


def serial_key(tenant_id: int, serial_number: str) -> str:
    """What makes two serial numbers one: they are compared trimmed and in any case, within one tenant."""
    return f"{tenant_id}:{fold(serial_number)}"


def asset_search(asset: Asset) -> str:
    """What an asset is found by: serial number, description, employee and place, in the form of searches."""
    who = (asset.employee_name, asset.employee_email, asset.place_name)
    parts = (asset.serial_number, asset.description, *who)
    return search_form(" ".join(part for part in parts if part))


def parse_device_type(value: str) -> ProductType:
    """A device type in any case, such as `Laptop` (docs/domain.md#product-types)."""
    try:
        return DEVICES[text(value, NAME_LENGTH).upper()]
    except KeyError:
        known = ", ".join(sorted(it.capitalize() for it in DEVICES))
        raise Invalid(ErrorCode.INVALID_DEVICE_TYPE, f"There is no such device type. Send one of {known}.") from None


def build_asset(
    draft: AssetDraft,
    people: "People",
    tenant_id: int,
    problems: Problems,
    path: Path,
    at: datetime,
    new_id: Callable[[], str],
) -> Asset:
    """The asset a draft describes: in use when it names an employee, otherwise in storage (docs/domain.md#add-assets).

    What is wrong is noted in `problems` under `path`; then the asset is not to be used.
    """
    serial = problems.check((*path, "serialNumber"), new_serial, draft.serial_number) or ""
    device_type = problems.check((*path, "deviceType"), parse_device_type, draft.device_type)
    where = problems.check((*path, "country"), country, draft.country) or ""
    description = problems.check((*path, "description"), text, draft.description)
    holder = problems.check((*path, "employee"), people.holder, draft.employee)
    location = parse_location(draft.location, draft.employee, problems, (*path, "location"))
    if location is not None and location.kind == LocationKind.PERSON and holder is None:
        holder = problems.check((*path, "location", "name"), people.holder, location.name)
    condition = problems.check((*path, "condition"), optional_text, draft.condition, NAME_LENGTH)
    price = parse_money(draft.cost, problems, (*path, "cost")) if draft.cost else None
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
    )
    if holder is not None:
        return in_use(asset, holder, at)
    if location is not None and location.kind == LocationKind.OFFICE:
        return at_office(asset, location.name or "", at)
    return asset._replace(place_name=location.name) if location is not None else asset


def in_use(asset: Asset, holder: Holder, at: datetime, where: str | None = None) -> Asset:
    """The asset with its new holder, in another country when `where` names one."""
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
    """The asset in use at an office, where no single person has it; in another country when `where` names one."""
    moved = _unheld(asset, AssetStatus.IN_USE, at)
    return moved._replace(country=where or asset.country, place_name=office, assigned_date=at.date())


def in_storage(asset: Asset, at: datetime, name: str | None = None) -> Asset:
    """The asset back in storage: nobody has it."""
    return _unheld(asset, AssetStatus.IN_STORAGE, at)._replace(place_name=name)


def retired(asset: Asset, at: datetime) -> Asset:
    """The asset gone for good; only its history is left."""
    return _unheld(asset, AssetStatus.RETIRED, at)


def _unheld(asset: Asset, status: AssetStatus, at: datetime) -> Asset:
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
    """The employees that some drafts name, by address and by name, both in any case; those whose name others share
    are found by their address only."""

    by_email: Mapping[str, Employee]
    by_name: Mapping[str, Employee]

    def holder(self, named: str | None) -> Holder | None:
        """Who a draft's `employee` is: an address names a person, known or not; a name one we know, or just a name.

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


def known_people(employees: Sequence[Employee]) -> People:
    """Employees to be found by how drafts name them."""
    shared = Counter(fold(employee.name) for employee in employees)
    return People(
        {fold(employee.email): employee for employee in employees},
        {fold(employee.name): employee for employee in employees if shared[fold(employee.name)] == 1},
    )
