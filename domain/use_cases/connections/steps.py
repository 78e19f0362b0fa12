"""What several use cases of connections do: lock one, seal its credentials, open its system, wake its job."""

from datetime import datetime, timedelta

from domain.connections.connections import Connection, ConnectionSecrets, ConnectionStatus, credentials_of
from domain.connections.systems import System
from domain.ports.connections import ConnectedSystem
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import UnitOfWork
from domain.shared.access import Actor
from domain.shared.errors import ErrorCode, InvalidInput, NotFound, Path, Problem
from domain.shared.events import EventType, NewEvent
from domain.shared.ids import RowId, parse_reference
from domain.shared.jobs import JobType, NewJob
from domain.shared.outbound_errors import NotConfigured

CONNECTION: Path = ("connectionId",)


async def locked_connection(work: UnitOfWork, given: str) -> Connection:
    """The connection that the input field `connectionId` names, locked. Raises: InvalidInput, NotFound."""
    connection = await work.connections.lock(parse_reference(CONNECTION, given, "Connection"))
    if connection is None:
        raise NotFound("connection", CONNECTION)
    return connection


async def open_connection(work: UnitOfWork, connection_id: str) -> Connection | None:
    """The connection, unless it has ended: what came from it is ours then."""
    connection = await work.connections.find(RowId(connection_id))
    assert connection is not None
    return None if connection.status == ConnectionStatus.DISCONNECTED else connection


def sealed(deps: Dependencies, secret: str) -> str:
    """A secret as it is stored. Raises: InvalidInput, if there is no key to encrypt it with."""
    try:
        return deps.secret_box.seal(secret)
    except NotConfigured as missing:
        raise InvalidInput(Problem(ErrorCode.NOT_CONFIGURED, str(missing), ())) from None


def opened(deps: Dependencies, connection: Connection, secrets: ConnectionSecrets) -> ConnectedSystem:
    """The system of a connection. Raises: NotConfigured."""
    credentials = credentials_of(deps.secret_box.open(secrets.sealed_credentials))
    return deps.connecting.systems.open(System(connection.system), connection.base_url, credentials)


def wake(work: UnitOfWork, connection: Connection, delay: timedelta = timedelta()) -> None:
    """Have a system read after a delay."""
    payload, key = {"connectionId": connection.id}, f"connection:{connection.id}"
    work.enqueue(connection.tenant_id, NewJob(JobType.SYNC_CONNECTION, key, payload, wakes=True, delay=delay))


def event_of(kind: EventType, connection: Connection, actor: Actor, at: datetime) -> NewEvent:
    return NewEvent(kind, connection.tenant_id, connection.ref, actor, at)
