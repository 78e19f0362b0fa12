"""What a unit of work loads and saves, one store for each concept.

What is saved becomes true at `commit` of the unit of work (domain/ports/unit_of_work.py), or not at all. What looks
up an object that an input names takes the id that was parsed from it.
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
from domain.people.employees import Employee
from domain.people.hris import SyncedUntil
from domain.portal.public_keys import PublicKey
from domain.portal.signatures import QuoteAttachment, Signature
from domain.portal.uploads import CustomerDocument
from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.rows import Quote
from domain.shared.access import TenantScope
from domain.shared.ids import RowId


class QuoteStore(Protocol):
    """Quotes within the caller's reach, whole."""

    async def quote_of_item(self, item_id: RowId) -> str | None: ...

    async def quote_of_alternative(self, alternative_id: RowId) -> str | None: ...

    async def quote_of_recipient(self, recipient_id: RowId) -> str | None: ...

    async def quote_of_price_option(self, option_id: RowId) -> str | None: ...

    async def lock(self, quote_id: str) -> QuoteAggregate | None:
        """The quote, which nobody else can change until this unit of work ends; None for a deleted one too."""

    async def lock_line(self, quote_id: str, item_id: str) -> QuoteAggregate | None:
        """As `lock`, with one of its lines and no others: for what looks at this line and the head alone, so that
        following each of a thousand orders does not load all the others' lines."""

    async def due_to_expire(self, at: datetime, limit: int, skipped: int = 0) -> Sequence[str]:
        """Undecided quotes whose time was over at `at`, those of longest ago first, without the first `skipped`."""

    async def add(self, quote: QuoteAggregate) -> None: ...

    async def save(self, before: QuoteAggregate, after: QuoteAggregate) -> None:
        """Write what differs."""


class Catalogue(Protocol):
    """Products and configurations."""

    async def products(self, ids: Sequence[str]) -> Mapping[str, Product]: ...

    async def configurations(self, ids: Sequence[str]) -> Mapping[str, Configuration]: ...

    async def snapshot(self, keys: CatalogueKeys) -> CatalogueSnapshot:
        """What a change of the catalogue concerns, which nobody else changes until this unit of work ends."""

    async def save(
        self,
        products: Sequence[tuple[Product | None, Product]],
        configurations: Sequence[tuple[Configuration | None, Configuration]],
        events: Sequence[CatalogueEvent],
    ) -> None:
        """Write what is new or differs, and what happened."""


class KitStore(Protocol):
    """Kits within the caller's reach."""

    async def of_tenant(self, tenant_id: int, ids: Sequence[str]) -> Mapping[str, KitAggregate]:
        """The kits of one company among these, with their devices."""

    async def add(self, kit: KitAggregate) -> None: ...

    async def lock(self, kit_id: RowId) -> Kit | None: ...

    async def save(self, before: KitAggregate, after: KitAggregate) -> None:
        """Write what differs."""

    async def remove(self, kit: Kit) -> None: ...


class AssetStore(Protocol):
    """Assets within the caller's reach."""

    async def by_serials(self, keys: Sequence[str]) -> Mapping[str, Asset]:
        """The assets with these `serial_key`s, by them."""

    async def lock_serials(self, keys: Sequence[str]) -> Mapping[str, Asset]:
        """The same, which nobody else can change until this unit of work ends."""

    async def lock_of_recipient(self, recipient_id: str) -> Sequence[Asset]:
        """The assets that a recipient's devices are, the oldest first."""

    async def add(self, assets: Sequence[Asset]) -> set[str]:
        """Write all but those whose serial number is taken; the ids of those written."""

    async def save(self, asset: Asset) -> None: ...


class DeviceActionStore(Protocol):
    """Device actions within the caller's reach."""

    async def next_number(self, tenant_id: int, year: int, count: int) -> int:
        """The last of `count` new numbers of a company's year (docs/domain.md#action-number)."""

    async def add(self, actions: Sequence[DeviceAction]) -> set[str]:
        """Write all but those whose device has an active action; the ids of those written."""

    async def active(self, keys: Sequence[str]) -> Mapping[str, DeviceAction]:
        """The actions that are not over, by the `serial_key` of their device."""

    async def serial_of(self, action_id: str) -> str | None:
        """The `serial_key` of an action's device, which is locked before it."""

    async def lock(self, action_id: str) -> DeviceAction | None: ...

    async def save(self, action: DeviceAction) -> None: ...

    async def renumber(self, before: str, after: str, serial_number: str) -> None:
        """All actions of a device, and what the vendor is still to do for them, under its corrected serial number;
        `before` and `after` are `serial_key`s. At most one of the two has an active action."""

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

    async def synced_until(self, tenant_id: int, provider: str) -> SyncedUntil | None:
        """From where an HR system's changes are to be read."""

    async def note_synced(self, tenant_id: int, provider: str, until: SyncedUntil, at: datetime) -> None: ...

    async def lock_syncs(self, tenant_id: int) -> None:
        """Let no other unit of work take over people of this company meanwhile."""

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

    async def lock(self, field_id: RowId) -> CustomField | None: ...

    async def of_tenant(self, tenant_id: int) -> Mapping[str, CustomField]:
        """A company's fields that are not archived, by id and in the order of their names."""

    async def add(self, definition: CustomField) -> None: ...

    async def save(self, definition: CustomField) -> None: ...


class CustomerStore(Protocol):
    """Customers within the caller's reach. Writing raises ExternalIdTaken, after which nothing can be committed."""

    async def lock(self, customer_id: RowId) -> Customer | None: ...

    async def of_tenant(self, tenant_id: int, customer_id: str) -> Customer | None:
        """The customer, if it is this company's."""

    async def add(self, customer: Customer) -> None: ...

    async def save(self, customer: Customer) -> None: ...


class VendorOrderStore(Protocol):
    """Orders at the vendor within the caller's reach."""

    async def of_quote(self, quote_id: str) -> Sequence[VendorOrder]:
        """The orders of a quote, locked after it."""

    async def add(self, orders: Sequence[VendorOrder]) -> None: ...

    async def place_of(self, order_id: str) -> tuple[str, str] | None:
        """The quote an order belongs to, which is locked before it, and its item."""

    async def lock(self, order_id: str) -> VendorOrder | None: ...

    async def save(self, order: VendorOrder) -> None: ...


class TenantStore(Protocol):
    """Companies in the environment of the caller."""

    async def by_company(self, company_id: str) -> Tenant | None: ...

    async def by_id(self, tenant_id: int) -> Tenant: ...

    async def company_details(self, tenant_id: int) -> CompanyDetails | None:
        """The company as the vendor is to be told of it; None where the vendor knows its code."""

    async def next_order_id(self, tenant_id: int, at: datetime) -> str:
        """A number for a new quote: epoch milliseconds, unique within the tenant (docs/domain.md#order-id)."""


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

    async def quote_of_attachment(self, attachment_id: RowId) -> str | None: ...

    async def keep_document(self, quote: Quote, content: bytes, at: datetime) -> None:
        """Keep what was signed, byte for byte."""

    async def document(self, quote_id: str, sha256: str) -> bytes:
        """What was kept of a quote, by its SHA-256."""

    async def handed_in(self, quote_id: str) -> Sequence[CustomerDocument]: ...

    async def hand_in(self, document: CustomerDocument, content: bytes) -> None: ...


class SignedDocuments(Protocol):
    """What was signed, byte for byte, and what customers have handed in."""

    async def find(self, quote_id: str, sha256: str, tenant_scope: TenantScope) -> bytes | None: ...

    async def handed_in(
        self, quote_id: str, document_id: str, tenant_scope: TenantScope
    ) -> tuple[CustomerDocument, bytes] | None: ...
