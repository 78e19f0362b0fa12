"""What the use cases need from the outside. Adapters fit these protocols by shape.

Storage is a unit of work: what it loads is locked, what it saves and records becomes true at `commit`, or not at all.
"""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.ports.stores import (
    AssetStore,
    Catalogue,
    CustomerStore,
    CustomFieldStore,
    DeviceActionStore,
    EmployeeStore,
    KitStore,
    MovementStore,
    PublicKeyStore,
    QuoteStore,
    SignatureStore,
    TenantStore,
    VendorOrderStore,
)
from domain.quotes.totals import QuoteSums
from domain.shared.access import IdempotencyKey, TenantScope
from domain.shared.errors import NodeRef, Rejection
from domain.shared.events import NewEvent, StatusChange
from domain.shared.jobs import Job


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a mutation did, as nodes and changes: enough to answer it, and to answer it again
    (docs/domain.md#idempotency-keys).

    `subjects` are what it acted on and what it made, in the order of its input; `rejected` says what was left out.
    `sums` are those that a quote would have, for a dry run; they are not kept.
    """

    subjects: tuple[NodeRef, ...] = ()
    changes: tuple[StatusChange, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    sums: QuoteSums | None = None

    def id_of(self, type_name: str) -> str | None:
        """The row id of its first subject of a type of node, if it has one."""
        for subject in self.subjects:
            if subject.type == type_name:
                return subject.id
        return None

    def ids_of(self, type_name: str) -> tuple[str, ...]:
        """The row ids of its subjects of a type of node."""
        return tuple(it.id for it in self.subjects if it.type == type_name)


class IdempotencyClash(Exception):
    """The idempotency key was used before, for another mutation or with another input."""


class UnitOfWork(Protocol):
    """Everything one mutation reads and writes, in one transaction."""

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
    def tenants(self) -> TenantStore: ...

    @property
    def public_keys(self) -> PublicKeyStore: ...

    @property
    def signatures(self) -> SignatureStore: ...

    async def replayed(self) -> Outcome | None:
        """What this mutation answered before under its idempotency key. Raises: IdempotencyClash."""

    def record(self, event: NewEvent) -> None:
        """Append an event at commit; the jobs that follow from it are enqueued with it."""

    async def job(self, job_id: str) -> Job | None:
        """A job within the caller's reach."""

    async def retry_job(self, job_id: str, at: datetime) -> Job | None:
        """Wake a dead job; None when it is not dead."""

    async def give_up_job(self, job: Job, error: str) -> None:
        """End a job that this attempt has: it is dead. Raises: LeaseLost."""

    async def withdraw_job(self, dedupe_key: str) -> bool:
        """Take back a job that no worker has begun; whether it will never run."""

    async def commit(self, outcome: Outcome | None = None) -> None: ...


class UnitOfWorkFactory(Protocol):
    """Opens a unit of work; leaving it without `commit` undoes everything."""

    def __call__(
        self, tenant_scope: TenantScope, caller_key: str | None = None, idempotency: IdempotencyKey | None = None
    ) -> AbstractAsyncContextManager[UnitOfWork]: ...
