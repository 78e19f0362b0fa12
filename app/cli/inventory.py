"""Commands that import and export assets, and synchronise employees from HR systems."""

import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import aiohttp
import typer

from adapters.bamboohr import BambooDirectory
from adapters.csv.files import BadFile
from adapters.csv.people import BadPeopleFile, CsvDirectory
from adapters.database.companies.company import SqlCompanies
from adapters.database.core.engine import Database
from adapters.database.core.reader import SqlReader
from adapters.database.inventory.assets import ASSET_LOADERS
from adapters.database.jobs.queue import SqlJobQueue
from adapters.database.unit_of_work import SqlUnitOfWorkFactory
from adapters.http import vendor_session
from app.cli.asset_files import AssetFile, Rejected, Tally, export_assets, import_assets
from app.cli.common import Failure, Stopped, environment_of, no_company, require_migrated, settings_of, with_database
from app.external import NoExternalServices
from app.process import Interrupted, Interruption, run
from domain.inventory.assets import MOST_ASSETS, Asset, AssetStatus
from domain.people.hris import Directory, Reading, SyncedUntil
from domain.ports.dependencies import Dependencies
from domain.shared.access import TenantScope
from domain.shared.events import EventType
from domain.shared.ids import new_id
from domain.shared.jobs import DEFAULT_RETRY_POLICY
from domain.shared.outbound_errors import OutboundFailure
from domain.shared.paging import PageKey, Window
from domain.shared.parsers import NAME_LENGTH
from domain.use_cases.people.hris import NobodyLeft, RejectedPerson, Synced, TooManyLeft, sync_employees
from domain.use_cases.people.hris import Stopped as SyncStopped
from domain.use_cases.worker.dispatch import jobs_for

assets = typer.Typer(help="Import and export assets.", no_args_is_help=True)

employees = typer.Typer(help="Synchronise employees from HR systems.", no_args_is_help=True)

EVENT_COUNTS = {
    "joined": EventType.EMPLOYEE_JOINED,
    "moved": EventType.EMPLOYEE_MOVED,
    "left": EventType.EMPLOYEE_LEFT,
    "updated": EventType.EMPLOYEE_UPDATED,
}

CompanyCode = Annotated[str, typer.Option("--company", help="The company's code.")]
InEnvironment = Annotated[str, typer.Option("--environment", help="live or test.")]


@assets.command("import")
def import_command(
    file: Annotated[
        Path, typer.Argument(help="CSV with the columns serial_number,device_type,country,description,employee,…")
    ],
    company: CompanyCode,
    environment: InEnvironment = "live",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Report what would be added and rejected, without changes.")
    ] = False,
) -> None:
    """Add assets from a CSV file. Valid rows are added. Rejected rows are written to FILE.rejected.csv with the reason,
    to be corrected and imported again; the exit code is then 1."""
    if not file.is_file():
        raise Failure(f"There is no file {file}.")

    tally, rejected = Tally(), Rejected(file)

    async def add(database: Database) -> None:
        tenant_scope = await tenant_scope_of(database, company, environment)
        stopped = Interruption()
        with progress(file.stat().st_size, "Importing") as advance, rejected:
            rows = AssetFile(file, advance)
            await import_assets(command_dependencies(database), tenant_scope, rows, rejected, dry_run, stopped, tally)

    try:
        run(with_database(add))
    except BadFile as bad:
        raise Failure(str(bad)) from None
    except Interrupted:
        tally.interrupted = True
    would = "would be " if dry_run else ""
    summary = f"{tally.added:,} {would}added, {tally.rejected:,} {would}rejected"
    if tally.interrupted:
        where = f" ({rejected.path})" if tally.rejected else ""
        raise Stopped(f"Interrupted. {summary}{where}. The rest was not read; import the file again to continue.")
    print(f"{summary}: {rejected.path}" if tally.rejected else f"{summary}.")
    if tally.broken:
        raise Failure(f"{tally.broken} The rows before it were {would}imported; the rest was not read.")
    if tally.rejected:
        raise typer.Exit(1)


@assets.command("export")
def export_command(
    company: CompanyCode,
    environment: InEnvironment = "live",
    to: Annotated[Path | None, typer.Option("--to", help="The file to write. Default: standard output.")] = None,
    retired: Annotated[bool, typer.Option("--retired", help="Include retired assets, and a status column.")] = False,
) -> None:
    """Write a company's assets as CSV, in the format that `assets import` reads."""

    async def write(database: Database) -> int:
        tenant_scope = await tenant_scope_of(database, company, environment)
        reader, kept = (
            SqlReader(database, ASSET_LOADERS),
            [it for it in AssetStatus if retired or it != AssetStatus.RETIRED],
        )
        first = PageKey(None, (("status", tuple(kept)),), "CREATED_AT", False, Window(MOST_ASSETS))
        if to is None:
            return await export_assets(_pages(reader, first, tenant_scope), sys.stdout, lambda _: None, retired)
        [count] = await reader.count("assets", [first.whole()], tenant_scope)
        with to.open("w", encoding="utf-8", newline="") as out, progress(count, "Exporting") as advance:
            return await export_assets(_pages(reader, first, tenant_scope), out, advance, retired)

    count = run(with_database(write))
    if to is not None:
        print(f"{count:,} assets written to {to}.")


@employees.command("sync")
def sync_command(
    company: CompanyCode,
    provider: Annotated[str, typer.Option("--provider", help="csv, or bamboohr (QUOTEGRAPH_BAMBOOHR_URL and _KEY).")],
    file: Annotated[
        Path | None,
        typer.Option("--file", help="For csv: a file with the columns hris_id,name,email,status,country,department,…"),
    ] = None,
    environment: InEnvironment = "live",
    whole: Annotated[bool, typer.Option("--whole", help="For csv: people who are not in the file have left.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Continue even if most people would leave.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report what would change, without changes.")] = False,
) -> None:
    """Synchronise who joined, moved and left from a company's HR system. A second run changes nothing. People who could
    not be read or imported are reported and tried again in the next run; the exit code is then 1."""
    if provider not in ("csv", "bamboohr"):
        raise Failure(f"--provider must be csv or bamboohr, not {provider!r}.")
    if (file is not None) != (provider == "csv"):
        raise Failure("--file FILE is required with --provider csv, and not allowed otherwise.")
    if file is not None and not file.is_file():
        raise Failure(f"There is no file {file}.")

    synced = Synced()

    async def sync(database: Database) -> None:
        tenant_scope, stopped = await tenant_scope_of(database, company, environment), Interruption()
        async with vendor_session() as session:
            directory = CsvDirectory(file, whole) if file is not None else _bamboohr(session)
            read = Interruptible(directory, stopped)
            await sync_employees(command_dependencies(database), tenant_scope, read, dry_run, force, synced, stopped)

    try:
        run(with_database(sync))
    except (SyncStopped, Interrupted):
        done = f"Changed: {_counted(synced.committed)}" if synced.committed else "Nothing was changed"
        raise Stopped(f"Interrupted. {done}; run it again to continue.") from None
    except NobodyLeft:
        message = "The file lists nobody, so with --whole everybody would have left. Nothing was changed."
        raise Failure(message) from None
    except TooManyLeft as many:
        raise Failure(f"{many}; if that is correct, add --force. Nothing was changed.") from None
    except (BadPeopleFile, OutboundFailure) as error:
        raise Failure(f"{error}{'' if isinstance(error, BadPeopleFile) else '. Nothing was changed.'}") from None
    for note in synced.notes:
        print(note, file=sys.stderr)
    for it in synced.warnings:
        print(f"{_who(it)}: warning: {it.reason}", file=sys.stderr)
    for it in synced.rejected:
        print(f"{_who(it)}: {it.reason}", file=sys.stderr)
    print(f"{_counted(synced.happened)}, {synced.unchanged:,} unchanged, {len(synced.rejected):,} rejected.")
    if synced.rejected:
        raise typer.Exit(1)


class Interruptible:
    """A `Directory` whose reading ends when the process is interrupted. Raises: Interrupted."""

    def __init__(self, directory: Directory, stopped: Interruption) -> None:
        self.provider = directory.provider
        self._directory = directory
        self._stopped = stopped

    async def read(self, since: SyncedUntil | None) -> Reading:
        return await self._stopped.race(self._directory.read(since))


def _who(person: RejectedPerson) -> str:
    label = f"{person.hris_id or '(no id)'} {person.name[:NAME_LENGTH]}".rstrip()
    # Characters that are not printable may control the terminal.
    return "".join(it if it.isprintable() else ascii(it)[1:-1] for it in label)


def _counted(happened: Counter[EventType]) -> str:
    return ", ".join(f"{happened[kind]:,} {word}" for word, kind in EVENT_COUNTS.items())


def _bamboohr(session: aiohttp.ClientSession) -> BambooDirectory:
    settings = settings_of()
    if not settings.bamboohr_url or not settings.bamboohr_key:
        raise Failure("Set QUOTEGRAPH_BAMBOOHR_URL (https://COMPANY.bamboohr.com/api/v1) and QUOTEGRAPH_BAMBOOHR_KEY.")
    return BambooDirectory(settings.bamboohr_url, settings.bamboohr_key, session, settings.vendor_timeout)


async def _pages(reader: SqlReader, key: PageKey, tenant_scope: TenantScope) -> AsyncIterator[Sequence[Asset]]:
    while True:
        [page] = await reader.load("assets", [key], tenant_scope)
        yield page.rows
        if not page.has_next:
            return
        key = key._replace(window=key.window._replace(cursor=page.cursors[-1]))


async def tenant_scope_of(database: Database, code: str, environment: str) -> TenantScope:
    """Returns the tenant scope of a company in an environment, both as typed. Raises: Failure."""
    await require_migrated(database)
    kind = environment_of(environment)
    tenant_id = await SqlCompanies(database).tenant_id(code, kind)
    if tenant_id is None:
        raise Failure(await no_company(database, code))
    return TenantScope(kind, tenant_id)


def command_dependencies(database: Database) -> Dependencies:
    """Returns dependencies that record events and enqueue jobs, which workers run."""
    # No signals: nothing waits for commits in this process, and the other processes poll.
    ledger = SqlUnitOfWorkFactory(database, jobs_for, _now)
    return Dependencies(
        ledger.begin, SqlJobQueue(database, DEFAULT_RETRY_POLICY.lease), NoExternalServices(), _now, new_id
    )


@contextmanager
def progress(length: int, label: str) -> Iterator[Callable[[int], None]]:
    """Shows a progress bar if standard error is a terminal. Yields a function that advances it."""
    with typer.progressbar(length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        yield bar.update


def _now() -> datetime:
    return datetime.now(UTC)
