"""Events, the fields that they changed, and the edge from an object to its history."""

from typing import Any

import strawberry

from domain.shared.access import Scope
from domain.shared.events import Event as EventRow
from domain.shared.events import FieldChange as FieldChangeRow
from resolvers import events
from resolvers.history import events as causes
from schema.declare import Info, column, identity, paged, reference, type_of
from schema.history.enums import EventType
from schema.history.lists import EVENTS
from schema.shared.actors import Actor
from schema.shared.connections import Connection
from schema.shared.nodes import Node
from schema.shared.scalars import DateTime
from schema.shared.status_changes import StatusChange


def history_of(scope: Scope) -> Any:
    """The edge from an object to its events."""
    description = (
        "Events of the object, by default newest first: who did what, which statuses changed and which fields were "
        "updated."
    )
    return paged(description, loader="events_by_node", key="id", of=EVENTS, scope=scope)


_AS_TEXT = (
    "Amounts are formatted as `1450.00 USD`, lists separated by commas, objects as global IDs; long texts are "
    "truncated. Null if there is no value."
)


def _cursor(root: strawberry.Parent[Any]) -> str:
    return events.cursor_of(root)


async def _cause(root: strawberry.Parent[Any], info: Info) -> "Event | None":
    return await causes.cause(info.context, root)  # type: ignore[return-value]


@type_of(FieldChangeRow)
class FieldChange:
    """Change of a field of one object. Computed fields, such as totals, are not included."""

    node: Node | None = reference("Current state of the object. Null if it no longer exists.")
    node_id: strawberry.ID = column("Global ID of the object, also if it no longer exists.")
    node_type: str = column("`__typename` of the object, such as `QuoteItem`, also if it no longer exists.")
    label: str | None = column(
        "Name of the object at the time of the event, such as the model of a device or the name of a "
        "recipient, also if it no longer exists. Null for older events."
    )
    field: str = column("Name of the field in the schema, such as `poNumber` or `specification.ram`.")
    from_: str | None = column(f"Value before the change, as text. {_AS_TEXT}", attribute="before", name="from")
    to: str | None = column(
        "Value after the change, in the same format as `from`. Null if there is no value.", attribute="after"
    )


@type_of(EventRow)
class Event(Node):
    """Something that happened. Events of a company are in the order in which they were committed."""

    id: strawberry.ID = identity("Event")
    cursor: str = strawberry.field(
        resolver=_cursor,
        description="Cursor of the event. Pass it as `after` of a subscription to resume after this event.",
    )
    type: EventType = column("What happened.")
    occurred_at: DateTime = column("Date and time of the event.")
    actor: Actor = column("The person or program that caused the event.")
    node: Node | None = reference("Current state of the object that the event is about. Null if it no longer exists.")
    node_id: strawberry.ID = column(
        "Global ID of the object that the event is about, also if it no longer exists.", attribute="node_key"
    )
    node_type: str = column(
        "`__typename` of the object that the event is about, such as `Quote`, also if it no longer exists."
    )
    cause: "Event | None" = strawberry.field(
        resolver=_cause,
        description="The event that this event is a consequence of, in the same transaction, such as the last "
        "decision on an item for the approval of its quote. Null if the API key may not read it. Status changes are "
        "in the causing event.",
    )
    changes: list[StatusChange] = column(
        "Status changes of the event. Each status change is in exactly one event; for an event that is a "
        "consequence of another, see `cause`."
    )
    field_changes: list[FieldChange] = column("Fields that changed, except statuses.")


@strawberry.type(description="A page of events.")
class EventConnection(Connection[Event]):
    pass
