"""The headers of a delivery, with the signatures of Standard Webhooks and of quipteams."""

import hmac
from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook


class StandardSigner:
    """Implements the `WebhookSigner` port (docs/domain.md#webhook-signatures)."""

    def headers(
        self, delivery_id: str, event_type: str, body: bytes, secrets: Sequence[str], at: datetime
    ) -> dict[str, str]:
        # The library reads the wall clock of the time, whatever its zone.
        at, text = at.astimezone(UTC), body.decode()
        return {
            "Content-Type": "application/json",
            "User-Agent": "quotegraph-webhooks",
            "webhook-id": delivery_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(Webhook(it).sign(delivery_id, at, text) for it in secrets),
            "X-Quip-Signature": ",".join(f"sha256={_hex_digest(it, body)}" for it in secrets),
            "X-Quip-Event": event_type,
            "X-Quip-Delivery-Id": delivery_id,
        }


def _hex_digest(secret: str, body: bytes) -> str:
    return hmac.digest(secret.encode(), body, "sha256").hex()
