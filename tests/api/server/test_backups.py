"""docs/running.md: a database is backed up while it is written, and restored, by the commands as they stand there."""

import asyncio
import os
from contextlib import suppress
from pathlib import Path

from tests.api.support.running import Running, on_both_databases, running
from tests.databases import rows_of
from tests.e2e.processes import eventually
from tests.e2e.walks import commands_of
from tests.postgres import drop_postgres_database, new_postgres_database, postgres_programs

PAGE = (Path(__file__).parents[3] / "docs" / "running.md").read_text(encoding="utf-8")
EXAMPLE, RESTORED = (f"postgresql://quotegraph@localhost/{it}" for it in ("quotegraph", "restored"))
COUNTED = """SELECT last_event, (SELECT count(*) FROM events WHERE tenant_id = tenants.id),
    (SELECT coalesce(max(number), 0) FROM events WHERE tenant_id = tenants.id) FROM tenants"""


class Writer:
    """Creates kits one after the other, until it is cancelled; `answered` are the ones it knows of."""

    def __init__(self, api: Running) -> None:
        self._api = api
        self.answered = 0

    async def run(self) -> None:
        while True:
            await create_kit(self._api, self.answered)
            self.answered += 1


async def create_kit(api: Running, number: int) -> None:
    device = {"custom": {"productType": "LAPTOP", "specification": {"brand": "Dell"}}}
    made = await api.act("createKit", {"name": f"Kit {number:04}", "devices": [{"device": device}]})
    assert made["userErrors"] == []


async def shell(commands: str, directory: Path) -> None:
    path = f"{postgres_programs()}:{os.environ['PATH']}"
    process = await asyncio.create_subprocess_shell(
        commands, cwd=directory, env={**os.environ, "PATH": path}, stderr=asyncio.subprocess.PIPE
    )
    _, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()


@on_both_databases
async def test_a_backup_of_a_database_that_is_written_has_one_moment_of_it(api: Running, tmp_path: Path) -> None:
    database = api.parts.database
    writer = Writer(api)
    writing = asyncio.create_task(writer.run())
    await eventually(lambda: writer.answered >= 3)
    before = writer.answered
    if database.dialect == "sqlite":
        backup, restore = commands_of(section("SQLite")).split("\n", 1)
        url = await of_a_file(Path(database.url.database or ""), backup, restore, tmp_path)
    else:
        backup, restore = commands_of(section("PostgreSQL")).split("\n", 1)
        url = await of_a_server(database.url.render_as_string(hide_password=False), backup, restore, tmp_path)
    during = writer.answered
    await eventually(lambda: writer.answered > during)
    writing.cancel()
    with suppress(asyncio.CancelledError):
        await writing
    async with running(url, with_keys=False) as restored:
        restored.customer = api.customer
        async with restored.http.get(restored.server.make_url("/readyz")) as response:
            assert response.status == 200
        names = [name for (name,) in await rows_of(restored.parts.database, "SELECT name FROM kits ORDER BY name")]
        assert names == [f"Kit {it:04}" for it in range(len(names))]
        assert before <= len(names) <= writer.answered + 1
        assert (await restored.data("{ kits { totalCount } }"))["kits"]["totalCount"] == len(names)
        await create_kit(restored, 9999)
        for last, count, highest in await rows_of(restored.parts.database, COUNTED):
            assert last == count == highest
    if database.dialect == "postgresql":
        drop_postgres_database(url)


def section(name: str) -> str:
    return PAGE.partition("## Backup and restore")[2].partition(f"### {name}\n")[2].partition("\n### ")[0]


async def of_a_file(file: Path, backup: str, restore: str, directory: Path) -> str:
    await shell(backup, file.parent)
    for name in ("quotegraph.db", "quotegraph.db-wal", "quotegraph.db-shm"):
        (directory / name).write_text("what is replaced")
    (file.parent / "backup.db").rename(directory / "backup.db")
    await shell(restore, directory)
    return f"sqlite+aiosqlite:///{directory / 'quotegraph.db'}"


async def of_a_server(url: str, backup: str, restore: str, directory: Path) -> str:
    target = new_postgres_database()
    for commands, example, address in ((backup, EXAMPLE, url), (restore, RESTORED, target)):
        assert example in commands
        await shell(commands.replace(example, f"'{address.replace('+asyncpg', '')}'"), directory)
    return target
