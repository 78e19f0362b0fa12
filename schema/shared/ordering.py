"""How lists are ordered."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import strawberry

from schema.shared.enums import OrderDirection, describe

CREATED = "Date and time of creation."
UPDATED = "Date and time of the last update."


def order_input(
    thing: str,
    things: str,
    direction: OrderDirection,
    loader_orders: Mapping[str, str] | None = None,
    **values: str,
) -> type[Any]:
    """The input by which a list of things is ordered, with an enum of these values, each described.

    By default a list is in the order of the first value, in this direction. `loader_orders` has those values that the
    loaders know by another name.
    """
    orders = {name: name for name in values} | dict(loader_orders or {})
    values_enum: Any = StrEnum(f"{thing}OrderField", orders)  # type: ignore[misc]
    describe(values_enum, f"Fields that {things} can be ordered by.", **values)
    members = {
        "__annotations__": {"field": values_enum, "direction": OrderDirection},
        "field": strawberry.field(default=next(iter(values_enum)), description="Field to order by."),
        "direction": strawberry.field(default=direction, description="Direction of the order."),
    }
    return strawberry.input(type(f"{thing}Order", (), members), description=f"Order of {things}.")
