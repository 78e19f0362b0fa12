"""When statuses were reached."""

from domain.quotes.statuses import StatusTime
from schema.declare import column, type_of
from schema.shared.scalars import DateTime
from schema.shared.statuses import Status


@type_of(StatusTime)
class StatusTimestamp:
    """The time at which a status was first reached."""

    status: Status = column(
        "The status. Of a quote, it can also be an offer status, decision status or fulfilment status."
    )
    at: DateTime = column("Date and time when the status was first reached.")
