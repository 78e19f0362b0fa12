"""Deliveries are signed so that receivers can verify them by the standard's library, and by an HMAC of their own."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from adapters.webhooks.signing import StandardSigner

SECRET, OTHER = "0f" * 32, "a7" * 32
ID = "01900000-0000-7000-8000-000000000001"
BODY = json.dumps({"type": "quote.pending", "data": {"name": "Ana Rodríguez"}}, ensure_ascii=False).encode()
AT = datetime(2026, 11, 28, 12, 0, 0, 900_000, tzinfo=UTC)


def signed(*secrets: str, at: datetime | None = None, body: bytes = BODY) -> dict[str, str]:
    return StandardSigner().headers(ID, "quote.pending", body, secrets, at or datetime.now(UTC))


def test_the_library_of_the_standard_verifies_a_delivery():
    assert Webhook(SECRET).verify(BODY, signed(SECRET)) == json.loads(BODY)


def test_the_headers_say_json_and_are_those_of_the_standard_and_of_quipteams():
    key = base64.b64decode(SECRET)
    standard = hmac.new(key, f"{ID}.1795867200.".encode() + BODY, hashlib.sha256).digest()
    quipteams = hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest()
    assert signed(SECRET, at=AT) == {
        "Content-Type": "application/json",
        "User-Agent": "quotegraph-webhooks",
        "webhook-id": ID,
        "webhook-timestamp": "1795867200",
        "webhook-signature": f"v1,{base64.b64encode(standard).decode()}",
        "X-Quip-Signature": f"sha256={quipteams}",
        "X-Quip-Event": "quote.pending",
        "X-Quip-Delivery-Id": ID,
    }


def test_during_a_rotation_each_of_both_secrets_verifies():
    headers = signed(SECRET, OTHER)
    for secret in (SECRET, OTHER):
        Webhook(secret).verify(BODY, headers)
        expected = hmac.new(secret.encode(), BODY, hashlib.sha256).hexdigest()
        assert f"sha256={expected}" in headers["X-Quip-Signature"].split(",")
    assert len(headers["webhook-signature"].split()) == 2
    with pytest.raises(WebhookVerificationError):
        Webhook("bb" * 32).verify(BODY, headers)


@pytest.mark.parametrize("changed", ["webhook-id", "webhook-timestamp", "body"])
def test_a_changed_delivery_is_refused(changed):
    headers, body = signed(SECRET), BODY
    if changed == "body":
        body = BODY.replace(b"pending", b"pendinG")
    else:
        headers[changed] = str(int(headers["webhook-timestamp"]) + 1)
    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        Webhook(SECRET).verify(body, headers)


@pytest.mark.parametrize(("minutes", "message"), [(-6, "too old"), (6, "too new")])
def test_an_old_delivery_is_refused(minutes, message):
    headers = signed(SECRET, at=datetime.now(UTC) + timedelta(minutes=minutes))
    with pytest.raises(WebhookVerificationError, match=message):
        Webhook(SECRET).verify(BODY, headers)


def test_the_zone_of_the_clock_changes_nothing():
    assert signed(SECRET, at=AT.astimezone(timezone(timedelta(hours=-3)))) == signed(SECRET, at=AT)
