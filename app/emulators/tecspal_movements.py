"""Emulates Tecspal's movement requests as documented (docs/domain.md#tecspal-movements).

Where the documentation is silent, it behaves as for orders: nothing is deduplicated, and an unknown device or movement
is a 400. Movements change by `POST /control/movements/{id}`, or, with a pace, by themselves.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from app.emulators.store import Store
from app.emulators.tecspal_hardware import NOT_FOUND, Hardwares
from app.emulators.tecspal_rules import (
    TecspalRefuses,
    check_company,
    check_day,
    check_employee,
    company_and_country,
    country,
    flag,
    one_of,
    required,
    text,
)

FIRST_NUMBER = 20001010
SETTABLE = {"status", "trackingLink", "dateCompleted", "eta"}
TYPES = {"ONBOARDING", "OFFBOARDING"}

Movement = dict[str, Any]


class Movements:
    """The movements of companies' devices. A tenant sees its own only."""

    def __init__(
        self, store: Store, hardwares: Hardwares, pace: timedelta | None, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._hardwares = hardwares
        self._pace = pace
        self._clock = clock

    def onboard(self, data: dict[str, Any], tenant: str, at: str) -> Movement:
        """Moves devices from storage to a person (docs/domain.md#tecspal-movements)."""
        owner = (tenant, required(data, "companyCode"))
        country(data)
        ids = _ids(data)
        if not ids:
            raise TecspalRefuses("Missing required field: hardwareIds")
        return self._create("ONBOARDING", data, owner, ids, at, {"toEmployee": _person(data), "sendTo": "EMPLOYEE"})

    def offboard(self, data: dict[str, Any], tenant: str, at: str) -> Movement:
        """Moves devices from a person to storage; without ids, all devices of the person
        (docs/domain.md#tecspal-movements)."""
        owner = (tenant, check_company(data))
        one_of(data, "handledBy", {"TECSPAL", "COMPANY"})
        if not isinstance(data.get("hardwares"), dict):
            raise TecspalRefuses("Missing required field: hardwares")
        person = _person(data)
        ids = _ids(data["hardwares"]) or self._devices_of(person, owner)
        return self._create("OFFBOARDING", data, owner, ids, at, {"fromEmployee": person, "sendTo": "STORAGE"})

    def listed(self, filters: dict[str, Any], tenant: str) -> list[Movement]:
        """Returns movements, filtered by country, type and status (docs/domain.md#tecspal-movements)."""
        company, where = company_and_country(filters)
        kind = None if filters.get("type") is None else one_of(filters, "type", TYPES)
        wanted = {"type": kind, "status": text(filters, "status"), "_country": where}
        mine = [self._current(it) for it in self._store.all("movement") if _owner(it) == (tenant, company)]
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
        return _shown(self._put(changed, movement))

    def _create(
        self, kind: str, data: dict[str, Any], owner: tuple[str, str], ids: list[str], at: str, where: dict[str, Any]
    ) -> Movement:
        tenant, company = owner
        if not set(ids) <= {it["id"] for it in self._hardwares.of(tenant, company)}:
            raise TecspalRefuses(NOT_FOUND)
        if data.get("expectedDate") is not None:
            check_day(data, "expectedDate")
        movement = {
            "_tenant": tenant,
            "_company": company,
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
            "factoryReset": flag(data, "factoryReset"),
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
        before, age = movement, self._clock() - datetime.fromisoformat(movement["createdAt"])
        if age >= self._pace and movement["trackingLink"] is None:
            link = f"https://carrier.example/track/MR{movement['movementRequestNumber']}"
            movement = {**movement, "trackingLink": link}
        if age >= 2 * self._pace:
            movement = {**movement, "status": "COMPLETED", "dateCompleted": self._clock().date().isoformat()}
        return self._put(movement, before)

    def _put(self, movement: Movement, before: Movement) -> Movement:
        """Stores a movement; if it is completed now, its devices are where they were to go."""
        self._store.put("movement", movement["id"], movement)
        if movement["dateCompleted"] and not before["dateCompleted"]:
            self._hardwares.move(movement["_hardwareIds"], movement["toEmployee"], movement["factoryReset"])
        return movement

    def _devices_of(self, person: dict[str, Any], owner: tuple[str, str]) -> list[str]:
        found = self._hardwares.of(*owner)
        return [it["id"] for it in found if (it["employeeProfile"] or {}).get("email") == person["email"]]


def _ids(fields: dict[str, Any]) -> list[str]:
    ids = fields.get("hardwareIds") or []
    if not isinstance(ids, list) or not all(isinstance(it, str) for it in ids):
        raise TecspalRefuses("Invalid field: hardwareIds")
    return ids


def _person(data: dict[str, Any]) -> dict[str, Any]:
    if data.get("employee") is not None and data.get("employeeEmail") is not None:
        raise TecspalRefuses("Only one of employeeEmail and employee is allowed")
    check_employee(data)
    employee: dict[str, Any] = data.get("employee") or {"email": data["employeeEmail"]}
    return employee


def _owner(it: dict[str, Any]) -> tuple[str, str]:
    return it["_tenant"], it["_company"]


def _shown(it: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in it.items() if not name.startswith("_")}
