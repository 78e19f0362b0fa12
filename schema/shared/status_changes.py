"""Statuses that moved."""

import strawberry

from domain.shared.events import StatusChange as StatusChangeRow
from schema.declare import column, reference, type_of
from schema.shared.enums import StatusField
from schema.shared.nodes import Node
from schema.shared.statuses import Status


@type_of(StatusChangeRow)
class StatusChange:
    """Change of the status of one object."""

    node: Node | None = reference("Current state of the object. Null if it no longer exists.")
    node_id: strawberry.ID = column("Global ID of the object, also if it no longer exists.")
    node_type: str = column("`__typename` of the object, such as `QuoteItem`, also if it no longer exists.")
    from_: Status = column("Status before the change.", attribute="from_status", name="from")
    to: Status = column("Status after the change.", attribute="to_status")
    field: StatusField = column("Which status changed. A quote has four.")
