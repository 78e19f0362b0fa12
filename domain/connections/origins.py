"""Origins: which record of a connected system an object comes from (docs/domain.md#origins)."""

import hashlib
from collections.abc import Container
from datetime import datetime
from typing import NamedTuple

from domain.connections.records import ForeignRecord
from domain.connections.systems import Collection, System
from domain.quotes.statuses import QuoteOfferStatus, QuoteStatus
from domain.shared.errors import NodeRef
from domain.shared.events import StatusChange, StatusField
from domain.shared.metadata import MetadataEntry

# The types of objects that come from the records of a collection, and from their parts.
NODE_TYPES = {
    Collection.QUOTES: ("Quote", "QuoteItem", "Alternative", "Recipient", "PriceOption"),
    Collection.ASSETS: ("Asset",),
    Collection.DEVICE_ACTIONS: ("DeviceAction",),
    Collection.EMPLOYEES: ("Employee",),
    Collection.PRODUCTS: ("Product",),
    Collection.KITS: ("Kit",),
}
# Raised when records become other objects than before, so that all are saved again.
MAPPING = 3
# The longest id of a record that is kept.
ID_LENGTH = 300


class OriginFile(NamedTuple):
    """A file of a record, which stays in the system."""

    name: str
    url: str


class Origin(NamedTuple):
    """Where one object comes from: from a record, whose id in the system is `record_id`, or from a part of it, which is
    in the part `parent_id` if that is not empty. `fingerprint` changes with the record. A stale object was not found
    any more when everything was read. `status_word` is the status in the words of the system."""

    connection_id: str
    tenant_id: int
    system: System
    node_type: str
    node_id: str
    record_id: str
    parent_id: str
    external_id: str
    url: str | None
    last_synced_at: datetime
    is_stale: bool
    fingerprint: str
    status_word: str | None = None
    metadata: tuple[MetadataEntry, ...] = ()
    files: tuple[OriginFile, ...] = ()

    @property
    def ref(self) -> NodeRef:
        """The object."""
        return NodeRef(self.node_type, self.node_id)

    @property
    def key(self) -> "PartKey":
        return PartKey(self.node_type, self.parent_id, self.external_id)


class PartKey(NamedTuple):
    """What identifies an object of a record."""

    node_type: str
    parent_id: str
    external_id: str


def numbered(key: PartKey, used: Container[PartKey]) -> PartKey:
    """The key of a part. Of several parts with the same id in the system, each gets one of its own."""
    free, number = key, 1
    while free in used:
        number += 1
        free = key._replace(external_id=f"{key.external_id} ({number})")
    return free


class KnownRecord(NamedTuple):
    """A record that was read: when it was created in the system, and our reference, if it was created for us."""

    collection: Collection
    external_id: str
    created_at: datetime
    reference: str | None


class ForgottenQuote(NamedTuple):
    """A quote that is deleted together with its connection, with the statuses that it had."""

    id: str
    offer_status: QuoteOfferStatus
    status: QuoteStatus

    @property
    def ref(self) -> NodeRef:
        return NodeRef("Quote", self.id)

    @property
    def changes(self) -> tuple[StatusChange, ...]:
        offer = StatusChange(self.ref, self.offer_status, QuoteOfferStatus.DELETED, StatusField.OFFER_STATUS)
        if self.status == QuoteStatus.CANCELLED:
            return (offer,)
        return (offer, StatusChange(self.ref, self.status, QuoteStatus.CANCELLED))


def lookup_key(system: System, node_type: str, external_id: str) -> str:
    """By what an object is found that a system knows by this id."""
    return f"{system}:{node_type}:{external_id}"


def fingerprint_of(record: ForeignRecord, currency: str) -> str:
    """The same as long as the record is, read with this default currency by the same rules."""
    read = f"{MAPPING} {currency} {record!r}"
    return hashlib.blake2b(read.encode("utf-8", "replace"), digest_size=16).hexdigest()
