"""Why an operation is not run, or failed, as clients may see it: every error has a code, ours stay in the log."""

import logging

from graphql import GraphQLError

from app.outages import RETRY_AFTER, SERVICE_UNAVAILABLE, unavailable
from domain.ids import new_id

log = logging.getLogger(__name__)

LONGEST_MESSAGE = 1000


class Refusal(Exception):
    """An operation was refused before anything of it ran."""

    def __init__(self, *errors: GraphQLError) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = list(errors)


def told(error: GraphQLError) -> GraphQLError:
    """An error as clients may see it: every one has a code, and what went wrong inside stays in the log."""
    if error.extensions and "code" in error.extensions:
        return error
    original = error.original_error
    if original is None or isinstance(original, GraphQLError):
        code = "INTERNAL_ERROR" if error.path and original is None and "Cannot return null" in error.message else None
        return _coded(error, code or "VALIDATION_ERROR", error.message)
    if (outage := unavailable(original)) is not None:
        return _coded(error, SERVICE_UNAVAILABLE, outage.message, retryAfter=RETRY_AFTER)
    reference = new_id()
    log.error("internal error %s at %s", reference, error.path, exc_info=original)
    return _coded(error, "INTERNAL_ERROR", "Something went wrong on our side.", reference=reference)


def _coded(error: GraphQLError, code: str, message: str, **details: object) -> GraphQLError:
    extensions = {**(error.extensions or {}), "code": code, **details}
    if len(message) > LONGEST_MESSAGE:
        # graphql-core repeats what was sent, however long.
        message = message[:LONGEST_MESSAGE] + "…"
    return GraphQLError(message, error.nodes, error.source, error.positions, error.path, extensions=extensions)
