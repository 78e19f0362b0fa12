"""The person or program that caused an event."""

import strawberry

from domain.shared.access import Actor as ActorRow
from schema.declare import column, type_of
from schema.shared.enums import ActorType


@type_of(ActorRow)
class Actor:
    """The person or program that caused an event."""

    kind: ActorType = column("Kind of actor.")
    id: strawberry.ID = column("Identifies the actor among actors of the same kind.")
    name: str = column("Name of the actor.")
