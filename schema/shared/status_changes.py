"""Statuses that moved."""

import strawberry

from domain.shared.events import StatusChange as StatusChangeRow
from schema.declare import column, reference, type_of
from schema.shared.enums import StatusField
from schema.shared.nodes import Node


@type_of(StatusChangeRow)
class StatusChange:
    """Change of the status of one object."""

    node: Node | None = reference("Current state of the object. Null if it no longer exists.")
    node_id: strawberry.ID = column("Global ID of the object, also if it no longer exists.")
    node_type: str = column("Type name of the object, such as `QuoteItem`, also if it no longer exists.")
    from_: str = column("Status before the change.", attribute="from_status", name="from")
    to: str = column("Status after the change.", attribute="to_status")
    field: StatusField = column("Which status changed. A quote has four.")
