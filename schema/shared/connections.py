"""Pages of lists."""

from typing import Any, Generic, TypeVar

import strawberry

from resolvers.pages import Connection as ConnectionValue
from resolvers.pages import ConnectionEdge
from schema.declare import Info, column, read_from, type_of

N = TypeVar("N")


@type_of(ConnectionValue)
class PageInfo:
    """Information about a page of a connection."""

    has_next_page: bool = column("Whether there are more items after this page.")
    has_previous_page: bool = column("Whether there are more items before this page.")
    start_cursor: str | None = column("Cursor of the first item of the page.")
    end_cursor: str | None = column("Cursor of the last item of the page. Pass it as `after` to get the next page.")


@read_from(ConnectionEdge)
@strawberry.type(description="An item of a connection, with its cursor.")
class Edge(Generic[N]):
    cursor: str = column("Cursor of the item, for `after` and `before`.")
    node: N = column("The item.")


async def _total_count(root: strawberry.Parent[Any], info: Info) -> int:
    return await info.context.count(root.loader, root.key.whole())


@read_from(ConnectionValue)
@strawberry.type(description="A page of a connection.")
class Connection(Generic[N]):
    edges: list[Edge[N]] = column("Items of this page with their cursors.")
    nodes: list[N] = column("Items of this page.")
    page_info: PageInfo = column("Information for pagination.")

    total_count: int = strawberry.field(
        resolver=_total_count, description="Number of items in the whole list. Counted only if the field is selected."
    )
