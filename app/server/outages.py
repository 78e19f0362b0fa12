"""How an outage of the database is answered: by a code that says to try again, and when."""

from graphql import GraphQLError

from adapters.database.core.outages import log_outage
from resolvers.errors import api_error

SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE"
# When to try again, in seconds.
RETRY_AFTER = 2
HEADERS = {"Retry-After": str(RETRY_AFTER)}

_MESSAGE = (
    f"The database cannot be used at the moment. Try again in {RETRY_AFTER} seconds. Of a mutation it is not known "
    "whether it was carried out: repeat it with the same idempotency key."
)


def unavailable(error: BaseException) -> GraphQLError | None:
    """The error to answer with where an outage is behind this one, which is logged; None for any other."""
    return api_error(SERVICE_UNAVAILABLE, _MESSAGE, retryAfter=RETRY_AFTER) if log_outage(error) else None
