"""The commands for connected systems: list and add them, read one in the foreground, and what could not be used."""

import asyncio
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any, NoReturn, TypeVar

import typer

from adapters.connections.calls import SystemCalls
from adapters.connections.systems import Systems
from adapters.database.companies.company import SqlCompanies
from adapters.database.connections.failures import is_outage
from adapters.database.connections.store import CONNECTION_LOADERS
from adapters.database.core.engine import Database
from adapters.database.core.reader import SqlReader
from adapters.secrets import secret_box
from app.cli.common import Failure, Stopped, checked, environment_of, no_company, settings_of, with_database
from app.cli.connect_credentials import credentials_for, option_of
from app.cli.connect_lists import (
    connection_data,
    connection_lines,
    preview_data,
    preview_lines,
    printable,
    problem_data,
    problem_lines,
)
from app.cli.inventory import command_dependencies, tenant_scope_of
from app.process import Interrupted, run
from domain.connections.connections import Connection, ConnectionStatus
from domain.connections.drafts import ConnectionDraft
from domain.connections.problems import ConnectionProblem
from domain.connections.systems import NAMES, Capability, System
from domain.portal.links import Links
from domain.ports.connections import Connecting
from domain.ports.dependencies import Dependencies
from domain.shared.access import ActorType, Caller, CredentialType, Scope, TenantScope
from domain.shared.errors import Conflict, Invalid, InvalidInput
from domain.shared.ids import RowId, global_id, parse_id
from domain.shared.outbound_errors import NotConfigured, OutboundFailure, Refused
from domain.shared.paging import PageKey, Window
from domain.use_cases.connections.connecting import ConnectSystem, connect_system
from domain.use_cases.connections.reading import Watcher, preview, read_now

T = TypeVar("T")

connect = typer.Typer(help="Connected systems.", no_args_is_help=True)

PAGE = 500

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
Company = Annotated[str, typer.Option("--company", help="The company's code.")]
InEnvironment = Annotated[str, typer.Option("--environment", help="live or test.")]
Named = Annotated[str, typer.Argument(metavar="CONNECTION", help="The connection: its ID, or its name.")]


@connect.command("list")
def list_connections(
    company: Company,
    environment: InEnvironment = "live",
    every: Annotated[bool, typer.Option("--all", help="List disconnected systems too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the systems that a company has connected, the newest last."""

    async def read(database: Database) -> list[Connection]:
        found = await _connections(database, await tenant_scope_of(database, company, environment))
        return [it for it in found if every or it.status != ConnectionStatus.DISCONNECTED]

    found = run(with_database(read))
    if as_json:
        print(json.dumps([connection_data(it) for it in found]))
    else:
        print("\n".join(connection_lines(found)))


@connect.command("add")
def add_connection(
    system: Annotated[str, typer.Argument(help="quipteams, kitchen, salesbyte or quick-quote.")],
    company: Company,
    name: Annotated[str, typer.Option(help="The name, which the history shows as the actor.")],
    base_url: Annotated[str, typer.Option(help="The address below which the system answers.")],
    currency: Annotated[str | None, typer.Option(help="The currency of records that do not say theirs.")] = None,
    environment: InEnvironment = "live",
    as_json: AsJson = False,
) -> None:
    """Connect a system, after a call that shows that the address and the credentials are right. The credentials are
    prompted for on a terminal; scripts set QUOTEGRAPH_CONNECT_TOKEN, and, as the system needs them, _WEBHOOK_SECRET,
    _INTEGRATION_ID and _PROFILE_ID."""
    kind = _system_of(system)
    environment_of(environment)
    credentials = credentials_for(kind)
    draft = ConnectionDraft(name, base_url, currency, credentials, kind)

    async def add(database: Database) -> dict[str, Any]:
        scope = await tenant_scope_of(database, company, environment)
        company_id = await SqlCompanies(database).id_of(company)
        if company_id is None:
            raise Failure(await no_company(database, company))
        async with _calls() as calls:
            deps = _dependencies(database, calls)
            outcome = await connect_system(deps, _caller(scope, company_id), ConnectSystem(kind, draft))
        return await _added(deps, scope, outcome.subjects[0].id)

    made = _told(lambda: run(with_database(add)))
    if as_json:
        print(json.dumps(made))
        return
    print(f"Connected {NAMES[kind]}: {made['id']}. Workers read it from now on; `connect sync` reads it here.")
    if made["inboundUrl"]:
        print(f"Have it send its webhooks to this address, which is a secret:\n{made['inboundUrl']}")


@connect.command("sync")
def sync_connection(
    connection: Named,
    company: Company,
    environment: InEnvironment = "live",
    full: Annotated[bool, typer.Option("--full", help="Read everything, and not only what has changed.")] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Report what would come in, without changes: new, changed, stale, problems."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read a connected system now, to the end. It can be interrupted, and goes on where it was."""

    async def sync(database: Database) -> Any:
        scope = await tenant_scope_of(database, company, environment)
        found = _one(await _connections(database, scope), connection)
        async with _calls() as calls:
            deps = _dependencies(database, calls)
            with _progress() as watcher:
                read = preview if dry_run else read_now
                return await read(deps, scope, found.id, full, watcher)

    try:
        done = _told(lambda: run(with_database(sync)))
    except Interrupted:
        kept = "Nothing was changed." if dry_run else "What was read is saved; run it again to continue."
        raise Stopped(f"Interrupted. {kept}") from None
    if dry_run:
        print(json.dumps([preview_data(it) for it in done]) if as_json else "\n".join(preview_lines(done)))
    elif as_json:
        print(json.dumps(connection_data(done)))
    else:
        print(f"{done.sync_read:,} read, {done.sync_changed:,} of them new or changed.")


@connect.command("problems")
def list_problems(
    connection: Named,
    company: Company,
    environment: InEnvironment = "live",
    every: Annotated[bool, typer.Option("--all", help="List resolved problems too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List what of the records of a connected system could not be used, the newest first."""

    async def read(database: Database) -> list[ConnectionProblem]:
        scope = await tenant_scope_of(database, company, environment)
        found = _one(await _connections(database, scope), connection)
        filters = () if every else (("is_open", True),)
        key, problems = PageKey(found.id, filters, "CREATED_AT", True, Window(PAGE)), list[ConnectionProblem]()
        reader = SqlReader(database, CONNECTION_LOADERS)
        while True:
            [page] = await reader.load("connection_problems_by_connection", [key], scope)
            problems += page.rows
            if not page.has_next:
                return problems
            key = key._replace(window=key.window._replace(cursor=page.cursors[-1]))

    found = run(with_database(read))
    if as_json:
        print(json.dumps([problem_data(it) for it in found]))
    else:
        print("\n".join(problem_lines(found)))


async def _connections(database: Database, scope: TenantScope) -> list[Connection]:
    """The connections of a tenant, in the order in which they were made."""
    reader = SqlReader(database, CONNECTION_LOADERS)
    [found] = await reader.load("connections_by_tenant", [scope.tenant_id], scope)
    return list(found)


def _one(connections: list[Connection], given: str) -> Connection:
    """The connection that is named by its ID or name. Raises: Failure."""
    try:
        row_id = parse_id(given, "Connection")[1]
    except Invalid:
        row_id = RowId(given)
    named = [it for it in connections if it.id == row_id]
    named = named or [it for it in connections if it.name.casefold() == given.strip().casefold()]
    if len(named) == 1:
        return named[0]
    if named:
        ids = ", ".join(global_id("Connection", it.id) for it in named)
        raise Failure(f"{len(named)} connections have this name; give one of these IDs: {ids}.")
    names = ", ".join(printable(it.name) for it in connections)
    raise Failure(f"There is no connection {given!r}. Connections of this company: {names or 'none yet'}.")


def _system_of(given: str) -> System:
    """Raises: Failure."""
    return checked("SYSTEM", _parsed_system, given)


def _parsed_system(given: str) -> System:
    try:
        return System(given.strip().upper().replace("-", "_"))
    except ValueError:
        known = ", ".join(str(it).lower().replace("_", "-") for it in System)
        raise Failure(f"There is no system {given!r}. Systems: {known}.") from None


def _calls() -> SystemCalls:
    from app.wiring import utc_now

    return SystemCalls(utc_now, loopback=settings_of().allow_loopback_webhooks)


def _dependencies(database: Database, calls: SystemCalls) -> Dependencies:
    """Dependencies that call connected systems."""
    settings = settings_of()
    return replace(
        command_dependencies(database),
        connecting=Connecting(
            Systems(calls),
            full_interval=timedelta(hours=settings.full_sync_hours),
            loopback=settings.allow_loopback_webhooks,
            is_outage=is_outage,
        ),
        secret_box=secret_box(settings.secret_keys),
        links=Links(settings.base),
    )


async def _added(deps: Dependencies, scope: TenantScope, connection_id: str) -> dict[str, Any]:
    """A connection as `connect add --json` prints it: with the address to which its system sends."""
    async with deps.unit_of_work(scope) as work:
        made = await work.connections.find(RowId(connection_id))
        secrets = await work.connections.secrets(connection_id)
    assert made is not None, "it was made"
    sends = Capability.WEBHOOKS in made.capabilities
    inbound = deps.links.hook(deps.secret_box.open(secrets.hook_token_sealed)) if sends else None
    return {**connection_data(made), "inboundUrl": inbound}


def _caller(scope: TenantScope, company_id: str) -> Caller:
    """Who works on the command line, for one company."""
    return Caller(
        "command-line",
        "Command line",
        scope.environment,
        company_id,
        scope.tenant_id,
        frozenset(Scope),
        kind=ActorType.SYSTEM,
        credential=CredentialType.NONE,
    )


def _told(act: Callable[[], T]) -> T:
    """Raises: Failure, with what is wrong and what to do about it."""
    try:
        return act()
    except InvalidInput as refused:
        raise Failure("\n".join(f"{option_of(it.path)}{it.message}" for it in refused.problems)) from None
    except Conflict as refused:
        raise Failure(refused.message) from None
    except NotConfigured as missing:
        raise Failure(str(missing)) from None
    except OutboundFailure as failure:
        _refuse(failure)


def _refuse(failure: OutboundFailure) -> NoReturn:
    """Raises: Failure."""
    if isinstance(failure, Refused) and failure.status in (401, 403):
        way_out = "Give it new credentials with `updateConnection`."
        raise Failure(f"The system does not accept the credentials: {failure} {way_out}") from None
    raise Failure(f"The system could not be read: {failure} Run it again to continue.") from None


@contextmanager
def _progress() -> Iterator[Watcher]:
    """Shows how far a reading is, if standard error is a terminal: for each collection what was read, and the total."""
    hidden = not sys.stderr.isatty()
    with typer.progressbar(length=1, label="Reading", file=sys.stderr, hidden=hidden, show_pos=True) as bar:

        def tell(connection: Connection) -> None:
            collection = connection.sync_collection
            bar.label = "Reading" if collection is None else f"Reading {str(collection).lower().replace('_', ' ')}"
            # No length shows what was read without a share of the whole, which a system may not tell.
            total = connection.sync_total
            bar.length = None if total is None else max(total, connection.sync_read)
            bar.pos = connection.sync_read
            bar.render_progress()

        yield Watcher(tell, asyncio.sleep)
