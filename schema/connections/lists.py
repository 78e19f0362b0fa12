"""How lists of problems of connections are narrowed and ordered."""

import strawberry

from resolvers.connections import queries
from resolvers.connections.queries import ConnectionProblemFilters
from schema.connections.enums import Collection
from schema.declare import ListOf
from schema.shared.enums import OrderDirection
from schema.shared.filters import MUST_HOLD, DatedFilter
from schema.shared.ordering import CREATED, UPDATED, order_input


@strawberry.input(description=f"Filters for problems of connections. {MUST_HOLD}")
class ConnectionProblemFilter(DatedFilter):
    kind = ConnectionProblemFilters

    collection: list[Collection] | None = strawberry.field(
        default=None, description="Only problems of records of one of these kinds."
    )
    is_resolved: bool | None = strawberry.field(
        default=None, description="Only problems that are resolved, or only those that are not."
    )


CONNECTION_PROBLEMS = ListOf(
    "problems of connections",
    ConnectionProblemFilter,
    order_input(
        "ConnectionProblem", "problems of connections", OrderDirection.DESC, CREATED_AT=CREATED, UPDATED_AT=UPDATED
    ),
    queries.narrow,
)
