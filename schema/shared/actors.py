"""The person or program that caused an event."""

from domain.shared.access import Actor as ActorRow
from schema.declare import column, type_of
from schema.shared.enums import ActorType


@type_of(ActorRow)
class Actor:
    """The person or program that caused an event."""

    type: ActorType = column("Type of actor.", attribute="kind")
    name: str = column("Name of the actor.")
