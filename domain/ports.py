"""What the use cases need from the outside. Adapters fit these protocols by shape.

Storage is a unit of work: what it loads is locked, what it saves and records becomes true at `commit`, or not at all.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from domain.access import Environment, IdempotencyKey, Reach
from domain.assets import Asset
from domain.catalogue import Configuration, Product
from domain.companies import Tenant
from domain.custom_fields import CustomField
from domain.customers import Customer
from domain.device_actions import Comment, DeviceAction
from domain.employees import Employee
from domain.events import NewEvent, StatusChange
from domain.jobs import DEFAULT_PATIENCE, Again, Job, Patience
from domain.kits import Kit, KitAggregate
from domain.links import Links
from domain.movements import Movement, MovementKind, MovementRequest, ReportedMovement
from domain.outbound import CompanyDetails, Letter, NewTask, NotConfigured, OrderRequest, PlacedOrder, ReportedOrder
from domain.price_options import PriceOption
from domain.public_keys import PublicKey
from domain.quote_documents import QuoteDocument
from domain.quote_parts import Quote
from domain.quotes import QuoteAggregate
from domain.rejections import Rejection
from domain.signatures import QuoteAttachment, Signature
from domain.vendor_orders import VendorOrder


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a mutation did, as ids and changes: enough to answer it, and to answer it again (design: Writing).

    Where what was acted on is no part of a quote (a kit, a customer, an asset), `quote_id` is empty and `subject_id` is
    its id; where it was many, `subject_ids` are theirs, and `rejected` says what was left out.
    """

    quote_id: str = ""
    item_id: str | None = None
    alternative_id: str | None = None
    changes: tuple[StatusChange, ...] = ()
    subject_id: str | None = None
    subject_ids: tuple[str, ...] = ()
    rejected: tuple[Rejection, ...] = ()


class IdempotencyClash(Exception):
    """The idempotency key was used before, for another mutation or with another input."""


class QuoteStore(Protocol):
    """Quotes within the caller's reach, whole."""

    async def quote_of_item(self, item_id: str) -> str | None: ...

    async def quote_of_alternative(self, alternative_id: str) -> str | None: ...

    async def quote_of_recipient(self, recipient_id: str) -> str | None: ...

    async def lock(self, quote_id: str) -> QuoteAggregate | None:
        """The quote, which nobody else can change until this unit of work ends; None for a deleted one too."""

    async def due_to_expire(self, at: datetime, limit: int) -> Sequence[str]:
        """Undecided quotes whose time was over at `at`, those of longest ago first."""

    async def add(self, quote: QuoteAggregate) -> None: ...

    async def save(self, before: QuoteAggregate, after: QuoteAggregate) -> None:
        """Write what differs."""


class Catalogue(Protocol):
    """Products and configurations by id."""

    async def products(self, ids: Sequence[str]) -> Mapping[str, Product]: ...

    async def configurations(self, ids: Sequence[str]) -> Mapping[str, Configuration]: ...


class KitStore(Protocol):
    """Kits within the caller's reach."""

    async def of_tenant(self, tenant_id: int, ids: Sequence[str]) -> Mapping[str, KitAggregate]:
        """The kits of one company among these, with their devices."""

    async def add(self, kit: KitAggregate) -> None: ...

    async def lock(self, kit_id: str) -> Kit | None: ...

    async def remove(self, kit: Kit) -> None: ...


class AssetStore(Protocol):
    """Assets within the caller's reach."""

    async def by_serials(self, keys: Sequence[str]) -> Mapping[str, Asset]:
        """The assets with these `serial_key`s, by them."""

    async def lock_serials(self, keys: Sequence[str]) -> Mapping[str, Asset]:
        """The same, which nobody else can change until this unit of work ends."""

    async def lock_of_recipient(self, recipient_id: str) -> Asset | None: ...

    async def add(self, assets: Sequence[Asset]) -> set[str]:
        """Write all but those whose serial number is taken; the ids of those written."""

    async def save(self, asset: Asset) -> None: ...


class DeviceActionStore(Protocol):
    """Device actions within the caller's reach."""

    async def next_number(self, tenant_id: int, year: int, count: int) -> int:
        """The last of `count` new numbers of a company's year (domain-facts F.1 9)."""

    async def add(self, actions: Sequence[DeviceAction]) -> set[str]:
        """Write all but those whose device has an active action; the ids of those written."""

    async def active(self, keys: Sequence[str]) -> Mapping[str, DeviceAction]:
        """The actions that are not over, by the `serial_key` of their device."""

    async def serial_of(self, action_id: str) -> str | None:
        """The `serial_key` of an action's device, which is locked before it."""

    async def lock(self, action_id: str) -> DeviceAction | None: ...

    async def save(self, action: DeviceAction) -> None: ...

    async def add_comment(self, comment: Comment) -> None: ...


class MovementStore(Protocol):
    """Movement requests within the caller's reach."""

    async def add(self, movements: Sequence[Movement]) -> None: ...

    async def action_of(self, movement_id: str) -> str | None:
        """The device action of a movement, which is locked before it."""

    async def lock(self, movement_id: str) -> Movement | None: ...

    async def lock_of_action(self, action_id: str) -> Movement | None: ...

    async def ahead(self, movement: Movement) -> bool:
        """Whether an older one of the same person and kind is still to be placed."""

    async def known(self, movement: Movement) -> frozenset[str]:
        """The vendor's ids of all movements of the same person that we have placed."""

    async def save(self, movement: Movement) -> None: ...


class EmployeeStore(Protocol):
    """Employees within the caller's reach."""

    async def named(self, tenant_id: int, emails: Sequence[str], names: Sequence[str]) -> Sequence[Employee]:
        """Those of a company with one of these addresses, casefolded, or exactly one of these names."""

    async def synced_until(self, tenant_id: int, provider: str) -> str | None:
        """From where an HR system's changes are to be read."""

    async def note_synced(self, tenant_id: int, provider: str, cursor: str, at: datetime) -> None: ...

    async def lock_known(
        self, tenant_id: int, provider: str, hris_ids: Sequence[str], email_keys: Sequence[str]
    ) -> Sequence[Employee]:
        """Those with one of these ids at the provider or one of these `person_key`s, locked."""

    async def lock_of_provider(self, tenant_id: int, provider: str) -> Sequence[Employee]: ...

    async def add(self, employee: Employee) -> None: ...

    async def save(self, employee: Employee) -> None: ...

    async def move_belongings(self, before: Employee, after: Employee) -> None:
        """Let devices and recipients known by someone's former address be known by the new one."""


class CustomFieldStore(Protocol):
    """Custom fields within the caller's reach. Writing raises FieldNameTaken, after which nothing can be committed."""

    async def lock(self, field_id: str) -> CustomField | None: ...

    async def of_tenant(self, tenant_id: int) -> Mapping[str, CustomField]:
        """A company's fields that are not archived, by id and in the order of their names."""

    async def add(self, definition: CustomField) -> None: ...

    async def save(self, definition: CustomField) -> None: ...


class CustomerStore(Protocol):
    """Customers within the caller's reach. Writing raises ExternalIdTaken, after which nothing can be committed."""

    async def lock(self, customer_id: str) -> Customer | None: ...

    async def of_tenant(self, tenant_id: int, customer_id: str) -> Customer | None:
        """The customer, if it is this company's."""

    async def add(self, customer: Customer) -> None: ...

    async def save(self, customer: Customer) -> None: ...


class VendorOrderStore(Protocol):
    """Orders at the vendor within the caller's reach."""

    async def of_quote(self, quote_id: str) -> Sequence[VendorOrder]:
        """The orders of a quote, locked after it."""

    async def add(self, orders: Sequence[VendorOrder]) -> None: ...

    async def quote_of(self, order_id: str) -> str | None:
        """The quote an order belongs to, which is locked before it."""

    async def lock(self, order_id: str) -> VendorOrder | None: ...

    async def save(self, order: VendorOrder) -> None: ...


class TenantStore(Protocol):
    """Companies in the environment of the caller."""

    async def by_company(self, company_id: str) -> Tenant | None: ...

    async def by_id(self, tenant_id: int) -> Tenant: ...

    async def company_details(self, tenant_id: int) -> CompanyDetails | None:
        """The company as the vendor is to be told of it; None where the vendor knows its code."""

    async def next_order_id(self, tenant_id: int, at: datetime) -> str:
        """A number for a new quote: epoch milliseconds, unique within the tenant (domain-facts F.1, 8)."""


class PublicKeyStore(Protocol):
    """Public keys of quotes within the caller's reach."""

    async def add(self, key: PublicKey) -> None: ...

    async def current(self, quote_id: str) -> PublicKey | None:
        """The quote's key, unless it was revoked."""

    async def revoke(self, quote_id: str, at: datetime) -> None:
        """From here on the quote's key opens nothing."""


class SignatureStore(Protocol):
    """Signatures and further documents of quotes within the caller's reach, changed while the quote is locked."""

    async def of_quote(self, quote_id: str) -> Sequence[Signature]: ...

    async def add(self, signature: Signature) -> None: ...

    async def supersede(self, superseded: Sequence[Signature]) -> None:
        """These signatures no longer count."""

    async def attachments(self, quote_id: str) -> Sequence[QuoteAttachment]: ...

    async def attach(self, attachment: QuoteAttachment) -> None: ...

    async def detach(self, attachment_id: str) -> None: ...

    async def quote_of_attachment(self, attachment_id: str) -> str | None: ...

    async def keep_document(self, quote: Quote, content: bytes, at: datetime) -> None:
        """Keep what was signed, byte for byte."""


class PriceOptionStore(Protocol):
    """Price options within the caller's reach. Whoever reads them to write has locked their quote."""

    async def quote_of(self, option_id: str) -> str | None: ...

    async def of_quote(self, quote_id: str) -> tuple[PriceOption, ...]: ...

    async def put(self, quote_id: str, options: Sequence[PriceOption]) -> None:
        """Write them in place of all those before."""


class UnitOfWork(Protocol):
    """Everything one mutation reads and writes, in one transaction."""

    quotes: QuoteStore
    catalogue: Catalogue
    kits: KitStore
    customers: CustomerStore
    price_options: PriceOptionStore
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

    async def find_movements(self, company_code: str, kind: MovementKind) -> list[ReportedMovement]: ...

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


class SignedDocuments(Protocol):
    """What was signed, byte for byte."""

    async def find(self, quote_id: str, sha256: str, reach: Reach) -> bytes | None: ...


class NoPrinter:
    """A `Printer` where there is none."""

    async def print_quote(self, document: QuoteDocument) -> bytes:
        raise NotConfigured("There is no printer here.")


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
