"""Where objects come from: the edge to it, and how objects are named and lists narrowed by it."""

from typing import Any

import strawberry

from resolvers.connections.origins import ExternalId
from schema.connections.enums import System
from schema.declare import edge
from schema.shared.filters import MUST_HOLD


def origin() -> Any:
    """The edge from an object to its origin."""
    description = (
        "Where the object comes from. Null if it was made here, or is still to be created there. "
        "If several connections have it, it is that of the first one."
    )
    return edge(description, loader="origin", key="id")


@strawberry.input(description="Identifies an object by the ID that a connected system has for it.")
class ExternalBy:
    system: System = strawberry.field(description="Which system it is.")
    id: str = strawberry.field(
        description="ID that the system has for the object: its `Origin.externalId`, and not its `externalId`."
    )
    connection_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="Only the object that comes from this connection. Without it, an ID that two accounts at the "
        "system have is AMBIGUOUS.",
    )

    def parsed(self) -> ExternalId:
        return ExternalId(self.system, self.id, self.connection_id)


@strawberry.input(description=f"Filters for where objects come from. {MUST_HOLD}")
class OriginFilter:
    system: list[System] | None = strawberry.field(
        default=None, description="Only objects that come from one of these systems."
    )
    connection_id: strawberry.ID | None = strawberry.field(
        default=None, description="Only objects that come from this connection."
    )
    is_stale: bool | None = strawberry.field(
        default=None,
        description="Only objects whose record is not in the system any more (`Origin.isStale`), or only those whose "
        "record is.",
    )


def external_field() -> Any:
    """The member of an input `by` that names an object by what a connected system calls it."""
    return strawberry.field(
        default=strawberry.UNSET,
        description="ID that a connected system has for the object: `Origin.externalId`, and not `externalId`.",
    )


def origin_field() -> Any:
    """The filter of a list by where its objects come from."""
    return strawberry.field(default=None, description="Only objects that come from a connected system.")
