"""Objects with a global id, and how any of them is found."""

from typing import Annotated

import strawberry

from resolvers import nodes
from schema.declare import Info, root


@strawberry.interface(description="An object with a global ID.")
class Node:
    id: strawberry.ID = strawberry.field(description="Global ID of the object. It is opaque.")


@strawberry.type
class NodeQueries:
    @root("Returns the object with this global ID, or null if there is none. Requires the scope of the object's type.")
    async def node(
        info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Global ID of the object.")]
    ) -> Node | None:
        return await nodes.node(info.context, id)

    @root(
        "Returns the objects with these global IDs, in the same order. An entry is null if there is no "
        "such object or the API key may not read it. Requires the scope of each object's type."
    )
    async def nodes(
        info: Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="Global IDs of the objects. At most 100.")],
    ) -> list[Node | None]:
        return await nodes.nodes(info.context, ids)
