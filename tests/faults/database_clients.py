"""Who uses the server while its database fails: people who write, one who follows, and a balancer that asks whether it
is ready. Each notes what was answered."""

import asyncio
import secrets
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.faults.kills import ACCEPT, CREATE, ITEM, PRICE

# A client that has waited this long has been forgotten.
FORGOTTEN = 60.0
FOLLOW = "subscription($after: String) { events(after: $after) { id cursor } }"


@dataclass
class Answers:
    """What was answered: how often each, and the slowest that was a refusal."""

    counts: Counter[str] = field(default_factory=Counter)
    slowest_refusal: float = 0.0
    wrong: list[str] = field(default_factory=list)

    @property
    def refused(self) -> int:
        return self.counts["SERVICE_UNAVAILABLE"]

    def note(self, status: int, headers: Any, answer: Any, seconds: float) -> bool:
        """Whether it was a success. Anything but that and a refusal with Retry-After is wrong."""
        errors = answer.get("errors") or []
        codes = {it["extensions"]["code"] for it in errors}
        if status == 200 and not errors:
            self.counts["answered"] += 1
            return True
        if codes == {"SERVICE_UNAVAILABLE"} and (status == 200 or headers.get("Retry-After")):
            self.counts["SERVICE_UNAVAILABLE"] += 1
            self.slowest_refusal = max(self.slowest_refusal, seconds)
            return False
        self.counts["wrong"] += 1
        self.wrong.append(f"{status} {answer}"[:500])
        return False


@dataclass
class Person:
    """Creates, prices and accepts quotes, each call repeated under its idempotency key until it has succeeded."""

    http: aiohttp.ClientSession
    url: str
    key: str
    name: str
    answers: Answers
    accepted: int = 0
    stopping: bool = False

    async def run(self) -> None:
        number = 0
        while not self.stopping:
            number += 1
            await self.accept(number)

    async def accept(self, number: int) -> None:
        # Long and not to be compressed, so that the tables grow.
        comments = secrets.token_hex(2_400)
        draft = {"requesterEmail": "it@faults.example", "items": [ITEM | {"comments": comments}]}
        made = await self.call(CREATE, f"create-{number}", **draft)
        item = made["quote"]["items"][0]["id"]
        price = {"amount": "1450.00", "currencyCode": "USD"}
        await self.call(PRICE, f"price-{number}", itemId=item, price=price)
        await self.call(ACCEPT, f"accept-{number}", itemId=item)
        self.accepted += 1

    async def call(self, mutation: str, idempotency_key: str, **given: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": f"{self.name}-{idempotency_key}"}
        body = {"query": mutation, "variables": {"input": given}}
        while True:
            started = time.monotonic()
            async with asyncio.timeout(FORGOTTEN):
                async with self.http.post(self.url, json=body, headers=headers) as response:
                    answer = await response.json()
                    good = self.answers.note(response.status, response.headers, answer, time.monotonic() - started)
            if good:
                (payload,) = answer["data"].values()
                assert payload["userErrors"] == [], payload
                return payload
            await asyncio.sleep(0.1)


@dataclass
class Follower:
    """Subscribes to all events over a WebSocket, and resumes behind the last one when it is ended."""

    http: aiohttp.ClientSession
    url: str
    key: str
    seen: list[str] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)
    cursor: str | None = None

    async def run(self) -> None:
        while True:
            try:
                await self._follow()
            except (aiohttp.ClientError, ConnectionError, TimeoutError) as gone:
                self.ends[type(gone).__name__] += 1
            await asyncio.sleep(0.2)

    async def _follow(self) -> None:
        headers = {"Authorization": f"Bearer {self.key}"}
        async with self.http.ws_connect(self.url, protocols=["graphql-transport-ws"], headers=headers) as socket:
            await socket.send_json({"type": "connection_init"})
            async for message in socket:
                if message.type is not aiohttp.WSMsgType.TEXT:
                    break
                told = message.json()
                if told["type"] == "connection_ack":
                    payload = {"query": FOLLOW, "variables": {"after": self.cursor}}
                    await socket.send_json({"type": "subscribe", "id": "1", "payload": payload})
                elif told["type"] == "next" and "errors" not in told["payload"]:
                    event = told["payload"]["data"]["events"]
                    self.seen.append(event["id"].rpartition("_")[2])
                    self.cursor = event["cursor"]
                elif told["type"] == "ping":
                    await socket.send_json({"type": "pong"})
                else:
                    self.ends[self._reason(told)] += 1
                    break
            else:
                self.ends[f"closed {socket.close_code}"] += 1

    def _reason(self, told: Any) -> str:
        payload = told.get("payload")
        errors = payload.get("errors", []) if isinstance(payload, dict) else payload or []
        return ", ".join(it["extensions"]["code"] for it in errors) or str(told["type"])


@dataclass
class Balancer:
    """Asks again and again whether the server is ready, and when that changed."""

    http: aiohttp.ClientSession
    url: str
    ready: bool | None = None
    changed: float = 0.0
    reason: str = ""

    async def run(self) -> None:
        while True:
            async with self.http.get(f"{self.url}/readyz") as response:
                ready, self.reason = response.status == 200, (await response.json())["status"]
            if ready != self.ready:
                self.ready, self.changed = ready, time.monotonic()
            await asyncio.sleep(0.1)
