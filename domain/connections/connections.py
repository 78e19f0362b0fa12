"""Connections: the systems that a company has connected, and how far each of them has been read
(docs/domain.md#connections)."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from domain.connections.systems import CAPABILITIES, Capability, Collection, Credentials, System
from domain.shared.access import Actor, ActorType
from domain.shared.errors import Conflict, ErrorCode, NodeRef


class ConnectionStatus(StrEnum):
    """Whether a connected system is read (docs/domain.md#connections)."""

    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    FAILING = "FAILING"
    DISCONNECTED = "DISCONNECTED"


class SyncPhase(StrEnum):
    """What the reading of a connected system is doing. WAITING: the system asks to wait, or has failed. DELETING: the
    connection has ended, and its quotes are deleted."""

    IDLE = "IDLE"
    READING = "READING"
    WAITING = "WAITING"
    DELETING = "DELETING"


class Sync(NamedTuple):
    """How far a system has been read, now or in the last reading."""

    phase: SyncPhase
    is_full: bool
    collection: Collection | None
    read: int
    total: int | None
    changed: int
    started_at: datetime | None
    error: str | None


class Connection(NamedTuple):
    """A connected system of a company. Its credentials are not part of the row (`ConnectionSecrets`).

    A reading goes through the collections of the system one after the other, page by page: `sync_cursor` is the next
    page of `sync_collection`. `sync_marks` says for each collection until when its changes are known, as text;
    `sync_highest` is the last change among the records of the current collection, which is read since
    `sync_collection_at`. `sync_failures` counts the calls that have failed since the last success. With
    `sync_full`, the current reading, or the next one, reads everything.
    """

    id: str
    tenant_id: int
    system: System
    name: str
    base_url: str
    currency: str
    status: ConnectionStatus
    last_synced_at: datetime | None
    sync_phase: SyncPhase
    sync_full: bool
    sync_collection: Collection | None
    sync_cursor: str | None
    sync_marks: Mapping[str, str]
    sync_highest: datetime | None
    sync_collection_at: datetime | None
    sync_read: int
    sync_total: int | None
    sync_changed: int
    sync_started_at: datetime | None
    sync_error: str | None
    sync_failures: int
    created_at: datetime
    updated_at: datetime

    @staticmethod
    def derived() -> dict[str, tuple[str, ...]]:
        """The columns that the properties need, for readers that load only the requested columns."""
        sync = ("phase", "full", "collection", "read", "total", "changed", "started_at", "error")
        return {"sync": tuple(f"sync_{it}" for it in sync), "capabilities": ("system",)}

    @property
    def ref(self) -> NodeRef:
        return NodeRef("Connection", self.id)

    @property
    def sync(self) -> Sync:
        return Sync(
            SyncPhase(self.sync_phase),
            self.sync_full,
            None if self.sync_collection is None else Collection(self.sync_collection),
            self.sync_read,
            self.sync_total,
            self.sync_changed,
            self.sync_started_at,
            self.sync_error,
        )

    @property
    def capabilities(self) -> frozenset[Capability]:
        return CAPABILITIES[System(self.system)]

    @property
    def actor(self) -> Actor:
        """Who causes the events of what comes from the system."""
        return Actor(ActorType.SYSTEM, self.id, self.name)

    @property
    def is_read(self) -> bool:
        """Whether the system is read by itself."""
        return self.status in (ConnectionStatus.ACTIVE, ConnectionStatus.FAILING)


class ConnectionSecrets(NamedTuple):
    """The sealed credentials of a connection, and the secret part of the address to which its system sends."""

    sealed_credentials: str
    hook_token_hash: str
    hook_token_sealed: str


class ConnectionHook(NamedTuple):
    """The sealed secret part of the address to which the system of a connection sends."""

    id: str
    tenant_id: int
    hook_token_sealed: str


class Disconnected(Conflict):
    """Nothing is read from a system that is no longer connected."""

    code = ErrorCode.WRONG_STATUS


class Paused(Conflict):
    """A paused system is not read."""

    code = ErrorCode.WRONG_STATUS


def check_connected(connection: Connection) -> None:
    """Raises: Disconnected."""
    if connection.status == ConnectionStatus.DISCONNECTED:
        message = "This system is not connected. Connect it again with `connectSystem`."
        raise Disconnected(message, connection.ref, connection.status, ConnectionStatus.ACTIVE)


def paused(connection: Connection) -> Paused:
    message = "This connection is paused. Resume it first: `resumeConnection`."
    return Paused(message, connection.ref, connection.status, ConnectionStatus.ACTIVE)


def new_hook_token() -> str:
    """The secret part of the address to which a system sends."""
    return secrets.token_urlsafe(32)


def hook_token_hash(token: str) -> str:
    """By what a connection is found when its system sends."""
    return hashlib.sha256(token.encode()).hexdigest()


def credentials_text(credentials: Credentials) -> str:
    """Credentials as they are sealed."""
    return json.dumps(asdict(credentials))


def credentials_of(text: str) -> Credentials:
    """The credentials that were sealed as this text."""
    return Credentials(**json.loads(text))
