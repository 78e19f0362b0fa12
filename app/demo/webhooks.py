"""The demo's webhook endpoint at the emulated receiver, and the key that encrypts its secret."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import SecretStr
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.companies.tables import companies, tenants
from adapters.database.core.engine import Database
from adapters.database.notes.store import note, replace_note
from adapters.database.webhooks.store import SqlWebhooks
from adapters.database.webhooks.tables import webhook_endpoints
from adapters.secrets import FernetSecretBox, new_secret_key, parse_secret_keys
from app.emulators.store import Store
from app.settings import BadSettings, Settings
from domain.ports.secrets import SecretBox
from domain.shared.access import CUSTOMER_SCOPES, ActorType, Environment, TenantScope
from domain.shared.ids import new_id
from domain.shared.outbound_errors import NotConfigured
from domain.webhooks.endpoints import EndpointSecrets, WebhookEndpoint, WebhookFormat, new_secret, secret_prefix

# The name of the note that has the endpoint's id and address.
_NOTE = "demo_webhook_endpoint"


class _Noted(NamedTuple):
    id: str
    url: str


def own_secret_key(settings: Settings, directory: Path) -> dict[str, Any]:
    """Returns the setting of the demo's key, unless the user has set one. It is made at the first start.

    Raises: BadSettings.
    """
    if settings.secret_key is not None:
        return {}
    file = directory / "secret.key"
    if not file.exists():
        draft = file.with_suffix(".new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as written:
            written.write(new_secret_key())
        draft.replace(file)
    try:
        [key] = parse_secret_keys(file.read_text())
    except ValueError as bad:
        raise BadSettings(f"--data: {file} has no key: {bad}. Delete the file to have a new one.") from None
    return {"secret_key": SecretStr(key)}


async def stock_webhooks(database: Database, settings: Settings, code: str, url: str, emulators: Path) -> None:
    """Creates an endpoint of a company that sends everything to the receiver, once. Later starts follow the receiver to
    another port; an endpoint that was deleted or sends elsewhere is left as it is."""
    box, noted = FernetSecretBox(settings.secret_keys), await note(database, _NOTE)
    address = f"{url}/{code.lower()}"
    async with database.write.begin() as connection:
        secret = (
            await _add(connection, code, address, box)
            if noted is None
            else await _follow(connection, _Noted(*json.loads(noted)), address, box)
        )
        if secret is not None:
            _tell_receiver(emulators, secret)


async def _add(connection: AsyncConnection, code: str, url: str, box: SecretBox) -> str:
    (tenant_id, last_event), now = await _tenant(connection, code), datetime.now(UTC)
    secret = new_secret()
    endpoint = WebhookEndpoint(
        id=new_id(),
        tenant_id=tenant_id,
        url=url,
        events=("*",),
        description="The demo's receiver",
        format=WebhookFormat.QUIPTEAMS,
        query=None,
        scopes=tuple(sorted(map(str, CUSTOMER_SCOPES))),
        secret_prefix=secret_prefix(secret),
        is_active=True,
        disabled_reason=None,
        actor_kind=ActorType.SYSTEM,
        actor_id="demo",
        actor_name="Demo data",
        last_event=last_event,
        consecutive_failures=0,
        failing_since=None,
        paused_until=None,
        created_at=now,
        updated_at=now,
    )
    store = SqlWebhooks(connection, TenantScope(Environment.LIVE, tenant_id))
    await store.add(endpoint, EndpointSecrets(box.seal(secret)))
    await replace_note(connection, _NOTE, json.dumps(_Noted(endpoint.id, url)))
    return secret


async def _follow(connection: AsyncConnection, noted: _Noted, url: str, box: SecretBox) -> str | None:
    """The secret of the endpoint, or None if it was deleted."""
    of = webhook_endpoints.c
    mine = of.id == noted.id
    found = (await connection.execute(select(of.url, of.secret).where(mine))).one_or_none()
    if found is None:
        return None
    if found.url == noted.url and noted.url != url:
        await connection.execute(update(webhook_endpoints).where(mine).values(url=url))
        await replace_note(connection, _NOTE, json.dumps(_Noted(noted.id, url)))
    try:
        return box.open(found.secret)
    except NotConfigured:
        # The database is older than the directory with the key.
        secret = new_secret()
        new = {"secret": box.seal(secret), "secret_prefix": secret_prefix(secret), "previous_secret": None}
        await connection.execute(update(webhook_endpoints).where(mine).values(new))
        return secret


async def _tenant(connection: AsyncConnection, code: str) -> tuple[int, int]:
    """The id of a company's live tenant, and the number of its last event."""
    of = tenants.c
    live = select(of.id, of.last_event).join(companies, of.company_id == companies.c.id)
    found = await connection.execute(live.where(companies.c.code == code, of.environment == str(Environment.LIVE)))
    tenant_id, last_event = found.one()
    return tenant_id, last_event


def _tell_receiver(emulators: Path, secret: str) -> None:
    store = Store(emulators / "webhooks.sqlite3")
    try:
        store.put("secret", secret, {"secret": secret})
    finally:
        store.close()
