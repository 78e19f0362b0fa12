"""Errors as the REST API writes them: `{"error": {"code", "message", "details"}}`, from the errors of the graph.

`details` names the fields of the body or the parameters of the URL, not those of the graph. This module knows no part
of the server, whose answers to paths of the REST API are written here too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web
from graphql import GraphQLError

from app.rest.words import snake
from domain.shared.errors import ErrorCode

PREFIX = "/api/v1/"
STATUSES = {
    "VALIDATION_ERROR": 400,
    "UNAUTHORIZED": 401,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "CONFLICT": 409,
    "RATE_LIMITED": 429,
    "INTERNAL_ERROR": 500,
}
# What the graph says beyond that: too much at once is to be sent again later, as with a limit that is exceeded.
_CODES = {"OVERLOADED": "RATE_LIMITED", "SERVICE_UNAVAILABLE": "INTERNAL_ERROR"}
# Statuses of HTTP itself, which no rule of the REST API replaces.
OF_HTTP = frozenset({405, 408, 413, 415})
# Fields of the graph that only group others.
_GROUPS = frozenset({"input", "filter", "device", "catalogue", "custom", "orderBy"})
_PARAMETERS = {"created_at.after": "created_after", "created_at.before": "created_before", "first": "limit"}
_PARAMETERS |= {"after": "cursor", "idempotency_key": "Idempotency-Key"}
# What details of the graph are shown where no field is invalid: what a program can do something with.
_LIMITS = ("limitName", "found", "limit", "setting", "budget", "requested", "available", "restoreRate")
_SHOWN = ("scopes", *_LIMITS, "reference")
# The id in the path.
_BY = frozenset({"by.id", "by.order_id", "by.action_id"})
HEADERS = {"Cache-Control": "no-store", "Vary": "Authorization"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One invalid field."""

    name: str | None
    code: str
    message: str
    more: Mapping[str, Any] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        return {"field": self.name, "code": self.code, "message": self.message, **self.more}


class Refused(Exception):
    """A request that is answered with an error."""

    def __init__(
        self,
        code: str,
        message: str,
        details: Any = None,
        headers: Mapping[str, str] | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details
        self.headers = dict(headers or {})
        # A status of HTTP itself stays as it is.
        self.status = status if status in OF_HTTP else STATUSES[code]

    @classmethod
    def of_faults(cls, code: str, faults: Sequence[Fault]) -> "Refused":
        shown = [f"`{it.name}`: {it.message}" if it.name else it.message for it in faults[:3]]
        more = f" And {len(faults) - 3} more." if len(faults) > 3 else ""
        return cls(code, " ".join(shown) + more, [it.data() for it in faults])


@dataclass(frozen=True, slots=True)
class Names:
    """How fields of an operation's input are named in the body of an endpoint. What is in `words` is renamed, to
    nothing if it only groups others; all else is in snake case. `prefix` is where the body is in the input."""

    words: Mapping[str, str] = field(default_factory=dict)
    prefix: tuple[str, ...] = ()
    # The field of the input with the id in the path.
    subject: str | None = None
    # Fields of the body that name something that has to be there: otherwise it is a 404.
    addressed: frozenset[str] = frozenset()
    # Invalid fields, by name and code, that the graph refuses because of the current state: conflicts here.
    clashing: frozenset[tuple[str, str]] = frozenset()

    def of(self, path: Sequence[str]) -> str | None:
        """The field of the body at a path of the input; None for all of it."""
        parts = [str(it) for it in path]
        if parts[:1] == ["input"]:
            parts = parts[1:]
        if tuple(parts[: len(self.prefix)]) == self.prefix:
            parts = parts[len(self.prefix) :]
        named = [self.words.get(it, snake(it)) for it in parts if it not in _GROUPS]
        found = ".".join(it for it in named if it)
        return _PARAMETERS.get(found, found) or None


NO_NAMES = Names()


def of_graph(errors: Sequence[GraphQLError], names: Names = NO_NAMES) -> Refused:
    """What the top-level errors of an operation are here."""
    error = errors[0]
    about = error.extensions or {}
    code = str(about.get("code"))
    code = _CODES.get(code, code if code in STATUSES else "INTERNAL_ERROR")
    after = about.get("retryAfter")
    headers = {} if after is None else {"Retry-After": str(after)}
    if code != "VALIDATION_ERROR":
        return Refused(code, error.message, _details(about), headers)
    faults = _faults(error, names)
    if any(it.name in _BY and it.code != ErrorCode.AMBIGUOUS for it in faults):
        return Refused("NOT_FOUND", "There is nothing with this id.")
    return Refused.of_faults(code, faults) if faults else Refused(code, error.message, _details(about))


def _faults(error: GraphQLError, names: Names) -> list[Fault]:
    about = error.extensions or {}
    if "problems" in about:
        return [Fault(names.of(it["path"]), it["code"], it["message"]) for it in about["problems"]]
    if "variablePath" in about:
        return [Fault(names.of(about["variablePath"]), str(about.get("reason")), error.message)]
    return []


def _details(about: Mapping[str, Any]) -> dict[str, Any] | None:
    return {snake(it): about[it] for it in _SHOWN if about.get(it) is not None} or None


def of_user_errors(errors: Sequence[Mapping[str, Any]], names: Names) -> Refused:
    """What the user errors of a mutation are here. Invalid fields come before conflicts, which may be gone when they
    have been corrected."""
    faults = [_fault(it, names) for it in errors]
    kinds = {it["__typename"] for it in errors}
    if any(names.subject in it["path"] and it["__typename"] == "NotFoundError" for it in errors):
        return Refused("NOT_FOUND", errors[0]["message"])
    if len(faults) == 1 and faults[0].name in names.addressed and faults[0].code == "UNKNOWN_REFERENCE":
        return Refused.of_faults("NOT_FOUND", faults)
    if kinds == {"ConflictError"} or {(it.name, it.code) for it in faults} <= names.clashing:
        return Refused.of_faults("CONFLICT", faults)
    if names.subject is not None and any(it["path"] == [names.subject] and it["code"] == "INVALID_ID" for it in errors):
        return Refused("NOT_FOUND", "There is nothing with this id.")
    return Refused.of_faults("VALIDATION_ERROR", faults)


def _fault(error: Mapping[str, Any], names: Names) -> Fault:
    shown = {"current_status": error.get("currentStatus"), "attempted_status": error.get("attemptedStatus")}
    more = {name: value.lower() for name, value in shown.items() if value is not None}
    return Fault(names.of(error["path"]), error["code"], error["message"], more)


def is_rest(path: str) -> bool:
    """Whether a path is one of the REST API."""
    return path.startswith(PREFIX)


def answer(refused: Refused) -> web.Response:
    """The answer to a request that was refused."""
    error = {"code": refused.code, "message": refused.message, "details": refused.details}
    return web.Response(
        body=orjson.dumps({"error": error}),
        status=refused.status,
        content_type="application/json",
        charset="utf-8",
        headers={**HEADERS, **refused.headers},
    )


def answer_to(error: GraphQLError, status: int, headers: Mapping[str, str] | None) -> web.Response:
    """The answer to a request that the server refused before the REST API saw it."""
    found = of_graph([error])
    return answer(Refused(found.code, found.message, found.details, {**found.headers, **(headers or {})}, status))
