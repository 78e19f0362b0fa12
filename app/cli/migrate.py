"""`quotegraph migrate`: brings a database to this version, or copies an SQLite database into PostgreSQL."""

from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Annotated, Self

import typer
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from adapters.database import migrator
from adapters.database.copying.copy import copy_database
from adapters.database.copying.errors import CannotCopy
from adapters.database.copying.source import Source
from adapters.database.core.engine import Database, open_database
from app.cli.common import Failure, Stopped, settings_of, with_database
from app.cli.documents import warn_of_broken_documents
from app.cli.inventory import progress
from app.cli.webhooks import warn_of_broken_selections
from app.process import Interrupted, Interruption, run

CopyFrom = Annotated[
    str | None,
    typer.Option(
        "--copy-from",
        metavar="URL",
        help="An SQLite database, such as sqlite:///quotegraph.db, that is copied into the empty PostgreSQL database "
        "of QUOTEGRAPH_DATABASE_URL. Repeat the command to continue a copy that was interrupted.",
    ),
]


def migrate_command(copy_from: CopyFrom = None) -> None:
    """Migrate the database to the current version, and name stored documents that do not fit its schema."""
    if copy_from is not None:
        run(_copy(_file_of(copy_from)))
        return

    async def migrate(database: Database) -> None:
        await migrator.migrate(database)
        await _warn(database)

    run(with_database(migrate))
    print("The database is up to date.")


async def _copy(file: Path) -> None:
    settings = settings_of()
    database = open_database(settings.database_url)
    try:
        if database.dialect != "postgresql":
            raise Failure("--copy-from copies into PostgreSQL. Name an empty database in QUOTEGRAPH_DATABASE_URL.")
        with suppress(migrator.UnfinishedCopy):
            await migrator.require_usable(database)
        await migrator.require_usable(open_database(f"sqlite+aiosqlite:///{file}"))
        # Then no other connection to the target is one of ours.
        await database.read.dispose()
        with Source(file) as source, ProgressBars() as bars:
            counts = await Interruption().race(copy_database(source, database, bars))
        await _warn(database)
    except (CannotCopy, migrator.UnusableDatabase) as failure:
        raise Failure(str(failure)) from None
    except Interrupted:
        raise Stopped("The copy was interrupted. Repeat the command to continue it.") from None
    finally:
        await database.close()
    filled = sum(it > 0 for it in counts.values())
    print(f"{sum(counts.values()):,} rows of {filled} tables were copied. Both databases have the same checksums.")


async def _warn(database: Database) -> None:
    await warn_of_broken_documents(database)
    await warn_of_broken_selections(database)


def _file_of(url: str) -> Path:
    """Raises: Failure."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise Failure(f"--copy-from: {url!r} is no SQLite database. Use sqlite:///path/to/file.db.")
    file = Path(parsed.database)
    if not file.is_file():
        raise Failure(f"--copy-from: there is no file {file}.")
    return file


class ProgressBars:
    """Progress bars on standard error, if it is a terminal. The second begins where the first has ended."""

    def __init__(self) -> None:
        self._bars = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.close()

    def copying(self, rows: int, done: int) -> Callable[[int], None]:
        advance = self._begin(rows, "Copying")
        advance(done)
        return advance

    def checking(self, rows: int) -> Callable[[int], None]:
        return self._begin(rows, "Checking")

    def _begin(self, rows: int, label: str) -> Callable[[int], None]:
        self._bars.close()
        return self._bars.enter_context(progress(rows, label))
