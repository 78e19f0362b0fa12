"""The stores of a unit of work, one for each concept.

Changes are stored at `commit` of the unit of work (domain/ports/unit_of_work.py), or not at all. Methods that look up
an object by an id of the input take a parsed `RowId`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from domain.catalogue.kits import Kit, KitAggregate
from domain.catalogue.products import Configuration, Product
from domain.catalogue.snapshot import CatalogueKeys, CatalogueSnapshot
from domain.companies.company import Tenant
from domain.companies.custom_fields import CustomField
from domain.companies.customers import Customer
from domain.fulfilment.vendor_api import CompanyDetails
from domain.fulfilment.vendor_orders import VendorOrder
from domain.history.catalogue_events import CatalogueEvent
from domain.inventory.assets import Asset
from domain.inventory.device_actions import Comment, DeviceAction
from domain.inventory.movements import Movement
from domain.members.members import Member
from domain.people.employees import Employee
from domain.people.hris import SyncedUntil
from domain.portal.public_keys import PublicKey
from domain.portal.signatures import QuoteAttachment, Signature
from domain.portal.uploads import CustomerDocument
from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.rows import Quote
from domain.quotes.statuses import StatusTime
from domain.shared.access import TenantScope
from domain.shared.ids import RowId
from domain.stream_tickets.tickets import StreamTicket


class QuoteStore(Protocol):
    """Quotes in the tenant scope, as aggregates."""

    async def lock(self, quote_id: str) -> QuoteAggregate | None:
        """The quote, locked until this unit of work ends; None if it does not exist or was deleted."""

    async def lock_of_item(self, item_id: RowId) -> QuoteAggregate | None:
        """As `lock`, by one of the quote's items, which may have been removed while this unit of work waited."""

    async def lock_of_alternative(self, alternative_id: RowId) -> QuoteAggregate | None: ...

    async def lock_of_recipient(self, recipient_id: RowId) -> QuoteAggregate | None: ...

    async def lock_of_price_option(self, option_id: RowId) -> QuoteAggregate | None: ...

    async def lock_line(self, quote_id: str, item_id: str) -> QuoteAggregate | None:
        """As `lock`, but with one line only.

        For changes that need only this line, so that updating each of a thousand orders does not load all lines.
        """

    async def due_to_expire(self, at: datetime, limit: int, skipped: int = 0) -> Sequence[str]:
        """Undecided quotes that had expired at `at`, the longest expired first, without the first `skipped`."""

    async def add(self, quote: QuoteAggregate) -> None: ...

    async def numbered(self, tenant_id: int, order_ids: Sequence[str]) -> Mapping[str, str]:
        """The ids of the company's quotes with these order numbers, by number; of deleted ones too."""

    async def note_times(self, tenant_id: int, times: Sequence[StatusTime]) -> None:
        """Note when statuses were first reached; what is known already stays."""

    async def save(self, before: QuoteAggregate, after: QuoteAggregate) -> None:
        """Save the differences."""


class Catalogue(Protocol):
    """Products and configurations."""

    async def products(self, ids: Sequence[str]) -> Mapping[str, Product]: ...

    async def configurations(self, ids: Sequence[str]) -> Mapping[str, Configuration]: ...

    async def snapshot(self, keys: CatalogueKeys) -> CatalogueSnapshot:
        """The products and configurations that a change concerns, locked until this unit of work ends."""

    async def save(
        self,
        products: Sequence[tuple[Product | None, Product]],
        configurations: Sequence[tuple[Configuration | None, Configuration]],
        events: Sequence[CatalogueEvent],
    ) -> None:
        """Save the new and the changed rows, and the events."""


class KitStore(Protocol):
    """Kits in the tenant scope."""

    async def of_tenant(self, tenant_id: int, ids: Sequence[str]) -> Mapping[str, KitAggregate]:
        """The kits with these ids that belong to the tenant, with their devices."""

    async def add(self, kit: KitAggregate) -> None: ...

    async def lock(self, kit_id: RowId) -> Kit | None: ...

    async def save(self, before: KitAggregate, after: KitAggregate) -> None:
        """Save the differences."""

    async def remove(self, kit: Kit) -> None: ...


class AssetStore(Protocol):
    """Assets in the tenant scope."""

    async def lock(self, asset_id: str) -> Asset | None: ...

    async def by_serials(self, keys: Sequence[str]) -> Mapping[str, Asset]:
        """The assets with these `serial_key`s, by `serial_key`."""

    async def lock_serials(self, keys: Sequence[str]) -> Mapping[str, Asset]:
        """As `by_serials`, locked until this unit of work ends."""

    async def lock_of_recipient(self, recipient_id: str) -> Sequence[Asset]:
        """The assets of a recipient's devices, oldest first."""

    async def add(self, assets: Sequence[Asset]) -> set[str]:
        """Add the assets whose serial number is not taken; returns the ids of those added."""

    async def save(self, before: Asset, after: Asset) -> None: ...


class DeviceActionStore(Protocol):
    """Device actions in the tenant scope."""

    async def next_number(self, tenant_id: int, year: int, count: int) -> int:
        """Reserve `count` numbers in the company's year and return the last (docs/domain.md#action-number)."""

    async def add(self, actions: Sequence[DeviceAction]) -> set[str]:
        """Add the actions whose device has no active action; returns the ids of those added."""

    async def numbered(self, tenant_id: int, numbers: Sequence[str]) -> Mapping[str, str]:
        """The ids of the company's actions with these numbers, by number."""

    async def note_times(self, tenant_id: int, times: Sequence[StatusTime]) -> None:
        """Note when statuses were first reached; what is known already stays."""

    async def active(self, keys: Sequence[str]) -> Mapping[str, DeviceAction]:
        """The active actions, by the `serial_key` of their device."""

    async def serial_of(self, action_id: str) -> str | None:
        """The `serial_key` of an action's device, which is locked before it."""

    async def lock(self, action_id: str) -> DeviceAction | None: ...

    async def save(self, action: DeviceAction) -> None: ...

    async def renumber(self, before: str, after: str, serial_number: str) -> None:
        """Move all actions of a device, and their unplaced movements, to its corrected serial number.

        `before` and `after` are `serial_key`s. At most one of the two has an active action.
        """

    async def add_comment(self, comment: Comment) -> None: ...


class MovementStore(Protocol):
    """Movements in the tenant scope."""

    async def add(self, movements: Sequence[Movement]) -> None: ...

    async def action_of(self, movement_id: str) -> str | None:
        """The device action of a movement, which is locked before it."""

    async def lock(self, movement_id: str) -> Movement | None: ...

    async def lock_of_action(self, action_id: str) -> Movement | None: ...

    async def ahead(self, movement: Movement) -> bool:
        """Whether there is an older movement of the same person and kind that is not placed yet."""

    async def known(self, movement: Movement) -> frozenset[str]:
        """The vendor's ids of all placed movements of the same person."""

    async def save(self, movement: Movement) -> None: ...


class EmployeeStore(Protocol):
    """Employees in the tenant scope."""

    async def named(self, tenant_id: int, emails: Sequence[str], names: Sequence[str]) -> Sequence[Employee]:
        """The company's employees with one of these casefolded addresses or exactly one of these names."""

    async def synced_until(self, tenant_id: int, provider: str) -> SyncedUntil | None:
        """The point up to which the HR system was synchronised."""

    async def note_synced(self, tenant_id: int, provider: str, until: SyncedUntil, at: datetime) -> None: ...

    async def lock_syncs(self, tenant_id: int) -> None:
        """Lock the synchronisation of this company's employees."""

    async def lock_known(
        self, tenant_id: int, provider: str, hris_ids: Sequence[str], email_keys: Sequence[str]
    ) -> Sequence[Employee]:
        """The employees with one of these ids of the provider or one of these `person_key`s, locked."""

    async def lock(self, employee_id: str) -> Employee | None: ...

    async def lock_of_provider(self, tenant_id: int, provider: str) -> Sequence[Employee]: ...

    async def add(self, employee: Employee) -> None: ...

    async def save(self, employee: Employee) -> None: ...

    async def move_belongings(self, before: Employee, after: Employee) -> None:
        """Move devices and recipients from an employee's former address to the new one."""


class MemberStore(Protocol):
    """Members in the tenant scope. Whoever changes their roles has locked the tenant."""

    async def find(self, member_id: RowId) -> Member | None:
        """The member, not locked."""

    async def lock(self, member_id: str) -> Member | None: ...

    async def with_email(self, tenant_id: int, email_key: str) -> Member | None:
        """The company's member with this folded address, locked, removed or not."""

    async def other_admins(self, member: Member) -> int:
        """How many active admins the member's company has beside the member."""

    async def add(self, member: Member) -> None: ...

    async def save(self, member: Member) -> None: ...


class CustomFieldStore(Protocol):
    """Custom fields in the tenant scope. Writing raises FieldNameTaken, after which nothing can be committed."""

    async def lock(self, field_id: RowId) -> CustomField | None: ...

    async def of_tenant(self, tenant_id: int) -> Mapping[str, CustomField]:
        """The company's fields that are not archived, by id and ordered by name."""

    async def add(self, definition: CustomField) -> None: ...

    async def save(self, definition: CustomField) -> None: ...


class CustomerStore(Protocol):
    """Customers in the tenant scope. Writing raises ExternalIdTaken, after which nothing can be committed."""

    async def lock(self, customer_id: RowId) -> Customer | None: ...

    async def of_tenant(self, tenant_id: int, customer_id: str) -> Customer | None:
        """The customer, if it belongs to this company."""

    async def add(self, customer: Customer) -> None: ...

    async def save(self, before: Customer, after: Customer) -> None: ...


class VendorOrderStore(Protocol):
    """Orders at the vendor in the tenant scope."""

    async def of_quote(self, quote_id: str) -> Sequence[VendorOrder]:
        """The orders of a quote, locked after it."""

    async def add(self, orders: Sequence[VendorOrder]) -> None: ...

    async def place_of(self, order_id: str) -> tuple[str, str] | None:
        """The ids of an order's quote, which is locked before the order, and of its item."""

    async def lock(self, order_id: str) -> VendorOrder | None: ...

    async def save(self, order: VendorOrder) -> None: ...


class TenantStore(Protocol):
    """Companies in the environment of the caller."""

    async def lock(self, tenant_id: int) -> int:
        """Lock the tenant until this unit of work ends. Returns the number of its last event."""

    async def by_company(self, company_id: str) -> Tenant | None: ...

    async def by_id(self, tenant_id: int) -> Tenant: ...

    async def company_details(self, tenant_id: int) -> CompanyDetails | None:
        """The company's details for the vendor; None if incomplete, when the vendor has to know its code already."""

    async def save_margin(self, company_id: str, margin: str | None, at: datetime) -> None:
        """Set what the company adds to the vendor's prices."""

    async def contact_email(self, tenant_id: int) -> str | None:
        """The e-mail address of the company's contact."""

    async def next_order_id(self, tenant_id: int, at: datetime) -> str:
        """A number for a new quote: epoch milliseconds, unique within the tenant (docs/domain.md#order-id)."""


class PublicKeyStore(Protocol):
    """Public keys of quotes in the tenant scope."""

    async def add(self, key: PublicKey) -> None: ...

    async def current(self, quote_id: str) -> PublicKey | None:
        """The quote's key, unless it was revoked."""

    async def revoke(self, quote_id: str, at: datetime) -> None:
        """Revoke the quote's key."""


class SignatureStore(Protocol):
    """Signatures and attachments of quotes in the tenant scope, changed while the quote is locked."""

    async def of_quote(self, quote_id: str) -> Sequence[Signature]: ...

    async def add(self, signature: Signature) -> None: ...

    async def supersede(self, superseded: Sequence[Signature]) -> None:
        """Mark these signatures as superseded."""

    async def attachments(self, quote_id: str) -> Sequence[QuoteAttachment]: ...

    async def attach(self, attachment: QuoteAttachment) -> None: ...

    async def detach(self, attachment_id: str) -> None: ...

    async def quote_of_attachment(self, attachment_id: RowId) -> str | None: ...

    async def keep_document(self, quote: Quote, content: bytes, at: datetime) -> None:
        """Store the signed document unchanged."""

    async def document(self, quote_id: str, sha256: str) -> bytes:
        """A stored document of a quote, by its SHA-256."""

    async def handed_in(self, quote_id: str) -> Sequence[CustomerDocument]: ...

    async def hand_in(self, document: CustomerDocument, content: bytes) -> None: ...


class StreamTicketStore(Protocol):
    """Tickets that open an event stream."""

    async def add(self, ticket: StreamTicket) -> None: ...


class SignedDocuments(Protocol):
    """Signed documents, unchanged, and documents that customers uploaded."""

    async def find(self, quote_id: str, sha256: str, tenant_scope: TenantScope) -> bytes | None: ...

    async def handed_in(
        self, quote_id: str, document_id: str, tenant_scope: TenantScope
    ) -> tuple[CustomerDocument, bytes] | None: ...
