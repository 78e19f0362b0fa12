"""The table of metadata for filters, derived from the nodes' own columns."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any, Protocol
from unicodedata import normalize

from sqlalchemy import ColumnElement, bindparam, delete, select

from adapters.database.core.column_types import in_keys
from adapters.database.core.loader_specs import Filter
from adapters.database.core.set_writes import InsertRows
from adapters.database.core.transactions import Transaction
from adapters.database.node_metadata.tables import metadata_digests
from domain.shared.metadata import MetadataEntry

_INSERT = InsertRows(metadata_digests, ("tenant_id", "node_id", "digest"), key=("node_id", "digest"))


class Node(Protocol):
    """A row with metadata."""

    @property
    def id(self) -> str: ...

    @property
    def tenant_id(self) -> int: ...

    @property
    def metadata(self) -> tuple[MetadataEntry, ...]: ...


def has_metadata(node_id: ColumnElement[str]) -> Filter:
    """Matches nodes with an entry: a pair of its key and its value, which is None for any."""
    return Filter(lambda name, _dialect: node_id.in_(_having(name)), lambda entry: _digest(*entry))


def part_has_metadata(
    node_id: ColumnElement[str], part_id: ColumnElement[str], parent_id: ColumnElement[str]
) -> Filter:
    """Matches nodes with a part that has an entry. `parent_id` is the column of the part with the node's id."""
    return Filter(
        lambda name, _dialect: node_id.in_(select(parent_id).where(part_id.in_(_having(name)))),
        lambda entry: _digest(*entry),
    )


def _having(name: str) -> Any:
    columns = metadata_digests.c
    return select(columns.node_id).where(columns.digest == bindparam(name, type_=columns.digest.type))


async def write_metadata(connection: Transaction, before: Iterable[Node], after: Iterable[Node]) -> None:
    """Brings the table up to date with the entries of nodes."""
    old, new = ({it.id: it for it in nodes if it.metadata} for nodes in (before, after))
    if stale := [it for it in old if it not in new or old[it].metadata != new[it].metadata]:
        mine = in_keys(metadata_digests.c.node_id, connection.dialect.name)
        await connection.execute(delete(metadata_digests).where(mine), {"keys": stale})
    changed = [it for it in new.values() if it.id not in old or old[it.id].metadata != it.metadata]
    rows = [
        {"tenant_id": it.tenant_id, "node_id": it.id, "digest": digest}
        for it in changed
        for digest in _digests(it.metadata)
    ]
    await connection.write(_INSERT, rows)


def _digests(entries: tuple[MetadataEntry, ...]) -> list[str]:
    both = (digest for it in entries for digest in (_digest(it.key), _digest(*it)))
    return list(dict.fromkeys(both))


def _digest(key: str, value: str | None = None) -> str:
    written = json.dumps([normalize("NFC", it) for it in (key, value) if it is not None])
    return hashlib.blake2b(written.encode(), digest_size=16).hexdigest()
