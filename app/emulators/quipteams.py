"""Emulates quipteams' REST API v1 with all its endpoints (docs/domain.md#system-quipteams): quotes, assets, devices,
device actions, products, kits, employees and webhooks.

A key is any of `qk_live_…` and `qk_test_…`; both lead to the data of one company, live or test. `POST /control/keys`
makes one of another company, with some scopes only, or revoked. The work of quipteams' people is below `/control`:
prices and deliveries of quotes, progress of device actions, `records` as they are, a `count` of ordinary `quotes`. So
is what may go wrong beside the faults of all emulators: `drift`, the `clock`, the rate `limit`, `paging` by offsets,
and `deliveries` that are doubled or reversed.
"""

import asyncio
import math
import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from aiohttp import web

from app.emulators.drift import Change, changes_of, drifted
from app.emulators.http import Answer, Call, Emulator, phrase
from app.emulators.quipteams_catalogue import Catalogue
from app.emulators.quipteams_filling import fill
from app.emulators.quipteams_inventory import Inventory
from app.emulators.quipteams_lists import Paging, QuipteamsRefuses, error
from app.emulators.quipteams_quotes import Quotes
from app.emulators.quipteams_records import EVERYBODY, KINDS, Company, Records
from app.emulators.quipteams_webhooks import Delivering, Webhooks
from app.emulators.store import Store

BASE = "/api/v1/"
COMPANY = "Austral Robotics"
RATE = 600
WINDOW = timedelta(minutes=1)
NO_KEY = "Missing or invalid Authorization header"
# How often its people look for something to do.
LOOK_SECONDS = 0.2
# What a status as a fault says about waiting.
FAULT_SECONDS = 30

_KEY = re.compile(r"qk_(live|test)_[a-z0-9]+")

SCOPES = {
    "quotes": "quotes",
    "assets": "assets",
    "devices": "assets",
    "device-actions": "device_actions",
    "products": "products",
    "kits": "kits",
    "employees": "employees",
}


@dataclass(slots=True)
class Rate:
    """How many calls each key may send in a window of time."""

    limit: int = RATE
    window: timedelta = WINDOW


class QuipteamsEmulator(Emulator):
    """quipteams. With a `pace`, its people take one step with each quote in each period."""

    def __init__(
        self,
        store: Store,
        pace: timedelta | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(store)
        self._pace = pace
        self._clock = clock
        self._offset = timedelta()
        self._paging = Paging()
        self._rate = Rate()
        self._used: dict[str, tuple[datetime, int]] = {}
        self._drift: list[Change] = []
        self._records = Records(store, self._now)
        self._quotes = Quotes(self._records, self._paging)
        self._inventory = Inventory(self._records, self._paging, self._quotes)
        self._catalogue = Catalogue(self._records, self._paging)
        self._webhooks = Webhooks(self._records)

    def app(self) -> web.Application:
        app = super().app()
        app.cleanup_ctx.append(self._webhooks.run)
        if self._pace is not None:
            app.cleanup_ctx.append(self._working(self._pace))
        return app

    def answer(self, call: Call) -> Answer:
        try:
            company, key = self._authorised(call)
            self._count(key)
            return self._routed(call, company)
        except QuipteamsRefuses as refusal:
            return error(refusal.status, str(refusal), refusal.details)

    def failure(self, status: int) -> Answer:
        return error(status, phrase(status))

    async def finish(self, call: Call, answer: Answer) -> Answer:
        """Adds the headers that every answer has, and what changes because of faults."""
        if isinstance(answer.body, dict) and "_test" in (answer.body.get("data") or {}):
            answer = await self._webhooks.send_test(*answer.body["data"]["_test"])
        self._webhooks.wake()
        body = drifted(answer.body, self._drift) if answer.status < 300 else answer.body
        return Answer(answer.status, body, self._headers(call, answer))

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_post("/control/{what:quotes|device-actions}/{id}", self._work)
        router.add_post("/control/quotes", self._fill)
        router.add_post("/control/records", self._add_records)
        router.add_post("/control/keys", self._add_key)
        router.add_get("/control/effects", self._effects)
        router.add_route("*", "/control/{setting:drift|clock|limit|paging|deliveries}", self._set)

    def _working(self, pace: timedelta) -> Callable[[web.Application], AsyncIterator[None]]:
        """The people, who work as long as the emulator runs."""

        async def work() -> None:
            while True:
                with self.store.transaction():
                    self._quotes.advance(pace)
                self._webhooks.wake()
                await asyncio.sleep(LOOK_SECONDS)

        async def working(_: web.Application) -> AsyncIterator[None]:
            task = asyncio.create_task(work())
            yield
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        return working

    def _routed(self, call: Call, company: Company) -> Answer:
        if not call.path.startswith(BASE):
            return error(404, f"Cannot {call.method} {call.path}")
        body = self._body(call)
        match (call.method, call.path.removeprefix(BASE).split("/")):
            case ("GET", ["quotes"]):
                return self._quotes.listed(company, call.query)
            case ("GET", ["quotes", id_]):
                return self._quotes.one(company, id_)
            case ("POST", ["quotes"]):
                return self._quotes.create(company, body)
            case ("PATCH", ["quotes", id_, "items", item_id]):
                return self._quotes.patch(company, id_, item_id, body)
            case ("POST", ["quotes", id_, "items", offer_id, "action"]):
                return self._quotes.act(company, id_, offer_id, body)
            case (_, ["webhooks", *rest]):
                return self._webhook_routes(call, company, rest, body)
            case (_, path):
                return self._other_routes(call, company, path, body)

    def _other_routes(self, call: Call, company: Company, path: list[str], body: Any) -> Answer:
        match (call.method, path):
            case ("GET", ["assets"]):
                return self._inventory.assets(company, call.query)
            case ("POST", ["devices"]):
                return self._inventory.add(company, body)
            case ("GET", ["device-actions"]):
                return self._inventory.actions(company, call.query)
            case ("POST", ["device-actions"]):
                return self._inventory.create(company, body, is_external=False)
            case ("POST", ["device-actions", "external"]):
                return self._inventory.create(company, body, is_external=True)
            case ("GET", ["device-actions", id_]):
                return self._inventory.action(company, id_, call.query)
            case ("GET", ["products"]):
                return self._catalogue.products(call.query)
            case ("GET", ["products", id_]):
                return self._catalogue.product(id_)
            case ("GET", ["kits"]):
                return self._catalogue.kits(company, call.query)
            case ("GET", ["kits", id_]):
                return self._catalogue.kit(company, id_)
            case ("GET", ["employees"]):
                return self._catalogue.employees(company, call.query)
            case ("GET", ["employees", id_]):
                return self._catalogue.employee(company, id_)
        return error(404, f"Cannot {call.method} {call.path}")

    def _webhook_routes(self, call: Call, company: Company, path: list[str], body: Any) -> Answer:
        match (call.method, path):
            case ("GET", []):
                return self._webhooks.listed(company)
            case ("POST", []):
                return self._webhooks.create(company, body)
            case ("GET", [id_]):
                return self._webhooks.one(company, id_)
            case ("PATCH", [id_]):
                return self._webhooks.patch(company, id_, body)
            case ("DELETE", [id_]):
                return self._webhooks.delete(company, id_)
            case ("POST", [id_, "test"]):
                return self._webhooks.stage_test(company, id_)
        return error(404, f"Cannot {call.method} {call.path}")

    def _authorised(self, call: Call) -> tuple[Company, str]:
        """The company of a key that may send this call, and the key. Raises: QuipteamsRefuses."""
        key = _bearer(call.headers)
        found = _KEY.fullmatch(key)
        if found is None:
            raise QuipteamsRefuses(401, NO_KEY)
        known = self.store.get("key", key) or {}
        if known.get("isRevoked") or known.get("expiresAt", "9") < self._records.now():
            raise QuipteamsRefuses(401, NO_KEY)
        scope = _scope(call)
        if known.get("isSwitchedOff") or scope not in known.get("scopes", [scope]):
            raise QuipteamsRefuses(403, f"This key does not have the scope {scope}")
        return Company(known.get("company", COMPANY), found[1]), key

    def _count(self, key: str) -> None:
        """Counts a call. Raises: QuipteamsRefuses, if the window has no more."""
        until, used = self._window(key)
        if used >= self._rate.limit:
            raise QuipteamsRefuses(429, "Too many requests")
        self._used[key] = until, used + 1

    def _window(self, key: str) -> tuple[datetime, int]:
        until, used = self._used.get(key, (self._now(), 0))
        return (until, used) if until > self._now() else (self._now() + self._rate.window, 0)

    def _headers(self, call: Call, answer: Answer) -> dict[str, str]:
        now, (until, used) = self._now(), self._window(_bearer(call.headers))
        left = max(self._rate.limit - used, 0)
        wait = math.ceil((until - now).total_seconds()) if not left else FAULT_SECONDS
        if answer.status == 429 and left:
            until, left = now + timedelta(seconds=wait), 0
        limits = {
            "Date": format_datetime(now, usegmt=True),
            "X-RateLimit-Limit": str(self._rate.limit),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": str(round(until.timestamp() * 1_000)),
        }
        return {**answer.headers, **limits, **({"Retry-After": str(max(wait, 1))} if answer.status == 429 else {})}

    def _body(self, call: Call) -> Any:
        if call.method in ("POST", "PATCH") and call.content and call.body is None:
            raise QuipteamsRefuses(400, "The body must be JSON, with Content-Type: application/json")
        return call.body

    def _now(self) -> datetime:
        return self._clock() + self._offset

    async def _work(self, request: web.Request) -> web.Response:
        """Does what quipteams' people do, for the company of the query, or the usual one."""
        work = self._quotes.work if request.match_info["what"] == "quotes" else self._inventory.work
        wanted = await request.json()
        try:
            with self.store.transaction():
                found = work(_company(request.query), request.match_info["id"], wanted)
        except QuipteamsRefuses as refusal:
            return web.json_response({"error": str(refusal)}, status=404)
        self._webhooks.wake()
        return web.json_response(found)

    async def _fill(self, request: web.Request) -> web.Response:
        """Adds a `count` of ordinary quotes."""
        given = await request.json()
        with self.store.transaction():
            ids = fill(self._records, _company(request.query), given["count"])
        return web.json_response({"ids": ids})

    async def _add_records(self, request: web.Request) -> web.Response:
        """Adds records of a `kind` as they are."""
        given = await request.json()
        if given.get("kind") not in KINDS:
            return web.json_response({"error": f"kind must be one of {', '.join(KINDS)}"}, status=400)
        owner = EVERYBODY if given["kind"] == "product" else _company(request.query).key
        with self.store.transaction():
            for record in given["records"]:
                self._records.put(given["kind"], owner, record)
        return web.Response(status=204)

    async def _add_key(self, request: web.Request) -> web.Response:
        """Says of a `key` its `company`, its `scopes`, and whether it `isRevoked`, has expired (`expiresAt`), or
        belongs to a company whose access `isSwitchedOff`."""
        given = await request.json()
        self.store.put("key", given["key"], given)
        return web.Response(status=204)

    async def _effects(self, request: web.Request) -> web.Response:
        """What was done outside the API: e-mails, tasks and orders."""
        found = self._records.all("effect", _company(request.query).key)
        return web.json_response([{name: it[name] for name in ("effect", "order_id")} for it in found])

    async def _set(self, request: web.Request) -> web.Response:
        """Changes how the emulator works, or, by DELETE, sets it back."""
        given = {} if request.method == "DELETE" else await request.json()
        try:
            self._apply(request.match_info["setting"], given)
        except (ValueError, TypeError) as wrong:
            return web.json_response({"error": str(wrong)}, status=400)
        return web.Response(status=204)

    def _apply(self, setting: str, given: Any) -> None:
        match setting:
            case "drift":
                self._drift = changes_of(given or [])
            case "clock":
                self._offset = timedelta(seconds=given.get("offsetSeconds", 0))
            case "limit":
                window = timedelta(seconds=given.get("seconds", WINDOW.total_seconds()))
                self._rate, self._used = Rate(given.get("limit", RATE), window), {}
            case "paging":
                self._paging.by_offset = bool(given.get("isByOffset"))
            case _:
                names = ("isHeld", "isReversed", "isDoubled")
                self._webhooks.delivering = Delivering(*(bool(given.get(it)) for it in names))
                self._webhooks.wake()


def _bearer(headers: Mapping[str, str]) -> str:
    scheme, _, key = headers.get("Authorization", "").partition(" ")
    return key.strip() if scheme == "Bearer" else ""


def _scope(call: Call) -> str:
    """The scope that a call needs."""
    group = call.path.removeprefix(BASE).partition("/")[0]
    if group not in SCOPES:
        return "webhooks:manage"
    return f"{SCOPES[group]}:{'read' if call.method == 'GET' else 'write'}"


def _company(query: Mapping[str, str]) -> Company:
    return Company(query.get("company", COMPANY), query.get("environment", "live"))
