"""Statuses that moved."""

import strawberry

from domain.shared.events import StatusChange as StatusChangeRow
from schema.declare import column, reference, type_of
from schema.shared.enums import StatusField
from schema.shared.nodes import Node


@type_of(StatusChangeRow)
class StatusChange:
    """The status of one object moved."""

    node: Node | None = reference("The object as it is now; null when it is gone.")
    node_id: strawberry.ID = column("The object's id, also when it is gone.")
    node_type: str = column("The object's type, such as `QuoteItem`, also when it is gone.")
    from_: str = column("The status before.", attribute="from_status", name="from")
    to: str = column("The status after.", attribute="to_status")
    field: StatusField = column("Which status of the object: a quote has four.")
