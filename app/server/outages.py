"""The answer to an outage of the database: SERVICE_UNAVAILABLE, and when to try again."""

from graphql import GraphQLError

from adapters.database.core.outages import log_outage
from resolvers.errors import api_error

SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE"
# Seconds after which clients should try again.
RETRY_AFTER = 2
HEADERS = {"Retry-After": str(RETRY_AFTER)}

_MESSAGE = (
    f"The database cannot be used at the moment. Try again in {RETRY_AFTER} seconds. A mutation may have been carried "
    "out: repeat it with the same idempotency key."
)


def unavailable(error: BaseException) -> GraphQLError | None:
    """The error to answer with where an outage is behind this one, which is logged; None for any other."""
    return api_error(SERVICE_UNAVAILABLE, _MESSAGE, retryAfter=RETRY_AFTER) if log_outage(error) else None
