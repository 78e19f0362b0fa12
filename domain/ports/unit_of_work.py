"""What the use cases need from the outside. Adapters fit these protocols by shape.

Storage is a unit of work: what it loads is locked, what it saves and records becomes true at `commit`, or not at all.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from domain.fulfilment.vendor_api import OrderRequest, PlacedOrder, ReportedOrder
from domain.inventory.movements import MovementKind, MovementRequest, ReportedMovement
from domain.portal.links import Links
from domain.portal.printed_quote import QuoteDocument
from domain.portal.uploads import CustomerDocument
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
from domain.shared.access import Environment, IdempotencyKey, Reach
from domain.shared.errors import Rejection
from domain.shared.events import NewEvent, StatusChange
from domain.shared.jobs import DEFAULT_PATIENCE, Again, Job, Patience
from domain.shared.messages import Letter, NewTask
from domain.shared.outbound_errors import NotConfigured


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a mutation did, as ids and changes: enough to answer it, and to answer it again (design: Writing).

    Where what was acted on is no part of a quote (a kit, a customer, an asset), `quote_id` is empty and `subject_id` is
    its id; where it was many, `subject_ids` are theirs, and `rejected` says what was left out. `sums` are those that a
    quote would have, for a dry run; they are not kept.
    """

    quote_id: str = ""
    item_id: str | None = None
    alternative_id: str | None = None
    changes: tuple[StatusChange, ...] = ()
    subject_id: str | None = None
    subject_ids: tuple[str, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    sums: QuoteSums | None = None


class IdempotencyClash(Exception):
    """The idempotency key was used before, for another mutation or with another input."""


class UnitOfWork(Protocol):
    """Everything one mutation reads and writes, in one transaction."""

    quotes: QuoteStore
    catalogue: Catalogue
    kits: KitStore
    customers: CustomerStore
    custom_fields: CustomFieldStore
    vendor_orders: VendorOrderStore
    assets: AssetStore
    device_actions: DeviceActionStore
    movements: MovementStore
    employees: EmployeeStore
    tenants: TenantStore
    public_keys: PublicKeyStore
    signatures: SignatureStore

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


class Begin(Protocol):
    """Opens a unit of work; leaving it without `commit` undoes everything."""

    def __call__(
        self, reach: Reach, caller_key: str | None = None, idempotency: IdempotencyKey | None = None
    ) -> AbstractAsyncContextManager[UnitOfWork]: ...


class JobQueue(Protocol):
    """Jobs as the worker sees them. Changing a job that another attempt has taken over raises LeaseLost."""

    async def idle(self, now: datetime, urgent: bool = False) -> bool:
        """Whether nothing is due, or nothing `urgent`: asked before claiming, which takes a lock."""

    async def claim(self, owner: str, now: datetime, urgent: bool = False) -> Job | None:
        """The next job that is due, leased to `owner`: an urgent one if there is one, and with `urgent` no other."""

    async def mark_sent(self, job: Job, at: datetime | None) -> None:
        """Remember that a call which must not happen twice is being made, or with None that it was not made."""

    async def finish(self, job: Job, now: datetime) -> None: ...

    async def repeat(self, job: Job, again: Again) -> None:
        """Run the job again later; one that was woken while it ran is due already."""

    async def postpone(self, job: Job, error: str, until: datetime) -> None:
        """Try again at `until`."""


class Calendar(Protocol):
    """What time alone moves."""

    async def overdue(self, now: datetime) -> bool:
        """Whether a quote's time is over that still says otherwise: asked before moving it, which takes a lock."""


class OrderVendor(Protocol):
    """The vendor that fulfils accepted lines (Tecspal, domain-facts B). Raises `OutboundFailure`s."""

    async def place_order(self, request: OrderRequest) -> PlacedOrder: ...

    async def find_order(self, company_code: str, country_code: str, external_item_id: str) -> PlacedOrder | None:
        """The order that carries our id, if the vendor has it already."""

    async def order(self, company_code: str, vendor_id: str, external_item_id: str) -> ReportedOrder:
        """How an order stands now."""

    async def confirm_order(self, company_code: str, vendor_id: str) -> None:
        """Order what was quoted, at the price quoted; only a QUOTED order can be confirmed."""

    async def cancel_order(self, company_code: str, vendor_id: str) -> None:
        """Call an order off; only a PENDING or QUOTED one can be."""

    async def select_alternative(self, company_code: str, vendor_id: str, group_id: str, candidate_id: str) -> None:
        """Take a candidate in place of the device that was ordered."""


class MovementVendor(Protocol):
    """The vendor that moves devices (Tecspal, domain-facts B.4, B.5). Raises `OutboundFailure`s."""

    async def hardware_id(self, company_code: str, serial_number: str) -> str | None:
        """What the vendor calls a device, if it has it."""

    async def place_movement(self, request: MovementRequest) -> ReportedMovement: ...

    async def find_movements(self, company_code: str, kind: MovementKind, email: str) -> list[ReportedMovement]:
        """Every movement of a kind that may be this person's."""

    async def movement(self, company_code: str, vendor_id: str) -> ReportedMovement:
        """How a movement stands now."""


class TaskBoard(Protocol):
    """Where the people who price quotes see their work (Asana). Raises `OutboundFailure`s."""

    async def create_task(self, task: NewTask) -> str:
        """Create the task and return its id."""

    async def find_task(self, reference: str, since: datetime) -> str | None:
        """The task made since then that carries our reference, if there is one."""


class Mailer(Protocol):
    """Sends letters. Raises `OutboundFailure`s."""

    async def send(self, letter: Letter) -> None: ...


class Printer(Protocol):
    """Prints quotes as PDF: the same document always as the same bytes. Raises `OutboundFailure`s."""

    async def print_quote(self, document: QuoteDocument) -> bytes: ...

    def unprintable(self, text: str) -> Sequence[str]:
        """The characters of a text that no font has, each once."""


class SignedDocuments(Protocol):
    """What was signed, byte for byte, and what customers have handed in."""

    async def find(self, quote_id: str, sha256: str, reach: Reach) -> bytes | None: ...

    async def handed_in(
        self, quote_id: str, document_id: str, reach: Reach
    ) -> tuple[CustomerDocument, bytes] | None: ...


class NoPrinter:
    """A `Printer` where there is none."""

    async def print_quote(self, document: QuoteDocument) -> bytes:
        raise NotConfigured("There is no printer here.")

    def unprintable(self, text: str) -> Sequence[str]:
        return ()


class NoCalendar:
    """A `Calendar` where nothing waits for its time."""

    async def overdue(self, now: datetime) -> bool:
        return False


class Outside(Protocol):
    """The world outside, one for each environment. Each raises NotConfigured when its settings are missing."""

    def vendor(self, environment: Environment) -> OrderVendor: ...

    def movements(self, environment: Environment) -> MovementVendor: ...

    def board(self, environment: Environment) -> TaskBoard: ...

    def mailer(self, environment: Environment) -> Mailer: ...


@dataclass(frozen=True, slots=True)
class House:
    """What every use case is handed."""

    begin: Begin
    jobs: JobQueue
    outside: Outside
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    patience: Patience = DEFAULT_PATIENCE
    printer: Printer = field(default_factory=NoPrinter)
    links: Links = field(default_factory=Links)
    calendar: Calendar = field(default_factory=NoCalendar)
