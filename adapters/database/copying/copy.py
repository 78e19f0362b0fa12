"""Copies a whole SQLite database into an empty PostgreSQL database: table after table in the order of foreign keys, in
batches of bounded size, each with its progress in one transaction; then both are compared."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from adapters.database import migrator
from adapters.database.copying.errors import CannotCopy, Different
from adapters.database.copying.rows import Checksum
from adapters.database.copying.source import Source, key_of
from adapters.database.copying.target import Progress, Target
from adapters.database.core.engine import Database
from adapters.database.metadata import metadata

Advance = Callable[[int], None]


class Steps(Protocol):
    """Shows how far the copy is."""

    def copying(self, rows: int, done: int) -> Advance: ...

    def checking(self, rows: int) -> Advance: ...


async def copy_database(source: Source, database: Database, steps: Steps) -> dict[str, int]:
    """Copies a locked source, or continues to, and returns the number of rows of each table.

    Raises: CannotCopy.
    """
    newest = migrator.newest_revision()
    if (found := source.revision()) != newest:
        raise CannotCopy(
            f"The source is at revision {found}, and this quotegraph needs {newest}. Name the source in "
            "QUOTEGRAPH_DATABASE_URL and run `quotegraph migrate`; then repeat the command."
        )
    target = Target(database)
    async with target.alone():
        if not await migrator.is_current(database):
            await migrator.migrate(database)
        counts = {it.name: await asyncio.to_thread(source.count, it) for it in metadata.sorted_tables}
        progress = await target.progress() or await target.begin(counts)
        if changed := [it for it in counts if counts[it] != progress.counts.get(it)]:
            raise CannotCopy(
                f"The source is not what it was when this copy was begun: {', '.join(changed)} have another number of "
                "rows. Drop the database in QUOTEGRAPH_DATABASE_URL, create it again, and repeat the command."
            )
        await _copy(source, target, progress, steps.copying(sum(counts.values()), progress.copied))
        await _compare(source, target, steps.checking(2 * sum(counts.values())))
        await target.finish()
    return counts


async def _copy(source: Source, target: Target, progress: Progress, advance: Advance) -> None:
    tables = metadata.sorted_tables
    names = [it.name for it in tables]
    for table in tables[names.index(progress.table) if progress.table else 0 :]:
        key = progress.key if progress.table == table.name else None
        while rows := await asyncio.to_thread(source.batch, table, key):
            progress = await target.write(table, rows, progress)
            key = progress.key
            advance(len(rows))


async def _compare(source: Source, target: Target, advance: Advance) -> None:
    different = []
    for table in metadata.sorted_tables:
        expected, key = Checksum(), None
        while rows := await asyncio.to_thread(source.batch, table, key):
            expected, key = expected.plus(rows), key_of(table, rows[-1])
            advance(len(rows))
        if await target.checksum(table, advance) != expected:
            different.append(table.name)
    if different:
        raise Different(different)
