"""Where objects come from."""

import strawberry

from domain.connections.connections import Connection as ConnectionRow
from domain.connections.origins import Origin as OriginRow
from domain.connections.origins import OriginFile as OriginFileRow
from domain.shared.access import Scope
from schema.connections.enums import Capability, ConnectionStatus, System
from schema.declare import column, edge, identity_of, type_of
from schema.shared.lazy import LazyConnection
from schema.shared.metadata import MetadataEntry
from schema.shared.scalars import DateTime


@type_of(OriginFileRow)
class OriginFile:
    """A file of a record, which stays in the system."""

    name: str = column("Name of the file.")
    url: str = column("Address of the file in the system.")


@type_of(ConnectionRow)
class OriginSource:
    """A connected system that objects come from: what everyone may know who may read these objects."""

    connection_id: strawberry.ID = identity_of(
        "ID of the connection, for inputs and filters.", type_name="Connection", attribute="id"
    )
    name: str = column("Name of the connection.")
    system: System = column("Which system it is.")
    status: ConnectionStatus = column("Status of the connection.")
    capabilities: list[Capability] = column("What the system supports.")


@type_of(OriginRow)
class Origin:
    """Where an object comes from: a record of a connected system, or a part of one."""

    connection: LazyConnection = edge(
        "The connection.", loader="connection", key="connection_id", scope=Scope.CONNECTIONS_MANAGE
    )
    source: OriginSource = edge(
        "What the connection is and what its system can be asked for. Requires no further scope.",
        loader="connection",
        key="connection_id",
    )
    system: System = column("Which system it is.")
    external_id: str = column("ID of the object in the system.")
    url: str | None = column("Address at which people see the record in the system. Null if it has none.")
    external_status: str | None = column(
        "Status of the record in the words of the system. Null for parts of records.", attribute="status_word"
    )
    metadata: list[MetadataEntry] = column(
        "Values of the record that have no field here. The keys are the names of its fields in the system."
    )
    files: list[OriginFile] = column("Files of the record, which stay in the system.")
    last_synced_at: DateTime = column(
        "Date and time when the record was last read. `Connection.lastSyncedAt` is when the system was last read to "
        "the end."
    )
    is_stale: bool = column(
        "Whether the record was missing in the last full reading, which is once a day and after `syncConnection(full: "
        "true)`. It is false again once the record is read."
    )
