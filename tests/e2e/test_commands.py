"""The command line, as operators and scripts use it."""

import json
import sqlite3
from pathlib import Path

from tests.e2e.processes import command


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

    code, _, told = await command("keys", "revoke", key[:16], database_url=url)
    assert (code, told) == (2, "2 good keys begin so, and none was revoked. Give the whole key.\n")
    assert (await command("keys", "revoke", key[:-1] + "!", database_url=url))[0] == 2
    assert (await command("keys", "revoke", key, database_url=url))[0] == 0
    with sqlite3.connect(tmp_path / "it.db") as connection:
        good = connection.execute("SELECT id FROM api_keys WHERE revoked_at IS NULL").fetchall()
    assert good == [("twin",)]


async def test_a_file_for_the_data_of_the_demo_is_refused_by_the_name_of_its_option(tmp_path: Path):
    (tmp_path / "file").touch()
    code, _, told = await command("demo", "--port", "0", "--data", str(tmp_path / "file"))
    assert (code, told) == (2, f"--data: {tmp_path / 'file'} is a file, not a directory.\n")
