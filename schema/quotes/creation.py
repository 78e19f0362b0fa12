"""The mutation that creates a quote."""

from typing import cast

import strawberry

from domain.quotes.details import Details
from domain.quotes.drafts import QuoteDraft
from domain.quotes.pricing import GivenQuotePrices
from domain.shared.access import Scope
from domain.use_cases.quotes import creation
from domain.use_cases.quotes.creation import CreateQuote
from resolvers.pages import NEWEST_FIRST
from schema.companies.inputs import CustomFieldValueInput
from schema.declare import column, mutation, new_edge
from schema.portal.inputs import AttachmentInput
from schema.portal.rich_text import MARKDOWN
from schema.quotes.inputs import QuoteItemInput, attribute_of, plain
from schema.quotes.new_prices import OPERATORS, DiscountInput, PriceOptionInput, ShippingInput
from schema.quotes.totals import QuoteSums
from schema.quotes.types import Quote
from schema.shared.audiences import CONTACT, CUSTOMER, CUSTOMER_AND_VENDOR, INTERNAL, VENDOR
from schema.shared.connections import Edge
from schema.shared.inputs import company_id_field, creation_wait_field, dry_run_field
from schema.shared.metadata import MetadataEntryInput, external_id_field, metadata_field
from schema.shared.payloads import QUOTE, joined, payload, subject
from schema.shared.scalars import CurrencyCode, DateTime, EmailAddress

# The details that a quote can be created with, besides its requester.
_NOTED = (
    "project_reference",
    "client_name",
    "abm_id",
    "assignee_email",
    "assignee_name",
    "tags",
    "notes",
    "public_notes",
    "body",
    "expires_at",
    "title",
    "remarks",
    "customer_id",
    "custom_fields",
    "currency_code",
    "is_accepting_documents",
    "external_id",
    "metadata",
)


@strawberry.input(description="Input for `createQuote`.")
class CreateQuoteInput:
    requester_email: EmailAddress = strawberry.field(
        description="E-mail address of the requester, who receives e-mails about the quote."
    )
    items: list[QuoteItemInput] | None = strawberry.field(
        default=None,
        description="Lines of the quote, at most 200. A quote without lines is accepted as a whole, for what its "
        "`body`, attachments and price options say.",
    )
    company_id: strawberry.ID | None = company_id_field()
    requester_name: str | None = strawberry.field(
        default=None, description=f"Name of the requester. At most 200 characters. {CUSTOMER}"
    )
    po_number: str | None = strawberry.field(
        default=None, description=f"The purchase order number. At most 200 characters. {CUSTOMER_AND_VENDOR}"
    )
    notification_emails: list[EmailAddress] | None = strawberry.field(
        default=None, description="Additional e-mail addresses that receive notifications. At most 200."
    )
    customer_id: strawberry.ID | None = strawberry.field(
        default=None, description="The customer of the company that the quote is made for."
    )
    title: str | None = strawberry.field(
        default=None, description=f"Title of the quote. At most 200 characters. {CUSTOMER}"
    )
    remarks: str | None = strawberry.field(
        default=None,
        description=f"Remarks of the customer about the quote as a whole. At most 5,000 characters. {INTERNAL}",
    )
    custom_fields: list[CustomFieldValueInput] | None = strawberry.field(
        default=None,
        description="Values of the company's custom fields, at most 100. The customer sees the values of fields "
        "with `isVisibleToCustomer`.",
    )
    project_reference: str | None = strawberry.field(
        default=None, description=f"The project that the quote belongs to. At most 200 characters. {INTERNAL}"
    )
    assignee_email: EmailAddress | None = strawberry.field(
        default=None,
        description=f"E-mail address of the assignee, the operator who is responsible for the quote. {CONTACT}",
    )
    assignee_name: str | None = strawberry.field(
        default=None, description=f"Name of the assignee. At most 200 characters. {CONTACT}"
    )
    tags: list[str] | None = strawberry.field(
        default=None,
        description=f"Tags, which quotes can be filtered by. At most 50, each of at most 50 characters. {INTERNAL}",
    )
    notes: str | None = strawberry.field(
        default=None, description=f"Notes on the quote. At most 5,000 characters. {INTERNAL}"
    )
    public_notes: str | None = strawberry.field(
        default=None, description="Notes for the customer, as plain text. At most 5,000 characters."
    )
    body: str | None = strawberry.field(
        default=None, description=f"Text for the customer before the lines of the quote; {MARKDOWN}"
    )
    is_accepting_documents: bool | None = strawberry.field(
        default=None,
        description="Whether the customer can upload documents with the public key: up to 10, of at most 5 MiB each.",
    )
    expires_at: DateTime | None = strawberry.field(
        default=None, description="Date and time until which the quote can be decided. Has to be in the future."
    )
    client_name: str | None = strawberry.field(
        default=None,
        description="Name of the company's own client. At most 200 characters. It is passed on with "
        f"vendor orders, and stored with the delivered devices. {VENDOR}",
    )
    abm_id: str | None = strawberry.field(
        default=None,
        description=f"The company's ABM ID. At most 200 characters. It is passed on with vendor orders. {VENDOR}",
    )
    is_auto_quoted: bool | None = strawberry.field(
        default=None, description="Whether the vendor's sandbox prices the orders immediately. With test keys only."
    )
    currency_code: CurrencyCode | None = strawberry.field(
        default=None, description="Currency of all amounts of the quote. By default the currency of its first price."
    )
    is_tax_included: bool | None = strawberry.field(
        default=None, description=f"Whether prices include tax. By default false. {OPERATORS}"
    )
    shipping: ShippingInput | None = strawberry.field(
        default=None, description=f"Shipping rate of the quote. {OPERATORS}"
    )
    discount: DiscountInput | None = strawberry.field(
        default=None,
        description=f"Discount on the quote, applied after the discounts of its lines. {OPERATORS}",
    )
    price_options: list[PriceOptionInput] | None = strawberry.field(
        default=None, description=f"Price options in their order, at most 200. {OPERATORS}"
    )
    attachments: list[AttachmentInput] | None = strawberry.field(
        default=None, description="Further documents of the quote in their order, at most 20."
    )

    connection_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="A connection whose system is asked to create the quote, if its `capabilities` have CREATE. Until "
        "the system has created it, `Quote.origin` is `null` and `Quote.pendingChange` says so.",
    )
    template_id: str | None = strawberry.field(
        default=None,
        description="With `connectionId`: ID of a template in the system, which then has the lines. For SalesByte. At "
        "most 200 characters.",
    )
    wait: bool = creation_wait_field()
    external_id: str | None = external_id_field()
    metadata: list[MetadataEntryInput] | None = metadata_field()

    def draft(self) -> QuoteDraft:
        details = {attribute_of(name): plain(value) for name in _NOTED if (value := getattr(self, name)) is not None}
        return QuoteDraft(
            self.requester_email,
            tuple(item.draft() for item in self.items or ()),
            self.requester_name,
            self.po_number,
            tuple(self.notification_emails or ()),
            cast(Details, details),
            self.is_auto_quoted or False,
            self._prices(),
            tuple(option.draft() for option in self.price_options or ()),
        )

    def _prices(self) -> GivenQuotePrices:
        given = GivenQuotePrices()
        if self.is_tax_included is not None:
            given["prices_include_tax"] = self.is_tax_included
        if self.shipping is not None:
            given["shipping"] = self.shipping.draft()
        if self.discount is not None:
            given["discount"] = self.discount.draft()
        return given

    dry_run: bool = dry_run_field()

    def command(self) -> CreateQuote:
        attached = tuple(it.draft() for it in self.attachments or ())
        return CreateQuote(self.draft(), self.company_id, self.connection_id, self.template_id, self.wait, attached)


@payload(changes="Status changes of lines that were created with a price. Empty for others.")
class CreateQuotePayload:
    """For `createQuote`."""

    quote: Quote | None = subject(QUOTE, "quote")
    sums: QuoteSums | None = column(
        "With `dryRun` and without `connectionId`, the totals that the quote would have; otherwise `null`."
    )
    quote_edge: Edge[Quote] | None = new_edge(joined("quote", "quotes"), "Quote", "quotes", NEWEST_FIRST)


@strawberry.type
class CreationMutations:
    create_quote = mutation(
        "Creates a quote: a request for devices, or with scope `quotes:manage` an offer with its prices. E-mails are "
        "sent, and a task is created for the people who price it. With `connectionId` a connected system is asked to "
        "create it instead.",
        Scope.QUOTES_WRITE,
        CreateQuoteInput,
        creation.create_quote,
        CreateQuotePayload,
    )
