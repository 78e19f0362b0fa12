"""Column types of the changes that an event tells of."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Dialect

from adapters.database.core.column_types import Json
from domain.shared.errors import NodeRef
from domain.shared.events import FieldChange, StatusChange, StatusField


class Changes(Json):
    """The changes of an event: of each the node, from where to where, and of which status unless it is the only one."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else super().process_bind_param(dump_changes(value), dialect)

    def load(self, stored: str) -> Any:
        return load_changes(json.loads(stored))


def dump_changes(changes: Sequence[StatusChange]) -> list[list[str]]:
    """Changes as JSON keeps them."""
    return [_dumped(change) for change in changes]


def load_changes(stored: Sequence[Sequence[str]]) -> tuple[StatusChange, ...]:
    """The changes that `dump_changes` wrote."""
    return tuple(StatusChange(NodeRef(it[0], it[1]), it[2], it[3], *map(StatusField, it[4:])) for it in stored)


def _dumped(change: StatusChange) -> list[str]:
    # Which status it is goes without saying where an object has only one.
    other = [] if change.field == StatusField.STATUS else [str(change.field)]
    return [change.node.type, change.node.id, str(change.from_status), str(change.to_status), *other]


class FieldChanges(Json):
    """The changed fields of an event: of each the node, the field, from what and to what, and how the node was called,
    which events of before that was kept lack."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        kept = [[it.node.type, it.node.id, it.field, it.before, it.after, it.label] for it in value or ()]
        return super().process_bind_param(kept, dialect)

    def load(self, stored: str) -> Any:
        return tuple(FieldChange(NodeRef(it[0], it[1]), *it[2:]) for it in json.loads(stored))
