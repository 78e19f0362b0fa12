"""Secrets of every kind are used, mistyped, replaced and made to fail; then they are looked for in everything that is
written down or shown."""

import asyncio
import base64
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote as percent_encoded

import pytest

from adapters.database.core.engine import Database
from adapters.secrets import new_secret_key
from app.emulators import start_emulators
from app.emulators.oidc import AUDIENCE, CLIENT
from app.server.request_lines import REQUESTS, RequestFormatter
from domain.use_cases.webhooks.fan_out import fan_out
from tests.api.support.access import a_manager, an_access_token
from tests.api.support.inventory_inputs import an_asset
from tests.api.support.makers import a_quote
from tests.api.support.running import Running, running
from tests.api.support.webhooks import URL, received_by
from tests.databases import rows_of
from tests.e2e.processes import command, eventually
from tests.fakes.webhooks import Receiver

VIEWER = "{ viewer { scopes person { name email } } }"
KEY = """mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) @idempotent(key: "key") {
    secret apiKey { id } userErrors { message } } }"""
ENDPOINT = """mutation($input: CreateWebhookEndpointInput!) {
    createWebhookEndpoint(input: $input) @idempotent(key: "endpoint") { secret endpoint { id } userErrors { message } }
}"""
# What the graph shows of what has secrets, and of what went wrong.
SHOWN = """{
    apiKeys { nodes { id name prefix status scopes createdBy { type name email }
        history { nodes { type actor { type name } fieldChanges { field from to } changes { from to } } } } }
    accessTokens { nodes { id prefix person { name email } status
        history { nodes { type actor { type name } fieldChanges { field from to } changes { from to } } } } }
    webhookEndpoints { nodes { id url secretPrefix
        history { nodes { type actor { type name } fieldChanges { field from to } } }
        deliveries(first: 100) { nodes { eventType status payload lastError attempts { error responseBody } } } } }
    quotes { nodes { id history(first: 100) { nodes { type actor { type name } fieldChanges { field from to } } } } }
}"""
JOBS = """{
    failingJobs(first: 100) { nodes { type status lastError payload } }
    deadJobs(first: 100) { nodes { type status lastError payload } }
}"""
# Where a secret may be: who has the public key of a quote sees it, and it is part of the quote.
MAY_BE: Mapping[str, set[str]] = {"public key": {"the database"}}


class Story(NamedTuple):
    """What happened: the secrets by their kinds, and what was written down or shown, by places."""

    secrets: dict[str, str]
    places: dict[str, bytes]

    def leaks(self) -> list[str]:
        return [
            f"{kind} in {place}"
            for kind, secret in self.secrets.items()
            for place, text in self.places.items()
            if place not in MAY_BE.get(kind, set()) and any(it in text for it in forms(secret))
        ]


def forms(secret: str) -> set[bytes]:
    """A secret as it may be written, and its second half alone: the beginning of some is shown, to tell them apart."""
    half = secret[len(secret) // 2 :]
    found = {secret, half, half.upper(), percent_encoded(secret, safe="")}
    return {it.encode() for it in found} | {base64.b64encode(secret.encode()), secret.encode().hex().encode()}


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> pytest.LogCaptureFixture:
    """Everything that a process writes to its log at level `debug`."""
    # As app/process.py has it; and some belong to the emulators.
    for name in ("aiosqlite", "alembic", "aiohttp.access", "mail.log"):
        caplog.set_level(logging.WARNING, name)
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(logging.getLogger(REQUESTS), "propagate", True)
    return caplog


@asynccontextmanager
async def a_site(url: str, folder: Path) -> AsyncIterator[tuple[Running, dict[str, str], str]]:
    """The application with vendors that want no orders, its secrets of settings, and its identity provider."""
    secrets = {
        "secret key": new_secret_key(),
        "token of Tecspal": "tecspal-vendor-token-4Jx9QmZt",
        "token of Asana": "asana-board-token-7Kw2RnYs",
        "password of the mail server": "smtp-password-8Lv3SpXr",
    }
    async with await start_emulators(folder) as emulators:
        urls = emulators.urls
        settings: dict[str, Any] = {
            "secret_key": secrets["secret key"],
            "tecspal_url": f"{urls['tecspal']}/nothing",
            "tecspal_token": secrets["token of Tecspal"],
            "tecspal_tenant_id": "tenant",
            "asana_url": f"{urls['asana']}/nothing",
            "asana_token": secrets["token of Asana"],
            "smtp_url": urls["smtp"].replace("://", f"://mailer:{secrets['password of the mail server']}@"),
            "oidc_issuer": urls["oidc"],
            "oidc_audience": AUDIENCE,
            "oidc_client_id": CLIENT,
            "oidc_company_claim": "company",
            "oidc_role_claim": "role",
            "retry_delays": "3600",
            "max_cost": 100_000,
        }
        async with running(url, **settings) as api:
            yield api, secrets, urls["oidc"]


async def credentials(api: Running, provider: str) -> dict[str, str]:
    """One credential of each kind, and secrets that the API gives out once."""
    manager = await a_manager(api)
    endpoint = (await api.data(ENDPOINT, {"input": {"url": URL, "events": ["*"]}}, manager))["createWebhookEndpoint"]
    made = await api.data(KEY, {"input": {"name": "ERP", "scopes": ["quotes:read", "quotes:write"]}}, manager)
    key = made["createApiKey"]
    rotated = await api.act("rotateApiKey", {"apiKeyId": key["apiKey"]["id"]}, "secret", key=manager)
    _, token = await an_access_token(api)
    turned = await api.act("rotateWebhookSecret", {"endpointId": endpoint["endpoint"]["id"]}, "secret", key=manager)
    ticket = await api.act("createStreamTicket", {}, "ticket")
    async with api.http.post(f"{provider}/control/tokens", json={"person": "admin"}) as answer:
        person = (await answer.json())["access_token"]
    return {
        "API key of the manager": manager,
        "API key": key["secret"],
        "API key after a rotation": rotated["secret"],
        "access token": token,
        "secret of a webhook endpoint": endpoint["secret"],
        "secret of a webhook endpoint after a rotation": turned["secret"],
        "stream ticket": ticket["ticket"],
        "token of a person": person,
        "API key of the platform": api.operator,
    }


async def refusals(api: Running, secrets: Mapping[str, str], public_key: str) -> bytes:
    """The answers to credentials in the wrong place or form, and to each of them mistyped."""
    answers: list[str] = []

    async def ask(path: str = "/graphql", **options: Any) -> None:
        async with api.http.request(options.pop("method", "GET"), api.server.make_url(path), **options) as answer:
            assert answer.status >= 400, (path, answer.status)
            answers.append(f"{dict(answer.headers)} {await answer.text()}")

    for secret in secrets.values():
        body = {"query": VIEWER}
        for authorization in (f"Bearer {secret}x", f"Basic {secret}", secret):
            await ask(method="POST", json=body, headers={"Authorization": authorization})
        await ask(f"/graphql?key={secret}&query={{viewer{{scopes}}}}")
        await ask(
            f"/graphql?ticket={secret}x&query=subscription{{events{{type}}}}", headers={"Accept": "text/event-stream"}
        )
        await ask(f"/{secret}")
    await ask(f"/q/{public_key}x/quote.pdf")
    await ask(f"/q/{public_key}/signed/none.pdf")
    return "\n".join(answers).encode()


async def use(api: Running, secrets: Mapping[str, str]) -> None:
    """Each credential is accepted once, and each secret is the name of something that there is not."""
    for kind in ("API key", "API key after a rotation", "access token", "token of a person"):
        assert (await api.run(VIEWER, key=secrets[kind])).status == 200, kind
    stream = {"query": "subscription { events { type } }", "ticket": secrets["stream ticket"]}
    async with api.http.get(api.url, params=stream, headers={"Accept": "text/event-stream"}) as answer:
        assert answer.status == 200
    for secret in secrets.values():
        await api.run(f'{{ quote(by: {{id: "{secret}"}}) {{ id }} }}', operationName=None)
        await api.run(f"{{ {secret.replace('-', '_').replace('.', '_').replace('=', '_')} }}")


async def work(api: Running) -> Receiver:
    """Run every job once, of which those for vendors and letters fail; and deliver what happened."""
    receiver = received_by(api)
    await fan_out(api.parts.deps)
    worker = asyncio.create_task(api.parts.worker.run())
    waiting = "SELECT count(*) FROM jobs WHERE status = 'RUNNING' OR (status = 'WAITING' AND attempts = 0)"

    async def nothing_left() -> bool:
        return [tuple(it) for it in await rows_of(api.parts.database, waiting)] == [(0,)]

    await eventually(nothing_left)
    await api.parts.worker.stop(5)
    await worker
    return receiver


async def exports(database: Database) -> bytes:
    """What the command line writes for other programs."""
    url = database.url.render_as_string(hide_password=False)
    code, output, problem = await command("assets", "export", "--company", "AUSTRAL", database_url=url)
    assert code == 0, problem
    return output.encode()


async def a_story(url: str, folder: Path, log: pytest.LogCaptureFixture) -> Story:
    async with a_site(url, folder) as (api, of_settings, provider):
        secrets = of_settings | await credentials(api, provider)
        quote = await a_quote(api)
        await api.act("acceptItem", {"itemId": quote.item})
        await api.act("addAssets", {"assets": [an_asset("SN1")]})
        await use(api, secrets)
        refused = await refusals(api, secrets, quote.key)
        receiver = await work(api)
        manager = secrets["API key of the manager"]
        shown = [(await api.run(SHOWN, key=manager)).data, (await api.run(JOBS, key=api.operator)).data]
        async with api.http.get(api.server.make_url("/metrics")) as answer:
            metrics = await answer.read()
        file = Path(api.parts.database.url.database or "")
        places = {
            "answers to what is refused": refused,
            "the graph": str(shown).encode(),
            "events": str(await api.rows("events")).encode(),
            "jobs": str(await api.rows("jobs")).encode(),
            "metrics": metrics,
            "exports": await exports(api.parts.database),
            "bodies of webhooks": b"\n".join(body for _, _, body in receiver.received),
            "the database": b"".join(it.read_bytes() for it in sorted(file.parent.glob(f"{file.name}*"))),
        }
    lines = [RequestFormatter().format(it) for it in log.records if it.name == REQUESTS]
    places["the log"] = "\n".join([log.text, *lines]).encode()
    assert all(places.values()), [name for name, it in places.items() if not it]
    # The events of keys and tokens came too, and letters were tried: otherwise nothing could have leaked.
    assert b"access_token.created" in places["bodies of webhooks"]
    assert b"SEND_" in places["jobs"]
    return Story(secrets | {"public key": quote.key}, places)


async def test_no_secret_is_written_down_or_shown_where_it_does_not_belong(
    new_database: Any, tmp_path: Path, log: pytest.LogCaptureFixture
) -> None:
    story = await a_story(await new_database("sqlite"), tmp_path, log)
    assert story.leaks() == []


def test_the_search_finds_a_secret_in_any_form() -> None:
    secret = "qk_live_0123456789abcdefghijklmnopqrstuvwxyz"
    written = [secret, secret[len(secret) // 2 :], base64.b64encode(secret.encode()).decode(), secret.encode().hex()]
    for text in written:
        places = {"the log": f"{datetime.now(UTC)} {text}".encode()}
        assert Story({"key": secret}, places).leaks() == ["key in the log"]
    assert Story({"key": secret}, {"the log": secret[:16].encode()}).leaks() == []
