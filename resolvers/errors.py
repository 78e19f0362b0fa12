"""Top-level errors of the API, with a code from a fixed list (docs/domain.md#error-codes), and errors of the domain as
data, which payloads have as `userErrors`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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


def api_error(code: str, message: str, **details: object) -> GraphQLError:
    """An error with a code in its extensions."""
    return GraphQLError(message, extensions={"code": code, **details})


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
    return api_error(code, message, limitName=what, found=found, limit=limit, setting=setting, **details)


def unauthorized(message: str) -> GraphQLError:
    return api_error("UNAUTHORIZED", message)


def forbidden(message: str, **details: object) -> GraphQLError:
    return api_error("FORBIDDEN", message, **details)


def not_found(message: str, path: Path) -> GraphQLError:
    return api_error("NOT_FOUND", message, argument=list(path))


def conflict(message: str) -> GraphQLError:
    return api_error("CONFLICT", message)


def rate_limited(message: str, retry_after: int | None) -> GraphQLError:
    """Too many requests; `retry_after` is in seconds, None where waiting does not help."""
    return api_error("RATE_LIMITED", message, **({} if retry_after is None else {"retryAfter": retry_after}))


def checked(path: Path, parse: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `parse` makes of the argument at `path`. Raises: GraphQLError with VALIDATION_ERROR."""
    try:
        return parse(*args, **kwargs)
    except Invalid as invalid:
        raise validation_error(InvalidInput(Problem(invalid.code, invalid.message, path))) from None


def validation_error(invalid: InvalidInput) -> GraphQLError:
    """A refused argument of a query or subscription, which have no payload for it."""
    problems = [{"path": list(it.path), "code": str(it.code), "message": it.message} for it in invalid.problems]
    return api_error("VALIDATION_ERROR", str(invalid), problems=problems)
