"""Use cases of connections: connect a system, change, pause, read and disconnect it (docs/domain.md#connections)."""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from domain.connections.connections import (
    Connection,
    ConnectionSecrets,
    ConnectionStatus,
    SyncPhase,
    check_connected,
    credentials_of,
    credentials_text,
    hook_token_hash,
    new_hook_token,
    paused,
)
from domain.connections.drafts import MOST_CONNECTIONS, ConnectionDraft, ParsedConnection, parse_connection
from domain.connections.syncs import disconnected, restarted
from domain.connections.systems import Credentials, System
from domain.history.field_changes import field_changes
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.shared.access import Caller
from domain.shared.errors import ErrorCode, InvalidInput, Path, Problem, Problems
from domain.shared.events import EventType, NewEvent, status_change
from domain.shared.ids import RowId, global_id
from domain.shared.outbound_errors import NotConfigured
from domain.use_cases.companies.tenants import tenant_of
from domain.use_cases.connections.accounts import all_read_before, read_before, try_changed, try_new
from domain.use_cases.connections.deleting import begin_deletion
from domain.use_cases.connections.steps import CONNECTION, event_of, locked_connection, sealed, wake
from domain.use_cases.frame import Command, use_case


@dataclass(frozen=True, slots=True)
class ConnectSystem(Command):
    """Connect a system. With a platform key, `company_id` is required."""

    system: System
    draft: ConnectionDraft
    company_id: str | None = None


@dataclass(frozen=True, slots=True)
class ConnectionCommand(Command):
    """A command for the connection that the input field `connectionId` names."""

    connection_id: str

    @property
    def subject(self) -> Path:
        return CONNECTION


@dataclass(frozen=True, slots=True)
class UpdateConnection(ConnectionCommand):
    """Change the given details of a connection."""

    draft: ConnectionDraft


@dataclass(frozen=True, slots=True)
class PauseConnection(ConnectionCommand):
    """Stop reading a system."""


@dataclass(frozen=True, slots=True)
class ResumeConnection(ConnectionCommand):
    """Go on reading a system that is paused."""


@dataclass(frozen=True, slots=True)
class SyncConnection(ConnectionCommand):
    """Read what has changed in a system now, or everything."""

    full: bool = False


@dataclass(frozen=True, slots=True)
class DisconnectSystem(ConnectionCommand):
    """End a connection. Its credentials are deleted, and its quotes unless they are kept."""

    keep_quotes: bool = True


async def connect_system(deps: Dependencies, caller: Caller, command: ConnectSystem) -> Outcome:
    """Connect a system. Calls that show that the address and the credentials are right, and whether it is the account
    of another connection, come first, unless it is a dry run. One that has ended is taken up again.

    The calls are made between two units of work. Raises: IdempotencyClash, InvalidInput.
    """
    parsed = _parsed(deps, command.system, command.draft)
    async with deps.unit_of_work(caller.tenant_scope, caller.payer_id, caller.promise) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        tenant_id = await tenant_of(work, caller, command.company_id)
        await _check_new(work, deps, tenant_id, command.system, parsed)
        before = await all_read_before(work, tenant_id, command.system, parsed)
    secrets = _secrets(deps, parsed)
    known = None if command.dry_run else await try_new(deps, command.system, parsed, before)
    return await _connect(deps, caller, command, parsed, secrets, known)


async def _connect(
    deps: Dependencies,
    caller: Caller,
    command: ConnectSystem,
    parsed: ParsedConnection,
    secrets: ConnectionSecrets,
    known: Connection | None,
) -> Outcome:
    async with deps.unit_of_work(caller.tenant_scope, caller.payer_id, caller.promise) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        tenant_id = await tenant_of(work, caller, command.company_id)
        # With the lock, connections that are made at the same time are seen.
        await work.tenants.lock(tenant_id)
        await _check_new(work, deps, tenant_id, command.system, parsed)
        ended = None if known is None else await work.connections.lock(RowId(known.id))
        if ended is not None and ended.status != ConnectionStatus.DISCONNECTED:
            raise InvalidInput(_known(ended))
        connection = _blank(deps, tenant_id, command.system) if ended is None else ended
        connection = connection._replace(
            **_details(parsed), status=ConnectionStatus.ACTIVE, sync_phase=SyncPhase.IDLE, sync_full=True
        )
        if ended is None:
            await work.connections.add(connection, secrets)
        else:
            # What came from it before is taken up again.
            await work.connections.save(connection)
            await work.connections.save_secrets(connection, secrets)
        wake(work, connection)
        work.record(event_of(EventType.CONNECTION_CREATED, connection, caller.actor, deps.now()))
        outcome = Outcome((connection.ref,))
        if not command.dry_run:
            await work.commit(outcome)
        return outcome


async def update_connection(deps: Dependencies, caller: Caller, command: UpdateConnection) -> Outcome:
    """Change the given details of a connection. A new address or new credentials are tried first, unless it is a dry
    run; they must be for the same account, and all is read again.

    Raises: IdempotencyClash, InvalidInput, NotFound, Disconnected.
    """
    async with deps.unit_of_work(caller.tenant_scope, caller.payer_id, caller.promise) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        before = await locked_connection(work, command.connection_id)
        read = await read_before(work, before)
    check_connected(before)
    known = ConnectionDraft(before.name, before.base_url, before.currency)
    parsed = _parsed(deps, System(before.system), command.draft.over(known))
    if command.draft.credentials is None and parsed.base_url != before.base_url:
        # Credentials are sent to the address that they were given for.
        raise InvalidInput(Problem(ErrorCode.REQUIRED, "Send the credentials for the new address.", ("credentials",)))
    if parsed.credentials is not None and not command.dry_run:
        await try_changed(deps, parsed, read)
    return await _update(deps, caller, command, parsed)


@use_case
async def _save_update(work: UnitOfWork, deps: Dependencies, caller: Caller, command: "_ParsedUpdate") -> Outcome:
    before, parsed = await locked_connection(work, command.connection_id), command.parsed
    check_connected(before)
    after = before._replace(**_details(parsed))
    if parsed.credentials is not None or after.currency != before.currency:
        after = restarted(after, full=True)
    if parsed.credentials is not None:
        await work.tenants.lock(before.tenant_id)
        await _check_single(work, deps, before.tenant_id, System(before.system), parsed, before.id)
        secrets = await work.connections.secrets(before.id)
        fresh = sealed(deps, credentials_text(_completed(deps, parsed, secrets)))
        await work.connections.save_secrets(after, secrets._replace(sealed_credentials=fresh))
    if after != before:
        await work.connections.save(after)
    if after.is_read and (after != before or parsed.credentials is not None):
        wake(work, after)
    changed = field_changes([before], [after])
    if changed or parsed.credentials is not None:
        updated = event_of(EventType.CONNECTION_UPDATED, after, caller.actor, deps.now())
        work.record(replace(updated, field_changes=changed))
    return Outcome((after.ref,))


@dataclass(frozen=True, slots=True)
class _ParsedUpdate(ConnectionCommand):
    parsed: ParsedConnection


async def _update(deps: Dependencies, caller: Caller, command: UpdateConnection, parsed: ParsedConnection) -> Outcome:
    return await _save_update(deps, caller, _ParsedUpdate(command.connection_id, parsed, dry_run=command.dry_run))


@use_case
async def pause_connection(work: UnitOfWork, deps: Dependencies, caller: Caller, command: PauseConnection) -> Outcome:
    """Stop reading a system. Raises: InvalidInput, NotFound, Disconnected."""
    before = await locked_connection(work, command.connection_id)
    check_connected(before)
    return await _moved(work, deps, caller, before, ConnectionStatus.PAUSED)


@use_case
async def resume_connection(work: UnitOfWork, deps: Dependencies, caller: Caller, command: ResumeConnection) -> Outcome:
    """Go on reading a paused system where it was. Raises: InvalidInput, NotFound, Disconnected."""
    before = await locked_connection(work, command.connection_id)
    check_connected(before)
    if before.status != ConnectionStatus.PAUSED:
        return Outcome((before.ref,))
    wake(work, before)
    return await _moved(work, deps, caller, before, ConnectionStatus.ACTIVE)


async def _moved(
    work: UnitOfWork, deps: Dependencies, caller: Caller, before: Connection, status: ConnectionStatus
) -> Outcome:
    """Save a connection with another status, and without what has failed."""
    if before.status == status:
        return Outcome((before.ref,))
    after = before._replace(status=status, sync_phase=SyncPhase.IDLE, sync_error=None, sync_failures=0)
    await work.connections.save(after)
    return _changed(work, deps, caller, EventType.CONNECTION_UPDATED, before, after)


@use_case
async def request_sync(work: UnitOfWork, deps: Dependencies, caller: Caller, command: SyncConnection) -> Outcome:
    """Read what has changed in a system now, or everything. Raises: InvalidInput, NotFound, Disconnected, Paused."""
    before = await locked_connection(work, command.connection_id)
    check_connected(before)
    if before.status == ConnectionStatus.PAUSED:
        raise paused(before)
    after = restarted(before, command.full)
    if after != before:
        await work.connections.save(after)
    wake(work, after)
    return Outcome((after.ref,))


@use_case
async def disconnect_system(work: UnitOfWork, deps: Dependencies, caller: Caller, command: DisconnectSystem) -> Outcome:
    """End a connection. Its credentials are deleted; its quotes stay as they are, or are deleted with it, each of which
    is an event. Where they are many, a job deletes them.

    Raises: InvalidInput, NotFound.
    """
    before = await locked_connection(work, command.connection_id)
    after = before
    if before.status != ConnectionStatus.DISCONNECTED:
        after = disconnected(before)
        # Nothing is found by this hash: it is the hash of no token.
        await work.connections.save_secrets(after, ConnectionSecrets("", f"ended {after.id}", ""))
    if not command.keep_quotes:
        after = await begin_deletion(work, after, caller.actor, deps.now())
    if after != before:
        await work.connections.save(after)
    return _changed(work, deps, caller, EventType.CONNECTION_DISCONNECTED, before, after)


def _changed(
    work: UnitOfWork, deps: Dependencies, caller: Caller, kind: EventType, before: Connection, after: Connection
) -> Outcome:
    changes = status_change(before, after)
    if changes:
        now = deps.now()
        work.record(NewEvent(kind, after.tenant_id, after.ref, caller.actor, now, changes))
    return Outcome((after.ref,), changes)


def _parsed(deps: Dependencies, system: System, draft: ConnectionDraft) -> ParsedConnection:
    """Raises: InvalidInput."""
    problems = Problems()
    parsed = parse_connection(draft, system, problems, deps.connecting.loopback)
    problems.raise_if_any()
    assert parsed is not None
    return parsed


def _completed(deps: Dependencies, parsed: ParsedConnection, secrets: ConnectionSecrets) -> Credentials:
    """New credentials, with the known values of what is omitted. Raises: InvalidInput, if these cannot be read."""
    assert parsed.credentials is not None
    if not parsed.omitted:
        return parsed.credentials
    try:
        known = credentials_of(deps.secret_box.open(secrets.sealed_credentials))
    except NotConfigured as missing:
        raise InvalidInput(Problem(ErrorCode.NOT_CONFIGURED, str(missing), ())) from None
    return replace(parsed.credentials, **{name: getattr(known, name) for name in parsed.omitted})


async def _check_new(
    work: UnitOfWork, deps: Dependencies, tenant_id: int, system: System, parsed: ParsedConnection
) -> None:
    """Check that the company may connect one more system, and has not connected this one. Raises: InvalidInput."""
    await _check_single(work, deps, tenant_id, system, parsed)
    if await work.connections.count(tenant_id) >= MOST_CONNECTIONS:
        message = f"A company has at most {MOST_CONNECTIONS} connections; disconnect one first."
        raise InvalidInput(Problem(ErrorCode.TOO_MANY, message, ("system",)))


async def _check_single(
    work: UnitOfWork,
    deps: Dependencies,
    tenant_id: int,
    system: System,
    parsed: ParsedConnection,
    updated_id: str | None = None,
) -> None:
    """Check that no other connection is at the same address with the same token. Another account at the same address
    has another token. Raises: InvalidInput."""
    assert parsed.credentials is not None
    for it in await work.connections.connected(tenant_id, system, parsed.base_url):
        # What was sealed with a key that is gone cannot be compared.
        with suppress(NotConfigured):
            secrets = await work.connections.secrets(it.id)
            known = credentials_of(deps.secret_box.open(secrets.sealed_credentials))
            if it.id != updated_id and known.token == parsed.credentials.token:
                raise InvalidInput(_known(it))


def _known(connection: Connection) -> Problem:
    message = (
        f"This system is connected already, as “{connection.name}” ({global_id('Connection', connection.id)}). Update "
        "that connection, or disconnect it first."
    )
    return Problem(ErrorCode.ALREADY_EXISTS, message, ("baseUrl",))


def _secrets(deps: Dependencies, parsed: ParsedConnection) -> ConnectionSecrets:
    """Raises: InvalidInput, if there is no key to encrypt them with."""
    assert parsed.credentials is not None
    token = new_hook_token()
    return ConnectionSecrets(
        sealed(deps, credentials_text(parsed.credentials)), hook_token_hash(token), sealed(deps, token)
    )


def _details(parsed: ParsedConnection) -> dict[str, Any]:
    return {"name": parsed.name, "base_url": parsed.base_url, "currency": parsed.currency}


def _blank(deps: Dependencies, tenant_id: int, system: System) -> Connection:
    now = deps.now()
    return Connection(
        id=deps.new_id(),
        tenant_id=tenant_id,
        system=system,
        name="",
        base_url="",
        currency="",
        status=ConnectionStatus.ACTIVE,
        last_synced_at=None,
        sync_phase=SyncPhase.IDLE,
        sync_full=True,
        sync_collection=None,
        sync_cursor=None,
        sync_marks={},
        sync_highest=None,
        sync_collection_at=None,
        sync_read=0,
        sync_total=None,
        sync_changed=0,
        sync_started_at=None,
        sync_error=None,
        sync_failures=0,
        created_at=now,
        updated_at=now,
    )
