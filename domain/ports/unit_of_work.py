"""The storage that the use cases need. Adapters implement these protocols structurally.

Storage is a unit of work: what it loads is locked, and what it saves and records is stored at `commit` or not at all.
"""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from domain.ports.access_stores import AccessTokenStore, ApiKeyStore
from domain.ports.change_stores import ActionChangeStore, ConnectionNoticeStore, OriginChangeStore
from domain.ports.connection_stores import ConnectionProblemStore, ConnectionStore, OriginStore
from domain.ports.stores import (
    AssetStore,
    Catalogue,
    CustomerStore,
    CustomFieldStore,
    DeviceActionStore,
    EmployeeStore,
    KitStore,
    MemberStore,
    MovementStore,
    PublicKeyStore,
    QuoteStore,
    SignatureStore,
    StreamTicketStore,
    TenantStore,
    VendorOrderStore,
)
from domain.ports.webhook_stores import WebhookDeliveryStore, WebhookStore
from domain.quotes.totals import QuoteSums
from domain.shared.access import IdempotencyKey, TenantScope
from domain.shared.errors import NodeRef, Rejection
from domain.shared.events import NewEvent, StatusChange
from domain.shared.jobs import Job, NewJob


class RolledBack(Exception):
    """The storage has rolled a unit of work back in favour of another, after a deadlock for example. Nothing of it was
    stored, and the whole of it may be run again."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a mutation, as nodes and changes; stored to answer repetitions (docs/domain.md#idempotency-keys).

    `subjects` are the nodes that it acted on and created, in the order of its input; `rejected` are rows that were not
    processed. `sums` are the totals that a quote would have, for a dry run. `secret` is shown once. Neither is stored.
    `details` are other fields of the payload, by name. `is_replay` says that an earlier execution had it.
    """

    subjects: tuple[NodeRef, ...] = ()
    changes: tuple[StatusChange, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    sums: QuoteSums | None = None
    secret: str | None = field(default=None, repr=False)
    details: Mapping[str, Any] = field(default_factory=dict)
    is_replay: bool = field(default=False, compare=False)

    def id_of(self, type_name: str) -> str | None:
        """The row id of the first subject of this type, or None."""
        for subject in self.subjects:
            if subject.type == type_name:
                return subject.id
        return None

    def ids_of(self, type_name: str) -> tuple[str, ...]:
        """The row ids of the subjects of this type."""
        return tuple(it.id for it in self.subjects if it.type == type_name)


class IdempotencyClash(Exception):
    """The idempotency key was used for another mutation or with another input."""


class UnitOfWork(Protocol):
    """All storage that a mutation reads and writes, in one transaction."""

    @property
    def quotes(self) -> QuoteStore: ...

    @property
    def catalogue(self) -> Catalogue: ...

    @property
    def kits(self) -> KitStore: ...

    @property
    def customers(self) -> CustomerStore: ...

    @property
    def custom_fields(self) -> CustomFieldStore: ...

    @property
    def vendor_orders(self) -> VendorOrderStore: ...

    @property
    def assets(self) -> AssetStore: ...

    @property
    def device_actions(self) -> DeviceActionStore: ...

    @property
    def movements(self) -> MovementStore: ...

    @property
    def employees(self) -> EmployeeStore: ...

    @property
    def members(self) -> MemberStore: ...

    @property
    def tenants(self) -> TenantStore: ...

    @property
    def public_keys(self) -> PublicKeyStore: ...

    @property
    def signatures(self) -> SignatureStore: ...

    @property
    def webhooks(self) -> WebhookStore: ...

    @property
    def webhook_deliveries(self) -> WebhookDeliveryStore: ...

    @property
    def connections(self) -> ConnectionStore: ...

    @property
    def origins(self) -> OriginStore: ...

    @property
    def connection_problems(self) -> ConnectionProblemStore: ...

    @property
    def api_keys(self) -> ApiKeyStore: ...

    @property
    def access_tokens(self) -> AccessTokenStore: ...

    @property
    def stream_tickets(self) -> StreamTicketStore: ...

    @property
    def origin_changes(self) -> OriginChangeStore: ...

    @property
    def action_changes(self) -> ActionChangeStore: ...

    @property
    def connection_notices(self) -> ConnectionNoticeStore: ...

    async def replayed(self) -> Outcome | None:
        """The stored outcome for the idempotency key, unless there is none or it has expired. Raises:
        IdempotencyClash."""

    def record(self, event: NewEvent) -> None:
        """Store an event at the commit, with the jobs that it causes."""

    async def job(self, job_id: str) -> Job | None:
        """A job in the tenant scope."""

    async def job_of_key(self, dedupe_key: str) -> Job | None:
        """The job with this key, in the tenant scope."""

    async def retry_job(self, job_id: str, at: datetime) -> Job | None:
        """Retry a dead job; None if it is not dead."""

    async def discard_job(self, job_id: str, at: datetime) -> bool:
        """Discard a dead job. Returns whether it was dead."""

    async def give_up_job(self, job: Job, error: str) -> None:
        """Mark the job of this attempt as dead. Raises: LeaseLost."""

    def enqueue(self, tenant_id: int, job: NewJob) -> None:
        """Enqueue a job at the commit that no event causes."""

    async def withdraw_job(self, dedupe_key: str) -> bool:
        """Withdraw a job that no worker has started. Returns whether it will never run."""

    async def commit(self, outcome: Outcome | None = None) -> None: ...


class UnitOfWorkFactory(Protocol):
    """Opens a unit of work, which is rolled back unless it is committed."""

    def __call__(
        self, tenant_scope: TenantScope, caller_key: str | None = None, idempotency: IdempotencyKey | None = None
    ) -> AbstractAsyncContextManager[UnitOfWork]: ...
