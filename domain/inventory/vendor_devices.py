"""Devices that the vendor keeps or has delivered, and how those that a company does not have yet become its assets
(docs/domain.md#vendor-devices)."""

from typing import NamedTuple

from domain.catalogue.products import ProductType
from domain.inventory.assets import Asset, AssetDraft, AssetStatus
from domain.inventory.locations import LocationDraft, LocationType
from domain.shared.money import Money, MoneyDraft
from domain.shared.parsers import fold

EMPLOYEE, STORAGE = "EMPLOYEE", "STORAGE"


class VendorDevice(NamedTuple):
    """A device of a company, as the vendor lists it. A missing value is empty or None; `status` is the vendor's own
    word. `flaws` say which of its values could not be read."""

    device_id: str
    serial_number: str
    status: str
    country: str
    brand: str = ""
    model: str = ""
    description: str | None = None
    employee_email: str | None = None
    employee_name: str | None = None
    storage_name: str | None = None
    price: Money | None = None
    is_new: bool = False
    is_damaged: bool = False
    flaws: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What the device is: brand and model, or else what the vendor describes it as."""
        return " ".join(part for part in (self.brand, self.model) if part) or self.description or "Device"

    @property
    def label(self) -> str:
        """The device as people know it, with its serial number or else the vendor's id."""
        return f"{self.title} ({self.serial_number or self.device_id})"


def why_unusable(device: VendorDevice) -> str | None:
    """Why a device cannot become an asset, as far as the vendor's own words are concerned; None if it can."""
    if not device.serial_number:
        return "It has no serial number."
    if device.status not in (EMPLOYEE, STORAGE):
        return f"Its status is {device.status or 'missing'}, and not {EMPLOYEE} or {STORAGE}."
    if device.status == EMPLOYEE and not (device.employee_email or device.employee_name):
        return "It is with an employee who is not named."
    return None


def asset_draft(device: VendorDevice, device_type: ProductType | None) -> AssetDraft:
    """A usable device as an asset is entered. The vendor's lists have no types: `device_type` is that of the product
    in the catalogue, if there is one."""
    with_person = device.status == EMPLOYEE
    return AssetDraft(
        serial_number=device.serial_number,
        device_type=device_type,
        country=device.country,
        description=device.title,
        employee=(device.employee_email or device.employee_name) if with_person else None,
        condition="Damaged" if device.is_damaged else "New" if device.is_new else None,
        price=MoneyDraft(device.price.amount, device.price.currency) if device.price else None,
        location=None if with_person else LocationDraft(LocationType.STORAGE, device.storage_name),
    )


def difference(asset: Asset, device: VendorDevice) -> str | None:
    """How the place of an asset differs from where the vendor has it; None if it does not. The asset stays where it is:
    device actions move it."""
    there = f"with {device.employee_email or device.employee_name}" if device.status == EMPLOYEE else "in storage"
    if asset.status == AssetStatus.RETIRED:
        return f"It is retired here, and {there} for the vendor."
    if device.status == STORAGE:
        is_same = asset.status == AssetStatus.IN_STORAGE
    elif device.employee_email and asset.employee_email:
        is_same = fold(device.employee_email) == fold(asset.employee_email)
    else:
        is_same = asset.status == AssetStatus.IN_USE
    return None if is_same else f"It is {asset.location} here, and {there} for the vendor."
