"""Types of quotes: items, alternatives, recipients and price options. Vendor orders: `schema/fulfilment/types.py`."""

from typing import Any

import strawberry

from domain.quotes import price_option_rows, rows
from domain.shared.access import Scope
from resolvers.fulfilment import vendor_orders
from resolvers.quotes import queries
from schema.catalogue.enums import ProductType
from schema.catalogue.types import Configuration, Product, Specification, chosen_configuration, chosen_product
from schema.companies.enums import TaxRounding
from schema.companies.types import Company
from schema.connections.changes import OriginChange
from schema.declare import Info, column, edge, identity, same_row, type_of
from schema.history.types import history_of
from schema.portal.print_problems import PrintProblem, quote_print_problems
from schema.portal.types import CustomerDocument, PublicKey, QuoteAttachment, Signature
from schema.quotes.enums import (
    DecisionStatus,
    FulfilmentStatus,
    LineDecision,
    OfferStatus,
    PriceOptionStatus,
    QuoteOfferStatus,
    QuoteStatus,
)
from schema.quotes.item_details import Article
from schema.quotes.recipients import Recipient
from schema.quotes.statuses import StatusTimestamp, reached_at
from schema.quotes.totals import TAX, AgreedPrice, Discount, Shipping, TaxLine
from schema.shared.actors import Actor
from schema.shared.audiences import CUSTOMER, CUSTOMER_AND_VENDOR, INTERNAL, VENDOR
from schema.shared.connections import Connection
from schema.shared.lazy import (
    LazyCustomer,
    LazyCustomFieldValue,
    LazyEventConnection,
    LazyKit,
    LazyOrigin,
    LazyQuote,
    LazyQuoteItem,
    LazyVendorCandidate,
    LazyVendorOrder,
)
from schema.shared.metadata import MetadataEntry, external_id, metadata
from schema.shared.money import Money
from schema.shared.nodes import Node
from schema.shared.origins import origin
from schema.shared.scalars import URL, CountryCode, CurrencyCode, Date, DateTime, Decimal, EmailAddress
from schema.shared.statuses import HasStatus


@type_of(rows.Quote)
class Requester:
    """The person who requested a quote."""

    email: EmailAddress | None = column(
        "E-mail address of the requester; `null` if the connected system does not say it. The customer reads it on the "
        "printed quote.",
        attribute="requester_address",
    )
    name: str | None = column(f"Name of the requester. {CUSTOMER}", attribute="requester_name")


@type_of(rows.Quote)
class Assignee:
    """The operator who is responsible for a quote. E-mails to the customer show the name, or else the address."""

    email: EmailAddress | None = column("E-mail address of the assignee.", attribute="assignee_email")
    name: str | None = column("Name of the assignee.", attribute="assignee_name")


_SUM = (
    "Rejected lines do not count. `null` until every other line is priced. If the quote comes from a connected system: "
    "the amount that it says, if it says one; lines need not add up to it."
)
_SUM_OF_LINE = "`null` for a rejected line, and until the quote `isPriced`."


@strawberry.interface(description="A device at a price that can be accepted or rejected: an item or an alternative.")
class Offer:
    id: strawberry.ID = strawberry.field(description="Global ID of the object. It is opaque.")
    status: OfferStatus = column("Status of the offer.")
    price: Money | None = column("Price of one device, before discounts; `null` until it is priced.")
    specification: Specification = same_row("Specification of the device.")


async def _selected(root: strawberry.Parent[Any], info: Info) -> list[LazyVendorCandidate]:
    return await vendor_orders.selected_of(info.context, root.id)


@type_of(rows.Alternative)
class Alternative(Node, HasStatus, Offer):
    """A device that is offered in place of a line's item."""

    id: strawberry.ID = identity("Alternative")
    origin: LazyOrigin | None = origin()
    item: LazyQuoteItem = edge("The line that the alternative is offered on.", loader="item", key="item_id")
    quote: LazyQuote = edge("The quote that the alternative is offered on.", loader="quote", key="quote_id")
    description: str | None = column(f"Description of the alternative. {CUSTOMER}")
    is_exact_match: bool = column("Whether the device is exactly the requested one.")
    image_url: URL | None = column("URL of a picture.")
    created_at: DateTime = column("Date and time when the alternative was proposed.")
    updated_at: DateTime = column("Date and time when the object was last updated.")


async def _accepted_offer(root: strawberry.Parent[Any], info: Info) -> Offer | None:
    return await queries.accepted_offer(info.context, root)


@type_of(rows.QuoteItem)
class QuoteItem(Node, HasStatus, Offer):
    """A line of a quote: a device, a quantity and recipients."""

    id: strawberry.ID = identity("QuoteItem")
    origin: LazyOrigin | None = origin()
    external_id: str | None = external_id(VENDOR)
    metadata: list[MetadataEntry] = metadata()
    quote: LazyQuote = edge("The quote that the line belongs to.", loader="quote", key="quote_id")
    product_type: ProductType = column("Type of the device.")
    product: Product | None = chosen_product()
    configuration: Configuration | None = chosen_configuration()
    kit: LazyKit | None = edge(
        "The kit that the line was made from; `null` if there was none or it was deleted.",
        loader="kit",
        key="kit_id",
        scope=Scope.KITS_READ,
    )
    quantity: int = column("Number of devices.")
    comments: str | None = column(f"Comments on the line. {CUSTOMER_AND_VENDOR}")
    internal_notes: str | None = column(f"Notes on the line. {INTERNAL}")
    article: Article | None = column("Article data such as SKU, barcode and weight; `null` if none was given.")
    recipients: list[Recipient] = edge("None, one, or one for each device.", loader="recipients_by_item", many=True)
    alternatives: list[Alternative] = edge(
        "Alternatives offered in place of the item.", loader="alternatives_by_item", many=True
    )
    decision: LineDecision = column("Decision on the line.")
    accepted_offer: Offer | None = strawberry.field(
        resolver=_accepted_offer, description="The accepted offer: this item or one of its alternatives."
    )
    agreed_price: AgreedPrice | None = column(
        "The price that was agreed when an offer was accepted; `null` if the offer had no price of "
        "its own because a price option covers it.",
        attribute="agreement",
    )
    discount: Discount | None = column("Discount on the line.")
    is_taxable: bool = column("Whether the line is taxed.", attribute="taxable")
    tax_rate: Decimal = column("Tax rate in per cent, such as `8.875`.", attribute="tax_percentage")
    subtotal: Money | None = column(
        "Price times quantity. The price is that of the accepted offer; of an open line, that of the "
        f"item or, if the item is rejected, of the only alternative left. {_SUM_OF_LINE}"
    )
    discount_total: Money | None = column(f"The line's discount plus its share of the quote's discount. {_SUM_OF_LINE}")
    tax_total: Money | None = column(f"Tax on the amount after all discounts. {TAX} {_SUM_OF_LINE}")
    total: Money | None = column(f"Total of the line after all discounts, including tax. {_SUM_OF_LINE}")
    selected_candidates: list[LazyVendorCandidate] = strawberry.field(
        resolver=_selected,
        description="The vendor's candidates that were selected in place of the accepted device, at most one for "
        "each vendor order.",
    )
    vendor_orders: list[LazyVendorOrder] = edge(
        "Vendor orders placed for the line.", loader="vendor_orders_by_item", many=True, scope=Scope.QUOTES_READ
    )
    created_at: DateTime = column("Date and time when the line was created.")
    updated_at: DateTime = column("Date and time when the object was last updated.")


def _pdf_url(root: strawberry.Parent[Any], info: Info) -> URL:
    return URL(info.context.services.deps.links.pdf(root.id))


async def _delivery_date(root: strawberry.Parent[Any], info: Info) -> Date | None:
    return await queries.delivery_date(info.context, root)


VALID_UNTIL = (
    "The time of `expiresAt` as text, as shown on printed quotes and in e-mails: a day such as "
    "`31 December 2026 (UTC)`, or a time such as `31 December 2026, 18:00 (UTC-03:00)`, in the "
    "offset or time zone in which it was given."
)


@type_of(price_option_rows.PriceOption)
class PriceOption(Node, HasStatus):
    """A name and a price for a quote as a whole. At most one price option of a quote is accepted."""

    id: strawberry.ID = identity("PriceOption")
    quote: LazyQuote = edge("The quote that the price option belongs to.", loader="quote", key="quote_id")
    name: str = column(f"Name of the price option. {CUSTOMER}")
    price: Money = column("Price of the quote with this option.")
    upfront: Money = column("The part of the price that is due immediately.")
    status: PriceOptionStatus = column("Status of the price option.")
    accepted_at: DateTime | None = column("Date and time when the price option was accepted.")
    accepted_by: Actor | None = column("The actor who accepted the price option.")
    created_at: DateTime = column("Date and time when the object was created.")
    updated_at: DateTime = column("Date and time when the object was last updated.")


@type_of(rows.Quote)
class Quote(Node, HasStatus):
    """A company's request for devices."""

    id: strawberry.ID = identity("Quote")
    origin: LazyOrigin | None = origin()
    external_id: str | None = external_id()
    metadata: list[MetadataEntry] = metadata()
    order_id: str = column(
        "The quote's number, which people use to refer to it. If the quote comes from a connected system: its number "
        "there, with the name of the connection behind it if another quote of the company has that number."
    )
    title: str | None = column(f"Title of the quote. {CUSTOMER}")
    remarks: str | None = column(f"Remarks of the customer about the quote as a whole. {INTERNAL}")
    status: QuoteStatus = column(
        "Status of the quote. Derived from the offer status, decision status and fulfilment status."
    )
    offer_status: QuoteOfferStatus = column("Status of the offer to the customer.")
    decision_status: DecisionStatus = column("Decision on the quote as a whole.")
    fulfilment_status: FulfilmentStatus = column("Fulfilment status: how far the devices are.")
    expires_at: DateTime | None = column(
        "Date and time until which the quote can be decided. If a day was given, the end of that "
        "day. Decisions are refused from then on; the statuses change within a minute. A quote that comes from a "
        "connected system expires when that says so."
    )
    valid_until: str | None = column(VALID_UNTIL)
    delivery_date: Date | None = strawberry.field(
        resolver=_delivery_date,
        description="Date on which the devices of an approved quote are to be, or were, delivered: what its connected "
        "system says, or else the latest date of its vendor orders. `null` until one is known.",
    )
    decline_reason: str | None = column(f"Reason for declining the quote; `null` if none was given. {INTERNAL}")
    cancel_reason: str | None = column(f"Reason for cancelling the quote; `null` if none was given. {INTERNAL}")
    void_reason: str | None = column(f"Reason for voiding the quote; `null` if none was given. {INTERNAL}")
    closing_reason: str | None = column(
        "The reason that was given last: `voidReason`, `cancelReason` or `declineReason`. `history` "
        f"contains who gave it. {INTERNAL}"
    )
    po_number: str | None = column(f"The customer's purchase order number. {CUSTOMER_AND_VENDOR}")
    project_reference: str | None = column(f"The project of the quote, as the company calls it. {INTERNAL}")
    requester: Requester = same_row("The person who requested the quote.")
    customer: LazyCustomer | None = edge(
        "The customer of the company that the quote is made for; `null` if it is not made for one.",
        loader="customer",
        key="customer_id",
        scope=Scope.CUSTOMERS_READ,
    )
    notification_emails: list[EmailAddress] = column(
        "Additional e-mail addresses that receive notifications about the quote."
    )
    author: Actor | None = column(
        "Who made the quote: an API key or person, with the name at that time, or the author whom a connected system "
        "names; `null` if it names none, or the quote was made before authors were kept."
    )
    assignee: Assignee = same_row("The operator who is responsible for the quote.")
    custom_fields: list[LazyCustomFieldValue] = column(
        "Values of the company's custom fields. The customer sees the values of fields with `isVisibleToCustomer`."
    )
    tags: list[str] = column(f"Tags, in the order given. Quotes can be filtered by tag. {INTERNAL}")
    notes: str | None = column(f"Notes on the quote. {INTERNAL}")
    public_notes: str | None = column(f"Notes for the customer. {CUSTOMER}")
    body: str | None = column(
        "Text for the customer before the lines of the quote, as entered. On printed quotes and the "
        "customer's page, headings, lists, bold, italics and links of Markdown are rendered."
    )
    client_name: str | None = column(f"Name of the company's own client that the quote is for. {VENDOR}")
    abm_id: str | None = column(f"The company's ABM ID. {VENDOR}")
    is_auto_quoted: bool = column(
        "Whether the vendor's sandbox prices the orders of the quote immediately.", attribute="auto_quote"
    )
    countries: list[CountryCode] = edge(
        "ISO 3166-1 alpha-2 codes of the countries that devices are sent to.", loader="countries_by_quote", many=True
    )
    items: list[QuoteItem] = edge("Lines of the quote; it can have none.", loader="items_by_quote", many=True)
    currency_code: CurrencyCode | None = column(
        "Currency of all amounts of the quote. If none was given when the quote was created, that of its first price.",
        attribute="currency",
    )
    is_tax_included: bool = column("Whether prices include tax.", attribute="prices_include_tax")
    discount: Discount | None = column("Discount on the quote as a whole, applied after the discounts of its lines.")
    shipping: Shipping | None = column("Shipping rate of the quote. Shipping is not taxed.")
    is_priced: bool = column(
        "Whether every line that is not rejected is priced, so that the totals are known. If the quote comes from a "
        "connected system: whether that says a total, or one follows from the lines."
    )
    subtotal: Money | None = column(f"Total of the lines before discounts. {_SUM}")
    discount_total: Money | None = column(f"Total of all discounts, of the lines and of the quote. {_SUM}")
    shipping_total: Money | None = column(f"Shipping costs; zero if every line is rejected. {_SUM}")
    tax_total: Money | None = column(f"Tax of all lines. {TAX} {_SUM}")
    tax_lines: list[TaxLine] = edge(
        "Base and tax for each tax rate, lowest rate first. Empty until the totals are known.",
        loader="tax_lines_by_quote",
        many=True,
    )
    tax_rounding: TaxRounding = column(
        "Level at which tax is rounded: the setting of the company when the quote was created."
    )
    vendor_orders: list[LazyVendorOrder] = edge(
        "Vendor orders placed for the quote.", loader="vendor_orders_by_quote", many=True, scope=Scope.QUOTES_READ
    )
    total: Money | None = column(f"Total of the lines and shipping. {_SUM}")
    amount_due: Money | None = column("Amount to be paid: the price of the accepted price option, or else the total.")
    price_options: list[PriceOption] = edge(
        "Prices offered for the quote as a whole, one of which can be accepted.",
        loader="price_options_by_quote",
        many=True,
    )
    accepted_price_option: PriceOption | None = edge(
        "The accepted price option; `null` if none was accepted.", loader="price_option", key="accepted_option_id"
    )
    created_at: DateTime = column("Date and time when the quote was created.")
    updated_at: DateTime = column("Date and time when the quote was last changed.")
    status_timestamps: list[StatusTimestamp] = edge(
        "Times at which each status was first reached.", loader="status_times_by_node", many=True
    )
    sent_at: DateTime | None = reached_at("When the quote was first sent to the customer", QuoteOfferStatus.SENT)
    viewed_at: DateTime | None = reached_at("When the customer first opened the quote", QuoteOfferStatus.VIEWED)
    accepted_at: DateTime | None = reached_at("When the quote was approved", DecisionStatus.APPROVED)
    expired_at: DateTime | None = reached_at("When the quote expired, for the first time", QuoteOfferStatus.EXPIRED)
    voided_at: DateTime | None = reached_at("When an operator withdrew the quote", QuoteOfferStatus.VOIDED)
    pending_change: OriginChange | None = edge(
        "The change that was asked of the connected system that the quote comes from, until it is settled.",
        loader="pending_change_by_quote",
    )
    last_change: OriginChange | None = edge(
        "The change that was asked last of the connected system that the quote comes from, settled or not.",
        loader="last_change_by_quote",
    )
    history: LazyEventConnection = history_of(Scope.QUOTES_READ)
    company: Company = edge("The company that requested the quote.", loader="company_by_tenant", key="tenant_id")
    pdf_url: URL = strawberry.field(
        resolver=_pdf_url, description="URL of the quote as a PDF. Requires an API key with scope `quotes:read`."
    )
    print_problems: list[PrintProblem] = quote_print_problems()
    public_key: PublicKey | None = edge(
        "The public key of the quote. Anyone who reads it can sign the quote.",
        loader="public_key_by_quote",
        scope=Scope.QUOTES_DECIDE,
    )
    signatures: list[Signature] = edge(
        "Signatures of the quote, oldest first.", loader="signatures_by_quote", many=True
    )
    attachments: list[QuoteAttachment] = edge(
        "Further documents of the quote.", loader="attachments_by_quote", many=True
    )
    is_accepting_documents: bool = column("Whether the customer can upload documents.", attribute="accepts_documents")
    customer_documents: list[CustomerDocument] = edge(
        "Documents uploaded by the customer, oldest first.", loader="customer_documents_by_quote", many=True
    )
    required_signatures: int = column("Number of people who have to sign the quote.")
    is_signed: bool = column("Whether at least one person has signed the quote.")
    is_fully_signed: bool = column("Whether everyone who has to sign the quote has signed it.")
    is_partially_signed: bool = column(
        "Whether the quote has at least one signature and requires more.", attribute="requires_more_signatures"
    )
    is_project_approval_pending: bool = column(
        "Whether the customer was asked to approve the project and has not approved it yet."
    )
    is_project_approval_signed: bool = column("Whether the customer has approved the project.")
    project_approval_requested_at: DateTime | None = column(
        "Date and time when the customer was asked to approve the project."
    )
    project_approved_at: DateTime | None = column("Date and time when the customer approved the project.")


@strawberry.type(description="A page of quotes.")
class QuoteConnection(Connection[Quote]):
    pass
