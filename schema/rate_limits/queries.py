"""Reading what a caller may spend."""

import strawberry

from resolvers.rate_limits import rate_limit
from schema.declare import Info, public_root
from schema.rate_limits.types import RateLimit


@strawberry.type
class RateLimitQueries:
    @public_root(
        "Returns the points that the API key of the request may spend, or without a key its network. An "
        "operation that selects nothing else is answered also when nothing is left."
    )
    def rate_limit(info: Info) -> RateLimit:
        return rate_limit(info.context)
