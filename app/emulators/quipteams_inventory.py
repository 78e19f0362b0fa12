"""The devices of the emulated quipteams: assets, new devices, and device actions, for devices in the inventory and
others. `POST /control/device-actions/{id}` says what becomes of an action."""

from copy import deepcopy
from typing import Any
from uuid import uuid4

from app.emulators.http import Answer
from app.emulators.quipteams_decisions import set_status
from app.emulators.quipteams_lists import (
    Paging,
    QuipteamsRefuses,
    Record,
    conflict,
    contains,
    created_within,
    flag,
    invalid,
    matches,
    not_found,
    one_of,
    page,
    public,
)
from app.emulators.quipteams_quotes import TYPES, Quotes
from app.emulators.quipteams_records import Company, Records

ACTION_TYPES = ("Store", "Assign", "Reassign", "Retrieval", "Dispose")
TO_SOMEBODY = ("Assign", "Reassign")
STATUSES = ("Pending", "In Progress", "In Transit", "Completed", "Cancelled")
ENDED = ("Completed", "Cancelled")
PERSON = ("name", "email", "country", "address", "phone")
# Only the answer to a single action has these.
IN_DETAIL = ("notes", "status_timestamps", "notification_emails", "batch_id", "requested_by", "user_email", "comments")
# A device in use has none of these in the list.
IN_STORAGE_ONLY = ("id", "condition", "completion_date", "created_at", "updated_at")


class Inventory:
    """The assets and device actions of all companies."""

    def __init__(self, records: Records, paging: Paging, quotes: Quotes) -> None:
        self._records = records
        self._paging = paging
        self._quotes = quotes

    def assets(self, company: Company, query: Any) -> Answer:
        wanted = query.get("status", "in_storage")
        one_of({"status": wanted}, "status", ("in_storage", "in_use", "all"))
        one_of(query, "device_type", TYPES)
        found = [
            it
            for it in self._all(company)
            if (wanted == "all" or it["status"] == wanted)
            and query.get("serial_number", it["serial_number"]) == it["serial_number"]
            and (it["status"] == "in_use" or query.get("item_id", it["id"]) == it["id"])
            and matches(query, "country", it["country"])
            and matches(query, "device_type", it["device_type"])
            and contains(query, "search", it["serial_number"], it["description"], it["employee"])
        ]
        return page(found, query, self._paging, public)

    def add(self, company: Company, body: Any) -> Answer:
        """A new device: in use with an employee, otherwise in storage."""
        if not isinstance(body, dict):
            raise invalid("", "The body must be a JSON object")
        for name in ("serial_number", "device_type", "country", "description"):
            _required(body, name)
        if body["device_type"] not in TYPES:
            raise invalid("device_type", f"device_type must be one of {', '.join(TYPES)}")
        cost = body.get("cost")
        if cost is not None and (isinstance(cost, bool) or not isinstance(cost, int | float)):
            raise invalid("cost", "cost must be a number")
        if self._asset(company, body["serial_number"]):
            raise conflict("A device with this serial number exists")
        at, employee = self._records.now(), body.get("employee")
        asset = {
            "id": str(uuid4()),
            "serial_number": body["serial_number"],
            "company": company.name,
            "country": body["country"],
            "device_type": body["device_type"],
            "description": body["description"],
            "employee": employee,
            "condition": body.get("condition"),
            "status": "in_use" if employee else "in_storage",
            "price": cost,
            "price_currency": "USD",
            "purchase_source": "quipteams",
            "quantity": 1,
            "completion_date": None,
            "created_at": at,
            "updated_at": at,
        }
        self._records.put("asset", company.key, asset)
        hidden = ("status", "price", "price_currency", "purchase_source")
        return Answer(201, {"data": {**public(asset, *hidden), "cost": cost}})

    def actions(self, company: Company, query: Any) -> Answer:
        one_of(query, "status", STATUSES)
        one_of(query, "action_type", ACTION_TYPES)
        with_asset = flag(query, "include_asset")
        found = [
            it
            for it in self._records.all("device_action", company.key)
            if matches(query, "status", it["status"])
            and matches(query, "action_type", it["action_type"])
            and contains(query, "serial_number", it["device"]["serial_number"])
            and created_within(query, it["created_at"])
        ]
        return page(found, query, self._paging, lambda it: self._shown(company, it, with_asset, IN_DETAIL))

    def action(self, company: Company, id_: str, query: Any) -> Answer:
        found = self._find(company, id_)
        return Answer(200, {"data": self._shown(company, found, flag(query, "include_asset"))})

    def create(self, company: Company, body: Any, is_external: bool) -> Answer:
        """A new action, for a device that is in the inventory, or for an external one that is not."""
        self._check(body, is_external)
        serial = body["serial_number"]
        asset = self._asset(company, serial)
        if is_external and asset:
            raise conflict("The device is in the inventory: use the standard endpoint")
        if not is_external and not asset:
            raise not_found("Device")
        if any(_is_active_for(it, serial) for it in self._records.all("device_action", company.key)):
            raise conflict("The device already has an active action")
        action = self._new(company, body, asset or _described(body))
        self._records.put("device_action", company.key, action)
        self._emit(company, "logistics.created", action)
        return Answer(201, {"data": self._shown(company, action, False)})

    def work(self, company: Company, id_: str, wanted: Any) -> Record | None:
        """What quipteams' people do with an action: any of its fields, or `"delete": true`."""
        action, at = deepcopy(self._find(company, id_)), self._records.now()
        if wanted.get("delete"):
            self._records.remove("device_action", company.key, action)
            return None
        before = action["status"]
        action |= {name: it for name, it in wanted.items() if name in action and name != "status"}
        action["updated_at"] = at
        if wanted.get("status"):
            set_status(action, wanted["status"], at)
        self._records.put("device_action", company.key, action)
        if "tracking_code" in wanted:
            tracking = {name: action[name] for name in ("tracking_code", "tracking_link")}
            self._emit(company, "logistics.tracking_added", action, **tracking)
        if action["status"] != before:
            event = "completed" if action["status"] == "Completed" else "status_changed"
            self._emit(company, f"logistics.{event}", action)
        return public(action)

    def _all(self, company: Company) -> list[Record]:
        """The devices that were added, and those that quotes have brought. What is in use has no id and no times."""
        found = [*self._records.all("asset", company.key), *self._quotes.delivered(company)]
        return [{**it, **dict.fromkeys(IN_STORAGE_ONLY)} if it["status"] == "in_use" else it for it in found]

    def _asset(self, company: Company, serial: str) -> Record | None:
        return next((it for it in self._all(company) if it["serial_number"].lower() == serial.lower()), None)

    def _find(self, company: Company, id_: str) -> Record:
        found = self._records.find("device_action", company.key, id_, "id", "action_id")
        if found is None:
            raise not_found("Device action")
        return found

    def _shown(self, company: Company, action: Record, with_asset: bool, hidden: tuple[str, ...] = ()) -> Record:
        shown = public(action, *hidden)
        if not with_asset:
            return shown
        asset = self._asset(company, action["device"]["serial_number"])
        return {**shown, "asset": None if asset is None else public(asset)}

    def _check(self, body: Any, is_external: bool) -> None:
        """Raises: QuipteamsRefuses."""
        if not isinstance(body, dict):
            raise invalid("", "The body must be a JSON object")
        if body.get("action_type") not in ACTION_TYPES:
            raise invalid("action_type", f"action_type must be one of {', '.join(ACTION_TYPES)}")
        _required(body, "serial_number")
        _check_person(body, "current_user")
        if body["action_type"] in TO_SOMEBODY:
            _check_person(body, "new_recipient")
        if not isinstance(body.get("wipe", False), bool):
            raise invalid("wipe", "wipe must be a boolean")
        if is_external:
            for names in (("model", "description"), ("type", "device_type"), ("country",)):
                if not any(isinstance(body.get(it), str) and body[it] for it in names):
                    raise invalid(names[0], f"{names[0]} is required")

    def _new(self, company: Company, body: Record, device: Record) -> Record:
        at, kind = self._records.now(), body["action_type"]
        number = sum(it["action_id"].startswith("DA-") for it in self._records.all("device_action", company.key)) + 1
        return {
            "id": str(uuid4()),
            "action_id": f"DA-{at[:4]}-{number:04}",
            "action_type": kind,
            "status": "In Progress",
            "company": company.name,
            "device": {
                "serial_number": body["serial_number"],
                "model": device["description"],
                "type": device["device_type"],
                "country": device["country"],
            },
            "current_user": _person(body["current_user"]),
            "new_recipient": _person(body["new_recipient"]) if body.get("new_recipient") else None,
            "wipe": body.get("wipe", False),
            "wipe_completed": False,
            "tracking_code": None,
            "tracking_link": None,
            "created_at": at,
            "updated_at": at,
            "notes": body.get("notes"),
            "status_timestamps": {"In Progress": at},
            "notification_emails": body.get("notification_emails", []),
            "batch_id": None,
            "requested_by": body["current_user"]["email"],
            "user_email": body["current_user"]["email"],
            "comments": [],
        }

    def _emit(self, company: Company, event: str, action: Record, **data: Any) -> None:
        ids = {"device_action_id": action["id"], "action_id": action["action_id"], "status": action["status"]}
        self._records.emit(company.key, event, {**ids, **data})


def _described(body: Record) -> Record:
    """An external device, as the body describes it."""
    return {
        "description": body.get("model") or body.get("description"),
        "device_type": body.get("type") or body.get("device_type"),
        "country": body["country"],
    }


def _is_active_for(action: Record, serial: str) -> bool:
    return action["status"] not in ENDED and action["device"]["serial_number"].lower() == serial.lower()


def _required(body: Record, name: str) -> None:
    if not isinstance(body.get(name), str) or not body[name].strip():
        raise invalid(name, f"{name} is required")


def _check_person(body: Record, name: str) -> None:
    person = body.get(name)
    if not isinstance(person, dict):
        raise invalid(name, f"{name} is required")
    for field in ("name", "email"):
        if not isinstance(person.get(field), str) or not person[field].strip():
            raise QuipteamsRefuses(400, f"{name}.{field} is required", {"path": f"{name}.{field}"})


def _person(given: Record) -> Record:
    return {name: given.get(name) for name in PERSON}
