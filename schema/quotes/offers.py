"""Mutations that create quotes, price their items and alternatives, and propose alternatives."""

import strawberry

from domain.quotes.alternatives import AlternativeDraft
from domain.quotes.drafts import QuoteDraft
from domain.shared.access import Scope
from domain.use_cases.quotes import offers as use_cases
from domain.use_cases.quotes.offers import CreateQuote, PriceOffer, ProposeAlternative
from schema.catalogue.inputs import SpecificationInput
from schema.companies.inputs import CustomFieldValueInput
from schema.declare import mutation
from schema.portal.rich_text import MARKDOWN
from schema.quotes.inputs import QuoteItemInput, alternative, item, plain
from schema.quotes.types import Alternative, Quote, QuoteItem
from schema.shared.audiences import CONTACT, CUSTOMER, CUSTOMER_AND_VENDOR, INTERNAL, VENDOR
from schema.shared.inputs import company_id_field
from schema.shared.money import MoneyInput, money, optional_money
from schema.shared.payloads import ITEM, QUOTE, payload, subject
from schema.shared.scalars import URL, CurrencyCode, DateTime, EmailAddress

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
    "currency",
    "accepts_documents",
)


@strawberry.input(description="Input of `createQuote`.")
class CreateQuoteInput:
    requester_email: EmailAddress = strawberry.field(
        description="E-mail address of the requester, who receives e-mails about the quote."
    )
    items: list[QuoteItemInput] = strawberry.field(description="Lines of the quote, 1 to 200.")
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
        "with `customerSees`.",
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
    accepts_documents: bool | None = strawberry.field(
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
    auto_quote: bool | None = strawberry.field(
        default=None, description="Whether the vendor's sandbox prices the orders immediately. With test keys only."
    )
    currency: CurrencyCode | None = strawberry.field(
        default=None, description="Currency of all amounts of the quote. By default the currency of its first price."
    )

    def draft(self) -> QuoteDraft:
        return QuoteDraft(
            self.requester_email,
            tuple(item.draft() for item in self.items),
            self.requester_name,
            self.po_number,
            tuple(self.notification_emails or ()),
            {name: plain(value) for name in _NOTED if (value := getattr(self, name)) is not None},
            self.auto_quote or False,
        )

    def command(self) -> CreateQuote:
        return CreateQuote(self.draft(), self.company_id)


@strawberry.input(description="Input of `priceItem`.")
class PriceItemInput:
    item_id: strawberry.ID = strawberry.field(description="The item.")
    price: MoneyInput = strawberry.field(description="Price of one device.")

    def command(self) -> PriceOffer:
        return PriceOffer(item(self.item_id), money(self.price))


@strawberry.input(description="Input of `priceAlternative`.")
class PriceAlternativeInput:
    alternative_id: strawberry.ID = strawberry.field(description="The alternative.")
    price: MoneyInput = strawberry.field(description="Price of one device.")

    def command(self) -> PriceOffer:
        return PriceOffer(alternative(self.alternative_id), money(self.price))


@strawberry.input(description="Input of `proposeAlternative`.")
class ProposeAlternativeInput:
    item_id: strawberry.ID = strawberry.field(description="The item that the alternative is proposed for.")
    specification: SpecificationInput = strawberry.field(
        description="Specification of the device. The brand or model is required."
    )
    description: str | None = strawberry.field(
        default=None, description=f"Description of the alternative. At most 5,000 characters. {CUSTOMER}"
    )
    price: MoneyInput | None = strawberry.field(default=None, description="Price of one device, if known.")
    is_exact_match: bool = strawberry.field(
        default=False, description="Whether the device is exactly the requested one."
    )
    image_url: URL | None = strawberry.field(
        default=None,
        description="URL of a picture. The customer's page shows it if the URL is `https`. The customer's "
        "browser loads it from there, without sending the address of the page.",
    )

    def command(self) -> ProposeAlternative:
        draft = AlternativeDraft(self.specification.draft(), self.description, self.is_exact_match, self.image_url)
        return ProposeAlternative(item(self.item_id), draft, optional_money(self.price))


@payload()
class CreateQuotePayload:
    """Return type of `createQuote`."""

    quote: Quote | None = subject(QUOTE, "quote")


@payload(changes="Status changes.")
class PriceItemPayload:
    """Return type of `priceItem`."""

    quote: Quote | None = subject(QUOTE, "quote")
    item: QuoteItem | None = subject(ITEM, "item")


@payload(changes="Status changes.")
class PriceAlternativePayload:
    """Return type of `priceAlternative`."""

    quote: Quote | None = subject(QUOTE, "quote")
    item: QuoteItem | None = subject(ITEM, "item")
    alternative: Alternative | None = subject("The alternative after the mutation.", "alternative")


@payload(changes="Status changes.")
class ProposeAlternativePayload:
    """Return type of `proposeAlternative`."""

    quote: Quote | None = subject(QUOTE, "quote")
    item: QuoteItem | None = subject(ITEM, "item")
    alternative: Alternative | None = subject("The new alternative.", "alternative")


@strawberry.type
class OfferMutations:
    create_quote: CreateQuotePayload | None = mutation(
        "Creates a quote: a request for devices. E-mails are sent, and a task is created for the people who price it.",
        Scope.QUOTES_WRITE,
        CreateQuoteInput,
        use_cases.create_quote,
    )
    price_item: PriceItemPayload | None = mutation(
        "Sets the price of an item, or corrects it while its line is open.",
        Scope.QUOTES_MANAGE,
        PriceItemInput,
        use_cases.price,
    )
    price_alternative: PriceAlternativePayload | None = mutation(
        "Sets the price of an alternative, or corrects it while its line is open.",
        Scope.QUOTES_MANAGE,
        PriceAlternativeInput,
        use_cases.price,
    )
    propose_alternative: ProposeAlternativePayload | None = mutation(
        "Proposes an alternative on an open line.",
        Scope.QUOTES_MANAGE,
        ProposeAlternativeInput,
        use_cases.propose_alternative,
    )
