"""Asking for quotes, pricing their items and alternatives, and proposing alternatives."""

import strawberry

from domain.quotes.drafts import AlternativeDraft, QuoteDraft
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

# What a quote can be told of itself from the start, beside who asks for it.
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


@strawberry.input(description="A request for devices.")
class CreateQuoteInput:
    requester_email: EmailAddress = strawberry.field(description="Who asks; gets a letter.")
    items: list[QuoteItemInput] = strawberry.field(description="The lines, 1 to 200.")
    company_id: strawberry.ID | None = company_id_field()
    requester_name: str | None = strawberry.field(default=None, description=f"The requester's name. {CUSTOMER}")
    po_number: str | None = strawberry.field(default=None, description=f"Your purchase order. {CUSTOMER_AND_VENDOR}")
    notification_emails: list[EmailAddress] | None = strawberry.field(
        default=None, description="Who else gets letters. At most 200."
    )
    customer_id: strawberry.ID | None = strawberry.field(
        default=None, description="Whom the quote is made for, one of the company's customers."
    )
    title: str | None = strawberry.field(
        default=None, description=f"What people call it; at most 200 characters. {CUSTOMER}"
    )
    remarks: str | None = strawberry.field(
        default=None, description=f"What the customer says of it as a whole; at most 5,000 characters. {INTERNAL}"
    )
    custom_fields: list[CustomFieldValueInput] | None = strawberry.field(
        default=None,
        description="Values for the company's custom fields, at most 100. The customer reads those of fields that say "
        "`customerSees`.",
    )
    project_reference: str | None = strawberry.field(
        default=None, description=f"The project it belongs to; at most 200 characters. {INTERNAL}"
    )
    assignee_email: EmailAddress | None = strawberry.field(
        default=None, description=f"Who on our side looks after it. {CONTACT}"
    )
    assignee_name: str | None = strawberry.field(default=None, description=f"The assignee's name. {CONTACT}")
    tags: list[str] | None = strawberry.field(
        default=None, description=f"Words to find it by: at most 50, each of at most 50 characters. {INTERNAL}"
    )
    notes: str | None = strawberry.field(default=None, description=f"Notes of it; at most 5,000 characters. {INTERNAL}")
    public_notes: str | None = strawberry.field(
        default=None, description="Notes for the customer, as plain text; at most 5,000 characters."
    )
    body: str | None = strawberry.field(
        default=None, description=f"What it says to the customer before its lines; {MARKDOWN}"
    )
    accepts_documents: bool | None = strawberry.field(
        default=None,
        description="Whether the customer may hand in documents with its public key: up to 10, of at most 5 MiB each.",
    )
    expires_at: DateTime | None = strawberry.field(
        default=None, description="Until when it can be decided; in the future."
    )
    client_name: str | None = strawberry.field(
        default=None, description=f"Your own client's name, noted on the orders and at last on the devices. {VENDOR}"
    )
    abm_id: str | None = strawberry.field(default=None, description=f"Your ABM id, noted on the orders. {VENDOR}")
    auto_quote: bool | None = strawberry.field(
        default=None, description="Let the vendor's sandbox price the orders at once. With a test key only."
    )
    currency: CurrencyCode | None = strawberry.field(
        default=None, description="The currency of all its amounts; by default that of its first price."
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


@strawberry.input(description="A price for an item.")
class PriceItemInput:
    item_id: strawberry.ID = strawberry.field(description="The item.")
    price: MoneyInput = strawberry.field(description="The price of one device.")

    def command(self) -> PriceOffer:
        return PriceOffer(item(self.item_id), money(self.price))


@strawberry.input(description="A price for an alternative.")
class PriceAlternativeInput:
    alternative_id: strawberry.ID = strawberry.field(description="The alternative.")
    price: MoneyInput = strawberry.field(description="The price of one device.")

    def command(self) -> PriceOffer:
        return PriceOffer(alternative(self.alternative_id), money(self.price))


@strawberry.input(description="Another device in place of an item.")
class ProposeAlternativeInput:
    item_id: strawberry.ID = strawberry.field(description="The item.")
    specification: SpecificationInput = strawberry.field(description="The device: at least its brand or model.")
    description: str | None = strawberry.field(default=None, description=f"What there is to know of it. {CUSTOMER}")
    price: MoneyInput | None = strawberry.field(default=None, description="The price of one device, when known.")
    is_exact_match: bool = strawberry.field(default=False, description="Whether it is exactly what was asked for.")
    image_url: URL | None = strawberry.field(
        default=None,
        description="A picture. The customer's page shows it where its address is `https`: the customer's browser then "
        "loads it from there, without saying from which page.",
    )

    def command(self) -> ProposeAlternative:
        draft = AlternativeDraft(self.specification.draft(), self.description, self.is_exact_match, self.image_url)
        return ProposeAlternative(item(self.item_id), draft, optional_money(self.price))


@payload()
class CreateQuotePayload:
    """What came of asking for a quote."""

    quote: Quote | None = subject(QUOTE, "quote")


@payload(changes="Every status that moved.")
class PriceItemPayload:
    """What came of pricing an item."""

    quote: Quote | None = subject(QUOTE, "quote")
    item: QuoteItem | None = subject(ITEM, "item")


@payload(changes="Every status that moved.")
class PriceAlternativePayload:
    """What came of pricing an alternative."""

    quote: Quote | None = subject(QUOTE, "quote")
    item: QuoteItem | None = subject(ITEM, "item")
    alternative: Alternative | None = subject("The alternative as it is now.", "alternative")


@payload(changes="Every status that moved.")
class ProposeAlternativePayload:
    """What came of proposing an alternative."""

    quote: Quote | None = subject(QUOTE, "quote")
    item: QuoteItem | None = subject(ITEM, "item")
    alternative: Alternative | None = subject("The new alternative.", "alternative")


@strawberry.type
class OfferMutations:
    create_quote: CreateQuotePayload | None = mutation(
        "Ask for a quote. Letters and a task for the people who price it follow.",
        Scope.QUOTES_WRITE,
        CreateQuoteInput,
        use_cases.create_quote,
    )
    price_item: PriceItemPayload | None = mutation(
        "Set the price of an item, or correct it while its line is open.",
        Scope.QUOTES_MANAGE,
        PriceItemInput,
        use_cases.price,
    )
    price_alternative: PriceAlternativePayload | None = mutation(
        "Set the price of an alternative, or correct it while its line is open.",
        Scope.QUOTES_MANAGE,
        PriceAlternativeInput,
        use_cases.price,
    )
    propose_alternative: ProposeAlternativePayload | None = mutation(
        "Offer another device on a line that is still open.",
        Scope.QUOTES_MANAGE,
        ProposeAlternativeInput,
        use_cases.propose_alternative,
    )
