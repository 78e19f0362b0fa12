"""Errors of the rules, independent of GraphQL and HTTP.

`schema/shared/errors.py` maps them to the user errors of the API.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

Path = tuple[str, ...]


class ErrorCode(StrEnum):
    """Why an input is refused, for programs to act on."""

    REQUIRED = "REQUIRED"
    TOO_LONG = "TOO_LONG"
    TOO_MANY = "TOO_MANY"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    INVALID_ID = "INVALID_ID"
    INVALID_TEXT = "INVALID_TEXT"
    INVALID_EMAIL = "INVALID_EMAIL"
    INVALID_COUNTRY = "INVALID_COUNTRY"
    INVALID_DATE = "INVALID_DATE"
    INVALID_DURATION = "INVALID_DURATION"
    INVALID_URL = "INVALID_URL"
    INVALID_NETWORK = "INVALID_NETWORK"
    INVALID_AMOUNT = "INVALID_AMOUNT"
    INVALID_CURRENCY = "INVALID_CURRENCY"
    INVALID_PERCENTAGE = "INVALID_PERCENTAGE"
    CURRENCY_MISMATCH = "CURRENCY_MISMATCH"
    INVALID_CURSOR = "INVALID_CURSOR"
    INVALID_QUERY = "INVALID_QUERY"
    CURSOR_TOO_OLD = "CURSOR_TOO_OLD"
    INVALID_DEVICE_TYPE = "INVALID_DEVICE_TYPE"
    INVALID_SERIAL = "INVALID_SERIAL"
    RECIPIENT_COUNT = "RECIPIENT_COUNT"
    UNKNOWN_REFERENCE = "UNKNOWN_REFERENCE"
    AMBIGUOUS = "AMBIGUOUS"
    ALREADY_EXISTS = "ALREADY_EXISTS"
    UNKNOWN_OPTION = "UNKNOWN_OPTION"
    NOT_SUPPORTED = "NOT_SUPPORTED"
    NOT_FOUND = "NOT_FOUND"
    NOT_PRICED = "NOT_PRICED"
    PRICE_CHANGED = "PRICE_CHANGED"
    PRICE_OPTION_REQUIRED = "PRICE_OPTION_REQUIRED"
    ALTERNATIVE_REQUIRED = "ALTERNATIVE_REQUIRED"
    ALREADY_DECIDED = "ALREADY_DECIDED"
    NOT_DEAD = "NOT_DEAD"
    WRONG_STATUS = "WRONG_STATUS"
    NOT_EDITABLE = "NOT_EDITABLE"
    EXPIRED = "EXPIRED"
    ALREADY_ORDERED = "ALREADY_ORDERED"
    LAST_ITEM = "LAST_ITEM"
    LAST_ADMIN = "LAST_ADMIN"
    DUPLICATE_SERIAL = "DUPLICATE_SERIAL"
    NOT_ALLOWED = "NOT_ALLOWED"
    ACTIVE_ACTION = "ACTIVE_ACTION"
    IN_INVENTORY = "IN_INVENTORY"
    ASSET_RETIRED = "ASSET_RETIRED"
    WIPE_PENDING = "WIPE_PENDING"
    NO_WIPE = "NO_WIPE"
    ACTION_UNDER_WAY = "ACTION_UNDER_WAY"
    ALREADY_SIGNED = "ALREADY_SIGNED"
    DOCUMENT_CHANGED = "DOCUMENT_CHANGED"
    NOT_SIGNED = "NOT_SIGNED"
    ENDPOINT_DISABLED = "ENDPOINT_DISABLED"
    NOT_CONFIGURED = "NOT_CONFIGURED"
    UNREACHABLE = "UNREACHABLE"
    INVALID_CREDENTIALS = "INVALID_CREDENTIALS"
    OTHER_ACCOUNT = "OTHER_ACCOUNT"
    NOT_SUPPORTED_BY_ORIGIN = "NOT_SUPPORTED_BY_ORIGIN"
    CHANGE_PENDING = "CHANGE_PENDING"
    REFUSED_BY_ORIGIN = "REFUSED_BY_ORIGIN"


class DomainError(Exception):
    """Base of all errors that a caller can act on."""


class Invalid(DomainError):
    """One value is invalid. The error does not know the value's path; `Problems` adds it."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Problem:
    """One invalid value and its path in the input, such as `("items", "0", "quantity")`."""

    code: ErrorCode
    message: str
    path: Path


class NodeRef(NamedTuple):
    """A node of the graph by type name and row id."""

    type: str
    id: str


class Conflict(DomainError):
    """The state of `node` does not permit the action. `current_status` is the node's status, `attempted_status` the one
    that the action leads to.

    For an action on a quote that changes no status, `attempted_status` is the status it requires; otherwise it is None.
    `place` is the input field that conflicts, if it is not the subject of the action.
    """

    code: ErrorCode
    place: Path = ()

    def __init__(self, message: str, node: NodeRef, current_status: str, attempted_status: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.node = node
        self.current_status = current_status
        self.attempted_status = attempted_status


@dataclass(frozen=True, slots=True)
class ConflictProblem:
    """A conflict of one value of a larger input, and the value's path."""

    conflict: Conflict
    path: Path

    @property
    def code(self) -> ErrorCode:
        return self.conflict.code

    @property
    def message(self) -> str:
        return self.conflict.message


class InvalidInput(DomainError):
    """The input is refused; `problems` lists everything that is wrong with it."""

    def __init__(self, *problems: Problem | ConflictProblem) -> None:
        super().__init__("; ".join(f"{'.'.join(p.path)}: {p.message}" for p in problems))
        self.problems = problems


class NotFound(DomainError):
    """The subject of the action does not exist in the caller's tenant scope."""

    def __init__(self, kind: str, path: Path) -> None:
        super().__init__(f"There is no {kind} with this id.")
        self.code = ErrorCode.NOT_FOUND
        self.message = str(self)
        self.path = path


class TooManyRows(Exception):
    """A read would return more rows than the limit."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit:,} rows")
        self.limit = limit


class Problems:
    """Collects the problems of an input, so that all are reported at once."""

    def __init__(self) -> None:
        self.found: list[Problem | ConflictProblem] = []

    def add(self, path: Path, code: ErrorCode, message: str) -> None:
        self.found.append(Problem(code, message, path))

    def add_conflict(self, path: Path, conflict: Conflict) -> None:
        """Add a conflict of the value at `path` with stored data."""
        self.found.append(ConflictProblem(conflict, path))

    def check(self, path: Path, parse: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """The result of `parse`. If it raises Invalid, the problem is added at `path` and the result is None."""
        try:
            return parse(*args, **kwargs)
        except Invalid as invalid:
            self.add(path, invalid.code, invalid.message)
            return None

    def raise_if_any(self) -> None:
        """Raises: InvalidInput, with all problems added so far."""
        if self.found:
            raise InvalidInput(*self.found)


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row of the input that was not processed: its index, its serial number, and its problems."""

    index: int
    serial_number: str
    problems: tuple[Problem | ConflictProblem, ...]
