"""How lists of problems of connections are narrowed and ordered."""

import strawberry

from resolvers.connections import queries
from resolvers.connections.queries import ConnectionFilters, ConnectionProblemFilters
from schema.connections.enums import Collection, ConnectionStatus, System
from schema.declare import ListOf
from schema.shared.enums import OrderDirection
from schema.shared.filters import MUST_HOLD, DatedFilter, Filter, status_field
from schema.shared.ordering import CREATED, UPDATED, order_input


@strawberry.input(description=f"Filters for connections. {MUST_HOLD}")
class ConnectionFilter(Filter):
    kind = ConnectionFilters

    system: list[System] | None = strawberry.field(
        default=None, description="Only connections to one of these systems."
    )
    status: list[ConnectionStatus] | None = status_field("Only connections with one of these statuses.")


@strawberry.input(description=f"Filters for problems of connections. {MUST_HOLD}")
class ConnectionProblemFilter(DatedFilter):
    kind = ConnectionProblemFilters

    collection: list[Collection] | None = strawberry.field(
        default=None, description="Only problems of records of one of these kinds."
    )
    is_resolved: bool | None = strawberry.field(
        default=None, description="Only problems that are resolved, or only those that are not."
    )
    external_id: str | None = strawberry.field(
        default=None, description="Only problems of the record with exactly this ID in the system."
    )


CONNECTION_PROBLEMS = ListOf(
    "problems of connections",
    ConnectionProblemFilter,
    order_input(
        "ConnectionProblem", "problems of connections", OrderDirection.DESC, CREATED_AT=CREATED, UPDATED_AT=UPDATED
    ),
    queries.narrow,
)
