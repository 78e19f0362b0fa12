"""The webhooks of the emulated quipteams: endpoints, and the deliveries to them, which are signed and repeated.

`POST /control/deliveries` takes `"isHeld": true` to keep deliveries back, and, when they go out, `"isReversed": true`
and `"isDoubled": true`.
"""

import asyncio
import hashlib
import hmac
import json
import secrets
from collections.abc import AsyncIterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import aiohttp
from aiohttp import web
from yarl import URL

from app.emulators.http import Answer, format_time
from app.emulators.quipteams_lists import Record, conflict, invalid, not_found, public
from app.emulators.quipteams_records import Company, Records, changed

EVENTS = frozenset(
    {"quote.created", "quote.pending", "quote.tracking_added", "quote.delivered", "quote.approved", "quote.rejected"}
    | {"quote.item_accepted", "quote.item_rejected", "quote.completed", "quote.cancelled", "quote.in_progress"}
    | {"logistics.tracking_added", "logistics.completed", "logistics.created", "logistics.status_changed"}
    | {"quote.*", "logistics.*", "webhook.test"}
)
MOST_ENDPOINTS = 10
SHOWN_DELIVERIES = 20
TIMEOUT_SECONDS = 10
# The waits after failed attempts, in seconds.
RETRIES = (5, 300, 1_800, 7_200, 18_000, 36_000, 36_000)
LOOPBACK = ("127.0.0.1", "localhost")
CHANGEABLE = ("url", "events", "description", "is_active")


@dataclass(slots=True)
class Delivering:
    """How deliveries go out."""

    is_held: bool = False
    is_reversed: bool = False
    is_doubled: bool = False


class Webhooks:
    """The endpoints and deliveries of all companies."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._more = asyncio.Event()
        self.delivering = Delivering()

    def listed(self, company: Company) -> Answer:
        found = [_shown(it) for it in self._records.all("endpoint", company.key)]
        return Answer(200, {"data": found, "meta": {"total": len(found)}})

    def one(self, company: Company, id_: str) -> Answer:
        endpoint = self._find(company, id_)
        deliveries = [public(it) for it in self._deliveries(company, endpoint)][: -SHOWN_DELIVERIES - 1 : -1]
        return Answer(200, {"data": {**_shown(endpoint), "recent_deliveries": deliveries}})

    def create(self, company: Company, body: Any) -> Answer:
        _check(body, ("url", "events"))
        if len(self._records.all("endpoint", company.key)) >= MOST_ENDPOINTS:
            raise conflict(f"A company can have at most {MOST_ENDPOINTS} webhook endpoints")
        at = f"{self._records.now()[:19]}Z"
        endpoint = {
            "id": str(uuid4()),
            "url": body["url"],
            "events": body["events"],
            "description": body.get("description"),
            "is_active": True,
            "created_by": "api",
            "created_at": at,
            "updated_at": at,
            "secret": secrets.token_hex(32),
        }
        self._records.put("endpoint", company.key, endpoint)
        return Answer(201, {"data": public(endpoint, "created_by", "updated_at")})

    def patch(self, company: Company, id_: str, body: Any) -> Answer:
        endpoint = self._find(company, id_)
        _check(body, ())
        at = f"{self._records.now()[:19]}Z"
        new = changed(endpoint, at, **{name: body[name] for name in CHANGEABLE if name in body})
        self._records.put("endpoint", company.key, new)
        return Answer(200, {"data": _shown(new)})

    def delete(self, company: Company, id_: str) -> Answer:
        endpoint = self._find(company, id_)
        for delivery in self._deliveries(company, endpoint):
            self._records.remove("delivery", company.key, delivery)
        self._records.remove("endpoint", company.key, endpoint)
        return Answer(200, {"data": {"id": id_, "deleted": True}})

    def stage_test(self, company: Company, id_: str) -> Answer:
        """Stages a test event; `send_test` sends it, as its outcome is the answer."""
        endpoint = self._find(company, id_)
        delivery = self._records.deliver(company.key, endpoint, "webhook.test", {"message": "This is a test"})
        self._records.put("delivery", company.key, {**delivery, "status": "test"})
        return Answer(200, {"data": {"_test": [company.key, delivery["id"]]}})

    async def send_test(self, company: str, id_: str) -> Answer:
        delivery = self._records.find("delivery", company, id_)
        assert delivery is not None
        async with _session() as session:
            began = asyncio.get_running_loop().time()
            sent = await self._send(session, delivery)
            latency = round((asyncio.get_running_loop().time() - began) * 1_000)
        outcome = {"status": sent["status"], "response_status": sent["last_response_status"], "latency_ms": latency}
        return Answer(200, {"data": {"id": id_, "event_type": "webhook.test", **outcome}})

    def wake(self) -> None:
        """Send what is due."""
        self._more.set()

    async def run(self, _: web.Application) -> AsyncIterator[None]:
        """Sends deliveries as long as the emulator runs."""
        task = asyncio.create_task(self._run())
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        async with _session() as session:
            while True:
                self._more.clear()
                due = [] if self.delivering.is_held else self._due()
                if self.delivering.is_reversed:
                    due.reverse()
                for delivery in due:
                    for _ in range(2 if self.delivering.is_doubled else 1):
                        await self._send(session, delivery)
                if not due:
                    await self._until_more()

    async def _until_more(self) -> None:
        try:
            async with asyncio.timeout(1):
                await self._more.wait()
        except TimeoutError:
            return

    def _due(self) -> list[Record]:
        now = self._records.now()
        pending = self._records.everybodys("delivery")
        return [it for it in pending if it["status"] == "pending" and it["_due"] <= now]

    async def _send(self, session: aiohttp.ClientSession, delivery: Record) -> Record:
        """Sends one attempt, and returns the delivery after it."""
        company = delivery["_company"]
        endpoint = self._records.find("endpoint", company, delivery["_endpoint"])
        if endpoint is None:
            return delivery
        body = json.dumps(delivery["_body"]).encode()
        status = await _post(session, endpoint["url"], _headers(delivery, endpoint["secret"], body), body)
        done, attempts = status is not None and 200 <= status < 300, delivery["attempts"] + 1
        is_last = attempts > len(RETRIES) or delivery["event_type"] == "webhook.test"
        after = deepcopy(delivery)
        after |= {"status": "success" if done else "failed" if is_last else "pending", "attempts": attempts}
        after |= {"last_response_status": status}
        if after["status"] == "pending":
            wait = timedelta(seconds=RETRIES[attempts - 1])
            after["_due"] = format_time(datetime.fromisoformat(self._records.now()) + wait)
        if self._records.find("endpoint", company, endpoint["id"]) is None:
            return after
        return self._records.put("delivery", company, after)

    def _find(self, company: Company, id_: str) -> Record:
        found = self._records.find("endpoint", company.key, id_)
        if found is None:
            raise not_found("Webhook")
        return found

    def _deliveries(self, company: Company, endpoint: Record) -> list[Record]:
        return [it for it in self._records.all("delivery", company.key) if it["_endpoint"] == endpoint["id"]]


async def _post(session: aiohttp.ClientSession, url: str, headers: dict[str, str], body: bytes) -> int | None:
    try:
        async with session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
            return answer.status
    except (aiohttp.ClientError, OSError, ValueError):
        return None


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS))


def _headers(delivery: Record, secret: str, body: bytes) -> dict[str, str]:
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "X-Quip-Signature": f"sha256={signature}",
        "X-Quip-Event": delivery["event_type"],
        "X-Quip-Delivery-Id": delivery["id"],
    }


def _shown(endpoint: Record) -> Record:
    return public(endpoint, "secret")


def _check(body: Any, required: tuple[str, ...]) -> None:
    """Raises: QuipteamsRefuses."""
    if not isinstance(body, dict):
        raise invalid("", "The body must be a JSON object")
    for name in required:
        if body.get(name) is None:
            raise invalid(name, f"{name} is required")
    if "url" in body and not _is_https(body["url"]):
        raise invalid("url", "url must be an HTTPS URL")
    if "events" in body:
        events = body["events"]
        if not isinstance(events, list) or not events or not all(isinstance(it, str) for it in events):
            raise invalid("events", "events must be a non-empty array")
        if unknown := sorted(set(events) - EVENTS):
            raise invalid("events", f"Unknown event: {unknown[0]}")
    if not isinstance(body.get("is_active", True), bool):
        raise invalid("is_active", "is_active must be a boolean")


def _is_https(value: Any) -> bool:
    """Whether this is an HTTPS URL, or one of this machine."""
    try:
        url = URL(value)
    except (TypeError, ValueError):
        return False
    return bool(url.host) and (url.scheme == "https" or (url.scheme == "http" and url.host in LOOPBACK))
