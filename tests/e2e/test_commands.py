"""The command line, as operators and scripts use it."""

import asyncio
import json
import signal
import sqlite3
from pathlib import Path

from tests.adapters.support.bamboo import a_bamboo
from tests.e2e.processes import command, eventually, running
from tests.patience import PATIENCE


async def migrated(tmp_path: Path) -> str:
    """A database with one company and nothing else."""
    url = f"sqlite+aiosqlite:///{tmp_path}/it.db"
    assert (await command("migrate", database_url=url))[0] == 0
    assert (await command("companies", "create", "ACME", "Acme", database_url=url))[0] == 0
    return url


async def test_companies_are_listed_for_scripts_by_code_and_name(tmp_path: Path):
    url = await migrated(tmp_path)
    _, listed, _ = await command("companies", "list", "--json", database_url=url)
    assert json.loads(listed) == [{"code": "ACME", "name": "Acme"}]


async def test_a_key_is_revoked_alone_even_when_another_begins_like_it(tmp_path: Path):
    url = await migrated(tmp_path)
    _, made, _ = await command("keys", "create", "--platform", "--scope", "quotes:read", "--json", database_url=url)
    key = json.loads(made)["key"]
    with sqlite3.connect(tmp_path / "it.db") as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(api_keys)")]
        changed = {"id": "'twin'", "hash": "'another'"}
        values = ", ".join(changed.get(name, name) for name in columns)
        connection.execute(f"INSERT INTO api_keys SELECT {values} FROM api_keys")

    code, _, output = await command("keys", "revoke", key[:16], database_url=url)
    assert (code, output) == (2, "2 valid keys start with this, so nothing was done. Give the whole key, or its ID.\n")
    assert (await command("keys", "revoke", key[:-1] + "!", database_url=url))[0] == 2
    assert (await command("keys", "revoke", key, database_url=url))[0] == 0
    with sqlite3.connect(tmp_path / "it.db") as connection:
        good = connection.execute("SELECT id FROM api_keys WHERE revoked_at IS NULL").fetchall()
    assert good == [("twin",)]


async def test_a_file_for_the_data_of_the_demo_is_refused_by_the_name_of_its_option(tmp_path: Path):
    (tmp_path / "file").touch()
    code, _, output = await command("demo", "--port", "0", "--data", str(tmp_path / "file"))
    assert (code, output) == (2, f"--data: {tmp_path / 'file'} is a file. Give a directory.\n")


async def test_an_interrupted_import_says_in_a_line_what_it_has_committed(tmp_path: Path):
    url = await migrated(tmp_path)
    file = tmp_path / "assets.csv"
    rows = (f"SN-{number:07},Laptop,UY,A laptop" for number in range(100_000))
    file.write_text("\n".join(["serial_number,device_type,country,description", *rows]))
    log = tmp_path / "log"

    def added() -> int:
        with sqlite3.connect(tmp_path / "it.db") as connection:
            [(count,)] = connection.execute("SELECT count(*) FROM assets").fetchall()
        return int(count)

    async with running(log, "assets", "import", str(file), "--company", "ACME", database_url=url) as process:
        await eventually(lambda: added() >= 1_000)
        process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(process.wait(), PATIENCE) == 130
    expected = (
        f"Interrupted. {added():,} added, 0 rejected. The rest was not read; import the file again to continue.\n"
    )
    assert log.read_text() == expected


async def test_an_interrupted_sync_says_that_nothing_was_changed_while_it_was_reading(tmp_path: Path):
    url = await migrated(tmp_path)
    async with a_bamboo(tmp_path) as bamboo:
        await bamboo.go_wrong(verb="GET", path="/employees/changed", mode="slow_before", seconds=PATIENCE)
        words = ("employees", "sync", "--company", "ACME", "--provider", "bamboohr")
        settings = {"database_url": url, "bamboohr_url": f"{bamboo.url}/api/v1", "bamboohr_key": "a key"}
        log = tmp_path / "log"
        async with running(log, *words, **settings) as process:
            await eventually(lambda: bamboo.asked("changed"))
            process.send_signal(signal.SIGINT)
            assert await asyncio.wait_for(process.wait(), PATIENCE) == 130
        assert log.read_text() == "Interrupted. Nothing was changed; run it again to continue.\n"
