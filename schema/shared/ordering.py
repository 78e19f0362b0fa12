"""How lists are ordered."""

from enum import Enum
from typing import Any

import strawberry

from schema.shared.enums import OrderDirection


def order_input(name: str, description: str, field: Enum, direction: OrderDirection) -> type[Any]:
    """The input by which a list is ordered, by default by this field and in this direction."""
    members = {
        "__annotations__": {"field": type(field), "direction": OrderDirection},
        "field": strawberry.field(default=field, description="Field to order by."),
        "direction": strawberry.field(default=direction, description="Direction of the order."),
    }
    return strawberry.input(type(name, (), members), description=description)
