"""A database of another version is told by every command, with the way out, and nothing of it is changed."""

import asyncio
import hashlib
import shutil
import sqlite3
from pathlib import Path

import pytest
import typer
from sqlalchemy import inspect, text
from typer.testing import CliRunner

from adapters.database.core.engine import open_database
from app.cli.common import Failure
from app.cli.main import cli
from app.settings import BadSettings
from tests.databases import DIALECTS, Templates, a_company
from tests.e2e.processes import command

FILE = "products.csv"
MANIFEST = "documents.json"
# Every command that opens the database, as it would be typed.
COMMANDS = (
    ("init", "--company", "ACME", "--name", "Acme"),
    ("serve", "--port", "0"),
    ("worker",),
    ("demo", "--port", "0"),
    ("migrate",),
    ("seed",),
    ("companies", "list"),
    ("companies", "create", "ACME", "Acme"),
    ("companies", "describe", "AUSTRAL", "--clear"),
    ("companies", "api", "off", "AUSTRAL"),
    ("companies", "settings", "AUSTRAL"),
    ("keys", "create", "--platform", "--scope", "quotes:read"),
    ("keys", "list"),
    ("keys", "update", "qk_live_", "--name", "ERP"),
    ("keys", "rotate", "qk_live_"),
    ("keys", "revoke", "qk_live_"),
    ("catalogue", "import", FILE),
    ("catalogue", "export"),
    ("catalogue", "sync", "--provider", "tecspal"),
    ("schema", "usage"),
    ("jobs",),
    ("secrets", "rotate"),
    ("documents", "push", MANIFEST),
    ("documents", "list"),
    ("documents", "remove", "one"),
    ("documents", "check"),
    ("webhooks", "check"),
    ("connect", "list", "--company", "AUSTRAL"),
    ("connect", "add", "kitchen", "--company", "AUSTRAL", "--name", "K", "--base-url", "https://k.example"),
    ("connect", "sync", "K", "--company", "AUSTRAL"),
    ("connect", "problems", "K", "--company", "AUSTRAL"),
    ("assets", "import", FILE, "--company", "AUSTRAL"),
    ("assets", "export", "--company", "AUSTRAL"),
    ("employees", "sync", "--company", "AUSTRAL", "--provider", "csv", "--file", FILE),
)
WITHOUT_DATABASE = {
    ("emulators",),
    ("states",),
    ("secrets", "create-key"),
    ("schema", "export"),
    ("schema", "reference"),
}


class Old:
    """A database that says it is of another version; commands run in this process, in a directory of their own."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def mark(self, revision: str) -> None:
        database = open_database(self.url)
        await a_company(database)
        async with database.write.begin() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
        await database.close()

    async def rows(self) -> dict[str, list[tuple[object, ...]]]:
        database = open_database(self.url)
        async with database.read.connect() as connection:
            tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
            found = {it: (await connection.execute(text(f"SELECT * FROM {it} ORDER BY 1"))).all() for it in tables}
        await database.close()
        return {table: [tuple(row) for row in rows] for table, rows in found.items()}

    def kept(self) -> object:
        """The bytes of a file, or the rows of all tables."""
        if self.url.startswith("sqlite"):
            return digest(Path(self.url.partition(":///")[2]))
        return asyncio.run(self.rows())


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.fixture(params=DIALECTS)
def old(request: pytest.FixtureRequest, migrated: Templates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Old:
    (tmp_path / FILE).write_text("")
    (tmp_path / MANIFEST).write_text('{"one": "{ viewer { environment } }"}')
    made = Old(asyncio.run(migrated.new(request.param, tmp_path / "old.db")))
    monkeypatch.setenv("QUOTEGRAPH_DATABASE_URL", made.url)
    monkeypatch.setenv("QUOTEGRAPH_CONNECT_TOKEN", "a token")
    monkeypatch.chdir(tmp_path)
    return made


def failure(*words: str) -> str:
    """Why a command failed."""
    result = CliRunner().invoke(cli, list(words))
    assert isinstance(result.exception, Failure | BadSettings), (words, result.output, result.exception)
    assert result.output == ""
    return str(result.exception)


def test_every_command_is_known_here_to_open_the_database_or_not():
    root = typer.main.get_command(cli)
    found = {
        (name, *inner)
        for name, it in root.commands.items()  # type: ignore[attr-defined]
        for inner in ([(below,) for below in it.commands] if hasattr(it, "commands") else [()])
    }
    opening = {words[: len(leaf)] for words in COMMANDS for leaf in found if words[: len(leaf)] == leaf}
    assert opening | WITHOUT_DATABASE == found


def test_every_command_tells_a_database_from_before_the_first_release_and_changes_nothing(old):
    asyncio.run(old.mark("0031"))
    before = old.kept()
    for words in COMMANDS:
        output = failure(*words)
        assert "made by an unreleased version of quotegraph (revision '0031'), and cannot be upgraded" in output
        assert "Nothing was changed. To start afresh, name an empty database in QUOTEGRAPH_DATABASE_URL." in output
        assert old.kept() == before


def test_every_command_tells_a_database_of_a_newer_version_and_changes_nothing(old):
    asyncio.run(old.mark("v7_0_0_02"))
    before = old.kept()
    for words in COMMANDS:
        output = failure(*words)
        assert "upgraded by quotegraph 7.0.0 (revision 'v7_0_0_02')" in output
        assert "Nothing was changed. Upgrade quotegraph" in output
        assert old.kept() == before


def test_a_file_that_its_last_process_left_open_or_that_keeps_another_journal_is_not_touched_either(
    tmp_path, migrated, monkeypatch
):
    file = tmp_path / "old.db"
    old = Old(asyncio.run(migrated.new("sqlite", file)))
    monkeypatch.setenv("QUOTEGRAPH_DATABASE_URL", old.url)
    asyncio.run(old.mark("0031"))
    left = tmp_path / "left.db"
    with sqlite3.connect(file) as still_open:
        still_open.execute("INSERT INTO notes VALUES ('a', 'b')")
        still_open.commit()
        for end in ("", "-wal"):
            shutil.copy(f"{file}{end}", f"{left}{end}")
        still_open.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    still_open.close()
    with sqlite3.connect(file, isolation_level=None) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    for it in (file, left):
        before = digest(it)
        monkeypatch.setenv("QUOTEGRAPH_DATABASE_URL", f"sqlite+aiosqlite:///{it}")
        assert "(revision '0031')" in failure("migrate")
        assert digest(it) == before
    assert Path(f"{left}-wal").stat().st_size > 0


async def test_the_demo_of_an_old_checkout_is_told_how_to_begin_anew(tmp_path, migrated):
    data = tmp_path / "my demo"
    data.mkdir()
    old = Old(await migrated.new("sqlite", data / "demo.db"))
    await old.mark("0043")
    before = digest(data / "demo.db")
    code, out, err = await command("demo", "--port", "0", "--data", str(data))
    assert (code, out) == (2, "")
    assert "(revision '0043')" in err
    assert err.endswith(f"\n  mv '{data}' '{data}-old'\n")
    assert digest(data / "demo.db") == before
    assert "Traceback" not in err


async def test_the_demo_of_a_newer_version_asks_for_that_version_first(tmp_path, migrated):
    await Old(await migrated.new("sqlite", tmp_path / "demo.db")).mark("v7_0_0_02")
    code, _out, err = await command("demo", "--port", "0", "--data", str(tmp_path))
    assert code == 2
    assert "Upgrade quotegraph, or put the demo's data aside" in err
