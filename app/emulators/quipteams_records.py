"""The data of the emulated quipteams: its records, by company, in the store; and the events they cause."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from app.emulators.http import format_time
from app.emulators.quipteams_lists import Record
from app.emulators.store import Store

KINDS = ("quote", "asset", "device_action", "product", "kit", "employee", "endpoint", "delivery")
# The catalogue is the same for every company.
EVERYBODY = "*"


@dataclass(frozen=True, slots=True)
class Company:
    """Whose data a key leads to: live and test data are separate."""

    name: str
    environment: str

    @property
    def key(self) -> str:
        return f"{self.name}:{self.environment}"


@dataclass(slots=True)
class Records:
    """All records. They are kept in memory too, as a list is read anew for each of its pages. What is returned must not
    be changed; `put` stores a changed copy."""

    store: Store
    clock: Callable[[], datetime]
    _known: dict[str, dict[str, Record]] = field(default_factory=dict)

    def all(self, kind: str, company: str) -> list[Record]:
        return [it for it in self._of(kind).values() if it["_company"] == company]

    def everybodys(self, kind: str) -> list[Record]:
        return list(self._of(kind).values())

    def put(self, kind: str, company: str, record: Record) -> Record:
        """Stores a record under its id, or its serial number."""
        stored = {**deepcopy(record), "_company": company}
        id_ = f"{company}/{record.get('id') or record.get('serial_number')}"
        self.store.put(kind, id_, stored)
        self._of(kind)[id_] = stored
        return stored

    def remove(self, kind: str, company: str, record: Record) -> None:
        id_ = f"{company}/{record.get('id') or record.get('serial_number')}"
        self.store.remove(kind, id_)
        self._of(kind).pop(id_, None)

    def find(self, kind: str, company: str, id_: str, *names: str) -> Record | None:
        """The record that has this value in one of the fields."""
        names = names or ("id",)
        return next((it for it in self.all(kind, company) if any(it.get(name) == id_ for name in names)), None)

    def now(self) -> str:
        return format_time(self.clock())

    def emit(self, company: str, event: str, data: Record) -> None:
        """Stages the deliveries of an event to all endpoints that want it."""
        for endpoint in self.all("endpoint", company):
            if endpoint["is_active"] and any(wants(it, event) for it in endpoint["events"]):
                self.deliver(company, endpoint, event, data)

    def deliver(self, company: str, endpoint: Record, event: str, data: Record) -> Record:
        id_, at = str(uuid4()), self.now()
        body = {"id": id_, "type": event, "created_at": f"{at[:19]}Z", "data": data}
        delivery = {
            "id": id_,
            "event_type": event,
            "status": "pending",
            "attempts": 0,
            "last_response_status": None,
            "created_at": f"{at[:19]}Z",
            "_endpoint": endpoint["id"],
            "_body": body,
            "_due": at,
        }
        return self.put("delivery", company, delivery)

    def _of(self, kind: str) -> dict[str, Record]:
        if kind not in self._known:
            self._known[kind] = {
                f"{it['_company']}/{it.get('id') or it.get('serial_number')}": it for it in self.store.all(kind)
            }
        return self._known[kind]


def company_of(record: Record) -> Company:
    """Whose record this is."""
    name, _, environment = record["_company"].rpartition(":")
    return Company(name, environment)


def wants(pattern: str, event: str) -> bool:
    """Whether an endpoint with this event or wildcard wants an event."""
    return pattern == event or (pattern.endswith(".*") and event.startswith(pattern[:-1]))


def changed(record: Record, at: str, **values: Any) -> Record:
    return {**deepcopy(record), **values, "updated_at": at}
