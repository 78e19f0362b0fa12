"""Top-level errors of the API, with a code and a reason from fixed lists (docs/errors.md), and errors of the domain as
data, which payloads have as `userErrors`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ParamSpec, TypeVar

from graphql import GraphQLError

from domain.shared.errors import (
    Conflict,
    ConflictProblem,
    ErrorCode,
    Invalid,
    InvalidInput,
    NodeRef,
    NotFound,
    Path,
    Problem,
)

P = ParamSpec("P")
T = TypeVar("T")


class Code(StrEnum):
    """The codes of top-level errors (docs/domain.md#error-codes)."""

    UNAUTHORIZED = "UNAUTHORIZED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    VALIDATION_ERROR = "VALIDATION_ERROR"
    CONFLICT = "CONFLICT"
    RATE_LIMITED = "RATE_LIMITED"
    OVERLOADED = "OVERLOADED"
    SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE"
    INTERNAL_ERROR = "INTERNAL_ERROR"


class Reason(StrEnum):
    """What exactly was wrong, by the names of Apollo Server where it has one. Other errors have their code."""

    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    OPERATION_RESOLUTION_FAILURE = "OPERATION_RESOLUTION_FAILURE"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    BAD_REQUEST = "BAD_REQUEST"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    PERSISTED_QUERY_NOT_SUPPORTED = "PERSISTED_QUERY_NOT_SUPPORTED"
    DOCUMENT_NOT_TRUSTED = "DOCUMENT_NOT_TRUSTED"
    INTROSPECTION_DISABLED = "INTROSPECTION_DISABLED"
    NEW_DOCUMENTS = "NEW_DOCUMENTS"
    COMPANY_REQUIRED = "COMPANY_REQUIRED"
    INVITATION_EXPIRED = "INVITATION_EXPIRED"
    CREDENTIAL_EXPIRED = "CREDENTIAL_EXPIRED"


@dataclass(frozen=True, slots=True)
class NotFoundData:
    """A `NotFound` as data: executors treat exceptions in data as raised."""

    code: ErrorCode
    message: str
    path: Path


@dataclass(frozen=True, slots=True)
class ConflictData:
    """A `Conflict` as data."""

    code: ErrorCode
    message: str
    path: Path
    node: NodeRef
    current_status: str
    attempted_status: str | None


UserError = Problem | NotFoundData | ConflictData


def user_errors(refused: InvalidInput | NotFound | Conflict, subject: Path) -> tuple[UserError, ...]:
    """A refusal as data; `subject` is the path of the input field that named the object."""
    match refused:
        case InvalidInput():
            return problems(refused.problems, subject)
        case NotFound():
            return (NotFoundData(refused.code, refused.message, refused.path),)
        case Conflict():
            return (conflict_data(refused, refused.place or subject),)


def problems(found: Sequence[Problem | ConflictProblem], subject: Path = ()) -> tuple[UserError, ...]:
    """The problems of an input as data. A conflict without a path of its own has that of the subject."""
    return tuple(
        conflict_data(it.conflict, (*it.path, *it.conflict.place) or subject) if isinstance(it, ConflictProblem) else it
        for it in found
    )


def conflict_data(refused: Conflict, path: Path) -> ConflictData:
    """A conflict as data."""
    return ConflictData(
        refused.code, refused.message, path, refused.node, refused.current_status, refused.attempted_status
    )


def api_error(code: str, message: str, reason: str | None = None, /, **details: object) -> GraphQLError:
    """An error with a code and a reason in its extensions: by default the code, or BAD_REQUEST."""
    reason = reason or (Reason.BAD_REQUEST if code == Code.VALIDATION_ERROR else code)
    return GraphQLError(message, extensions={"code": str(code), "reason": str(reason), **details})


def over_limit(
    what: str,
    found: int,
    limit: int,
    setting: str | None,
    message: str,
    code: str = "VALIDATION_ERROR",
    **details: object,
) -> GraphQLError:
    """A limit is exceeded; `setting` is the setting that configures it."""
    reason = Reason.LIMIT_EXCEEDED
    return api_error(code, message, reason, **exceeded(what, limit, setting, found=found, **details))


def exceeded(what: str, limit: float, setting: str | None, **details: object) -> dict[str, object]:
    """What each error says of the limit that it is about: its name, its value and its setting, None if it is fixed."""
    return {"limitName": what, "limit": limit, "setting": setting, **details}


def unauthorized(message: str) -> GraphQLError:
    return api_error("UNAUTHORIZED", message)


def forbidden(message: str, **details: object) -> GraphQLError:
    return api_error("FORBIDDEN", message, **details)


def not_found(message: str, path: Path) -> GraphQLError:
    return api_error("NOT_FOUND", message, argument=list(path))


def conflict(message: str) -> GraphQLError:
    return api_error("CONFLICT", message)


def rate_limited(message: str, retry_after: int | None, **details: object) -> GraphQLError:
    """Too many requests; `retry_after` is in seconds, None where waiting does not help."""
    return api_error("RATE_LIMITED", message, **details, **({} if retry_after is None else {"retryAfter": retry_after}))


def checked(path: Path, parse: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `parse` makes of the argument at `path`. Raises: GraphQLError with VALIDATION_ERROR."""
    try:
        return parse(*args, **kwargs)
    except Invalid as invalid:
        raise validation_error(InvalidInput(Problem(invalid.code, invalid.message, path))) from None


def validation_error(invalid: InvalidInput, **details: object) -> GraphQLError:
    """A refused argument of a query or subscription, which have no payload for it."""
    problems = [{"path": list(it.path), "code": str(it.code), "message": it.message} for it in invalid.problems]
    return api_error("VALIDATION_ERROR", str(invalid), Reason.BAD_USER_INPUT, problems=problems, **details)
