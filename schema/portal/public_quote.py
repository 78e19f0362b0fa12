"""The public quote: what its customer sees of a quote.

`domain/portal/public_quote.py` decides what is visible; these types name it.
"""

from typing import Any

import strawberry

from domain.portal import public_quote as rows
from domain.portal.printed_sums import DocumentAmount
from domain.shared.ids import global_id
from resolvers.portal import public_quote
from schema.catalogue.types import Specification
from schema.companies.enums import FieldType
from schema.declare import Info, column, type_of
from schema.portal.rich_text import TextBlock
from schema.quotes.enums import DecisionStatus, LineDecision, OfferStatus, PriceOptionStatus, QuoteStatus
from schema.quotes.totals import TaxLine
from schema.quotes.types import VALID_UNTIL
from schema.shared.addresses import Address
from schema.shared.money import Money
from schema.shared.scalars import URL, CountryCode, DateTime

_ZONE = "in the company's time zone, which the text names"


@type_of(rows.PublicRecipient)
class PublicRecipient:
    """The recipient of a device."""

    name: str = column("Name of the recipient.")
    country: CountryCode = column("ISO 3166-1 alpha-2 country code.")
    country_name: str = column("English name of the country.")


@type_of(rows.PublicAlternative)
class PublicAlternative:
    """A device offered in place of the requested one."""

    alternative_id: strawberry.ID = column(
        "ID of the alternative, for the argument and input fields named `alternatives`.", attribute="id"
    )
    specification: Specification = column("The device.")
    description: str | None = column("Description of the alternative.")
    is_exact_match: bool = column("Whether the device is exactly the requested one.")
    image_url: URL | None = column("URL of a picture.")
    price: Money | None = column("Price of one device; `null` until it is priced.")
    status: OfferStatus = column("Status of the alternative.")
    is_selected: bool = column(
        "Whether the alternative is included in the totals: it is selected with the argument "
        "`alternatives`, or somebody has signed for it.",
        attribute="taken",
    )


@type_of(rows.PublicItem)
class PublicItem:
    """A line of a public quote."""

    title: str = column("Name of the device or the warranty.")
    specification: Specification = column("The device.")
    quantity: int = column("Number of devices.")
    comments: str | None = column("Comments on the line, from `QuoteItem.comments`.")
    terms: str | None = column("Discount and tax of the line as text, such as `10 % off (volume) · plus 21 % tax`.")
    price: Money | None = column("Price of one device; `null` until it is priced.")
    subtotal: Money | None = column("Price of all devices of the line; `null` until every line is priced.")
    discount_total: Money | None = column("The line's discount plus its share of the quote's discount.")
    tax_total: Money | None = column("Tax of the line.")
    total: Money | None = column("Total of the line.")
    status: OfferStatus = column("Status of the item.")
    decision: LineDecision = column("Decision on the line.")
    is_ordered: bool = column(
        "Whether the line is ordered from a vendor once it is accepted: services and other goods are not, nor devices "
        "without recipients."
    )
    recipients: list[PublicRecipient] = column("Recipients of the devices.")
    alternatives: list[PublicAlternative] = column("Alternatives offered in place of the item.")


@type_of(rows.PublicPriceOption)
class PublicPriceOption:
    """A price for the quote as a whole."""

    name: str = column("Name of the price option.")
    price: Money = column("Price of the quote with this option.")
    upfront: Money = column("The part of the price that is due immediately.")
    status: PriceOptionStatus = column("Status of the price option.")


def _signed_url(root: strawberry.Parent[Any], info: Info) -> URL:
    return URL(info.context.services.deps.links.public_signed_pdf(root.key, root.document_hash))


@type_of(DocumentAmount)
class PublicAmount:
    """An amount below the lines, as shown on the printed quote."""

    label: str = column("Label of the amount, such as `Subtotal` or `Tax 21 %`.")
    amount: str = column("The formatted amount, such as `USD 1,450.00`.")
    is_amount_due: bool = column("Whether this is the amount due.", attribute="strong")


@type_of(rows.PublicSignature)
class PublicSignature:
    """A signature of a quote, as its customer sees it."""

    name: str = column("Name that the signer entered.")
    signed_at: DateTime = column("Date and time of the signature.")
    signed_on: str = column(f"Date and time of the signature as text, {_ZONE}.")
    document_url: URL = strawberry.field(
        resolver=_signed_url, description="URL of the signed document, a PDF with exactly the bytes that were signed."
    )


@type_of(rows.PublicDocument)
class PublicDocument:
    """A further document of a quote, such as terms of sale."""

    attachment_id: strawberry.ID = column("ID of the document, for `signQuote`.", attribute="id")
    name: str = column("Name of the document.")
    url: URL = column("URL of the document.")
    sha256: str | None = column("SHA-256 hash of the document; `null` if none was given.")
    is_signature_required: bool = column(
        "Whether the document has to be signed together with the quote.", attribute="requires_signature"
    )


@type_of(rows.PublicHandedIn)
class PublicHandedIn:
    """A document uploaded by the customer."""

    name: str = column("Name that the customer gave the document.")
    created_at: DateTime = column("Date and time of the upload.")
    handed_in_on: str = column(f"Date and time of the upload as text, {_ZONE}.")


@type_of(rows.PublicField)
class PublicField:
    """A custom field of the company and its value, for fields that are visible to customers."""

    custom_field_id: strawberry.ID = column("ID of the custom field, for `fillInQuote`.", attribute="id")
    name: str = column("Name of the custom field.")
    type: FieldType = column("Type of value that the field has.", attribute="kind")
    options: list[str] = column("The options of a choice; empty for other types of fields.")
    is_editable: bool = column("Whether the customer can edit the value.", attribute="editable")
    is_required: bool = column(
        "Whether a value is required. If the field `isEditable`, it is required before the customer signs.",
        attribute="required",
    )
    display: str | None = column("The formatted value; `null` if there is none.")
    address: Address | None = column("For an ADDRESS, the value in its parts; `null` if there is none.")
    chosen: list[str] = column("For a RADIO, DROP_DOWN or CHECKLIST, the selected options.")


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

    order_id: str = column("The quote's number, which people use to refer to it.")
    title: str | None = column("Title of the quote.")
    company_name: str = column("Name of the company that makes the quote.")
    prepared_for: list[str] = column(
        "Name and address of the customer, one line each; the company name if the quote has no customer."
    )
    requester_name: str | None = column("Name of the requester.")
    po_number: str | None = column("The customer's purchase order number.")
    status: QuoteStatus = column("Status of the quote.")
    decision_status: DecisionStatus = column("Decision on the quote as a whole.")
    public_notes: str | None = column("Notes for the customer.")
    body: str | None = column("Text before the lines of the quote, as entered.")
    body_blocks: list[TextBlock] = column(
        "The `body` as blocks that can be rendered directly. Supports headings, lists, bold, "
        "italics and links of Markdown."
    )
    expires_at: DateTime | None = column("Date and time until which the quote can be signed.")
    valid_until: str | None = column(VALID_UNTIL)
    created_at: DateTime = column("Date and time when the quote was created.")
    issued_on: str = column(f"Date of `createdAt` as text, {_ZONE}.")
    is_tax_included: bool = column(
        "Whether prices include tax. If true, the tax is shown but not added.", attribute="prices_include_tax"
    )
    subtotal: Money | None = column("Total of the lines before discounts; `null` until every line is priced.")
    discount_total: Money | None = column("Total of all discounts.")
    shipping_total: Money | None = column("Shipping costs.")
    tax_total: Money | None = column("Tax of all lines.")
    tax_lines: list[TaxLine] = column("Base and tax for each tax rate; empty until the totals are known.")
    total: Money | None = column("Total of the lines and shipping.")
    amount_due: Money | None = column("Amount to be paid: the price of the accepted price option, or else the total.")
    amounts: list[PublicAmount] = column("Amounts below the lines, in the order of the printed quote.")
    items: list[PublicItem] = column("Lines of the quote.")
    price_options: list[PublicPriceOption] = column("Prices offered for the quote as a whole.")
    accepted_price_option: PublicPriceOption | None = column("The accepted price option; `null` if none was accepted.")
    documents: list[PublicDocument] = column("Further documents of the quote.")
    custom_fields: list[PublicField] = column("Custom fields that are visible to customers, and their values.")
    is_accepting_documents: bool = column(
        "Whether the customer can upload documents, by `POST` to `documentsUrl`.", attribute="accepts_documents"
    )
    documents_url: URL = strawberry.field(
        resolver=_documents_url,
        description="URL for uploading a document with `POST`: the file is the body, and the query parameter "
        "`name` is its name. A PDF, PNG or JPEG file of at most 5 MiB.",
    )
    handed_in: list[PublicHandedIn] = column("Documents uploaded by the customer.")
    signatures: list[PublicSignature] = column("Signatures of the quote.")
    required_signatures: int = column("Number of people who have to sign the quote.")
    is_signed: bool = column("Whether at least one person has signed the quote.")
    is_fully_signed: bool = column("Whether everyone who has to sign the quote has signed it.")
    is_partially_signed: bool = column(
        "Whether the quote has at least one signature and requires more.", attribute="requires_more_signatures"
    )
    is_project_approval_pending: bool = column(
        "Whether the approval of the project was requested and has not been given yet."
    )
    is_project_approval_signed: bool = column("Whether the project is approved.")
    pdf_url: URL = strawberry.field(
        resolver=_pdf_url, description="URL of the quote as a PDF. It contains the public key."
    )
    document_hash: str = strawberry.field(
        resolver=_document_hash,
        description="SHA-256 hash of the PDF at `pdfUrl`. Pass it to `signQuote` to sign exactly what was shown.",
    )
