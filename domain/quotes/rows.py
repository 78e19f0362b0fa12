"""The rows of a quote: one named tuple for each table, which types of the graph read directly.

The rules that change them are in `domain/quotes/decisions.py`.
"""

from datetime import date, datetime
from typing import NamedTuple

from domain.catalogue.products import WARRANTY_TITLES, ProductType, Specification
from domain.companies.company import TaxRounding
from domain.companies.custom_fields import FieldValue
from domain.quotes.discounts import Discount, DiscountType, Shipping, discount_of, render_percentage
from domain.quotes.item_details import Article
from domain.quotes.statuses import (
    DecisionStatus,
    FulfilmentStatus,
    LineDecision,
    OfferStatus,
    QuoteOfferStatus,
    QuoteStatus,
)
from domain.shared.access import Actor, ActorType
from domain.shared.errors import NodeRef
from domain.shared.metadata import MetadataEntry
from domain.shared.money import Money
from domain.shared.times import UTC_ZONE, printed, printed_day

# The totals; each is a column of minor units and a property.
SUMS = ("subtotal", "discount_total", "shipping_total", "tax_total", "total")
_DISCOUNT = ("discount_type", "discount_value", "discount_reason")


class Quote(NamedTuple):
    """A company's request for devices. `order_id` is the number that people use (docs/domain.md#order-id).

    `status` is derived from the three statuses (domain/quotes/lifecycle.py) and stored for filters. A quote that comes
    from a connected system has its `connection_id`.
    """

    id: str
    tenant_id: int
    order_id: str
    status: QuoteStatus
    po_number: str | None
    requester_email: str
    requester_name: str | None
    notification_emails: tuple[str, ...]
    priced_at: datetime | None
    created_at: datetime
    updated_at: datetime

    offer_status: QuoteOfferStatus = QuoteOfferStatus.DRAFT
    decision_status: DecisionStatus = DecisionStatus.PENDING
    fulfilment_status: FulfilmentStatus = FulfilmentStatus.NONE
    expires_at: datetime | None = None
    expires_zone: str | None = None
    expires_whole_day: bool = False
    expired_from: QuoteOfferStatus | None = None
    decline_reason: str | None = None
    cancel_reason: str | None = None
    void_reason: str | None = None
    notes: str | None = None
    public_notes: str | None = None
    body: str | None = None
    project_reference: str | None = None
    assignee_email: str | None = None
    assignee_name: str | None = None
    tags: tuple[str, ...] = ()

    customer_id: str | None = None
    custom_fields: tuple[FieldValue, ...] = ()
    title: str | None = None
    remarks: str | None = None

    client_name: str | None = None
    abm_id: str | None = None
    auto_quote: bool = False
    accepts_documents: bool = False

    required_signatures: int = 1
    signature_count: int = 0
    project_approval_requested_at: datetime | None = None
    project_approved_at: datetime | None = None

    currency: str | None = None
    prices_include_tax: bool = False
    discount_type: DiscountType | None = None
    discount_value: int | None = None
    discount_reason: str | None = None
    shipping_name: str | None = None
    shipping_minor: int | None = None
    subtotal_minor: int | None = None
    discount_total_minor: int | None = None
    shipping_total_minor: int | None = None
    tax_total_minor: int | None = None
    total_minor: int | None = None
    option_price_minor: int | None = None
    accepted_option_id: str | None = None
    tax_rounding: TaxRounding = TaxRounding.PER_RATE
    connection_id: str | None = None
    delivery_date: date | None = None
    external_id: str | None = None
    metadata: tuple[MetadataEntry, ...] = ()
    author: Actor | None = None

    @staticmethod
    def derived() -> dict[str, tuple[str, ...]]:
        """The columns that the properties need, for readers that load only the requested columns."""
        sums = {name: (f"{name}_minor", "currency") for name in SUMS}
        shipping = ("shipping_name", "shipping_minor", "currency")
        signed, project = ("signature_count", "required_signatures"), "project_approved_at"
        return {
            **sums,
            "requester_address": ("requester_email",),
            "closing_reason": ("decline_reason", "cancel_reason", "void_reason"),
            "amount_due": ("option_price_minor", "total_minor", "currency"),
            "is_priced": ("total_minor",),
            "valid_until": ("expires_at", "expires_zone", "expires_whole_day"),
            "shipping": shipping,
            "discount": (*_DISCOUNT, "currency"),
            "is_signed": signed[:1],
            "is_fully_signed": signed,
            "requires_more_signatures": signed,
            "is_project_approval_pending": ("project_approval_requested_at", project),
            "is_project_approval_signed": (project,),
        }

    @property
    def ref(self) -> NodeRef:
        return NodeRef("Quote", self.id)

    @property
    def requester_address(self) -> str | None:
        """The e-mail address of the requester; None if the connected system does not say it."""
        return self.requester_email or None

    @property
    def valid_until(self) -> str | None:
        """The expiry as printed, in the time zone in which it was entered."""
        if self.expires_at is None:
            return None
        render_time = printed_day if self.expires_whole_day else printed
        return render_time(self.expires_at, self.expires_zone or UTC_ZONE)

    @property
    def closing_reason(self) -> str | None:
        """The latest reason. A declined quote can still be cancelled or voided, but not both."""
        return self.void_reason or self.cancel_reason or self.decline_reason

    @property
    def is_signed(self) -> bool:
        """Whether there is at least one valid signature (docs/domain.md#signatures)."""
        return self.signature_count > 0

    @property
    def is_fully_signed(self) -> bool:
        """Whether there are all required signatures (docs/domain.md#signatures)."""
        return self.signature_count >= self.required_signatures

    @property
    def requires_more_signatures(self) -> bool:
        """Whether there are some, but not all required signatures (docs/domain.md#signatures)."""
        return self.is_signed and not self.is_fully_signed

    @property
    def is_project_approval_pending(self) -> bool:
        """Whether the customer was asked to approve the project and has not done so
        (docs/domain.md#project-approval)."""
        return self.project_approval_requested_at is not None and self.project_approved_at is None

    @property
    def is_project_approval_signed(self) -> bool:
        """Whether the customer has approved the project (docs/domain.md#project-approval)."""
        return self.project_approved_at is not None

    @property
    def discount(self) -> Discount | None:
        """The discount on the quote as a whole."""
        return discount_of(self.discount_type, self.discount_value, self.currency, self.discount_reason)

    @property
    def shipping(self) -> Shipping | None:
        """The custom shipping rate."""
        price = _money(self.shipping_minor, self.currency)
        return None if price is None else Shipping(self.shipping_name or "", price)

    @property
    def is_priced(self) -> bool:
        """Whether every line that counts has a price, so that there are totals."""
        return self.total_minor is not None

    @property
    def subtotal(self) -> Money | None:
        return _money(self.subtotal_minor, self.currency)

    @property
    def discount_total(self) -> Money | None:
        return _money(self.discount_total_minor, self.currency)

    @property
    def shipping_total(self) -> Money | None:
        return _money(self.shipping_total_minor, self.currency)

    @property
    def tax_total(self) -> Money | None:
        return _money(self.tax_total_minor, self.currency)

    @property
    def total(self) -> Money | None:
        return _money(self.total_minor, self.currency)

    @property
    def amount_due(self) -> Money | None:
        """The price of the accepted price option, or else the total (docs/domain.md#price-options)."""
        return _money(self.option_price_minor, self.currency) or self.total


class QuoteItem(NamedTuple):
    """One line of a quote and its first offer: a device, a quantity and a unit price.

    Of each offer, `vendor_price_minor` is the vendor's price that was taken over last, in the quote's currency. With
    `follows_vendor`, another one changes the price (docs/domain.md#vendor-prices).
    """

    id: str
    tenant_id: int
    quote_id: str
    position: int
    status: OfferStatus
    decision: LineDecision
    product_type: ProductType
    product_id: str | None
    configuration_id: str | None
    quantity: int
    comments: str | None
    brand: str | None
    model: str | None
    os: str | None
    cpu: str | None
    ram: str | None
    storage: str | None
    screen_size: str | None
    keyboard_layout: str | None
    price_minor: int | None
    price_currency: str | None
    closing_offer_id: str | None
    agreed_price_minor: int | None
    agreed_price_currency: str | None
    agreed_at: datetime | None
    agreed_by_kind: str | None
    agreed_by_id: str | None
    agreed_by_name: str | None
    created_at: datetime

    taxable: bool = True
    tax_rate: int = 0
    discount_type: DiscountType | None = None
    discount_value: int | None = None
    discount_currency: str | None = None
    discount_reason: str | None = None
    subtotal_minor: int | None = None
    discount_total_minor: int | None = None
    tax_total_minor: int | None = None
    total_minor: int | None = None
    total_currency: str | None = None

    article: Article | None = None
    internal_notes: str | None = None
    kit_id: str | None = None
    updated_at: datetime | None = None
    external_id: str | None = None
    metadata: tuple[MetadataEntry, ...] = ()
    follows_vendor: bool = False
    vendor_price_minor: int | None = None

    @staticmethod
    def derived() -> dict[str, tuple[str, ...]]:
        """The columns that the properties need, for readers that load only the requested columns."""
        agreed = ("price_minor", "price_currency", "at", "by_kind", "by_id", "by_name")
        sums = {name: (f"{name}_minor", "total_currency") for name in SUMS if name != "shipping_total"}
        priced = {"tax_percentage": ("tax_rate",), "discount": (*_DISCOUNT, "discount_currency")}
        agreement = tuple(f"agreed_{name}" for name in agreed)
        return {"price": ("price_minor", "price_currency"), "agreement": agreement, **sums, **priced}

    @property
    def ref(self) -> NodeRef:
        return NodeRef("QuoteItem", self.id)

    @property
    def price(self) -> Money | None:
        return _money(self.price_minor, self.price_currency)

    @property
    def discount(self) -> Discount | None:
        """The discount on this line."""
        return discount_of(self.discount_type, self.discount_value, self.discount_currency, self.discount_reason)

    @property
    def tax_percentage(self) -> str:
        """The tax rate as text: `21`, `8.875`."""
        return render_percentage(self.tax_rate)

    @property
    def subtotal(self) -> Money | None:
        return _money(self.subtotal_minor, self.total_currency)

    @property
    def discount_total(self) -> Money | None:
        return _money(self.discount_total_minor, self.total_currency)

    @property
    def tax_total(self) -> Money | None:
        return _money(self.tax_total_minor, self.total_currency)

    @property
    def total(self) -> Money | None:
        return _money(self.total_minor, self.total_currency)

    @property
    def specification(self) -> Specification:
        return Specification.of(self)

    @property
    def title(self) -> str:
        """The display name of the device or warranty."""
        return WARRANTY_TITLES.get(self.product_type) or self.specification.title

    @property
    def agreement(self) -> "Agreement | None":
        """The agreed price, once an offer of this line is accepted."""
        price = _money(self.agreed_price_minor, self.agreed_price_currency)
        if price is None or self.agreed_at is None:
            return None
        kind = ActorType(self.agreed_by_kind or ActorType.SYSTEM)
        return Agreement(price, self.agreed_at, Actor(kind, self.agreed_by_id or "", self.agreed_by_name or ""))


class Alternative(NamedTuple):
    """Another device proposed in place of a line's item (docs/domain.md#alternatives)."""

    id: str
    tenant_id: int
    quote_id: str
    item_id: str
    position: int
    status: OfferStatus
    description: str | None
    is_exact_match: bool
    image_url: str | None
    brand: str | None
    model: str | None
    os: str | None
    cpu: str | None
    ram: str | None
    storage: str | None
    screen_size: str | None
    keyboard_layout: str | None
    price_minor: int | None
    price_currency: str | None
    created_at: datetime
    updated_at: datetime | None = None
    follows_vendor: bool = False
    vendor_price_minor: int | None = None

    @staticmethod
    def derived() -> dict[str, tuple[str, ...]]:
        """The columns that the properties need, for readers that load only the requested columns."""
        return {"price": ("price_minor", "price_currency")}

    @property
    def ref(self) -> NodeRef:
        return NodeRef("Alternative", self.id)

    @property
    def price(self) -> Money | None:
        return _money(self.price_minor, self.price_currency)

    @property
    def title(self) -> str:
        """The display name of the device."""
        return self.specification.title

    @property
    def specification(self) -> Specification:
        return Specification.of(self)


Offer = QuoteItem | Alternative


class Agreement(NamedTuple):
    """The accepted unit price, when and by whom. It is independent of the offer's price."""

    price: Money
    at: datetime
    by: Actor


def _money(minor: int | None, currency: str | None) -> Money | None:
    return None if minor is None or currency is None else Money(minor, currency)
