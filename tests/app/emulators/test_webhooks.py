"""The emulated receiver takes what was signed with a secret that it was told, and shows everything that came."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from adapters.webhooks.signing import StandardSigner
from tests.adapters.support.emulated import emulated

SECRET, OTHER = "0f" * 32, "a7" * 32
BODY = json.dumps({"type": "quote.pending", "data": {}}).encode()


@pytest_asyncio.fixture
async def receiver(tmp_path):
    async with emulated("webhooks", tmp_path) as receiver:
        await tell(receiver, SECRET)
        yield receiver


async def tell(receiver, secret):
    async with receiver.session.post(f"{receiver.url}/control/secrets", json={"secret": secret}) as answer:
        return answer.status


async def deliver(receiver, *secrets, delivery_id="1", at=None, body=BODY, **changed):
    headers = StandardSigner().headers(delivery_id, "quote.pending", BODY, secrets, at or datetime.now(UTC))
    headers |= {"Content-Type": "application/json", **changed}
    async with receiver.session.post(f"{receiver.url}/acme", data=body, headers=headers) as answer:
        return answer.status


def shown(entry):
    return entry["status"], entry["isVerified"], entry.get("isRepeated")


async def test_what_came_is_shown_with_its_signature_verified_and_repetitions_marked(receiver):
    assert [await deliver(receiver, SECRET, delivery_id=it) for it in ("1", "2", "1")] == [200, 200, 200]
    entries = await receiver.received()
    assert [shown(it) for it in entries] == [(200, True, False), (200, True, False), (200, True, True)]
    assert (entries[0]["path"], entries[0]["body"]) == ("/acme", json.loads(BODY))
    assert entries[0]["headers"]["X-Quip-Event"] == "quote.pending"


async def test_either_secret_verifies_during_a_rotation(receiver):
    assert await deliver(receiver, OTHER, SECRET) == 200
    assert await deliver(receiver, SECRET, OTHER) == 200


@pytest.mark.parametrize(
    "change",
    [
        {"secrets": [OTHER]},
        {"body": BODY.replace(b"pending", b"created")},
        {"at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,ñ"},
        {"X-Quip-Signature": "sha256=ñ"},
        {"X-Quip-Signature": "sha256="},
    ],
    ids=str,
)
async def test_what_no_secret_of_the_receiver_has_signed_is_refused_and_shown(receiver, change):
    assert await deliver(receiver, *change.pop("secrets", [SECRET]), **change) == 401
    assert [shown(it) for it in await receiver.received()] == [(401, False, None)]


async def test_the_receiver_takes_secrets_only_and_keeps_them(tmp_path):
    async with emulated("webhooks", tmp_path) as receiver:
        assert [await tell(receiver, it) for it in ("", None, 1, "no base64!", "ñ")] == [400] * 5
        assert await deliver(receiver, SECRET) == 401
        assert await tell(receiver, SECRET) == 204
        assert await deliver(receiver, SECRET, at=datetime.now(UTC) - timedelta(minutes=1)) == 200
    async with emulated("webhooks", tmp_path) as receiver:
        assert await deliver(receiver, SECRET) == 200
        assert [shown(it) for it in await receiver.received()] == [
            (401, False, None),
            (200, True, False),
            (200, True, True),
        ]


async def test_faults_are_those_of_the_other_emulators(receiver):
    await receiver.go_wrong(mode="status", status=503)
    async with receiver.session.post(f"{receiver.url}/acme", data=BODY) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
    await receiver.go_wrong(mode="status", status=410)
    assert await deliver(receiver, SECRET) == 410
    assert await deliver(receiver, SECRET) == 200


async def test_the_receiver_is_for_posts(receiver):
    assert (await receiver.call("GET", "/acme"))[0] == 405
