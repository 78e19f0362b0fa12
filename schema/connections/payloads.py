"""What mutations of connections answer."""

from schema.connections.types import Connection
from schema.shared.payloads import CHANGES, payload, subject

_CONNECTION = "The connection after the mutation. Null if the mutation was refused."


@payload()
class ConnectionPayload:
    """For mutations that move no status."""

    connection: Connection | None = subject(_CONNECTION, "connection")


@payload(changes=CHANGES)
class ChangedConnectionPayload:
    """For mutations that move the status."""

    connection: Connection | None = subject(_CONNECTION, "connection")
