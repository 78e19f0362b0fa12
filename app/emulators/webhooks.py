"""A receiver of webhooks, which verifies signatures and shows at `/received` what came, to any path.

`POST /control/secrets` tells it the secret of an endpoint: an object with `secret`. What none of its secrets has signed
is answered 401. An entry has `isVerified`, and `isRepeated` if the delivery was received before.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping

from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

from app.emulators.http import Answer, Call, Emulator, phrase


class WebhooksEmulator(Emulator):
    """The receiver of any number of endpoints."""

    def answer(self, call: Call) -> Answer:
        if call.method != "POST":
            return self.failure(405)
        delivery_id = call.headers.get("webhook-id", "")
        if not any(_is_signed(it["secret"], call.headers, call.content) for it in self.store.all("secret")):
            return Answer(401, {"error": "The signature is wrong or too old."}, shown={"isVerified": False})
        repeated = self.store.get("delivery", delivery_id) is not None
        self.store.put("delivery", delivery_id, {})
        return Answer(200, {"received": True}, shown={"isVerified": True, "isRepeated": repeated})

    def failure(self, status: int) -> Answer:
        headers = {"Retry-After": "30"} if status in (429, 503) else {}
        return Answer(status, {"error": phrase(status)}, headers)

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_post("/control/secrets", self._control)

    async def _control(self, request: web.Request) -> web.Response:
        given = (await request.json()).get("secret")
        if not _is_secret(given):
            return web.json_response({"error": "Send an object with the secret of an endpoint."}, status=400)
        self.store.put("secret", given, {"secret": given})
        return web.Response(status=204)


def _is_secret(given: object) -> bool:
    try:
        return isinstance(given, str) and bool(base64.b64decode(given, validate=True))
    except (binascii.Error, ValueError):
        return False


def _is_signed(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether both signatures are by this secret: that of Standard Webhooks, and that of quipteams."""
    try:
        Webhook(secret).verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):
        return False
    expected = f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}".encode()
    given = headers.get("X-Quip-Signature", "").split(",")
    return any(hmac.compare_digest(expected, it.strip().encode()) for it in given)
