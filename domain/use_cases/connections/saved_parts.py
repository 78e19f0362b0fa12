"""What savers of records share: the result of one record, and the origins of its objects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.connections.incoming_lines import Surroundings
from domain.connections.origins import Origin, OriginFile, OriginValue, PartKey, fingerprint_of
from domain.connections.records import Flaw, ForeignQuote, ForeignRecord
from domain.connections.values import Values, storable
from domain.shared.parsers import URL_LENGTH


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


def origins_of(
    record: ForeignRecord, ids: Mapping[PartKey, str], around: Surroundings, asked_at: datetime
) -> list[Origin]:
    """The origins of the objects of a record. What the record says beyond them is kept with the first."""
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
        of_items = {it.external_id: it.metadata for it in record.items if it.metadata}
        found = [_with_values(it, of_items) for it in found] if of_items else found
    return found


def _with_values(origin: Origin, of_items: Mapping[str, Mapping[str, str]]) -> Origin:
    """The origin of an item, with the values of the record that have no field of ours."""
    given = of_items.get(origin.external_id) if origin.node_type == "QuoteItem" else None
    return origin if given is None else origin._replace(metadata=_values(given))


def _values(given: Mapping[str, str]) -> tuple[OriginValue, ...]:
    return tuple(OriginValue(storable(key) or "", storable(it) or "") for key, it in given.items())


def _with_rest(origin: Origin, record: ForeignQuote) -> Origin:
    metadata = _values(record.metadata)
    files = tuple(OriginFile(storable(it.name) or "", (storable(it.url) or "")[:URL_LENGTH]) for it in record.files)
    return origin._replace(status_word=storable(record.status_word) or None, metadata=metadata, files=files)
