"""`quotegraph secrets rotate` encrypts all stored secrets with the newest key, and loses none."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import insert
from typer.testing import CliRunner

from adapters.database import sealed_secrets
from adapters.database.core.engine import Database, open_database
from adapters.database.sealed_secrets import reseal_secrets
from adapters.database.webhooks.tables import webhook_endpoints
from adapters.secrets import FernetSecretBox
from app.cli.common import Failure
from app.cli.main import cli
from domain.shared.ids import new_id
from tests.databases import a_company, rows_of

NEW, OLD, LOST = (f"{it * 43}=" for it in "nol")
SECRETS = "SELECT secret, previous_secret FROM webhook_endpoints ORDER BY id"


async def write_endpoints(database: Database, *secrets: tuple[str, str | None]) -> None:
    tenant = (await a_company(database)).live
    row = {
        "tenant_id": tenant,
        "url": "https://acme.example/hook",
        "events": ("*",),
        "format": "QUIPTEAMS",
        "scopes": (),
        "secret_prefix": "0f0f0f0f",
        "is_active": True,
        "actor_kind": "API_KEY",
        "actor_id": "1",
        "actor_name": "A key",
        "last_event": 0,
        "consecutive_failures": 0,
    }
    ids = sorted(new_id() for _ in secrets)
    rows = [
        {**row, "id": id_, "secret": one, "previous_secret": other}
        for id_, (one, other) in zip(ids, secrets, strict=True)
    ]
    async with database.write.begin() as connection:
        await connection.execute(insert(webhook_endpoints), rows)


def sealed(key: str, *secrets: str) -> list[str]:
    return [FernetSecretBox([key]).seal(it) for it in secrets]


def opened(key: str, rows: list[tuple[str, str | None]]) -> list[tuple[str, str | None]]:
    box = FernetSecretBox([key])
    return [(box.open(one), other and box.open(other)) for one, other in rows]


async def test_every_secret_is_encrypted_with_the_newest_key(database, monkeypatch):
    monkeypatch.setattr(sealed_secrets, "SLICE", 2)
    first, second, third, fourth = sealed(OLD, "first", "second", "third", "fourth")
    [new] = sealed(NEW, "new")
    await write_endpoints(database, (first, None), (second, third), (new, fourth))
    box = FernetSecretBox([NEW, OLD])

    done = await reseal_secrets(database, box)

    stored = await rows_of(database, SECRETS)
    assert done == (4, 0)
    assert opened(NEW, stored) == [("first", None), ("second", "third"), ("new", "fourth")]
    assert stored[2][0] == new
    assert await reseal_secrets(database, box) == (0, 0)
    assert await rows_of(database, SECRETS) == stored


async def test_what_no_key_decrypts_is_counted_and_left_as_it_is(database):
    [lost], [old] = sealed(LOST, "lost"), sealed(OLD, "old")
    await write_endpoints(database, (lost, old))
    assert await reseal_secrets(database, FernetSecretBox([NEW, OLD])) == (1, 1)
    [(kept, resealed)] = await rows_of(database, SECRETS)
    assert (kept, FernetSecretBox([NEW]).open(resealed)) == (lost, "old")


@pytest.fixture
def file(migrated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url: str = asyncio.run(migrated.new("sqlite", tmp_path / "it.db"))
    monkeypatch.setenv("QUOTEGRAPH_DATABASE_URL", url)

    async def write() -> None:
        database = open_database(url)
        await write_endpoints(database, *((it, None) for it in sealed(OLD, "one", "two")))
        await database.close()

    asyncio.run(write())
    return url


def test_the_command_says_how_many_secrets_it_has_encrypted(file, monkeypatch):
    monkeypatch.setenv("QUOTEGRAPH_SECRET_KEY", f"{NEW},{OLD}")
    told = CliRunner().invoke(cli, ["secrets", "rotate"]).output
    assert told == "2 stored secrets were encrypted with the first key of QUOTEGRAPH_SECRET_KEY.\n"


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("", "QUOTEGRAPH_SECRET_KEY is not set. Set NEW,OLD"),
        (f"{NEW},{LOST}", "0 stored secrets were encrypted with the first key of QUOTEGRAPH_SECRET_KEY. 2 were left"),
    ],
)
def test_the_command_says_which_key_is_missing(file, monkeypatch, setting, message):
    monkeypatch.setenv("QUOTEGRAPH_SECRET_KEY", setting)
    failed = CliRunner().invoke(cli, ["secrets", "rotate"]).exception
    assert isinstance(failed, Failure)
    assert str(failed).startswith(message)
