"""What quipteams' lists and errors have in common: sorting, cursors and the form of a refusal."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.emulators.http import Answer, format_time

Record = dict[str, Any]

CODES = {
    400: "VALIDATION_ERROR",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    409: "CONFLICT",
    429: "RATE_LIMITED",
    500: "INTERNAL_ERROR",
}
DATED = ("created_at", "updated_at")
LARGEST_PAGE = 100
USUAL_PAGE = 25


class QuipteamsRefuses(Exception):
    """An error answer. `details` may say which field is wrong."""

    def __init__(self, status: int, message: str, details: Any = None) -> None:
        super().__init__(message)
        self.status = status
        self.details = details


def error(status: int, message: str, details: Any = None) -> Answer:
    code = CODES.get(status, CODES[500])
    return Answer(status, {"error": {"code": code, "message": message, "details": details}})


def invalid(path: str, message: str) -> QuipteamsRefuses:
    return QuipteamsRefuses(400, message, {"path": path})


def conflict(message: str) -> QuipteamsRefuses:
    return QuipteamsRefuses(409, message)


def not_found(what: str) -> QuipteamsRefuses:
    return QuipteamsRefuses(404, f"{what} not found")


@dataclass(slots=True)
class Paging:
    """How cursors work. They name the last row that was shown, or, if they are offsets, its position: then a row that
    is added or removed meanwhile shifts the pages."""

    by_offset: bool = False


def page(
    rows: list[Record],
    query: Mapping[str, str],
    paging: Paging,
    show: Callable[[Record], Record],
    sorts: tuple[str, ...] = DATED,
    default: str = "-created_at",
) -> Answer:
    """One page of a list, as its query asks for it. Raises: QuipteamsRefuses."""
    name, descending = _sort(query.get("sort", default), sorts)
    limit = _limit(query.get("limit"))
    ordered = sorted((it for it in rows if it.get(name) is not None), key=lambda it: _place(it, name))
    if descending:
        ordered.reverse()
    # Those without a value come last in both orders.
    ordered += sorted((it for it in rows if it.get(name) is None), key=lambda it: _place(it, name))
    start = _start(ordered, query.get("cursor"), name, descending, paging)
    shown = ordered[start : start + limit]
    more = start + limit < len(ordered)
    following = _cursor([start + limit] if paging.by_offset else list(_place(shown[-1], name))) if more else None
    return Answer(200, {"data": [show(it) for it in shown], "meta": {"has_more": more, "next_cursor": following}})


def matches(query: Mapping[str, str], name: str, value: Any) -> bool:
    """Whether a value is the one of a filter, if there is one; case does not matter, and `_` is a space."""
    return name not in query or plain(query[name]) == plain(value or "")


def contains(query: Mapping[str, str], name: str, *values: Any) -> bool:
    """Whether one of the values contains the text of a filter, if there is one."""
    return name not in query or any(query[name].lower() in str(it).lower() for it in values if it is not None)


def created_within(query: Mapping[str, str], created_at: str) -> bool:
    """Whether a time is strictly between those of the filters. Raises: QuipteamsRefuses."""
    after, before = bound(query, "created_after"), bound(query, "created_before")
    return (after is None or created_at > after) and (before is None or created_at < before)


def bound(query: Mapping[str, str], name: str) -> str | None:
    if name not in query:
        return None
    try:
        at = datetime.fromisoformat(query[name])
    except ValueError:
        raise invalid(name, f"{name} must be an ISO 8601 time") from None
    return format_time((at.replace(tzinfo=UTC) if at.tzinfo is None else at).astimezone(UTC))


def flag(query: Mapping[str, str], name: str) -> bool:
    if query.get(name, "false") not in ("true", "false"):
        raise invalid(name, f"{name} must be true or false")
    return query.get(name) == "true"


def one_of(query: Mapping[str, str], name: str, known: Iterable[str]) -> None:
    """Checks the value of a filter. Raises: QuipteamsRefuses."""
    if name in query and plain(query[name]) not in {plain(it) for it in known}:
        raise invalid(name, f"{name} must be one of {', '.join(known)}")


def plain(word: str) -> str:
    return word.replace("_", " ").strip().lower()


def public(record: Record, *hidden: str) -> Record:
    """A record without what is ours about it."""
    return {name: it for name, it in record.items() if not name.startswith("_") and name not in hidden}


def _sort(wanted: str, sorts: tuple[str, ...]) -> tuple[str, bool]:
    if wanted.removeprefix("-") not in sorts:
        raise invalid("sort", f"sort must be one of {', '.join(sorts)}, with - for descending")
    return wanted.removeprefix("-"), wanted.startswith("-")


def _limit(wanted: str | None) -> int:
    if wanted is None:
        return USUAL_PAGE
    if not wanted.isdecimal() or not 1 <= int(wanted) <= LARGEST_PAGE:
        raise invalid("limit", f"limit must be an integer from 1 to {LARGEST_PAGE}")
    return int(wanted)


def _place(row: Record, name: str) -> tuple[str, str]:
    return str(row.get(name) or ""), str(row.get("id") or row.get("serial_number"))


def _start(rows: list[Record], cursor: str | None, name: str, descending: bool, paging: Paging) -> int:
    if cursor is None:
        return 0
    mark = _mark(cursor)
    if paging.by_offset and len(mark) == 1 and isinstance(mark[0], int):
        return mark[0]
    if paging.by_offset or len(mark) != 2:
        raise invalid("cursor", "The cursor is not valid for this query")
    value, id_ = str(mark[0]), str(mark[1])
    for position, row in enumerate(rows):
        if _is_beyond(_place(row, name), (value, id_), descending):
            return position
    return len(rows)


def _is_beyond(place: tuple[str, str], mark: tuple[str, str], descending: bool) -> bool:
    if bool(place[0]) != bool(mark[0]):
        return not place[0]
    return place < mark if descending and mark[0] else place > mark


def _cursor(mark: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(mark).encode()).decode()


def _mark(cursor: str) -> list[Any]:
    try:
        mark = json.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        mark = None
    if not isinstance(mark, list):
        raise invalid("cursor", "The cursor is not valid for this query")
    return mark
