"""Changes of quotes that come from connected systems, which were asked of these."""

import strawberry

from domain.connections import changes
from domain.shared.access import Scope
from schema.connections.enums import OriginChangeStatus, OriginChangeType
from schema.declare import column, edge, identity, type_of
from schema.quotes.enums import Verdict
from schema.shared.actors import Actor
from schema.shared.lazy import LazyConnection
from schema.shared.nodes import Node
from schema.shared.scalars import DateTime
from schema.shared.statuses import HasStatus


@type_of(changes.OriginDecision)
class OriginDecision:
    """A decision that was asked of a connected system."""

    offer_id: strawberry.ID | None = column("ID of the item or alternative; `null` for the quote as a whole.")
    decision: Verdict = column("The decision.")


@type_of(changes.OriginChange)
class OriginChange(Node, HasStatus):
    """A change of a quote that was asked of the system that the quote comes from. What the system says is what the
    quote is."""

    id: strawberry.ID = identity("OriginChange")
    type: OriginChangeType = column("What was asked.")
    decisions: list[OriginDecision] = column("Decisions that were asked for, in order; of other types, none.")
    changed_fields: list[str] = column(
        "Of an EDIT, the fields of the quote or its line that are to be changed, as inputs call them: `notes`, `price`."
    )
    connection: LazyConnection = edge(
        "The connection to the system.", loader="connection", key="connection_id", scope=Scope.CONNECTIONS_MANAGE
    )
    status: OriginChangeStatus = column("Whether the system has confirmed or refused it.")
    reason: str | None = column("Why it was refused, or what keeps it from being sent; `null` if neither is so.")
    actor: Actor = column("Who asked for the change.")
    created_at: DateTime = column("Date and time when it was asked for.", attribute="requested_at")
    updated_at: DateTime = column("Date and time when the object was last updated.")
    sent_at: DateTime | None = column("Date and time when it was first sent; `null` until then.")
    settled_at: DateTime | None = column("Date and time when it was confirmed or refused; `null` until then.")


@type_of(changes.ActionChange)
class DeviceActionChange:
    """A new device action that was asked of a connected system. What the system says is what the action is."""

    type: OriginChangeType = column("What was asked: CREATE.")
    connection: LazyConnection = edge(
        "The connection to the system.", loader="connection", key="connection_id", scope=Scope.CONNECTIONS_MANAGE
    )
    status: OriginChangeStatus = column("Whether the system has created or refused it.")
    reason: str | None = column("Why it was refused, or what keeps it from being sent; `null` if neither is so.")
    actor: Actor = column("Who asked for the action.")
    requested_at: DateTime = column("Date and time when it was asked for.")
    sent_at: DateTime | None = column("Date and time when it was first sent; `null` until then.")
    settled_at: DateTime | None = column("Date and time when it was created or refused; `null` until then.")
