"""Column types of the changes of an event."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Dialect

from adapters.database.core.column_types import Json
from domain.shared.errors import NodeRef
from domain.shared.events import FieldChange, StatusChange, StatusField


class Changes(Json):
    """The status changes of an event: node, old and new status, and the field if the node has several statuses."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else super().process_bind_param(dump_changes(value), dialect)

    def load(self, stored: str) -> Any:
        return load_changes(json.loads(stored))


def dump_changes(changes: Sequence[StatusChange]) -> list[list[str]]:
    """Returns changes in their JSON form."""
    return [_dumped(change) for change in changes]


def load_changes(stored: Sequence[Sequence[str]]) -> tuple[StatusChange, ...]:
    """Parses the JSON form of changes."""
    return tuple(StatusChange(NodeRef(it[0], it[1]), it[2], it[3], *map(StatusField, it[4:])) for it in stored)


def _dumped(change: StatusChange) -> list[str]:
    # The field is left out if the object has only one status.
    other = [] if change.field == StatusField.STATUS else [str(change.field)]
    return [change.node.type, change.node.id, str(change.from_status), str(change.to_status), *other]


class FieldChanges(Json):
    """The changed fields of an event: node, field, old and new value, and the node's label, which older events lack."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        kept = [[it.node.type, it.node.id, it.field, it.before, it.after, it.label] for it in value or ()]
        return super().process_bind_param(kept, dialect)

    def load(self, stored: str) -> Any:
        return tuple(FieldChange(NodeRef(it[0], it[1]), *it[2:]) for it in json.loads(stored))
