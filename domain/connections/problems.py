"""Problems of connections: what of the records of a system could not be used (docs/domain.md#connection-problems)."""

from datetime import datetime
from typing import NamedTuple

from domain.connections.systems import Collection
from domain.shared.errors import NodeRef

# The longest part of a record and of a value that is kept.
RAW_LENGTH, VALUE_LENGTH = 20_000, 500


class ConnectionProblem(NamedTuple):
    """Something of a record that could not be used: the field at `path`, in the words of the system, or the record as
    a whole where it is empty. `raw` is the record as it was received, as JSON that is cut off after `RAW_LENGTH`
    characters. It is resolved when the record next reads well."""

    id: str
    tenant_id: int
    connection_id: str
    collection: Collection
    external_id: str
    path: str
    value: str
    reason: str
    raw: str | None
    last_seen_at: datetime
    occurrences: int
    resolved_at: datetime | None
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def ref(self) -> NodeRef:
        return NodeRef("ConnectionProblem", self.id)

    @property
    def known_id(self) -> str | None:
        """The id of the record; None if the record does not say it."""
        return self.external_id or None

    @property
    def field_path(self) -> str | None:
        """The path of the field; None if it is the record as a whole."""
        return self.path or None

    @staticmethod
    def derived() -> dict[str, tuple[str, ...]]:
        """The columns that the properties need, for readers that load only the requested columns."""
        return {"known_id": ("external_id",), "field_path": ("path",)}


class NewProblem(NamedTuple):
    """A problem of a record, as it is found."""

    collection: Collection
    external_id: str
    path: str
    value: str
    reason: str
    raw: str | None = None
