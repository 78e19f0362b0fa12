"""What a public key shows: the quote as its customer sees it.

What is shown is what `domain/portal/public_quote.py` lists; these types name it.
"""

from typing import Any

import strawberry

from domain.portal import public_quote as rows
from domain.portal.printed_sums import DocumentAmount
from domain.shared.ids import global_id
from resolvers.portal import public_quote
from schema.catalogue.types import Specification
from schema.companies.enums import FieldKind
from schema.declare import Info, column, type_of
from schema.portal.rich_text import TextBlock
from schema.quotes.enums import DecisionStatus, LineDecision, OfferStatus, PriceOptionStatus, QuoteStatus
from schema.quotes.totals import TaxLine
from schema.quotes.types import VALID_UNTIL
from schema.shared.addresses import Address
from schema.shared.money import Money
from schema.shared.scalars import URL, DateTime

_ZONE = "in the time zone of the company, which it names"


@type_of(rows.PublicRecipient)
class PublicRecipient:
    """Whom a device is for."""

    name: str = column("Name.")
    country: str = column("Country, ISO 3166-1 alpha-2.")
    country_name: str = column("The English name of the country.")


@type_of(rows.PublicAlternative)
class PublicAlternative:
    """A device that is offered in place of the one asked for."""

    id: strawberry.ID = column("What `alternatives` names it by.")
    specification: Specification = column("The device.")
    description: str | None = column("What there is to know of it.")
    is_exact_match: bool = column("Whether it is exactly what was asked for.")
    image_url: URL | None = column("A picture.")
    price: Money | None = column("The price of one device; null until it is priced.")
    status: OfferStatus = column("Where the offer stands.")
    taken: bool = column("Whether the sums count it: it is chosen by `alternatives`, or somebody has signed for it.")


@type_of(rows.PublicItem)
class PublicItem:
    """One line of a quote."""

    title: str = column("How people call the device, or the warranty.")
    specification: Specification = column("The device.")
    quantity: int = column("How many devices.")
    comments: str | None = column("What is said of it: `QuoteItem.comments`.")
    terms: str | None = column("Its discount and its tax in words, such as `10 % off (volume) · plus 21 % tax`.")
    price: Money | None = column("The price of one device; null until it is priced.")
    subtotal: Money | None = column("The price of all its devices; null until every line has its price.")
    discount_total: Money | None = column("What is taken off the line, with its share of what is taken off the quote.")
    tax_total: Money | None = column("The tax of the line.")
    total: Money | None = column("What the line costs.")
    status: OfferStatus = column("Where the offer stands.")
    decision: LineDecision = column("What was decided on this line.")
    recipients: list[PublicRecipient] = column("Whom the devices are for.")
    alternatives: list[PublicAlternative] = column("What is offered in its place.")


@type_of(rows.PublicPriceOption)
class PublicPriceOption:
    """A price at which the quote can be had as a whole."""

    name: str = column("What it is called.")
    price: Money = column("What the quote costs with it.")
    upfront: Money = column("What of it is due at once.")
    status: PriceOptionStatus = column("Where it stands.")


def _signed_url(root: strawberry.Parent[Any], info: Info) -> URL:
    return URL(info.context.services.deps.links.public_signed_pdf(root.key, root.document_hash))


@type_of(DocumentAmount)
class PublicAmount:
    """A sum below the lines, as the printed quote has it."""

    label: str = column("What it is, such as `Subtotal` or `Tax 21 %`.")
    amount: str = column("The amount as people read it, such as `USD 1,450.00`.")
    strong: bool = column("Whether it is what is to be paid.")


@type_of(rows.PublicSignature)
class PublicSignature:
    """Who has signed."""

    name: str = column("The name that was typed.")
    signed_at: DateTime = column("When.")
    signed_on: str = column(f"The same as people read it, {_ZONE}.")
    document_url: URL = strawberry.field(resolver=_signed_url, description="What was signed, as PDF, byte for byte.")


@type_of(rows.PublicDocument)
class PublicDocument:
    """A further document of a quote, such as terms of sale."""

    id: strawberry.ID = column("What `signQuote` names it by.")
    name: str = column("What it is called.")
    url: URL = column("Where it is kept.")
    sha256: str | None = column("The SHA-256 of the version meant, if that was said.")
    requires_signature: bool = column("Whether whoever signs the quote has to sign this too.")


@type_of(rows.PublicHandedIn)
class PublicHandedIn:
    """A document that the customer has handed in."""

    name: str = column("What the customer called it.")
    created_at: DateTime = column("When it was handed in.")
    handed_in_on: str = column(f"The same as people read it, {_ZONE}.")


@type_of(rows.PublicField)
class PublicField:
    """What the company wants noted of its quotes, as far as customers see it."""

    id: strawberry.ID = column("What `fillInQuote` names it by.")
    name: str = column("What it is called.")
    kind: FieldKind = column("What sort of value it takes.")
    options: list[str] = column("What can be chosen; empty where nothing is chosen.")
    editable: bool = column("Whether the customer fills it in.")
    required: bool = column("Whether it needs a value; where the customer fills it in, before they sign.")
    display: str | None = column("The value as people read it, if there is one.")
    address: Address | None = column("Of an ADDRESS, the value in its parts, if there is one.")
    chosen: list[str] = column("Of a RADIO, DROP_DOWN or CHECKLIST, the options that were chosen.")


def _pdf_url(root: strawberry.Parent[Any], info: Info) -> URL:
    taken = [global_id("Alternative", it) for it in root.taken]
    return URL(info.context.services.deps.links.public_pdf(root.key, taken))


def _documents_url(root: strawberry.Parent[Any], info: Info) -> URL:
    return URL(info.context.services.deps.links.public_documents(root.key))


async def _document_hash(root: strawberry.Parent[Any], info: Info) -> str:
    return await public_quote.shown_hash(info.context, root)


@type_of(rows.PublicQuote)
class PublicQuote:
    """A quote as its customer sees it."""

    order_id: str = column("The number people use for it.")
    title: str | None = column("What the quote as a whole is called.")
    company_name: str = column("The company whose quote it is.")
    prepared_for: list[str] = column("Whom it is made for, line by line as in a letter's head.")
    requester_name: str | None = column("Who asked.")
    po_number: str | None = column("The customer's purchase order.")
    status: QuoteStatus = column("Where it stands as a whole.")
    decision_status: DecisionStatus = column("What was said to it as a whole.")
    public_notes: str | None = column("Notes for the customer.")
    body: str | None = column("What it says before its lines, as it was typed.")
    body_blocks: list[TextBlock] = column("The same, ready to be drawn: of Markdown, what a letter needs.")
    expires_at: DateTime | None = column("Until when it can be signed.")
    valid_until: str | None = column(VALID_UNTIL)
    created_at: DateTime = column("When it was asked for.")
    issued_on: str = column("The day of it as people read it, in the time zone of the company, which it names.")
    prices_include_tax: bool = column("Whether its prices contain tax, which is then told and not added.")
    subtotal: Money | None = column("What its lines cost; null until every line has its price.")
    discount_total: Money | None = column("What is taken off.")
    shipping_total: Money | None = column("What shipping costs.")
    tax_total: Money | None = column("The tax of all lines.")
    tax_lines: list[TaxLine] = column("What the lines of each tax rate come to; empty while there are no sums.")
    total: Money | None = column("What it costs by its lines.")
    amount_due: Money | None = column(
        "What is to be paid for it: the price of the option that was accepted, or else the total."
    )
    amounts: list[PublicAmount] = column("The sums below its lines, as the printed quote has them and in that order.")
    items: list[PublicItem] = column("Its lines.")
    price_options: list[PublicPriceOption] = column("Prices at which it can be had as a whole.")
    accepted_price_option: PublicPriceOption | None = column("The one of them that was accepted, if one was.")
    documents: list[PublicDocument] = column("What else belongs to it.")
    custom_fields: list[PublicField] = column("What the company wants noted of it, and what was.")
    accepts_documents: bool = column("Whether documents can be handed in: by `POST` to `documentsUrl`.")
    documents_url: URL = strawberry.field(
        resolver=_documents_url,
        description="Where a document is handed in, by `POST`: the file as body, its name as `?name=`. A PDF, a PNG or "
        "a JPEG of at most 5 MiB.",
    )
    handed_in: list[PublicHandedIn] = column("What was handed in.")
    signatures: list[PublicSignature] = column("Who has signed it.")
    required_signatures: int = column("How many people have to sign it.")
    is_signed: bool = column("Whether anybody has signed it.")
    is_fully_signed: bool = column("Whether everybody who has to has signed it.")
    requires_more_signatures: bool = column("Whether somebody has signed it and somebody else has still to.")
    is_project_approval_pending: bool = column("Whether the approval of its project is waited for.")
    is_project_approval_signed: bool = column("Whether its project was approved.")
    pdf_url: URL = strawberry.field(resolver=_pdf_url, description="The quote as PDF, by the same key.")
    document_hash: str = strawberry.field(
        resolver=_document_hash,
        description="The SHA-256 of that PDF. Sent with `signQuote`, it says what was seen.",
    )
