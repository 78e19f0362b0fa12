"""Reading connections."""

from typing import Annotated

import strawberry

from domain.shared.access import Scope
from resolvers.connections import queries
from resolvers.nodes import row_id
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
        "Returns the connections of a company, oldest first: at most 20 that are connected.", Scope.CONNECTIONS_MANAGE
    )
    async def connections(
        info: Info,
        company_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="The company. Required for platform keys; default: that of the API key."),
        ] = None,
        include_disconnected: Annotated[
            bool, strawberry.argument(description="Whether connections that have ended are returned too.")
        ] = False,
    ) -> list[Connection]:
        return await queries.connections(info.context, company_id, include_disconnected)
