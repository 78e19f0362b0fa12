"""What a quote is made of: items, alternatives, recipients. What is ordered for it: `schema/fulfilment/types.py`."""

from typing import Any

import strawberry

from domain.quotes import price_options, rows
from domain.quotes.recipients import Recipient as RecipientRow
from domain.quotes.statuses import StatusTime
from domain.shared.access import Scope
from resolvers.fulfilment import vendor_orders
from resolvers.quotes import offers
from schema.catalogue.enums import ProductType
from schema.catalogue.types import Configuration, Product, Specification, chosen_configuration, chosen_product
from schema.companies.enums import TaxRounding
from schema.companies.types import Company
from schema.declare import Info, column, edge, identity, itself, type_of
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
    RecipientStatus,
    SendTo,
)
from schema.quotes.item_details import Article
from schema.quotes.totals import TAX, AgreedPrice, Discount, Shipping, TaxLine
from schema.shared.actors import Actor
from schema.shared.audiences import CUSTOMER, CUSTOMER_AND_VENDOR, INTERNAL, VENDOR
from schema.shared.connections import Connection
from schema.shared.lazy import (
    LazyAsset,
    LazyCustomer,
    LazyCustomFieldValue,
    LazyEmployee,
    LazyEventConnection,
    LazyQuote,
    LazyQuoteItem,
    LazyVendorCandidate,
    LazyVendorOrder,
)
from schema.shared.money import Money
from schema.shared.nodes import Node
from schema.shared.scalars import URL, CurrencyCode, Date, DateTime, Decimal, EmailAddress


@type_of(StatusTime)
class StatusTimestamp:
    """When a status was first reached."""

    status: str = column("The status; of a quote, also one of its offer, decision or fulfilment.")
    at: DateTime = column("When it was first reached.")


@type_of(RecipientRow)
class Recipient(Node):
    """Who, or which store, gets a device of a line. The customer reads name and country; the vendor what is needed."""

    id: strawberry.ID = identity("Recipient")
    item: LazyQuoteItem = edge("The line.", loader="item", key="item_id")
    name: str = column("Name.")
    email: EmailAddress | None = column("Address; the vendor needs it to ship to a person.")
    country: str = column("Country, ISO 3166-1 alpha-2.")
    status: RecipientStatus = column("Where the device stands.")
    status_timestamps: list[StatusTimestamp] = edge(
        "When each status was reached.", loader="status_times_by_node", many=True
    )
    phone_number: str | None = column("Telephone number.")
    address: str | None = column("Where to deliver to, on one line.")
    storage: bool = column("Whether the device goes to a store rather than to a person.")
    tracking_code: str | None = column("The carrier's code, once shipped.")
    tracking_link: str | None = column("The carrier's page, once shipped.")
    serial_number: str | None = column("The device's serial number, once known; of several devices, the first.")
    serial_numbers: list[str] = column("The serial numbers of all its devices, once known.")
    destination: SendTo = column("What kind of place the device goes to.")
    city: str | None = column("City.")
    post_code: str | None = column("Postal code.")
    address_extra: str | None = column("Floor, door and the like.")
    invoice_number: str | None = column("The invoice, once there is one.")
    hire_date: Date | None = column("When the person starts.")
    employee: LazyEmployee | None = edge(
        "The employee with this address.", loader="employee_by_email", key="email_key", scope=Scope.EMPLOYEES_READ
    )
    assets: list[LazyAsset] = edge(
        "The assets that its devices have been since they were delivered.",
        loader="assets_by_recipient",
        many=True,
        scope=Scope.ASSETS_READ,
    )
    vendor_order: LazyVendorOrder | None = edge(
        "The order that brings the device.", loader="vendor_order", key="vendor_order_id"
    )


@strawberry.type(description="A page of recipients.")
class RecipientConnection(Connection[Recipient]):
    pass


@type_of(rows.Quote)
class Requester:
    """Who asked for a quote."""

    email: EmailAddress = column(
        "The address. The customer reads it on the printed quote.", attribute="requester_email"
    )
    name: str | None = column(f"The name. {CUSTOMER}", attribute="requester_name")


@type_of(rows.Quote)
class Assignee:
    """Who on our side looks after a quote. The customer reads the name, or else the address, in the letters with it."""

    email: EmailAddress | None = column("The address.", attribute="assignee_email")
    name: str | None = column("The name.", attribute="assignee_name")


_SUM = "Rejected lines do not count. Null until every line that counts has its price."
_SUM_OF_LINE = "Null for a rejected line, and until the quote `isPriced`."


@strawberry.interface(description="A device at a price, to be accepted or rejected: an item or an alternative.")
class Offer:
    id: strawberry.ID = strawberry.field(description="The id of this object in the whole graph. Opaque.")
    status: OfferStatus = column("Where the offer stands.")
    price: Money | None = column("The price of one device; null until it is priced.")
    specification: Specification = itself("The device.")


async def _selected(root: strawberry.Parent[Any], info: Info) -> list[LazyVendorCandidate]:
    return await vendor_orders.selected_of(info.context, root.id)


@type_of(rows.Alternative)
class Alternative(Node, Offer):
    """Another device offered in place of a line's item."""

    id: strawberry.ID = identity("Alternative")
    item: LazyQuoteItem = edge("The line it is offered on.", loader="item", key="item_id")
    description: str | None = column(f"What there is to know of it. {CUSTOMER}")
    is_exact_match: bool = column("Whether it is exactly what was asked for.")
    image_url: URL | None = column("A picture.")
    created_at: DateTime = column("When it was proposed.")


async def _accepted_offer(root: strawberry.Parent[Any], info: Info) -> Offer | None:
    return await offers.accepted_offer(info.context, root)


@type_of(rows.QuoteItem)
class QuoteItem(Node, Offer):
    """One line of a quote: a device, how many, and for whom."""

    id: strawberry.ID = identity("QuoteItem")
    quote: LazyQuote = edge("The quote.", loader="quote", key="quote_id")
    product_type: ProductType = column("What kind of device it is.")
    product: Product | None = chosen_product()
    configuration: Configuration | None = chosen_configuration()
    quantity: int = column("How many devices.")
    comments: str | None = column(f"What is said of it. {CUSTOMER_AND_VENDOR}")
    internal_notes: str | None = column(f"Notes of it. {INTERNAL}")
    article: Article | None = column("What shops and warehouses know of it, if anyone said so.")
    recipients: list[Recipient] = edge("One recipient, or one for each device.", loader="recipients_by_item", many=True)
    alternatives: list[Alternative] = edge("What is offered in its place.", loader="alternatives_by_item", many=True)
    decision: LineDecision = column("What was decided on this line.")
    accepted_offer: Offer | None = strawberry.field(
        resolver=_accepted_offer, description="The offer that was accepted: this item or one of its alternatives."
    )
    agreed_price: AgreedPrice | None = column(
        "What was agreed when an offer was accepted; null where it had no price of its own, but a price option covers "
        "it.",
        attribute="agreement",
    )
    discount: Discount | None = column("What is taken off this line.")
    taxable: bool = column("Whether tax is due.")
    tax_rate: Decimal = column("The tax rate in per cent, such as `8.875`.", attribute="tax_percentage")
    subtotal: Money | None = column(
        "Price times quantity: of the accepted offer, while the line is open of the item or, where that was rejected,"
        f" of the only alternative left. {_SUM_OF_LINE}"
    )
    discount_total: Money | None = column(f"The line's discount and its share of the quote's. {_SUM_OF_LINE}")
    tax_total: Money | None = column(f"The tax of what is left after all discounts. {TAX} {_SUM_OF_LINE}")
    total: Money | None = column(f"What the line costs after all discounts, tax included. {_SUM_OF_LINE}")
    selected_candidates: list[LazyVendorCandidate] = strawberry.field(
        resolver=_selected,
        description="The vendor's devices that were taken in place of the one accepted; of each order at most one.",
    )
    vendor_orders: list[LazyVendorOrder] = edge(
        "The orders placed for it.", loader="vendor_orders_by_item", many=True, scope=Scope.QUOTES_READ
    )
    created_at: DateTime = column("When it was asked for.")


def _pdf_url(root: strawberry.Parent[Any], info: Info) -> URL:
    return URL(info.context.services.deps.links.pdf(root.id))


VALID_UNTIL = (
    "The same as people read it and as every paper has it: a day as in `31 December 2026 (UTC)`, or a time as in "
    "`31 December 2026, 18:00 (UTC-03:00)`, in the offset or the time zone in which it was given."
)


@type_of(price_options.PriceOption)
class PriceOption(Node):
    """A name and a price at which a quote can be had as a whole. At most one option of a quote is accepted."""

    id: strawberry.ID = identity("PriceOption")
    quote: LazyQuote = edge("The quote.", loader="quote", key="quote_id")
    name: str = column(f"What it is called. {CUSTOMER}")
    price: Money = column("What the quote costs in this way.")
    upfront: Money = column("How much of it is due at once.")
    status: PriceOptionStatus = column("Where it stands.")
    accepted_at: DateTime | None = column("When it was accepted.")
    accepted_by: Actor | None = column("Who accepted it.")


@type_of(rows.Quote)
class Quote(Node):
    """A company's request for devices."""

    id: strawberry.ID = identity("Quote")
    order_id: str = column("The number people use for it.")
    title: str | None = column(f"What people call it. {CUSTOMER}")
    remarks: str | None = column(f"What the customer says of it as a whole. {INTERNAL}")
    status: QuoteStatus = column("Where it stands as a whole; follows from the next three.")
    offer_status: QuoteOfferStatus = column("Where the offer that it makes stands.")
    decision_status: DecisionStatus = column("What the customer said to it as a whole.")
    fulfilment_status: FulfilmentStatus = column("How far its devices have come.")
    expires_at: DateTime | None = column(
        "Until when it can be decided; of a day, its last moment. Decisions are refused from then on; the statuses "
        "follow within a minute."
    )
    valid_until: str | None = column(VALID_UNTIL)
    decline_reason: str | None = column(f"Why it was declined, if anyone said so. {INTERNAL}")
    cancel_reason: str | None = column(f"Why it was cancelled, if anyone said so. {INTERNAL}")
    void_reason: str | None = column(f"Why it was voided, if anyone said so. {INTERNAL}")
    closing_reason: str | None = column(
        f"The reason given last: `voidReason`, `cancelReason` or `declineReason`. By whom: see `history`. {INTERNAL}"
    )
    po_number: str | None = column(f"The customer's purchase order. {CUSTOMER_AND_VENDOR}")
    project_reference: str | None = column(f"The project it belongs to, in the words of the company. {INTERNAL}")
    requester: Requester = itself("Who asked.")
    customer: LazyCustomer | None = edge(
        "Whom it is made for, where it is made for a customer of the company.",
        loader="customer",
        key="customer_id",
        scope=Scope.CUSTOMERS_READ,
    )
    notification_emails: list[EmailAddress] = column("Who else gets letters.")
    assignee: Assignee = itself("Who on our side looks after it.")
    custom_fields: list[LazyCustomFieldValue] = column(
        "What it has for the company's custom fields. The customer reads those of fields that say `customerSees`."
    )
    tags: list[str] = column(f"Words to find it by, in the order given. {INTERNAL}")
    notes: str | None = column(f"Notes of it. {INTERNAL}")
    public_notes: str | None = column(f"Notes for the customer. {CUSTOMER}")
    body: str | None = column(
        "What the quote says to the customer before its lines, as it was typed; of Markdown, headings, lists, bold, "
        "italics and links are drawn on its papers."
    )
    client_name: str | None = column(f"The client of the company's own that it is for. {VENDOR}")
    abm_id: str | None = column(f"The company's ABM id of it. {VENDOR}")
    auto_quote: bool = column("Whether the vendor's sandbox prices its orders at once.")
    countries: list[str] = edge("Where its devices go, ISO 3166-1 alpha-2.", loader="countries_by_quote", many=True)
    items: list[QuoteItem] = edge("Its lines.", loader="items_by_quote", many=True)
    currency_code: CurrencyCode | None = column(
        "The currency that all its amounts are in; of a quote made without one, that of its first price.",
        attribute="currency",
    )
    prices_include_tax: bool = column("Whether its prices were entered with tax.")
    discount: Discount | None = column("What is taken off the quote as a whole, after the discounts of its lines.")
    shipping: Shipping | None = column("What shipping costs. It bears no tax.")
    is_priced: bool = column("Whether every line that counts has its price, so that there are sums.")
    subtotal: Money | None = column(f"What its lines cost before discounts. {_SUM}")
    discount_total: Money | None = column(f"All discounts, of the lines and of the quote. {_SUM}")
    shipping_total: Money | None = column(f"What shipping costs; nothing where every line was rejected. {_SUM}")
    tax_total: Money | None = column(f"The tax of all its lines. {TAX} {_SUM}")
    tax_lines: list[TaxLine] = edge(
        "What the lines of each tax rate come to, the lowest rate first. Empty while there are no sums.",
        loader="tax_lines_by_quote",
        many=True,
    )
    tax_rounding: TaxRounding = column("Where its tax is rounded: as its company had it when it was made.")
    vendor_orders: list[LazyVendorOrder] = edge(
        "What was ordered for it.", loader="vendor_orders_by_quote", many=True, scope=Scope.QUOTES_READ
    )
    total: Money | None = column(f"What it costs by its lines: their totals and shipping. {_SUM}")
    amount_due: Money | None = column(
        "What is to be paid for it: the price of the option that was accepted, or else the total."
    )
    price_options: list[PriceOption] = edge(
        "The prices at which it can be had as a whole, of which one can be accepted.",
        loader="price_options_by_quote",
        many=True,
    )
    accepted_price_option: PriceOption | None = edge(
        "The price option that was accepted, if one was.", loader="price_option", key="accepted_option_id"
    )
    created_at: DateTime = column("When it was asked for.")
    updated_at: DateTime = column("When anything of it last changed.")
    status_timestamps: list[StatusTimestamp] = edge(
        "When each status was reached.", loader="status_times_by_node", many=True
    )
    history: LazyEventConnection = history_of(Scope.QUOTES_READ)
    company: Company = edge("The company that asked.", loader="company_by_tenant", key="tenant_id")
    pdf_url: URL = strawberry.field(
        resolver=_pdf_url, description="The quote as PDF, with an API key of the scope `quotes:read`."
    )
    print_problems: list[PrintProblem] = quote_print_problems()
    public_key: PublicKey | None = edge(
        "How its customer reaches it. Whoever reads this can sign.",
        loader="public_key_by_quote",
        scope=Scope.QUOTES_WRITE,
    )
    signatures: list[Signature] = edge("Who has signed, the first first.", loader="signatures_by_quote", many=True)
    attachments: list[QuoteAttachment] = edge("What else belongs to it.", loader="attachments_by_quote", many=True)
    accepts_documents: bool = column("Whether its customer may hand in documents.")
    customer_documents: list[CustomerDocument] = edge(
        "What its customer has handed in, the first first.", loader="customer_documents_by_quote", many=True
    )
    required_signatures: int = column("How many people have to sign it.")
    is_signed: bool = column("Whether anybody has signed it.")
    is_fully_signed: bool = column("Whether everybody who has to has signed it.")
    requires_more_signatures: bool = column("Whether somebody has signed it and somebody else has still to.")
    is_project_approval_pending: bool = column("Whether the customer was asked to approve its project, and has not.")
    is_project_approval_signed: bool = column("Whether the customer has approved its project.")
    project_approval_requested_at: DateTime | None = column("When the customer was asked to approve its project.")
    project_approved_at: DateTime | None = column("When the customer approved its project.")


@strawberry.type(description="A page of quotes.")
class QuoteConnection(Connection[Quote]):
    pass
