"""Notices: what a connected system sends to our address when something has changed there.

Nothing that it says is believed but that there is something to read (docs/domain.md#notices).
"""

from datetime import datetime
from typing import NamedTuple

from domain.connections.records import Notice
from domain.connections.systems import Collection, System
from domain.shared.access import TenantScope

# The longest ids and words of a notice that are kept, in characters, and the largest body in bytes.
ID_LENGTH = 300
LARGEST_BODY = 1024 * 1024
# How long a notice is kept.
NOTICE_DAYS = 30


class StoredNotice(NamedTuple):
    """A notice with its body as it was received. `worked_at` is set once the record was read again."""

    id: str
    tenant_id: int
    connection_id: str
    delivery_id: str
    event: str
    collection: Collection
    external_id: str
    body: str
    received_at: datetime
    worked_at: datetime | None = None


class HookAddress(NamedTuple):
    """The connection that an address belongs to, with its sealed credentials."""

    connection_id: str
    tenant_scope: TenantScope
    tenant_id: int
    system: System
    sealed_credentials: str


def stored(address: HookAddress, notice: Notice, body: bytes, at: datetime, notice_id: str) -> StoredNotice:
    """A notice as it is kept."""
    return StoredNotice(
        notice_id,
        address.tenant_id,
        address.connection_id,
        notice.delivery_id[:ID_LENGTH],
        notice.event[:ID_LENGTH],
        notice.collection,
        notice.external_id[:ID_LENGTH],
        # PostgreSQL keeps no zeros in texts.
        body.decode(errors="replace").replace("\0", "\ufffd"),
        at,
    )
