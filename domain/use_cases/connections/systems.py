"""Opens the systems that companies have connected."""

from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar

from domain.connections.connections import ConnectionStatus
from domain.ports.connections import ConnectedSystem
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import UnitOfWork
from domain.shared.ids import RowId
from domain.shared.outbound_errors import Refused, Unavailable
from domain.use_cases.connections.steps import opened

Answer = TypeVar("Answer")

# How long what is to be sent waits for a connection that is paused.
PAUSE = timedelta(minutes=1)


class NotConnected(Exception):
    """Nothing is sent to the system of a connection, for now if it `may_return`."""

    def __init__(self, message: str, may_return: bool) -> None:
        super().__init__(message)
        self.may_return = may_return


async def with_credentials(call: Awaitable[Answer]) -> Answer:
    """The answer to a call. That the credentials are wrong says nothing of what was asked. Raises: OutboundFailure."""
    try:
        return await call
    except Refused as refused:
        if refused.status in (401, 403):
            raise Unavailable(str(refused), refused.status, refused.reason) from None
        raise


async def connected(work: UnitOfWork, deps: Dependencies, connection_id: str) -> ConnectedSystem:
    """The system of a connection. Raises: NotConnected, NotConfigured."""
    connection = await work.connections.find(RowId(connection_id))
    if connection is None or connection.status == ConnectionStatus.DISCONNECTED:
        raise NotConnected("The system is no longer connected.", may_return=False)
    if connection.status == ConnectionStatus.PAUSED:
        raise NotConnected("The connection is paused.", may_return=True)
    return opened(deps, connection, await work.connections.secrets(connection_id))
