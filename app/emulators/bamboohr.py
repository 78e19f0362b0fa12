"""Emulates BambooHR's endpoints for changed employees as its reference describes them, below `/api/v1`.

Accepts any key. `POST /control/people` adds, changes and deletes people: an object with `id` and the changed fields, or
with `"deleted": true`. `POST /control/key` restricts the key: an object with `mayNotRead`, a list of fields that are
then left out of every record, as in BambooHR.
"""

import base64
import binascii
from datetime import UTC, date, datetime
from typing import Any

from aiohttp import web

from app.emulators.http import Answer, Call, Emulator, phrase
from app.emulators.store import Store

FIELDS = frozenset(
    {"displayName", "workEmail", "status", "country", "department", "jobTitle", "hireDate", "terminationDate"}
    | {"location", "division", "supervisor", "employeeNumber"}
)


# Fields that BambooHR stores in a table with effective dates.
JOB_FIELDS = ("department", "division", "jobTitle", "location", "supervisor")


class BambooEmulator(Emulator):
    """BambooHR with one company."""

    prefix = "/api/v1"

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._hidden: frozenset[str] = frozenset()

    def answer(self, call: Call) -> Answer:
        if not _has_key(call.headers.get("Authorization", "")):
            return self.failure(401)
        if call.method != "GET":
            return self.failure(405)
        if call.path == "/employees/changed":
            return self._changed(call.query.get("since", ""))
        if call.path.startswith("/employees/"):
            current = call.query.get("onlyCurrent", "true") != "false"
            return self._person(call.path.rpartition("/")[2], call.query.get("fields", ""), current)
        return self.failure(404)

    def failure(self, status: int) -> Answer:
        # BambooHR sends the error message in a header and not in the body.
        return Answer(status, {}, {"X-BambooHR-Error-Message": phrase(status)})

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_post("/control/people", self._control)
        router.add_post("/control/key", self._restrict)

    async def _restrict(self, request: web.Request) -> web.Response:
        self._hidden = frozenset((await request.json())["mayNotRead"])
        return web.json_response({"mayNotRead": sorted(self._hidden)})

    async def _control(self, request: web.Request) -> web.Response:
        given: dict[str, Any] = await request.json()
        key, number = str(given["id"]), self.store.count("person") + 1
        with self.store.transaction():
            known = next((it for it in self.store.all("person") if it["id"] == key), None)
            action = "Deleted" if given.get("deleted") else "Updated" if known else "Inserted"
            changed = {"action": action, "lastChanged": datetime.now(UTC).isoformat(), "number": number}
            self.store.put("person", key, {**(known or {}), **given, "id": key, **changed})
        return web.json_response({"id": key})

    def _changed(self, since: str) -> Answer:
        try:
            start = datetime.fromisoformat(since)
        except ValueError:
            return self.failure(400)
        if start.tzinfo is None:
            return self.failure(400)
        found = [it for it in self.store.all("person") if datetime.fromisoformat(it["lastChanged"]) >= start]
        employees = {it["id"]: {name: it[name] for name in ("id", "action", "lastChanged")} for it in found}
        latest = max((it["lastChanged"] for it in found), default=since)
        return Answer(200, {"latest": latest, "employees": employees or []})

    def _person(self, key: str, fields: str, current: bool) -> Answer:
        person = next((it for it in self.store.all("person") if it["id"] == key and it["action"] != "Deleted"), None)
        if person is None:
            return self.failure(404)
        requested = (FIELDS & set(fields.split(","))) - self._hidden
        if current and _begins_later(person):
            person = {**person, **dict.fromkeys(JOB_FIELDS)}
        return Answer(200, {"id": key, **{name: person.get(name) for name in requested}})


def _begins_later(person: dict[str, Any]) -> bool:
    try:
        return date.fromisoformat(person.get("hireDate") or "") > datetime.now(UTC).date()
    except ValueError:
        return False


def _has_key(authorization: str) -> bool:
    scheme, _, given = authorization.partition(" ")
    try:
        key = base64.b64decode(given, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return False
    return scheme == "Basic" and bool(key)
