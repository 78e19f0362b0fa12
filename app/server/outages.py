"""The answer to an outage of the database, or of the identity provider: SERVICE_UNAVAILABLE, and when to try again."""

from graphql import ExecutionResult, GraphQLError

from adapters.database.core.outages import log_outage, outage
from adapters.oidc.documents import ProviderUnavailable
from resolvers.errors import api_error

SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE"
# Seconds after which clients should try again.
RETRY_AFTER = 2
HEADERS = {"Retry-After": str(RETRY_AFTER)}

_MESSAGE = (
    f"cannot be used at the moment. Try again in {RETRY_AFTER} seconds. A mutation may have been carried out: repeat "
    "it with the same idempotency key."
)


def what_is_out(error: BaseException) -> str | None:
    """What cannot be used, which is logged, where an outage is behind this error; None for any other."""
    if isinstance(error, ProviderUnavailable):
        return "The identity provider"
    return "The database" if log_outage(error) else None


def unavailable(error: BaseException) -> GraphQLError | None:
    """The error to answer with where an outage is behind this one, which is logged; None for any other."""
    out = what_is_out(error)
    return None if out is None else api_error(SERVICE_UNAVAILABLE, f"{out} {_MESSAGE}", retryAfter=RETRY_AFTER)


def raise_outage(result: ExecutionResult) -> None:
    """Raises: an outage of the database, if a field could not be read for one."""
    for error in result.errors or ():
        if error.original_error is not None and outage(error.original_error) is not None:
            raise error.original_error
