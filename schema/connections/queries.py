"""Reading connections."""

from typing import Annotated

import strawberry

from domain.shared.access import Scope
from resolvers.connections import queries
from resolvers.nodes import row_id
from schema.connections.lists import ConnectionFilter
from schema.connections.types import Connection
from schema.declare import Info, root


@strawberry.type
class ConnectionQueries:
    @root("Returns a connection, or null if there is none.", Scope.CONNECTIONS_MANAGE)
    async def connection(
        info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Global ID of the connection.")]
    ) -> Connection | None:
        return await info.context.load("connection", row_id(id, ("id",), "Connection")[1])

    @root(
        "Returns the connections of a company, oldest first: at most 20. Those that are DISCONNECTED are returned only "
        "if the filter has this status.",
        Scope.CONNECTIONS_MANAGE,
    )
    async def connections(
        info: Info,
        company_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="The company. Required for platform keys; default: that of the API key."),
        ] = None,
        filter: Annotated[ConnectionFilter | None, strawberry.argument(description="Filters for connections.")] = None,
    ) -> list[Connection]:
        return await queries.connections(info.context, company_id, (filter or ConnectionFilter()).filters())
