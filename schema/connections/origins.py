"""Where objects come from."""

from domain.connections.connections import Connection as ConnectionRow
from domain.connections.origins import Origin as OriginRow
from domain.connections.origins import OriginFile as OriginFileRow
from domain.shared.access import Scope
from schema.connections.enums import ConnectionStatus, System
from schema.declare import column, edge, type_of
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
    """The connection that an object comes from, for everyone who may read the object."""

    name: str = column("Name of the connection.")
    status: ConnectionStatus = column("Status of the connection.")


@type_of(OriginRow)
class Origin:
    """Where an object comes from: a record of a connected system, or a part of one."""

    connection: LazyConnection = edge(
        "The connection.", loader="connection", key="connection_id", scope=Scope.CONNECTIONS_MANAGE
    )
    source: OriginSource = edge(
        "Name and status of the connection, for which no further scope is needed.",
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
    last_synced_at: DateTime = column("Date and time when the record was last read.")
    is_stale: bool = column("Whether the record was no longer there when everything was last read.")
