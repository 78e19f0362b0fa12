"""Objects with a global id, and how any of them is found."""

from typing import Annotated

import strawberry

from resolvers import nodes
from schema.declare import Info, root


@strawberry.interface(description="Anything with an id of its own.")
class Node:
    id: strawberry.ID = strawberry.field(description="The id of this object in the whole graph. Opaque.")


@strawberry.type
class NodeQueries:
    @root("Anything by its id; null when there is none. Takes the scope of what is found.")
    async def node(
        info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Its id, as the graph gave it.")]
    ) -> Node | None:
        return await nodes.node(info.context, id)

    @root("Many things by their ids, at most 100, in order; null where there is none, or it may not be read.")
    async def nodes(
        info: Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="Their ids, as the graph gave them.")],
    ) -> list[Node | None]:
        return await nodes.nodes(info.context, ids)
