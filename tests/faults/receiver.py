"""A receiver of webhooks that verifies what it gets and remembers it."""

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from standardwebhooks.webhooks import Webhook, WebhookVerificationError


class Receiver:
    """Answers 204 to what is signed with one of its `secrets`, and 401 to the rest."""

    def __init__(self) -> None:
        self.secrets: list[str] = []
        # How often each delivery came, and the body it came with first.
        self.times: Counter[str] = Counter()
        self.bodies: dict[str, dict[str, Any]] = {}
        # Deliveries whose body was another one at a later time.
        self.changed: set[str] = set()
        self.sequences: list[int] = []
        self.refused = 0

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        app = web.Application()
        app.router.add_post("/hooks", self._receive)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}/hooks"
        finally:
            await runner.cleanup()

    async def _receive(self, request: web.Request) -> web.Response:
        body = await request.read()
        if not any(self._signed(request, body, secret) for secret in self.secrets):
            self.refused += 1
            return web.Response(status=401)
        delivery, content = request.headers["X-Quip-Delivery-Id"], json.loads(body)
        self.times[delivery] += 1
        if self.bodies.setdefault(delivery, content) != content:
            self.changed.add(delivery)
        if self.times[delivery] == 1:
            self.sequences.append(content["sequence"])
        return web.Response(status=204)

    def _signed(self, request: web.Request, body: bytes, secret: str) -> bool:
        try:
            Webhook(secret).verify(body, dict(request.headers))
        except WebhookVerificationError:
            return False
        digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(request.headers["X-Quip-Signature"], f"sha256={digest}")

    @property
    def repeated(self) -> int:
        """How many deliveries came more than once."""
        return sum(times > 1 for times in self.times.values())

    @property
    def late(self) -> int:
        """How many deliveries came for the first time after one with a higher sequence number."""
        highest, late = 0, 0
        for sequence in self.sequences:
            late += sequence < highest
            highest = max(highest, sequence)
        return late
