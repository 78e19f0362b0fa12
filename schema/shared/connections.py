"""Pages of lists."""

from typing import Any, Generic, TypeVar

import strawberry

from resolvers.connections import Connection as ConnectionValue
from resolvers.connections import ConnectionEdge
from schema.declare import Info, column, read_from, type_of

N = TypeVar("N")


@type_of(ConnectionValue)
class PageInfo:
    """Where a page stands in its list."""

    has_next_page: bool = column("Whether there is more after this page.")
    has_previous_page: bool = column("Whether there is more before this page.")
    start_cursor: str | None = column("The cursor of the first row.")
    end_cursor: str | None = column("The cursor of the last row: pass it as `after` for the next page.")


@read_from(ConnectionEdge)
@strawberry.type(description="A row of a page.")
class Edge(Generic[N]):
    cursor: str = column("Names this row's place in the list.")
    node: N = column("The row.")


async def _total_count(root: strawberry.Parent[Any], info: Info) -> int:
    return await info.context.count(root.loader, root.key.whole())


@read_from(ConnectionValue)
@strawberry.type(description="A page of a list.")
class Connection(Generic[N]):
    edges: list[Edge[N]] = column("The rows of this page, each with its cursor.")
    nodes: list[N] = column("The rows of this page.")
    page_info: PageInfo = column("Where this page stands in the list.")

    total_count: int = strawberry.field(
        resolver=_total_count, description="How many rows the whole list has. Counted only when asked for."
    )
