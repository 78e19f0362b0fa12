"""When statuses were reached."""

from enum import StrEnum
from typing import Any

import strawberry

from domain.quotes.statuses import StatusTime
from resolvers.quotes import queries
from schema.declare import Info, column, type_of
from schema.shared.scalars import DateTime
from schema.shared.statuses import Status


@type_of(StatusTime)
class StatusTimestamp:
    """The time at which a status was first reached."""

    status: Status = column(
        "The status. Of a quote, it can also be an offer status, decision status or fulfilment status, or SIGNED."
    )
    at: DateTime = column("Date and time when the status was first reached.")


def reached_at(event: str, status: StrEnum) -> Any:
    """A field with the time of an event: when an object first had a status."""

    async def reached(root: strawberry.Parent[Any], info: Info) -> DateTime | None:
        return await queries.reached_at(info.context, root.id, status)

    return strawberry.field(
        resolver=reached, description=f"{event}; `null` if that never happened, or its time is not known."
    )
