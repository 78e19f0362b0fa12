"""Receives webhooks with aiohttp, and verifies them with the library of Standard Webhooks.

WEBHOOK_SECRET=… python standard.py [port]
"""

import os
import sys

from aiohttp import web
from inbox import Inbox
from standardwebhooks import Webhook, WebhookVerificationError

webhook = Webhook(os.environ["WEBHOOK_SECRET"])
inbox = Inbox()


async def receive(request: web.Request) -> web.Response:
    # The bytes as they came: the same JSON written again would have another signature.
    body = await request.read()
    try:
        # Compares in constant time, and refuses what was signed more than five minutes ago.
        event = webhook.verify(body, dict(request.headers))
    except (WebhookVerificationError, ValueError):
        return web.Response(status=401, text="The signature is wrong or too old.")
    inbox.add(request.headers["webhook-id"], event)
    return web.Response(status=204)


app = web.Application(client_max_size=1024**2)
app.router.add_post("/", receive)
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]) if len(sys.argv) > 1 else 9000)
