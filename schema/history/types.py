"""Events, the fields that they changed, and the edge from an object to its history."""

from typing import Any

import strawberry

from domain.shared.access import Scope
from domain.shared.events import Event as EventRow
from domain.shared.events import FieldChange as FieldChangeRow
from resolvers import events
from schema.declare import column, edge, identity, paged, reference, type_of
from schema.history.enums import EventType
from schema.shared.actors import Actor
from schema.shared.connections import Connection
from schema.shared.nodes import Node
from schema.shared.scalars import DateTime
from schema.shared.status_changes import StatusChange


def history_of(scope: Scope) -> Any:
    """The edge from an object to its events."""
    told = "Everything that happened to it, the latest first: who did what, which statuses moved, what was changed."
    return paged(told, loader="events_by_node", key="id", page=events.history_key, scope=scope)


_AS_TEXT = (
    "As text: an amount as `1450.00 USD`, a list with commas, an object of the graph by its id, of a long text the"
    " beginning; null for nothing."
)


def _cursor(root: strawberry.Parent[Any]) -> str:
    return events.cursor_of(root)


@type_of(FieldChangeRow)
class FieldChange:
    """A field of one object was changed. What follows from other fields, such as sums, is not told."""

    node: Node | None = reference("The object as it is now; null when it is gone.")
    node_id: strawberry.ID = column("The object's id, also when it is gone.")
    node_type: str = column("The object's type, such as `QuoteItem`, also when it is gone.")
    label: str | None = column(
        "How people called the object when this happened, such as a device's model or a recipient's name, also when it "
        "is gone. Null for events of before this was kept."
    )
    field: str = column("Its field, as in the graph, such as `poNumber` or `specification.ram`.")
    from_: str | None = column(f"What it was. {_AS_TEXT}", attribute="before", name="from")
    to: str | None = column("What it became, likewise.", attribute="after")


@type_of(EventRow)
class Event:
    """Something that happened. Events of a company come in the order in which they became true."""

    id: strawberry.ID = identity("Event")
    cursor: str = strawberry.field(
        resolver=_cursor, description="Pass it as `after` of a subscription to go on from here."
    )
    type: EventType = column("What happened.")
    occurred_at: DateTime = column("When.")
    actor: Actor = column("Who caused it.")
    node: Node | None = reference("What it happened to, as it is now; null when it is gone.")
    node_id: strawberry.ID = column("The id of what it happened to, also when that is gone.", attribute="node_key")
    node_type: str = column("The type of what it happened to, such as `Quote`, also when that is gone.")
    cause: "Event | None" = edge(
        "The event of the same moment of which this is a consequence, as the approval of a quote is of the last "
        "decision on its lines. Statuses that moved are told by that one.",
        loader="event",
        key="cause_id",
    )
    changes: list[StatusChange] = column(
        "Every status that moved. Each move is told by one event; for one that follows from another, see `cause`."
    )
    field_changes: list[FieldChange] = column("Every field that was changed, statuses apart.")


@strawberry.type(description="A page of events.")
class EventConnection(Connection[Event]):
    pass
