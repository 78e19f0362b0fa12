"""Receives webhooks in the format of quipteams with nothing but Python, and verifies `X-Quip-Signature`.

WEBHOOK_SECRET=… python quipteams.py [port]
"""

import hashlib
import hmac
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from inbox import Inbox

SECRET = os.environ["WEBHOOK_SECRET"].encode()
MOST_BYTES = 1024**2
# The last attempt is 28 hours after the event, or later if you ask for it with Retry-After.
OLDEST = timedelta(days=3)

inbox = Inbox()


def verified(body: bytes, signatures: str) -> Any:
    """The event, or None if the signature is wrong or the event too old."""
    expected = f"sha256={hmac.new(SECRET, body, hashlib.sha256).hexdigest()}".encode()
    # Two signatures while the secret is replaced. `==` would take longer for a better guess.
    if not any(hmac.compare_digest(expected, it.strip().encode()) for it in signatures.split(",")):
        return None
    event = json.loads(body)
    # Only the body is signed, so the time is read from there.
    return event if datetime.now(UTC) - datetime.fromisoformat(event["created_at"]) < OLDEST else None


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        if length > MOST_BYTES:
            return self.answer(413, "close")
        event = verified(self.rfile.read(length), self.headers.get("X-Quip-Signature", ""))
        if event is None:
            return self.answer(401)
        # X-Quip-Delivery-Id is not signed; the id in the body is, and is the same in all attempts too.
        inbox.add(event["id"], event)
        return self.answer(204)

    def answer(self, status: int, connection: str = "keep-alive") -> None:
        self.send_response(status)
        self.send_header("Connection", connection)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Not a line for each request."""


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 9000), Receiver).serve_forever()
