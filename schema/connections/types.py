"""Connected systems, how far they are read, and what of their records could not be used."""

from typing import Any

import strawberry

from domain.connections.connections import Connection as ConnectionRow
from domain.connections.connections import Sync as SyncRow
from domain.connections.problems import ConnectionProblem as ConnectionProblemRow
from domain.shared.access import Scope
from resolvers.connections import queries
from schema.companies.types import Company
from schema.connections.enums import Capability, Collection, ConnectionStatus, SyncPhase, System
from schema.connections.lists import CONNECTION_PROBLEMS
from schema.declare import Info, column, edge, identity, paged, type_of
from schema.history.types import history_of
from schema.shared.connections import Connection as Page
from schema.shared.lazy import LazyConnectionProblemConnection, LazyEventConnection
from schema.shared.nodes import Node
from schema.shared.scalars import URL, CurrencyCode, DateTime
from schema.shared.statuses import HasStatus


@type_of(SyncRow)
class ConnectionSync:
    """Progress of the current or last reading of a connected system."""

    phase: SyncPhase = column("What is under way, if anything.")
    is_full: bool = column("Whether everything is read, and not only what has changed.")
    collection: Collection | None = column("The kind of records that is read. Null if no reading is under way.")
    read: int = column("Number of records read so far in this reading, of all collections.")
    total: int | None = column(
        "Number of records to read up to the end of the present collection, if the system says how many it has; `null` "
        "otherwise. After the reading, the same as `read`."
    )
    changed: int = column("Number of those that were new here or had changed.")
    started_at: DateTime | None = column("Date and time when the reading began.")
    error: str | None = column("Why the last call to the system failed; `null` after a success.")


async def _inbound_url(root: strawberry.Parent[Any], info: Info) -> URL | None:
    found = await queries.inbound_url(info.context, root)
    return None if found is None else URL(found)


@type_of(ConnectionRow)
class Connection(Node, HasStatus):
    """A system that a company has connected. Its quotes and other records are here as well."""

    id: strawberry.ID = identity("Connection")
    system: System = column("Which system it is.")
    name: str = column("Name, which the history shows as the actor of what comes from the system.")
    base_url: URL = column("Address below which the system answers.")
    currency_code: CurrencyCode = column("Currency of records that do not say theirs.", attribute="currency")
    status: ConnectionStatus = column("Status of the connection.")
    last_synced_at: DateTime | None = column(
        "Date and time when the system was last read to the end; `null` until then. `Origin.lastSyncedAt` is when one "
        "record was last read."
    )
    sync: ConnectionSync = column("Progress of the current or last reading.")
    capabilities: list[Capability] = column("What the system supports.")
    inbound_url: URL | None = strawberry.field(
        resolver=_inbound_url,
        description="Address to enter in the system for its webhooks. It contains a secret. Null if the system sends "
        "none, or the connection has ended.",
    )
    company: Company = edge("The company that the connection belongs to.", loader="company_by_tenant", key="tenant_id")
    problems: LazyConnectionProblemConnection = paged(
        "Records, and fields of records, that could not be used, by default newest first.",
        loader="connection_problems_by_connection",
        key="id",
        of=CONNECTION_PROBLEMS,
        scope=Scope.CONNECTIONS_MANAGE,
    )
    history: LazyEventConnection = history_of(Scope.CONNECTIONS_MANAGE)
    created_at: DateTime = column("Date and time when the system was connected.")
    updated_at: DateTime = column("Date and time when the object was last updated.")


@type_of(ConnectionProblemRow)
class ConnectionProblem(Node):
    """Something of a record of a connected system that could not be used. The rest of the record is used."""

    id: strawberry.ID = identity("ConnectionProblem")
    collection: Collection = column("The kind of the record.")
    external_id: str | None = column(
        "ID of the record in the system; `null` if the record does not say it.", attribute="known_id"
    )
    path: str | None = column(
        "The field, in the words of the system; `null` if it is the record as a whole.", attribute="field_path"
    )
    value: str = column("The value that was received, as text; at most 500 characters.")
    reason: str = column("Why it could not be used.")
    raw: str | None = column(
        "The record as it was received, as text; at most 20,000 characters are kept, so that it need not be complete "
        "JSON."
    )
    occurrences: int = column("How often the problem was seen.")
    last_seen_at: DateTime = column("Date and time when the problem was last seen.")
    resolved_at: DateTime | None = column(
        "Date and time since which the record reads without it; `null` while it is unresolved."
    )
    connection: Connection = edge(
        "The connection.", loader="connection", key="connection_id", scope=Scope.CONNECTIONS_MANAGE
    )
    created_at: DateTime = column("Date and time when the problem was first seen.")
    updated_at: DateTime = column("Date and time when the object was last updated.")


@strawberry.type(description="A page of problems of a connection.")
class ConnectionProblemConnection(Page[ConnectionProblem]):
    pass
