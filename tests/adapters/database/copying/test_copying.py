"""An SQLite database is copied into PostgreSQL whole, exactly, and only where nobody is disturbed."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Table, Text, column, select, text

from adapters.database import migrator
from adapters.database.companies.company import add_company
from adapters.database.copying import source as reading
from adapters.database.copying.copy import copy_database
from adapters.database.copying.errors import CannotCopy, Different
from adapters.database.copying.source import Source
from adapters.database.core.column_types import Json
from adapters.database.core.engine import Database, open_database
from adapters.database.metadata import metadata
from adapters.database.notes.store import beat, write_note
from domain.shared.ids import new_id
from tests.adapters.database.copying.rows_of_each_table import ROWS, fill_every_table
from tests.builders import NOW
from tests.databases import Templates, a_company, rows_of


class Steps:
    """Notes how far the copy is; `interrupt` is called after each batch."""

    def __init__(self, interrupt: Callable[[int], None] = lambda _: None) -> None:
        self.copied = 0
        self.checked = 0
        self._interrupt = interrupt

    def copying(self, rows: int, done: int) -> Callable[[int], None]:
        self.copied = done

        def advance(more: int) -> None:
            self.copied += more
            self._interrupt(self.copied)

        return advance

    def checking(self, rows: int) -> Callable[[int], None]:
        def advance(more: int) -> None:
            self.checked += more

        return advance


@pytest_asyncio.fixture
async def source(migrated: Templates, tmp_path: Path) -> Path:
    """A migrated SQLite file with rows in every table."""
    file = tmp_path / "source.db"
    await migrated.new("sqlite", file)
    fill_every_table(file)
    return file


@pytest_asyncio.fixture
async def target(migrated: Templates, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty PostgreSQL database."""
    database = open_database(await migrated.new("postgresql", tmp_path))
    yield database
    await database.close()
    migrated.give_back(database.url.render_as_string(hide_password=False))


async def copied(file: Path, target: Database, steps: Steps | None = None) -> dict[str, int]:
    await target.read.dispose()
    await target.write.dispose()
    with Source(file) as opened:
        return await copy_database(opened, target, steps or Steps())


async def test_every_column_of_every_table_arrives_as_it_was(source: Path, target: Database) -> None:
    counts = await copied(source, target)
    assert counts == dict.fromkeys((it.name for it in metadata.sorted_tables), ROWS)
    original = open_database(f"sqlite+aiosqlite:///{source}")
    for table in metadata.sorted_tables:
        # Through the application's types: what is read from either is the same.
        found = [await _contents(it, table) for it in (original, target)]
        assert found[0] == found[1], table.name
        empty = [it for it in table.columns if all(row[it.name] is None for row in found[0])]
        assert empty == []
    await original.close()
    await migrator.require_usable(target)


async def _contents(database: Database, table: Table) -> list[dict[str, Any]]:
    # The made-up JSON is none that its columns can read.
    typed = [column(it.name, Text() if isinstance(it.type, Json) else it.type) for it in table.columns]
    async with database.read.connect() as connection:
        rows = await connection.execute(select(*typed).select_from(table))
        return sorted((dict(it) for it in rows.mappings()), key=repr)


async def test_new_rows_get_numbers_behind_those_that_were_copied(source: Path, target: Database) -> None:
    await copied(source, target)
    async with target.write.begin() as connection:
        tenants = await add_company(connection, new_id(), "NEW", "New", NOW)
    assert sorted(tenants.values()) == [ROWS + 1, ROWS + 2]


async def test_a_copy_that_was_interrupted_after_any_batch_continues(
    source: Path, target: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BATCH_ROWS", 2)
    batches = total = 0

    def interrupt(_copied: int) -> None:
        nonlocal batches
        batches += 1
        if batches % 40 == 0:
            raise KeyError("interrupted")

    while True:
        steps = Steps(interrupt)
        try:
            counts = await copied(source, target, steps)
            break
        except KeyError:
            assert steps.copied > total
            total = steps.copied
            with pytest.raises(migrator.UnfinishedCopy, match="has not finished"):
                await migrator.require_usable(target)
    assert batches > 80
    assert steps.copied == sum(counts.values())
    assert steps.checked == 2 * steps.copied


async def test_a_batch_of_large_files_is_small(source: Path) -> None:
    with Source(source) as opened:
        table = metadata.tables["signed_documents"]
        reading_all, key = [], None
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(reading, "BATCH_BYTES", 1_000)
            while rows := opened.batch(table, key):
                reading_all.append(len(rows))
                key = reading.key_of(table, rows[-1])
    assert sum(reading_all) == ROWS
    assert len(reading_all) > 1


async def test_a_source_that_any_process_has_open_is_not_copied(source: Path) -> None:
    idle = open_database(f"sqlite+aiosqlite:///{source}")
    async with idle.read.connect() as connection:
        await connection.execute(text("SELECT 1 FROM companies"))
    with pytest.raises(CannotCopy, match=r"source\.db is in use"), Source(source):
        pass
    await idle.close()
    with Source(source):
        other = sqlite3.connect(source, timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("SELECT 1 FROM companies")
        other.close()


async def test_a_source_of_another_version_is_not_copied(source: Path, target: Database) -> None:
    with sqlite3.connect(source) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'v0_1_0_01'")
    connection.close()
    with pytest.raises(CannotCopy, match="at revision v0_1_0_01, and this quotegraph needs"):
        await copied(source, target)
    assert await rows_of(target, "SELECT name FROM notes") == []


async def test_a_target_with_data_of_its_own_is_left_as_it_is(source: Path, target: Database) -> None:
    await migrator.migrate(target)
    await a_company(target)
    with pytest.raises(CannotCopy, match="has data of its own, in companies, tenants"):
        await copied(source, target)
    assert await rows_of(target, "SELECT code FROM companies") == [("AUSTRAL",)]
    await migrator.require_usable(target)


async def test_a_target_whose_only_row_is_of_a_readiness_check_is_empty(source: Path, target: Database) -> None:
    await migrator.migrate(target)
    await beat(target)
    assert (await copied(source, target))["notes"] == ROWS


async def test_a_target_that_others_use_is_refused(
    source: Path, target: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.database.copying.target.ENDED_IN", 0.0)
    other = open_database(target.url.render_as_string(hide_password=False))
    async with other.read.connect() as connection:
        await connection.execute(text("SELECT 1"))
        with pytest.raises(CannotCopy, match="Others use the database"):
            await copied(source, target)
    await other.close()


async def test_a_source_that_was_changed_between_two_parts_of_a_copy_is_told(source: Path, target: Database) -> None:
    await _interrupted(source, target)
    changed = open_database(f"sqlite+aiosqlite:///{source}")
    await write_note(changed, "later", "than the first part")
    await changed.close()
    with pytest.raises(CannotCopy, match="notes have another number of rows"):
        await copied(source, target)


async def test_a_copy_that_differs_in_one_character_is_not_used(source: Path, target: Database) -> None:
    await _interrupted(source, target)
    async with target.write.begin() as connection:
        await connection.execute(
            text("UPDATE companies SET name = name || ' ' WHERE id IN (SELECT min(id) FROM companies)")
        )
    with pytest.raises(Different, match="differs from the source in companies"):
        await copied(source, target)
    with pytest.raises(migrator.UnfinishedCopy):
        await migrator.require_usable(target)


async def _interrupted(source: Path, target: Database) -> None:
    def interrupt(rows: int) -> None:
        if rows > 8 * ROWS:
            raise KeyError("interrupted")

    with pytest.raises(KeyError):
        await copied(source, target, Steps(interrupt))


async def test_a_value_that_postgresql_cannot_store_is_named_and_corrected(source: Path, target: Database) -> None:
    def rename(name: str) -> None:
        with sqlite3.connect(source) as connection:
            connection.execute("UPDATE companies SET name = ? WHERE code = (SELECT max(code) FROM companies)", [name])
        connection.close()

    with sqlite3.connect(source) as connection:
        [(key,)] = connection.execute("SELECT id FROM companies WHERE code = (SELECT max(code) FROM companies)")
    connection.close()
    await asyncio.to_thread(rename, "a\0b")
    with pytest.raises(CannotCopy, match=f"refuses the row ..{key}.. of companies"):
        await copied(source, target)
    await asyncio.to_thread(rename, "ab")
    await copied(source, target)
