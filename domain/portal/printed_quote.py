"""The printed quote as plain data: the document that a customer receives and signs.

It says nothing of how far the quote has come on its way (sent, viewed), so that opening a quote does not change the
document. `adapters/pdf/renderer.py` prints it; equal documents are printed as equal bytes, whose hash a signature
records.
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
    """A device at a price, as printed: `details` are its specification and what is said of it.

    `amount` is what all devices of the line cost, before discounts and tax, where this is the offer that counts.
    """

    title: str
    details: str | None
    price: str | None
    amount: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One line: the device asked for, how many, for whom, and what is offered in its place. `terms` are its discount
    and its tax."""

    offer: DocumentOffer
    quantity: int
    terms: str | None
    comments: str | None
    recipients: tuple[str, ...]
    alternatives: tuple[DocumentOffer, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentOption:
    """A price at which the quote can be had as a whole, and what became of it."""

    name: str
    price: str
    state: str | None


@dataclass(frozen=True, slots=True)
class QuoteDocument:
    """A quote as it is printed. Amounts, days and times are ready to print.

    `prepared_for` is whom it is made for, line by line: the customer where the company has named one, and then `seller`
    is the company.
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
        """What the file is called."""
        return f"quote-{self.order_id}.pdf"


def document_hash(printed: bytes) -> str:
    """The SHA-256 of a printed document, by which a signature says what was signed."""
    return hashlib.sha256(printed).hexdigest()


def document_of(
    quote: QuoteAggregate,
    company: str,
    customer: Customer | None = None,
    attachments: Sequence[QuoteAttachment] = (),
    options: Sequence[PriceOption] = (),
    zone: str = UTC_ZONE,
) -> QuoteDocument:
    """The document of a quote as it stands now, of a company in a time zone."""
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
    """Whom an e-mail to the customer would go to, and where."""
    place = customer.address or Address()
    town = " ".join(filter(None, (place.postal_code, place.city))) or None
    company = customer.company_name if customer.company_name != customer.name else None
    said = (customer.name, company, place.line1, place.line2, town, place.province, place.country_name)
    return tuple(filter(None, said))


def _line(line: Line, tax_included: bool) -> DocumentLine:
    item = line.item
    counted, amount = line.accepted_offer or offered(line), _amount(line)
    # Where something was accepted, nobody has declined the rest.
    rejected = "Declined" if line.accepted_offer is None else "Not chosen"
    states = {OfferStatus.ACCEPTED: "Accepted", OfferStatus.REJECTED: rejected}

    def told(offer: Offer, description: str | None) -> DocumentOffer:
        return _offer(offer, description, amount if counted.id == offer.id else None, states.get(offer.status))

    return DocumentLine(
        offer=told(item, None),
        quantity=item.quantity,
        terms=_terms(item, tax_included),
        comments=item.comments,
        recipients=tuple(f"{recipient.name}, {country_name(recipient.country)}" for recipient in line.recipients),
        alternatives=tuple(told(it, it.description) for it in line.alternatives),
    )


def _terms(item: QuoteItem, tax_included: bool) -> str | None:
    """The discount and the tax of a line."""
    said = [discount_terms(item.discount)] if item.discount else []
    if item.taxable and item.tax_rate:
        said.append(f"{'contains' if tax_included else 'plus'} {item.tax_percentage} % tax")
    return " · ".join(said) or None


def _option(option: PriceOption) -> DocumentOption:
    """A price at which the quote can be had as a whole (docs/domain.md#price-options)."""
    upfront = f", of which {render(option.upfront)} at once" if option.upfront_minor else ""
    return DocumentOption(option.name, f"{render(option.price)}{upfront}", _OPTION_STATES.get(option.status))


def _offer(offer: Offer, description: str | None, amount: str | None, state: str | None) -> DocumentOffer:
    specification = offer.specification
    details = " · ".join(filter(None, (_summary(specification), description))) or None
    price = render(offer.price) if offer.price else None
    return DocumentOffer(offer.title, details, price, amount, state)


_OPTION_STATES = {PriceOptionStatus.ACCEPTED: "Accepted", PriceOptionStatus.REJECTED: "Not chosen"}


def _summary(specification: Specification) -> str:
    """What the title does not say of a device."""
    said = (
        specification.cpu,
        specification.ram and f"{specification.ram} RAM",
        specification.storage,
        specification.screen_size,
        specification.os,
        specification.keyboard_layout and f"{specification.keyboard_layout} keyboard",
    )
    return " · ".join(part for part in said if part)


def _amount(line: Line) -> str | None:
    """What a line costs before discounts: of the accepted offer, or while it is open of the one that would be."""
    if line.item.subtotal is not None:
        return render(line.item.subtotal)
    offer = line.accepted_offer or offered(line)
    if offer.price is None or offer.status == OfferStatus.REJECTED:
        return None
    return render(Money(offer.price.minor * line.item.quantity, offer.price.currency))
