"""Connecting systems, and reading them."""

import strawberry

from domain.shared.access import Scope
from domain.use_cases.connections import connecting
from schema.connections.inputs import (
    ConnectSystemInput,
    DisconnectSystemInput,
    PauseConnectionInput,
    ResumeConnectionInput,
    SyncConnectionInput,
    UpdateConnectionInput,
)
from schema.connections.payloads import ChangedConnectionPayload, ConnectionPayload
from schema.declare import mutation


@strawberry.type
class ConnectionMutations:
    connect_system = mutation(
        "Connects a system of a company, at most 20. A call shows first that the address and the credentials are "
        "right; everything is read after that. A system at the same address that was disconnected is taken up again.",
        Scope.CONNECTIONS_MANAGE,
        ConnectSystemInput,
        connecting.connect_system,
        ConnectionPayload,
    )
    update_connection = mutation(
        "Updates a connection. New credentials are tried first. With another address or currency, everything is read "
        "again.",
        Scope.CONNECTIONS_MANAGE,
        UpdateConnectionInput,
        connecting.update_connection,
        ConnectionPayload,
    )
    pause_connection = mutation(
        "Pauses a connection: nothing is read from the system or sent to it.",
        Scope.CONNECTIONS_MANAGE,
        PauseConnectionInput,
        connecting.pause_connection,
        ChangedConnectionPayload,
    )
    resume_connection = mutation(
        "Resumes a paused connection: the system is read from where it was, and what waits is sent.",
        Scope.CONNECTIONS_MANAGE,
        ResumeConnectionInput,
        connecting.resume_connection,
        ChangedConnectionPayload,
    )
    sync_connection = mutation(
        "Reads what has changed in a system now, or everything. `Connection.sync` shows how far it is.",
        Scope.CONNECTIONS_MANAGE,
        SyncConnectionInput,
        connecting.request_sync,
        ConnectionPayload,
    )
    disconnect_system = mutation(
        "Ends a connection and deletes its credentials. What came from the system stays, unless its quotes are to be "
        "deleted.",
        Scope.CONNECTIONS_MANAGE,
        DisconnectSystemInput,
        connecting.disconnect_system,
        ChangedConnectionPayload,
    )
