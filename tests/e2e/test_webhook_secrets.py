"""The secret of a webhook endpoint is shown once, signs what is delivered, and is nowhere else in plain text."""

import base64
import sqlite3
from pathlib import Path

import aiohttp

from app.emulators.store import Store
from tests.e2e.processes import Api, eventually, running, written
from tests.e2e.test_demo import pasted

CREATE = """mutation($input: CreateWebhookEndpointInput!) {
    createWebhookEndpoint(input: $input) @idempotent(key: "one") { secret endpoint { id } userErrors { message } }
}"""
TEST = """mutation($id: ID!) { testWebhookEndpoint(input: {endpointId: $id}) {
    isDelivered responseStatus error userErrors { message }
} }"""
ROTATE = """mutation($input: RotateWebhookSecretInput!) {
    rotateWebhookSecret(input: $input) { secret userErrors { message } }
}"""
# Everything that the API tells of an endpoint.
READ = """query($id: ID!) {
    webhookEndpoint(by: {id: $id}) {
        id url events description format query scopes secretPrefix isActive disabledReason failingSince pausedUntil
        createdBy { name } createdAt updatedAt
        deliveries(first: 50) { nodes {
            eventType status attemptCount lastResponseStatus lastError payload
            attempts { number responseStatus error responseBody }
        } }
        history { nodes { type fieldChanges { field from to } changes { field from to } } }
    }
}"""
JOBS = """{
    deadJobs { nodes { id type status lastError payload } }
    failingJobs { nodes { id type status lastError payload } }
}"""


async def told(session: aiohttp.ClientSession, receiver: str, secret: str) -> None:
    async with session.post(f"{receiver}/control/secrets", json={"secret": secret}) as answer:
        assert answer.status == 204


def secrets_of_receiver(data: Path) -> list[str]:
    store = Store(data / "emulators" / "webhooks.sqlite3")
    found = [it["secret"] for it in store.all("secret")]
    store.close()
    return found


def forms(secret: str) -> set[bytes]:
    """The secret as text, and what Standard Webhooks makes of it."""
    key = base64.b64decode(secret)
    return {secret.encode(), secret.upper().encode(), key, key.hex().encode(), repr(key)[2:-1].encode()}


async def delivered(api: Api, receiver: str) -> bool:
    """Whether an event came that both secrets have signed."""
    received = [it for it in await api.received(receiver) if it["path"] == "/mine" and it.get("isVerified")]
    return any(it["headers"]["X-Quip-Event"] == "quote.item_accepted" for it in received)


async def test_a_secret_is_in_the_answer_that_shows_it_and_nowhere_else(tmp_path: Path):
    log, data = tmp_path / "log", tmp_path / "data"
    words = ("demo", "--port", "0", "--data", str(data))
    async with aiohttp.ClientSession() as session, running(log, *words, log_level="debug"):
        demo = await written(data / "demo.json")
        api, receiver = Api(session, demo["url"], demo["keys"]["live"]), demo["emulators"]["webhooks"]
        operator = Api(session, demo["url"], demo["keys"]["operator"])
        # Quotes that come from connected systems meanwhile are no events of these.
        wanted = {"url": f"{receiver}/mine", "events": ["quote.item_accepted"]}

        dry = await api.run(CREATE.replace('@idempotent(key: "one")', ""), input={**wanted, "dryRun": True})
        created = (await api.run(CREATE, input=wanted))["createWebhookEndpoint"]
        again = (await api.run(CREATE, input=wanted))["createWebhookEndpoint"]
        endpoint, first = created["endpoint"]["id"], created["secret"]
        assert dry["createWebhookEndpoint"]["secret"] is None
        assert again == {**created, "secret": None}

        refused = (await api.run(TEST, id=endpoint))["testWebhookEndpoint"]
        await told(session, receiver, first)
        tested = (await api.run(TEST, id=endpoint))["testWebhookEndpoint"]
        rotated = await api.run(ROTATE, input={"endpointId": endpoint, "overlap": "PT1H"})
        second = rotated["rotateWebhookSecret"]["secret"]
        fault = {"mode": "status", "status": 500, "path": "/mine"}
        async with session.post(f"{receiver}/faults", json=[fault]) as answer:
            assert answer.status == 204
        failed, both = [(await api.run(TEST, id=endpoint))["testWebhookEndpoint"] for _ in range(2)]
        tests = [it for it in await api.received(receiver) if it["path"] == "/mine"]
        await api.run(pasted(log))
        await eventually(lambda: delivered(api, receiver))
        texts = [
            str(await api.run(READ, id=endpoint)),
            str(await operator.run(JOBS)),
            str(dry),
            str(again),
            str(failed),
        ]
        async with session.get(demo["url"].replace("/graphql", "/metrics")) as metrics:
            texts.append(await metrics.text())
        with sqlite3.connect(data / "demo.db") as database:
            texts += list(database.iterdump())
        files = [it.read_bytes() for it in (*data.glob("demo*"), log)]

    assert [it["responseStatus"] for it in (refused, tested, failed, both)] == [401, 200, 500, 200]
    assert [len(it["headers"]["webhook-signature"].split()) for it in tests] == [1, 1, 2, 2]
    secrets = {first, second, *secrets_of_receiver(data)}
    assert len(secrets) == 3, "these two, and that of the demo's endpoint"
    hidden = {(data / "secret.key").read_bytes(), *(form for it in secrets for form in forms(it))}
    shown = b"\n".join([*(it.encode() for it in texts), *files])
    assert [it for it in hidden if it in shown] == []
