"""The printed quote as plain data: the document that a customer receives and signs.

It does not contain the offer status (sent, viewed), so that viewing a quote does not change the document.
`adapters/pdf/renderer.py` renders it. Equal documents are rendered as equal bytes, whose hash a signature records.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from domain.catalogue.products import Specification
from domain.companies.customers import Customer
from domain.portal.printed_sums import DocumentAmount, amounts_of, discount_terms
from domain.portal.rich_text import Block, rich_text
from domain.portal.signatures import QuoteAttachment
from domain.quotes.aggregate import Line, QuoteAggregate
from domain.quotes.price_option_rows import PriceOption, PriceOptionStatus
from domain.quotes.rows import Offer, QuoteItem
from domain.quotes.statuses import OfferStatus
from domain.quotes.totals import offered
from domain.shared.addresses import Address
from domain.shared.countries import country_name
from domain.shared.money import Money, render
from domain.shared.times import UTC_ZONE, printed_day


@dataclass(frozen=True, slots=True)
class DocumentOffer:
    """An offer as printed. `details` are its specification and description.

    `amount` is the price of all devices of the line, before discounts and tax. Only the offer that counts has it.
    """

    title: str
    details: str | None
    price: str | None
    amount: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A line as printed: the item, its recipients and its alternatives. `terms` are the discount and the tax."""

    offer: DocumentOffer
    quantity: int
    terms: str | None
    comments: str | None
    recipients: tuple[str, ...]
    alternatives: tuple[DocumentOffer, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentOption:
    """A price option as printed. `state` is its decision."""

    name: str
    price: str
    state: str | None


@dataclass(frozen=True, slots=True)
class QuoteDocument:
    """A quote as it is printed. Amounts, days and times are ready to print.

    `prepared_for` is the name and address of the customer, one text per line, and `seller` is the company. Without a
    customer, `prepared_for` is the company.
    """

    order_id: str
    title: str | None
    prepared_for: tuple[str, ...]
    seller: str | None
    requester_name: str | None
    requester_email: str
    po_number: str | None
    issued_on: str
    valid_until: str | None
    body: tuple[Block, ...]
    notes: str | None
    lines: tuple[DocumentLine, ...]
    amounts: tuple[DocumentAmount, ...]
    options: tuple[DocumentOption, ...] = ()
    attachments: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The file name."""
        return f"quote-{self.order_id}.pdf"


def document_hash(printed: bytes) -> str:
    """Returns the SHA-256 of a printed document. A signature stores it to identify what was signed."""
    return hashlib.sha256(printed).hexdigest()


def document_of(
    quote: QuoteAggregate,
    company: str,
    customer: Customer | None = None,
    attachments: Sequence[QuoteAttachment] = (),
    options: Sequence[PriceOption] = (),
    zone: str = UTC_ZONE,
) -> QuoteDocument:
    """Returns the document of a quote. `company` is the company's name, `zone` its time zone."""
    head = quote.quote
    return QuoteDocument(
        order_id=head.order_id,
        title=head.title,
        prepared_for=_address(customer) if customer else (company,),
        seller=company if customer else None,
        requester_name=head.requester_name,
        requester_email=head.requester_email,
        po_number=head.po_number,
        issued_on=printed_day(head.created_at, zone),
        valid_until=head.valid_until,
        body=rich_text(head.body),
        notes=head.public_notes,
        lines=tuple(_line(line, head.prices_include_tax) for line in quote.lines),
        amounts=amounts_of(quote, options),
        options=tuple(_option(it) for it in options),
        attachments=tuple(it.name for it in attachments),
    )


def _address(customer: Customer) -> tuple[str, ...]:
    """Returns the names and the postal address of a customer, one text per line."""
    place = customer.address or Address()
    town = " ".join(filter(None, (place.postal_code, place.city))) or None
    company = customer.company_name if customer.company_name != customer.name else None
    parts = (customer.name, company, place.line1, place.line2, town, place.province, place.country_name)
    return tuple(filter(None, parts))


def _line(line: Line, tax_included: bool) -> DocumentLine:
    item = line.item
    counted, amount = line.accepted_offer or offered(line), _amount(line)
    # If an offer was accepted, the others of the line were rejected with that, and not declined by anyone.
    rejected = "Declined" if line.accepted_offer is None else "Not chosen"
    states = {OfferStatus.ACCEPTED: "Accepted", OfferStatus.REJECTED: rejected}

    def document_offer(offer: Offer, description: str | None) -> DocumentOffer:
        return _offer(offer, description, amount if counted.id == offer.id else None, states.get(offer.status))

    return DocumentLine(
        offer=document_offer(item, None),
        quantity=item.quantity,
        terms=_terms(item, tax_included),
        comments=item.comments,
        recipients=tuple(f"{recipient.name}, {country_name(recipient.country)}" for recipient in line.recipients),
        alternatives=tuple(document_offer(it, it.description) for it in line.alternatives),
    )


def _terms(item: QuoteItem, tax_included: bool) -> str | None:
    """Returns the discount and the tax of a line in words."""
    terms = [discount_terms(item.discount)] if item.discount else []
    if item.taxable and item.tax_rate:
        terms.append(f"{'contains' if tax_included else 'plus'} {item.tax_percentage} % tax")
    return " · ".join(terms) or None


def _option(option: PriceOption) -> DocumentOption:
    """Returns a price option as printed (docs/domain.md#price-options)."""
    upfront = f", of which {render(option.upfront)} at once" if option.upfront_minor else ""
    return DocumentOption(option.name, f"{render(option.price)}{upfront}", _OPTION_STATES.get(option.status))


def _offer(offer: Offer, description: str | None, amount: str | None, state: str | None) -> DocumentOffer:
    specification = offer.specification
    details = " · ".join(filter(None, (_summary(specification), description))) or None
    price = render(offer.price) if offer.price else None
    return DocumentOffer(offer.title, details, price, amount, state)


_OPTION_STATES = {PriceOptionStatus.ACCEPTED: "Accepted", PriceOptionStatus.REJECTED: "Not chosen"}


def _summary(specification: Specification) -> str:
    """Returns the parts of a specification that are not in the title."""
    parts = (
        specification.cpu,
        specification.ram and f"{specification.ram} RAM",
        specification.storage,
        specification.screen_size,
        specification.os,
        specification.keyboard_layout and f"{specification.keyboard_layout} keyboard",
    )
    return " · ".join(part for part in parts if part)


def _amount(line: Line) -> str | None:
    """Returns the amount of a line before discounts, for the accepted offer or, while open, the offered one."""
    if line.item.subtotal is not None:
        return render(line.item.subtotal)
    offer = line.accepted_offer or offered(line)
    if offer.price is None or offer.status == OfferStatus.REJECTED:
        return None
    return render(Money(offer.price.minor * line.item.quantity, offer.price.currency))
