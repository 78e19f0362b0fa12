"""The client of Tecspal's lists: what it sells, and the devices of a company (docs/domain.md#tecspal-catalogue,
#tecspal-devices). What of a record cannot be read is among its flaws; no record is left out."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from adapters.http import one_line
from adapters.tecspal.client import MAX_LIST_BYTES, TecspalClient
from domain.catalogue.products import ProductType
from domain.catalogue.vendor_models import VendorModel
from domain.inventory.vendor_devices import VendorDevice
from domain.shared.errors import Invalid
from domain.shared.money import Money, parse_amount, parse_currency
from domain.shared.parsers import optional_url

T = TypeVar("T")

# What Tecspal's types are here (docs/domain.md#vendor-models).
PRODUCT_TYPES = {
    "ACCESSORY": ProductType.ACCESSORY,
    "CHAIR": ProductType.OTHER,
    "EXTENDED_WARRANTY_MAC": ProductType.WARRANTY_MAC,
    "EXTENDED_WARRANTY_WINDOWS": ProductType.WARRANTY_WINDOWS,
    "HEADPHONES": ProductType.HEADPHONES,
    "IPHONE": ProductType.ACCESSORY,
    "KEYBOARD": ProductType.KEYBOARD,
    "MACBOOK": ProductType.LAPTOP,
    "MONITOR": ProductType.MONITOR,
    "MOUSE": ProductType.MOUSE,
    "PC": ProductType.LAPTOP,
    "PHONE": ProductType.ACCESSORY,
    "TRACKPAD": ProductType.ACCESSORY,
    "WEBCAM": ProductType.WEBCAM,
}
# Tecspal writes brands in capitals. Others are kept as they are.
BRANDS = {
    "ACER": "Acer",
    "APPLE": "Apple",
    "DELL": "Dell",
    "LENOVO": "Lenovo",
    "MICROSOFT": "Microsoft",
    "SAMSUNG": "Samsung",
}
MAX_SHOWN = 60


class TecspalLists:
    """Reads Tecspal's lists, which have no pages. Every method raises Unavailable, Uncertain or Refused if the call
    fails."""

    def __init__(self, client: TecspalClient) -> None:
        self._client = client

    async def models(self, country_code: str | None) -> list[VendorModel]:
        """Returns what is sold in a country, or in all."""
        filters = {} if country_code is None else {"countryCode": country_code}
        found = await self._client.read("catalog", filters, MAX_LIST_BYTES)
        lists = [(country, it) for countries in found for country, it in countries.items()]
        return [
            vendor_model(country, record)
            for country, records in lists
            for record in (records if isinstance(records, list) else [records])
        ]

    async def devices(self, company_code: str) -> list[VendorDevice]:
        """Returns the devices of a company."""
        found = await self._client.read("hardwares", {"companyCode": company_code}, MAX_LIST_BYTES)
        return [vendor_device(it) for it in found]


def vendor_model(country: str, record: Any) -> VendorModel:
    """Reads a model of the catalogue."""
    fields = _Fields(record)
    brand, type_name = fields.text("brand"), fields.text("hardwareType")
    return VendorModel(
        model_id=fields.text("id") or "",
        country=one_line(country)[:MAX_SHOWN],
        brand=BRANDS.get(brand, brand) if brand else "",
        model=fields.text("name") or "",
        product_type=PRODUCT_TYPES.get(type_name or ""),
        type_name=type_name,
        part_number=fields.text("manufacturerPartNumber"),
        cpu=fields.text("processor"),
        ram=fields.text("ram"),
        storage=fields.text("diskSpace"),
        screen_size=fields.text("displaySize"),
        image_url=fields.parsed("image", optional_url),
        deprecated=fields.flag("deprecated"),
        flaws=tuple(fields.flaws),
    )


def vendor_device(record: Mapping[str, Any]) -> VendorDevice:
    """Reads a device of a company."""
    fields = _Fields(record)
    person = _Fields(fields.object("employeeProfile"))
    storage = _Fields(fields.object("storage"))
    brand = fields.text("brand")
    names = (person.text("firstName"), person.text("lastName"))
    email, where = person.text("email"), storage.text("name")
    return VendorDevice(
        device_id=fields.text("id") or "",
        serial_number=fields.text("serialNumber") or "",
        status=fields.text("status") or "",
        country=fields.text("countryCode") or "",
        brand=BRANDS.get(brand, brand) if brand else "",
        model=fields.text("name") or "",
        description=fields.text("description"),
        employee_email=email,
        employee_name=" ".join(it for it in names if it) or None,
        storage_name=where,
        price=_price(fields),
        is_new=fields.flag("newHardware"),
        is_damaged=fields.flag("damaged"),
        flaws=(*fields.flaws, *person.flaws, *storage.flaws),
    )


def _price(fields: "_Fields") -> Money | None:
    """What a device cost. An amount is read digit by digit, never as a float."""
    if (amount := fields.text("cost")) is None:
        return None
    currency = fields.parsed("costCurrency", parse_currency)
    return fields.parsed("cost", lambda _: parse_amount(amount, currency)) if currency else None


class _Fields:
    """The fields of a record, read one by one; what cannot be read is missing, and noted among the flaws."""

    def __init__(self, record: Any) -> None:
        self._record = record if isinstance(record, dict) else {}
        self.flaws = [] if record is None or isinstance(record, dict) else [_flaw("record", record, "It is no object.")]

    def text(self, name: str) -> str | None:
        """A text, or a number as text; None if it is missing or blank."""
        value = self._record.get(name)
        if isinstance(value, Decimal) and abs(value.adjusted()) < MAX_SHOWN:
            value = format(value, "f")
        if isinstance(value, str | int) and not isinstance(value, bool):
            return one_line(str(value)) or None
        if value is not None:
            self.flaws.append(_flaw(name, value, "It is no text."))
        return None

    def flag(self, name: str) -> bool:
        value = self._record.get(name)
        if value is not None and not isinstance(value, bool):
            self.flaws.append(_flaw(name, value, "It is neither true nor false."))
        return value is True

    def object(self, name: str) -> dict[str, Any] | None:
        value = self._record.get(name)
        if value is not None and not isinstance(value, dict):
            self.flaws.append(_flaw(name, value, "It is no object."))
            return None
        return value

    def parsed(self, name: str, parse: Callable[[str], T | None]) -> T | None:
        """The value of a text that our rules accept."""
        value = self.text(name)
        if value is None:
            return None
        try:
            return parse(value)
        except Invalid as invalid:
            self.flaws.append(_flaw(name, value, invalid.message))
            return None


def _flaw(name: str, value: Any, reason: str) -> str:
    return f"{name} = {one_line(str(value))[:MAX_SHOWN]}: {reason}"
