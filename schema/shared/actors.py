"""Who did something."""

import strawberry

from domain.shared.access import Actor as ActorRow
from schema.declare import column, type_of
from schema.shared.enums import ActorKind


@type_of(ActorRow)
class Actor:
    """Who did something."""

    kind: ActorKind = column("What sort of actor it is.")
    id: strawberry.ID = column("Tells actors of one kind apart.")
    name: str = column("How people call the actor.")
