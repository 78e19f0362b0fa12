"""Emulates Tecspal's devices as documented (docs/domain.md#tecspal-devices): those that were registered, and those that
were delivered with orders. A completed movement changes where a device is.

`POST /control/hardwares/{id}` sets fields of a registered device, for tests.
"""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from app.emulators.store import Store
from app.emulators.tecspal_rules import TecspalRefuses, check_day, company_and_country, country, flag, required, text

TYPES = {
    "ACCESSORY",
    "CHAIR",
    "HEADPHONES",
    "IPHONE",
    "KEYBOARD",
    "MACBOOK",
    "MONITOR",
    "MOUSE",
    "PC",
    "PHONE",
    "TRACKPAD",
    "WEBCAM",
}
# The fields of a device in answers, with the values of one about which nothing more is known.
OBJECT: dict[str, Any] = {
    "id": None,
    "description": None,
    "serialNumber": None,
    "brand": None,
    "name": None,
    "ram": None,
    "diskSpace": None,
    "displaySize": None,
    "processor": None,
    "image": None,
    "dateBought": None,
    "countryCode": None,
    "status": "STORAGE",
    "newHardware": False,
    "externalReference": None,
    "factoryReset": False,
    "damaged": False,
    "cost": None,
    "costCurrency": "USD",
    "employeeProfile": None,
    "companyName": None,
    "storage": None,
}
# The fields of a new device that its answer has too; `model` is `name` there.
GIVEN = ("description", "serialNumber", "brand", "ram", "diskSpace", "displaySize", "processor", "externalReference")
NOT_FOUND = "Hardware not found"

Hardware = dict[str, Any]


class Hardwares:
    """The devices of companies. A tenant sees its own only."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def listed(self, filters: dict[str, Any], tenant: str, in_storage: bool = False) -> list[Hardware]:
        """Returns the registered and the delivered devices of a company, or those of them in storage."""
        company, wanted = company_and_country(filters)
        found = [it for it in self.of(tenant, company) if wanted in {None, it["countryCode"]}]
        return [it for it in found if it["status"] == "STORAGE"] if in_storage else found

    def one(self, id: str, filters: dict[str, Any], tenant: str) -> Hardware:
        company = required(filters, "companyCode")
        found = next((it for it in self.of(tenant, company) if it["id"] == id), None)
        if found is None:
            raise TecspalRefuses(NOT_FOUND)
        return found

    def of(self, tenant: str, company: str) -> list[Hardware]:
        """Returns all devices of a company."""
        owner = (tenant, company)
        found = [it for it in self._store.all("hardware") if (it["_tenant"], it["_company"]) == owner]
        orders = [it for it in self._store.all("order") if (it["_tenant"], it["_company"]) == owner]
        found += [_delivered(order, device) for order in orders for device in order["createdHardwares"]]
        places = {it["id"]: it for it in self._store.all("place")}
        return [self._shown({**it, **places.get(it["id"], {})}, owner) for it in found]

    def register(self, data: dict[str, Any], tenant: str) -> Hardware:
        """Registers a device: of a person, or else in storage."""
        company, where = required(data, "companyCode"), country(data)
        self._check_new(data)
        email, profile = text(data, "employeeEmail"), text(data, "employeeProfileId")
        device: Hardware = {
            **{name: text(data, name) for name in GIVEN},
            "_tenant": tenant,
            "_company": company,
            "id": str(uuid4()),
            "name": text(data, "model"),
            "dateBought": text(data, "dateBought"),
            "countryCode": where,
            "status": "EMPLOYEE" if email or profile else "STORAGE",
            "newHardware": flag(data, "newHardware"),
            "employeeProfile": {"id": profile, "email": email} if email or profile else None,
        }
        self._store.put("hardware", device["id"], device)
        return self._shown(device, (tenant, company))

    def _check_new(self, data: dict[str, Any]) -> None:
        if not text(data, "commonModelId") and required(data, "hardwareType") not in TYPES:
            raise TecspalRefuses("Invalid field: hardwareType")
        if data.get("employeeEmail") and data.get("employeeProfileId"):
            raise TecspalRefuses("Only one of employeeProfileId and employeeEmail is allowed")
        if data.get("dateBought") is not None:
            check_day(data, "dateBought", time=True)
        serial = text(data, "serialNumber")
        if serial and any(it["serialNumber"] == serial for it in self._store.all("hardware")):
            raise TecspalRefuses("serialNumber already exists")

    def move(self, ids: Iterable[str], person: dict[str, Any] | None, factory_reset: bool) -> None:
        """Says that devices are with a person now, or in storage."""
        place = {"status": "EMPLOYEE" if person else "STORAGE", "employeeProfile": person}
        for hardware_id in ids:
            self._store.put("place", hardware_id, {"id": hardware_id, **place, "factoryReset": factory_reset})

    def control(self, id: str, wanted: dict[str, Any]) -> Hardware | None:
        """Changes a registered device for tests. Returns None if it does not exist."""
        device = self._store.get("hardware", id)
        if device is None:
            return None
        self._store.put("hardware", id, {**device, **{name: it for name, it in wanted.items() if name in OBJECT}})
        return self.one(id, {"companyCode": device["_company"]}, device["_tenant"])

    def _shown(self, device: Hardware, owner: tuple[str, str]) -> Hardware:
        tenant, company = owner
        name = (self._store.get("company", f"{tenant}/{company}") or {"name": company})["name"]
        shown = {**OBJECT, "companyName": name, **{key: it for key, it in device.items() if key in OBJECT}}
        storage = {"name": f"Storage {shown['countryCode']}", "countryCode": shown["countryCode"]}
        return {**shown, "storage": (shown["storage"] or storage) if shown["status"] == "STORAGE" else None}


def _delivered(order: dict[str, Any], device: Hardware) -> Hardware:
    """Returns a device of an order, new and with the person of the order, if it went to one."""
    line: dict[str, Any] = order["hardwares"][0] if order["hardwares"] else {}
    price = line.get("quotedUnitPrice")
    bought = {"dateBought": order["date"], "newHardware": True, "costCurrency": order["currency"]}
    cost = {} if price is None else {"cost": float(price)}
    return {**bought, **cost, "employeeProfile": order["employeeProfile"], **device}
