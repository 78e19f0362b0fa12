"""The printed quote as plain data: what stands on the paper that a customer is sent and signs.

It says nothing of how far the quote has come on its way (sent, viewed), so that opening a quote does not change the
document. `adapters/pdf.py` prints it; equal documents are printed as equal bytes, whose hash a signature records.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from domain.catalogue import Specification
from domain.discounts import Discount
from domain.money import Money, render
from domain.price_options import PriceOption, PriceOptionStatus
from domain.quote_aggregate import Line, QuoteAggregate
from domain.quote_parts import Offer, Quote, QuoteItem
from domain.quote_statuses import OfferStatus
from domain.quote_sums import offered
from domain.signatures import QuoteAttachment

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True, slots=True)
class DocumentOffer:
    """A device at a price, as printed: `details` are its specification and what is said of it."""

    title: str
    details: str | None
    price: str | None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One line: the device asked for, how many, for whom, and what is offered in its place.

    `amount` is before discounts and tax, which `terms` tell.
    """

    offer: DocumentOffer
    quantity: int
    amount: str | None
    terms: str | None
    comments: str | None
    recipients: tuple[str, ...]
    alternatives: tuple[DocumentOffer, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentAmount:
    """A row below the lines. `strong` is the one to be paid."""

    label: str
    amount: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class QuoteDocument:
    """A quote as it is printed. Amounts are ready to print; dates are calendar days in UTC."""

    order_id: str
    company: str
    requester_name: str | None
    requester_email: str
    po_number: str | None
    issued_on: date
    valid_until: date | None
    notes: str | None
    lines: tuple[DocumentLine, ...]
    amounts: tuple[DocumentAmount, ...]
    options: tuple[DocumentAmount, ...] = ()
    attachments: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What the file is called."""
        return f"quote-{self.order_id}.pdf"


def printed_date(day: date) -> str:
    """A day as people read it, in English whatever the machine speaks: `22 November 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def document_hash(printed: bytes) -> str:
    """The SHA-256 of a printed document, by which a signature says what was signed."""
    return hashlib.sha256(printed).hexdigest()


def document_of(
    quote: QuoteAggregate,
    company: str,
    attachments: Sequence[QuoteAttachment] = (),
    options: Sequence[PriceOption] = (),
) -> QuoteDocument:
    """The document of a quote as it stands now."""
    head = quote.quote
    return QuoteDocument(
        order_id=head.order_id,
        company=company,
        requester_name=head.requester_name,
        requester_email=head.requester_email,
        po_number=head.po_number,
        issued_on=head.created_at.date(),
        valid_until=head.expires_at.date() if head.expires_at else None,
        notes="\n\n".join(filter(None, (head.body, head.public_notes))) or None,
        lines=tuple(_line(line, head.prices_include_tax) for line in quote.lines),
        amounts=_amounts(head, quote.lines),
        options=tuple(_option(it) for it in options),
        attachments=tuple(it.name for it in attachments),
    )


def _line(line: Line, tax_included: bool) -> DocumentLine:
    item = line.item
    amount = _amount(line)
    return DocumentLine(
        offer=_offer(item, None),
        quantity=item.quantity,
        amount=render(amount) if amount else None,
        terms=_terms(item, tax_included),
        comments=item.comments,
        recipients=tuple(f"{recipient.name}, {recipient.country}" for recipient in line.recipients),
        alternatives=tuple(_offer(it, it.description) for it in line.alternatives),
    )


def _terms(item: QuoteItem, tax_included: bool) -> str | None:
    """The discount and the tax of a line."""
    said = [_discount(item.discount)] if item.discount else []
    if item.taxable and item.tax_rate:
        said.append(f"{'contains' if tax_included else 'plus'} {item.tax_percentage} % tax")
    return " · ".join(said) or None


def _discount(discount: Discount) -> str:
    taken = f"{discount.percentage} %" if discount.amount is None else render(discount.amount)
    return f"{taken} off" + (f" ({discount.reason})" if discount.reason else "")


def _option(option: PriceOption) -> DocumentAmount:
    """A price at which the quote can be had as a whole (domain-facts C)."""
    upfront = f", of which {render(option.upfront)} at once" if option.upfront_minor else ""
    accepted = option.status == PriceOptionStatus.ACCEPTED
    return DocumentAmount(option.name, f"{render(option.price)}{upfront}", strong=accepted)


def _offer(offer: Offer, description: str | None) -> DocumentOffer:
    specification = offer.specification
    details = " · ".join(filter(None, (_summary(specification), description))) or None
    price = render(offer.price) if offer.price else None
    return DocumentOffer(offer.title, details, price, _STATES.get(offer.status))


_STATES = {OfferStatus.ACCEPTED: "Accepted", OfferStatus.REJECTED: "Declined"}


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


def _amount(line: Line) -> Money | None:
    """What a line costs before discounts: of the accepted offer, or while it is open of the one that would be."""
    if line.item.subtotal is not None:
        return line.item.subtotal
    offer = line.accepted_offer or offered(line)
    if offer.price is None or offer.status == OfferStatus.REJECTED:
        return None
    return Money(offer.price.minor * line.item.quantity, offer.price.currency)


def _amounts(quote: Quote, lines: Sequence[Line]) -> tuple[DocumentAmount, ...]:
    """The sums of a quote, once there are any: its total, and what led to it where that is more than the lines."""
    subtotal, discount, shipping, tax, total = (
        quote.subtotal,
        quote.discount_total,
        quote.shipping_total,
        quote.tax_total,
        quote.total,
    )
    if not (subtotal and discount and shipping and tax and total):
        return ()
    found = [DocumentAmount("Subtotal", render(subtotal))]
    if discount.minor:
        # The reason is the quote's own; the sum also has what is taken off single lines.
        alone = not any(line.item.discount for line in lines) and quote.discount and quote.discount.reason
        reason = f" ({alone})" if alone else ""
        found.append(DocumentAmount(f"Discount{reason}", f"−{render(discount)}"))
    if shipping.minor or quote.shipping:
        name = f" ({quote.shipping.name})" if quote.shipping and quote.shipping.name else ""
        found.append(DocumentAmount(f"Shipping{name}", render(shipping)))
    if tax.minor and not quote.prices_include_tax:
        found.append(DocumentAmount("Tax", render(tax)))
    # A subtotal that is the total says nothing.
    found = [*(found if len(found) > 1 else ()), DocumentAmount("Total", render(total), strong=True)]
    if tax.minor and quote.prices_include_tax:
        found.append(DocumentAmount("of which tax", render(tax)))
    return tuple(found)
