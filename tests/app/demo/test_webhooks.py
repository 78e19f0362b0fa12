"""The demo has an endpoint at its receiver, and a key of its own that encrypts the endpoint's secret."""

import json
import stat
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr
from sqlalchemy import delete, update

from adapters.database.core.engine import Database, open_database
from adapters.database.webhooks.tables import webhook_endpoints
from adapters.secrets import FernetSecretBox, new_secret_key
from app.demo.webhooks import own_secret_key, stock_webhooks
from app.emulators.store import Store
from app.settings import BadSettings, Settings
from tests.databases import a_company, rows_of

FIRST, SECOND = "http://127.0.0.1:1001", "http://127.0.0.1:1002"
STORED = "SELECT url, events, description, is_active, last_event, secret FROM webhook_endpoints"


@dataclass
class Demo:
    database: Database
    folder: Path

    @property
    def settings(self) -> Settings:
        settings = Settings()
        return settings.model_copy(update=own_secret_key(settings, self.folder))

    async def start(self, url: str) -> None:
        await stock_webhooks(self.database, self.settings, "AUSTRAL", url, self.folder / "emulators")

    async def secret(self) -> str:
        [row] = await rows_of(self.database, STORED)
        return FernetSecretBox(self.settings.secret_keys).open(row[-1])

    def known(self) -> list[str]:
        store = Store(self.folder / "emulators" / "webhooks.sqlite3")
        secrets = [it["secret"] for it in store.all("secret")]
        store.close()
        return secrets


@pytest_asyncio.fixture
async def demo(tmp_path, migrated, monkeypatch):
    monkeypatch.delenv("QUOTEGRAPH_SECRET_KEY", raising=False)
    database = open_database(await migrated.new("sqlite", tmp_path / "demo.db"))
    await a_company(database)
    yield Demo(database, tmp_path)
    await database.close()


async def test_the_endpoint_is_created_once_and_the_receiver_knows_its_secret(demo):
    for _ in range(2):
        await demo.start(FIRST)
    [row] = await rows_of(demo.database, STORED)
    assert (row[0], json.loads(row[1]), row[3], row[4]) == (f"{FIRST}/austral", ["*"], True, 0)
    assert demo.known() == [await demo.secret()]
    assert len(await demo.secret()) == 64


async def test_the_endpoint_follows_the_receiver_to_another_port_unless_it_was_changed(demo):
    await demo.start(FIRST)
    await demo.start(SECOND)
    assert (await rows_of(demo.database, STORED))[0][0] == f"{SECOND}/austral"
    async with demo.database.write.begin() as connection:
        await connection.execute(update(webhook_endpoints).values(url="https://acme.example/"))
    await demo.start(FIRST)
    assert (await rows_of(demo.database, STORED))[0][0] == "https://acme.example/"


async def test_an_endpoint_that_was_deleted_stays_deleted(demo):
    await demo.start(FIRST)
    async with demo.database.write.begin() as connection:
        await connection.execute(delete(webhook_endpoints))
    await demo.start(FIRST)
    assert await rows_of(demo.database, STORED) == []


async def test_the_endpoint_gets_a_new_secret_when_the_key_was_lost(demo):
    await demo.start(FIRST)
    before = await demo.secret()
    (demo.folder / "secret.key").unlink()
    await demo.start(FIRST)
    assert await demo.secret() != before
    assert demo.known() == [before, await demo.secret()]


def test_the_key_is_made_once_for_its_owner_only_and_a_key_of_the_user_is_kept(tmp_path, monkeypatch):
    monkeypatch.delenv("QUOTEGRAPH_SECRET_KEY", raising=False)
    first, second = (own_secret_key(Settings(), tmp_path)["secret_key"].get_secret_value() for _ in range(2))
    assert first == second
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    assert own_secret_key(Settings(secret_key=SecretStr(new_secret_key())), tmp_path) == {}


@pytest.mark.parametrize("text", ["", "cut"])
def test_a_key_that_cannot_be_read_is_told(tmp_path, monkeypatch, text):
    monkeypatch.delenv("QUOTEGRAPH_SECRET_KEY", raising=False)
    (tmp_path / "secret.key").write_text(text)
    with pytest.raises(BadSettings, match=r"secret\.key has no key"):
        own_secret_key(Settings(), tmp_path)
