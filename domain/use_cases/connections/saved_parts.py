"""What savers of records share: the result of one record, and the origins of its objects."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.connections.incoming_lines import Surroundings
from domain.connections.origins import Origin, OriginFile, PartKey, fingerprint_of, numbered
from domain.connections.records import (
    Flaw,
    ForeignAlternative,
    ForeignAsset,
    ForeignDeviceAction,
    ForeignEmployee,
    ForeignItem,
    ForeignKit,
    ForeignProduct,
    ForeignQuote,
    ForeignRecipient,
    ForeignRecord,
)
from domain.connections.values import Values, rest_of, storable
from domain.ports.unit_of_work import UnitOfWork
from domain.shared.ids import RowId
from domain.shared.metadata import MetadataEntry
from domain.shared.parsers import URL_LENGTH
from domain.use_cases.connections.steps import open_connection

_NODE_TYPES = {
    ForeignQuote: "Quote",
    ForeignAsset: "Asset",
    ForeignDeviceAction: "DeviceAction",
    ForeignEmployee: "Employee",
    ForeignProduct: "Product",
    ForeignKit: "Kit",
}


@dataclass(frozen=True, slots=True)
class SavedRecord:
    """What was saved of a record: where its objects come from, and what of it could not be used. Nothing was saved of
    one that cannot be used at all."""

    record_id: str
    origins: Sequence[Origin]
    flaws: Sequence[Flaw]
    is_changed: bool = True


def nothing_saved(record_id: str, *flaws: Flaw) -> SavedRecord:
    return SavedRecord(record_id, (), flaws, is_changed=False)


async def claimed(work: UnitOfWork, around: Surroundings, wanted: Mapping[str, str], page: Container[str]) -> set[str]:
    """Which of these objects another record of the connection is, which is there still: it is on the same page, or no
    reading of everything has shown that it is gone. `wanted` are their new records, by object. Of those whose record is
    gone, it is forgotten: it was renumbered."""
    connection = around.connection
    known = await work.origins.there(connection.id, list(wanted))
    others = {node_id: it for node_id, it in known.items() if it.record_id != wanted[node_id]}
    there = {node_id for node_id, it in others.items() if it.record_id in page or not it.is_stale}
    await work.origins.remove(connection.id, others.keys() - there)
    return there


async def taken_over(work: UnitOfWork, node_id: str) -> bool:
    """Whether an object came from a connection that has ended. That is forgotten, so that it may come from another."""
    origin = await work.origins.of_node(RowId(node_id))
    if origin is None or await open_connection(work, origin.connection_id) is not None:
        return False
    await work.origins.remove(origin.connection_id, [node_id])
    return True


def origins_of(
    record: ForeignRecord,
    ids: Mapping[PartKey, str],
    around: Surroundings,
    asked_at: datetime,
    said: Mapping[str, tuple[MetadataEntry, ...]] | None = None,
) -> list[Origin]:
    """The origins of the objects of a record, with what the record says beyond them. `said` is what the record before
    said, by object: it still counts for parts that this record says nothing of."""
    url = Values().url("url", record.url) if isinstance(record, ForeignQuote) else None
    fingerprint = fingerprint_of(record, around.connection.currency)
    found = [
        Origin(
            connection_id=around.connection.id,
            tenant_id=around.connection.tenant_id,
            system=around.connection.system,
            node_type=key.node_type,
            node_id=node_id,
            record_id=record.external_id,
            parent_id=key.parent_id,
            external_id=key.external_id,
            url=url,
            last_synced_at=asked_at,
            is_stale=False,
            fingerprint=fingerprint,
        )
        for key, node_id in ids.items()
    ]
    if isinstance(record, ForeignQuote) and found:
        found[0] = _with_rest(found[0], record)
    rest, earlier = _rest_of_parts(record), said or {}
    return [
        it._replace(metadata=rest_of(rest[it.key]) if it.key in rest else earlier.get(it.node_id, ())) for it in found
    ]


def _rest_of_parts(record: ForeignRecord) -> dict[PartKey, Mapping[str, str]]:
    """What a record and its parts say beyond our fields."""
    found = {PartKey(_NODE_TYPES[type(record)], "", record.external_id): record.metadata}

    def note(node_type: str, parent_id: str, part: ForeignItem | ForeignAlternative | ForeignRecipient) -> None:
        found[numbered(PartKey(node_type, parent_id, part.external_id), found)] = part.metadata

    for item in record.items if isinstance(record, ForeignQuote) else ():
        note("QuoteItem", "", item)
        for it in item.alternatives:
            note("Alternative", item.external_id, it)
        for person in item.recipients:
            note("Recipient", item.external_id, person)
    return found


def _with_rest(origin: Origin, record: ForeignQuote) -> Origin:
    files = tuple(OriginFile(storable(it.name) or "", (storable(it.url) or "")[:URL_LENGTH]) for it in record.files)
    return origin._replace(status_word=storable(record.status_word) or None, files=files)
