"""Emulates Tecspal's devices and movement requests as documented (docs/domain.md#tecspal-movements).

Where the documentation is silent, it behaves as for orders: nothing is deduplicated, and an unknown device or movement
is a 400. Movements change by `POST /control/movements/{id}`, or, with a pace, by themselves.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from app.emulators.store import Store
from app.emulators.tecspal_rules import TecspalRefuses, check_employee, required, text

FIRST_NUMBER = 20001010
SETTABLE = {"status", "trackingLink", "dateCompleted", "eta"}
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
DETAILS = ("description", "brand", "model", "ram", "diskSpace", "displaySize", "processor", "externalReference")

Movement = dict[str, Any]


class Movements:
    """The devices of companies, and their movements. A tenant sees its own only."""

    def __init__(self, store: Store, pace: timedelta | None, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._pace = pace
        self._clock = clock

    def hardwares(self, filters: dict[str, Any], tenant: str) -> list[dict[str, Any]]:
        """Returns the registered devices and those delivered with orders (docs/domain.md#tecspal-devices)."""
        owner, country = (tenant, required(filters, "companyCode")), text(filters, "countryCode")
        own = [it for it in self._store.all("hardware") if _owner(it) == owner]
        orders = [order for order in self._store.all("order") if _owner(order) == owner]
        found = [*own, *(device for order in orders for device in order["createdHardwares"])]
        return [_shown(it) for it in found if country in {None, it["countryCode"]}]

    def register(self, data: dict[str, Any], tenant: str, at: str) -> dict[str, Any]:
        """Registers a device (docs/domain.md#tecspal-devices)."""
        company, country = required(data, "companyCode"), required(data, "countryCode")
        if required(data, "hardwareType") not in TYPES:
            raise TecspalRefuses("Invalid field: hardwareType")
        serial = text(data, "serialNumber")
        if serial and any(it["serialNumber"] == serial for it in self._store.all("hardware")):
            raise TecspalRefuses("serialNumber already exists")
        device: dict[str, Any] = {
            "_tenant": tenant,
            "_company": company,
            "id": str(uuid4()),
            "serialNumber": serial,
            "countryCode": country,
            "status": "EMPLOYEE" if data.get("employeeEmail") else "STORAGE",
            "createdAt": at,
            **{name: data.get(name) for name in DETAILS},
        }
        self._store.put("hardware", device["id"], device)
        return _shown(device)

    def onboard(self, data: dict[str, Any], tenant: str, at: str) -> Movement:
        """Moves devices from storage to a person (docs/domain.md#tecspal-movements)."""
        required(data, "companyCode")
        required(data, "countryCode")
        if not data.get("hardwareIds"):
            raise TecspalRefuses("Missing required field: hardwareIds")
        to = {"toEmployee": _person(data), "sendTo": "EMPLOYEE"}
        return self._create("ONBOARDING", data, tenant, data["hardwareIds"], at, to)

    def offboard(self, data: dict[str, Any], tenant: str, at: str) -> Movement:
        """Moves devices from a person to storage; without ids, all devices of the person
        (docs/domain.md#tecspal-movements)."""
        required(data, "companyCode")
        if required(data, "handledBy") not in {"TECSPAL", "COMPANY"}:
            raise TecspalRefuses("Invalid field: handledBy")
        if not isinstance(data.get("hardwares"), dict):
            raise TecspalRefuses("Missing required field: hardwares")
        ids = data["hardwares"].get("hardwareIds") or []
        return self._create("OFFBOARDING", data, tenant, ids, at, {"fromEmployee": _person(data), "sendTo": "STORAGE"})

    def listed(self, filters: dict[str, Any], tenant: str) -> list[Movement]:
        """Returns movements, filtered by country, type and status (docs/domain.md#tecspal-movements)."""
        owner = (tenant, required(filters, "companyCode"))
        wanted = {"type": text(filters, "type"), "status": text(filters, "status")}
        wanted["_country"] = text(filters, "countryCode")
        mine = [self._current(it) for it in self._store.all("movement") if _owner(it) == owner]
        return [_shown(it) for it in mine if all(value in {None, it[name]} for name, value in wanted.items())]

    def one(self, id: str, filters: dict[str, Any], tenant: str) -> Movement:
        movement = self._store.get("movement", id)
        if movement is None or _owner(movement) != (tenant, required(filters, "companyCode")):
            raise TecspalRefuses("Movement request not found")
        return _shown(self._current(movement))

    def control(self, id: str, wanted: dict[str, Any], at: str) -> Movement | None:
        """Changes a movement for tests. Returns None if it does not exist."""
        movement = self._store.get("movement", id)
        if movement is None:
            return None
        changed = {**movement, **{name: value for name, value in wanted.items() if name in SETTABLE}, "updatedAt": at}
        self._store.put("movement", id, changed)
        return _shown(changed)

    def _create(
        self, kind: str, data: dict[str, Any], tenant: str, ids: Any, at: str, where: dict[str, Any]
    ) -> Movement:
        known = {it["id"] for it in self.hardwares({"companyCode": data["companyCode"]}, tenant)}
        if not isinstance(ids, list) or not set(map(str, ids)) <= known:
            raise TecspalRefuses("Hardware not found")
        movement = {
            "_tenant": tenant,
            "_company": data["companyCode"],
            "_country": data.get("countryCode"),
            "_hardwareIds": ids,
            "id": str(uuid4()),
            "movementRequestNumber": FIRST_NUMBER + self._store.count("movement"),
            "createdAt": at,
            "updatedAt": at,
            "type": kind,
            "status": "PROCESSING",
            "eta": None,
            "handledBy": data.get("handledBy", "TECSPAL"),
            "expectedDate": text(data, "expectedDate"),
            "factoryReset": bool(data.get("factoryReset")),
            "trackingLink": None,
            "dateCompleted": None,
            "requesterEmail": None,
            "apiClientRequesterName": tenant,
            "toEmployee": None,
            "fromEmployee": None,
            "storage": None,
            **where,
        }
        self._store.put("movement", movement["id"], movement)
        return _shown(movement)

    def _current(self, movement: Movement) -> Movement:
        """Returns the movement with all steps that are due: sent after one `pace`, delivered after two."""
        if self._pace is None or movement["status"] != "PROCESSING":
            return movement
        age = self._clock() - datetime.fromisoformat(movement["createdAt"])
        if age >= self._pace and movement["trackingLink"] is None:
            link = f"https://carrier.example/track/MR{movement['movementRequestNumber']}"
            movement = {**movement, "trackingLink": link}
        if age >= 2 * self._pace:
            movement = {**movement, "status": "COMPLETED", "dateCompleted": self._clock().date().isoformat()}
        self._store.put("movement", movement["id"], movement)
        return movement


def _person(data: dict[str, Any]) -> dict[str, Any]:
    check_employee(data)
    employee: dict[str, Any] = data.get("employee") or {"email": data["employeeEmail"]}
    return employee


def _owner(it: dict[str, Any]) -> tuple[str, str]:
    return it["_tenant"], it["_company"]


def _shown(it: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in it.items() if not name.startswith("_")}
