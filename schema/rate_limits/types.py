"""What a caller may spend."""

from resolvers.rate_limits import RateLimitStatus
from schema.declare import column, type_of
from schema.shared.scalars import DateTime


@type_of(RateLimitStatus)
class RateLimit:
    """The points that the API key of a request may spend, or without a key its network. The bucket is restored all the
    time, and the cost of an operation is taken from it. An operation that only selects it is answered also when nothing
    is left."""

    maximum_cost: int = column("Points that one operation may cost at most, as computed before it runs.")
    limit: int | None = column("Points that the bucket holds when it is full. Null if nothing limits the caller.")
    available: int | None = column(
        "Points that are in the bucket now, without those that this operation may cost. Null if nothing limits the "
        "caller."
    )
    restore_rate: int | None = column("Points that are restored each second. Null if nothing limits the caller.")
    reset_at: DateTime | None = column(
        "Date and time when the bucket is full again if nothing more is spent. Null if nothing limits the caller."
    )
