"""What a customer sees of a quote by its public key, and nothing else.

These classes are the allow list: a new field of a quote is hidden from customers until it is added here. They have no
internal notes, no personal data except names and the customer's own address, nothing about vendors, operators, keys or
other quotes, and only the ids of what can be chosen, filled in or signed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.catalogue.products import Specification
from domain.companies.custom_fields import CHOICES, CustomField, FieldType
from domain.companies.customers import Customer
from domain.portal.printed_quote import QuoteDocument, document_of
from domain.portal.printed_sums import DocumentAmount
from domain.portal.rich_text import Block
from domain.portal.signatures import QuoteAttachment, Signature, SignaturePurpose, given_for
from domain.portal.uploads import CustomerDocument
from domain.quotes.aggregate import Line, QuoteAggregate
from domain.quotes.price_option_rows import PriceOption, PriceOptionStatus
from domain.quotes.rows import Alternative, QuoteItem
from domain.quotes.statuses import DecisionStatus, LineDecision, OfferStatus, QuoteStatus
from domain.quotes.taxes import TaxLine, tax_lines
from domain.quotes.totals import as_chosen
from domain.shared.addresses import Address
from domain.shared.countries import country_name
from domain.shared.ids import global_id
from domain.shared.money import Money
from domain.shared.times import UTC_ZONE, printed


@dataclass(frozen=True, slots=True)
class PublicRecipient:
    """A recipient as the customer sees it."""

    name: str
    country: str

    @property
    def country_name(self) -> str:
        """The English name of the country."""
        return country_name(self.country)


@dataclass(frozen=True, slots=True)
class PublicAlternative:
    """An alternative as the customer sees it. If it is `taken`, the totals count it in place of the item."""

    id: str
    specification: Specification
    description: str | None
    is_exact_match: bool
    image_url: str | None
    price: Money | None
    status: OfferStatus
    taken: bool


@dataclass(frozen=True, slots=True)
class PublicItem:
    """A line as the customer sees it."""

    title: str
    specification: Specification
    quantity: int
    comments: str | None
    terms: str | None
    price: Money | None
    subtotal: Money | None
    discount_total: Money | None
    tax_total: Money | None
    total: Money | None
    status: OfferStatus
    decision: LineDecision
    is_ordered: bool
    recipients: tuple[PublicRecipient, ...]
    alternatives: tuple[PublicAlternative, ...]


@dataclass(frozen=True, slots=True)
class PublicPriceOption:
    """A price option as the customer sees it."""

    name: str
    price: Money
    upfront: Money
    status: PriceOptionStatus


@dataclass(frozen=True, slots=True)
class PublicSignature:
    """A signature as the customer sees it. `key` is the public key in use, `document_hash` of the signed document."""

    key: str
    document_hash: str
    name: str
    signed_at: datetime
    signed_on: str


@dataclass(frozen=True, slots=True)
class PublicDocument:
    """An attachment as the customer sees it."""

    id: str
    name: str
    url: str
    sha256: str | None
    requires_signature: bool


@dataclass(frozen=True, slots=True)
class PublicHandedIn:
    """A customer document as the customer sees it."""

    name: str
    created_at: datetime
    handed_in_on: str


@dataclass(frozen=True, slots=True)
class PublicField:
    """A custom field that customers see, with its value. `display` is the value as one line of text.

    `address` has the parts of an address, `chosen` the selected options.
    """

    id: str
    name: str
    kind: FieldType
    options: tuple[str, ...]
    editable: bool
    required: bool
    display: str | None
    address: Address | None
    chosen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PublicQuote:
    """A quote as its customer sees it. The graph does not have `key`, `document` and `taken` as fields.

    `key` is the public key in use, `document` what is printed and signed, `taken` the ids of the alternatives that the
    quote and the document count in place of their lines' items.
    """

    key: str
    taken: tuple[str, ...]
    document: QuoteDocument
    order_id: str
    title: str | None
    company_name: str
    prepared_for: tuple[str, ...]
    requester_name: str | None
    po_number: str | None
    status: QuoteStatus
    decision_status: DecisionStatus
    public_notes: str | None
    body: str | None
    body_blocks: tuple[Block, ...]
    expires_at: datetime | None
    valid_until: str | None
    created_at: datetime
    issued_on: str
    prices_include_tax: bool
    subtotal: Money | None
    discount_total: Money | None
    shipping_total: Money | None
    tax_total: Money | None
    tax_lines: tuple[TaxLine, ...]
    total: Money | None
    amount_due: Money | None
    amounts: tuple[DocumentAmount, ...]
    items: tuple[PublicItem, ...]
    price_options: tuple[PublicPriceOption, ...]
    accepted_price_option: PublicPriceOption | None
    documents: tuple[PublicDocument, ...]
    custom_fields: tuple[PublicField, ...]
    accepts_documents: bool
    handed_in: tuple[PublicHandedIn, ...]
    signatures: tuple[PublicSignature, ...]
    required_signatures: int
    is_signed: bool
    is_fully_signed: bool
    requires_more_signatures: bool
    is_project_approval_pending: bool
    is_project_approval_signed: bool


def public_quote(
    quote: QuoteAggregate,
    company: str,
    customer: Customer | None,
    attachments: Sequence[QuoteAttachment],
    signatures: Sequence[Signature],
    key: str,
    fields: Sequence[CustomField] = (),
    options: Sequence[PriceOption] = (),
    handed_in: Sequence[CustomerDocument] = (),
    chosen: tuple[str, ...] | None = None,
    zone: str = UTC_ZONE,
) -> PublicQuote:
    """Returns what the customer sees of a quote, with the totals for the `chosen` alternatives.

    By default, the alternatives of the signatures are chosen.
    """
    signed = given_for(SignaturePurpose.QUOTE, signatures)
    taken = chosen if chosen is not None else next((it.alternatives for it in signed), ())
    counted = as_chosen(quote, taken)
    head = counted.quote
    document = document_of(counted, company, customer, attachments, options, zone)
    prices = tuple(PublicPriceOption(it.name, it.price, it.upfront, it.status) for it in options)
    return PublicQuote(
        key=key,
        taken=taken,
        document=document,
        order_id=head.order_id,
        title=head.title,
        company_name=company,
        prepared_for=document.prepared_for,
        requester_name=head.requester_name,
        po_number=head.po_number,
        status=head.status,
        decision_status=head.decision_status,
        public_notes=head.public_notes,
        body=head.body,
        body_blocks=document.body,
        expires_at=head.expires_at,
        valid_until=head.valid_until,
        created_at=head.created_at,
        issued_on=document.issued_on,
        prices_include_tax=head.prices_include_tax,
        subtotal=head.subtotal,
        discount_total=head.discount_total,
        shipping_total=head.shipping_total,
        tax_total=head.tax_total,
        tax_lines=tuple(tax_lines(line.item for line in counted.lines)),
        total=head.total,
        amount_due=head.amount_due,
        amounts=document.amounts,
        items=tuple(
            _item(line, sums.item, it.terms, taken)
            for line, sums, it in zip(quote.lines, counted.lines, document.lines, strict=True)
        ),
        price_options=prices,
        accepted_price_option=next((it for it in prices if it.status == PriceOptionStatus.ACCEPTED), None),
        documents=tuple(_document(it) for it in attachments),
        custom_fields=tuple(_field(quote, it) for it in fields if it.customer_sees),
        accepts_documents=head.accepts_documents,
        handed_in=tuple(PublicHandedIn(it.name, it.created_at, printed(it.created_at, zone)) for it in handed_in),
        signatures=tuple(
            PublicSignature(key, it.document_hash, it.name, it.signed_at, printed(it.signed_at, zone)) for it in signed
        ),
        required_signatures=head.required_signatures,
        is_signed=head.is_signed,
        is_fully_signed=head.is_fully_signed,
        requires_more_signatures=head.requires_more_signatures,
        is_project_approval_pending=head.is_project_approval_pending,
        is_project_approval_signed=head.is_project_approval_signed,
    )


def _field(quote: QuoteAggregate, it: CustomField) -> PublicField:
    value = next((value for value in quote.quote.custom_fields if value.field_id == it.id), None)
    shown = value.display if value else None
    id_, entered = global_id("CustomField", it.id), value.value if value else None
    address = entered if isinstance(entered, Address) else None
    chosen = (entered,) if it.kind in (FieldType.RADIO, FieldType.DROP_DOWN) and entered else entered
    options = chosen if it.kind in CHOICES and isinstance(chosen, tuple) else ()
    return PublicField(id_, it.name, it.kind, it.options, it.customer_edits, it.required, shown, address, options)


def _document(it: QuoteAttachment) -> PublicDocument:
    return PublicDocument(global_id("QuoteAttachment", it.id), it.name, it.url, it.sha256, it.requires_signature)


def _item(line: Line, sums: QuoteItem, terms: str | None, taken: tuple[str, ...]) -> PublicItem:
    item = line.item
    return PublicItem(
        title=item.title,
        specification=item.specification,
        quantity=item.quantity,
        comments=item.comments,
        terms=terms,
        price=item.price,
        subtotal=sums.subtotal,
        discount_total=sums.discount_total,
        tax_total=sums.tax_total,
        total=sums.total,
        status=item.status,
        decision=item.decision,
        is_ordered=line.is_ordered,
        recipients=tuple(PublicRecipient(it.name, it.country) for it in line.recipients),
        alternatives=tuple(_alternative(it, it.id in taken) for it in line.alternatives),
    )


def _alternative(it: Alternative, taken: bool) -> PublicAlternative:
    id_, device = global_id("Alternative", it.id), (it.specification, it.description, it.is_exact_match, it.image_url)
    return PublicAlternative(id_, *device, it.price, it.status, taken)
