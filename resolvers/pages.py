"""Relay connections: page arguments as loader keys, opaque cursors, and the value of a connection field."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from domain.shared.errors import ErrorCode, Invalid, InvalidInput, Problem, Problems
from domain.shared.paging import Page, PageKey, Window
from resolvers.context import Context
from resolvers.errors import validation_error

DEFAULT_SIZE = 25
LARGEST_SIZE = 100

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class PageArguments(NamedTuple):
    """The four arguments of a Relay connection, as sent."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None


class ListOrder(NamedTuple):
    """What a list is ordered by, and which way."""

    field: str
    descending: bool


NEWEST_FIRST = ListOrder("CREATED_AT", True)
OLDEST_FIRST = ListOrder("CREATED_AT", False)
BY_NAME = ListOrder("NAME", False)


class ConnectionEdge(NamedTuple):
    """One row of a page with its cursor."""

    cursor: str
    node: Any


@dataclass(frozen=True, slots=True)
class Connection:
    """The value of a connection field: a page, with the loader and key that count the whole list."""

    loader: str
    key: PageKey
    page: Page

    @property
    def nodes(self) -> Sequence[Any]:
        return self.page.rows

    @property
    def edges(self) -> Sequence[ConnectionEdge]:
        return [ConnectionEdge(*pair) for pair in zip(self._cursors(), self.page.rows, strict=True)]

    @property
    def page_info(self) -> "Connection":
        return self

    @property
    def has_next_page(self) -> bool:
        return self.page.has_next

    @property
    def has_previous_page(self) -> bool:
        return self.page.has_previous

    @property
    def start_cursor(self) -> str | None:
        return self._cursor(0) if self.page.rows else None

    @property
    def end_cursor(self) -> str | None:
        return self._cursor(-1) if self.page.rows else None

    def _cursors(self) -> list[str]:
        return [self._cursor(index) for index in range(len(self.page.rows))]

    def _cursor(self, index: int) -> str:
        return encode_cursor(self.loader, self.key.order, self.page.cursors[index])


async def edges_of(
    context: Context, loader: str, order: ListOrder, ids: Sequence[str], shown_as: str, parent: Any = None
) -> list[ConnectionEdge]:
    """The edges that rows have in an ordered list, in the order of the ids. Rows that are not in it are left out."""
    key = PageKey(parent, (("id", tuple(ids)),), order.field, order.descending, Window(len(ids)))
    connection = Connection(loader, key, await context.load(loader, key, shown_as))
    found = dict(zip((row_id for _, row_id in connection.page.cursors), connection.edges, strict=True))
    return [found[row_id] for row_id in ids if row_id in found]


def page_key(
    loader: str,
    arguments: PageArguments,
    order: str,
    descending: bool,
    parent: Any = None,
    filters: Sequence[tuple[str, Any]] = (),
) -> PageKey:
    """The key of a page for its loader.

    Raises: GraphQLError with VALIDATION_ERROR, when an argument is out of range or a cursor is not one of this list.
    """
    problems = Problems()
    window = _window(loader, order, arguments, problems)
    try:
        problems.raise_if_any()
    except InvalidInput as invalid:
        raise validation_error(invalid) from None
    return PageKey(parent, tuple(filters), order, descending, window)


def encode_cursor(loader: str, order: str, position: Sequence[Any]) -> str:
    """An opaque cursor of a row's position in an ordered list."""
    plain = [
        {"t": (value - _EPOCH) // timedelta(microseconds=1)} if isinstance(value, datetime) else value
        for value in position
    ]
    return base64.urlsafe_b64encode(json.dumps([loader, order, *plain], separators=(",", ":")).encode()).decode()


def decode_cursor(cursor: str, loader: str, order: str) -> tuple[Any, ...]:
    """The position that `encode_cursor` encoded. Raises: Invalid."""
    try:
        name, ordered_by, *plain = json.loads(base64.urlsafe_b64decode(cursor[:2000].encode()))
        position = tuple(
            _EPOCH + timedelta(microseconds=value["t"]) if isinstance(value, dict) else value for value in plain
        )
        if (name, ordered_by) != (loader, order) or not _is_position(position, order):
            raise ValueError
        return position
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        message = "This cursor is not of this list and order. Send one that `pageInfo` or an edge gave you."
        raise Invalid(ErrorCode.INVALID_CURSOR, message) from None


def _is_position(position: Sequence[Any], order: str) -> bool:
    """Whether a row can have this position: a value of the order's type, and an id."""
    value, row_id = position
    if not isinstance(row_id, str) or str(UUID(row_id)) != row_id:
        return False
    if order.endswith("_AT"):
        return isinstance(value, datetime)
    if order == "NUMBER":
        return type(value) is int and 0 <= value < 2**63
    # A lone surrogate fails to encode, with a ValueError.
    return isinstance(value, str) and b"\0" not in value.encode()


def _window(loader: str, order: str, arguments: PageArguments, problems: Problems) -> Window:
    backward = arguments.last is not None or arguments.before is not None
    if backward and (arguments.first is not None or arguments.after is not None):
        problems.found.append(
            Problem(
                ErrorCode.OUT_OF_RANGE, "Page forward by first and after, or backward by last and before.", ("first",)
            )
        )
    size_name, cursor_name = ("last", "before") if backward else ("first", "after")
    given = arguments.last if backward else arguments.first
    size = DEFAULT_SIZE if given is None else given
    if not 1 <= size <= LARGEST_SIZE:
        problems.add((size_name,), ErrorCode.OUT_OF_RANGE, f"Ask for 1 to {LARGEST_SIZE}, not {size}.")
    cursor = arguments.before if backward else arguments.after
    position = None if cursor is None else problems.check((cursor_name,), decode_cursor, cursor, loader, order)
    return Window(size, backward, position)
