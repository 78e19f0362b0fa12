"""Changes of quotes that come from connected systems, which were asked of these."""

from domain.connections import changes
from domain.connections.changes import ChangeStatus, ChangeType
from domain.shared.access import Scope
from schema.declare import column, edge, type_of
from schema.shared.actors import Actor
from schema.shared.enums import describe
from schema.shared.lazy import LazyConnection
from schema.shared.scalars import DateTime

__all__ = ["ChangeStatus", "ChangeType", "OriginChange"]

describe(
    ChangeType,
    "What was asked of a connected system.",
    CREATE="To create the quote. If that is refused, the quote is VOIDED and does not come from the system.",
    DECIDE="Decisions on items and alternatives, or on the quote as a whole.",
    EDIT="New details, prices or quantities.",
    SEND="The quote is to be sent to its customer.",
    CANCEL="The quote is to be cancelled.",
)
describe(
    ChangeStatus,
    "Status of a change that was asked of a connected system.",
    REQUESTED="It waits to be sent.",
    SENT="It was sent, and the system has not answered yet.",
    CONFIRMED="It is in effect there.",
    REFUSED="It is not in effect there: the system refused it, something else was decided there, or it could not be "
    "sent.",
)


@type_of(changes.OriginChange)
class OriginChange:
    """A change of a quote that was asked of the system that the quote comes from. What the system says is what the
    quote is."""

    type: ChangeType = column("What was asked.")
    connection: LazyConnection = edge(
        "The connection to the system.", loader="connection", key="connection_id", scope=Scope.CONNECTIONS_MANAGE
    )
    status: ChangeStatus = column("Whether the system has confirmed or refused it.")
    reason: str | None = column("Why it was refused, or what keeps it from being sent; `null` if neither is so.")
    actor: Actor = column("Who asked for the change.")
    requested_at: DateTime = column("Date and time when it was asked for.")
    sent_at: DateTime | None = column("Date and time when it was first sent; `null` until then.")
    settled_at: DateTime | None = column("Date and time when it was confirmed or refused; `null` until then.")
