"""Answers that are no longer as documented: fields that are missing, additional, or of another type or value.

`POST /control/drift` takes a list of changes, each with the `path` of a field, whose parts may be `*` for each member,
and either its new `value` or `"isMissing": true`. `DELETE` ends them.
"""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """A change of each answer that has the object at this path."""

    path: tuple[str, ...]
    value: Any
    is_missing: bool


def changes_of(wanted: Any) -> list[Change]:
    """Raises: ValueError."""
    if not isinstance(wanted, list):
        raise ValueError("Send a list of changes.")
    return [_change(it) for it in wanted]


def drifted(body: Any, changes: list[Change]) -> Any:
    """The body with the changes. Where there is no such path, nothing is changed."""
    if not changes:
        return body
    body = deepcopy(body)
    for change in changes:
        _apply(body, change.path, change)
    return body


def _change(wanted: Any) -> Change:
    if not isinstance(wanted, dict) or not isinstance(wanted.get("path"), str):
        raise ValueError("A change is an object with a path.")
    if "value" not in wanted and wanted.get("isMissing") is not True:
        raise ValueError('A change has a value, or "isMissing": true.')
    return Change(tuple(wanted["path"].split(".")), wanted.get("value"), "value" not in wanted)


def _apply(value: Any, path: tuple[str, ...], change: Change) -> None:
    head, rest = path[0], path[1:]
    keys = _keys(value, head, not rest)
    for key in keys:
        if rest:
            _apply(value[key], rest, change)
        elif change.is_missing:
            del value[key]
        else:
            value[key] = deepcopy(change.value)


def _keys(value: Any, part: str, is_last: bool) -> list[Any]:
    """The keys of an object or list that a part of a path names; a field may be new."""
    if isinstance(value, dict):
        return list(value) if part == "*" else [part] if is_last or part in value else []
    if not isinstance(value, list):
        return []
    if part == "*":
        return list(range(len(value)))
    return [int(part)] if part.isdecimal() and int(part) < len(value) else []
