"""The totals of a quote, stored with it so that lists need not compute them.

The arithmetic is in `domain/quotes/arithmetic.py`.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from domain.quotes.aggregate import Line, QuoteAggregate
from domain.quotes.arithmetic import LineTotals, PricedLine, Totals, add_up
from domain.quotes.rows import Offer, Quote, QuoteItem
from domain.quotes.statuses import OPEN, LineDecision, OfferStatus
from domain.quotes.taxes import TaxLine, tax_lines
from domain.shared.errors import ErrorCode, InvalidInput, Problem
from domain.shared.money import LARGEST_MINOR, Money


@dataclass(frozen=True, slots=True)
class QuoteSums:
    """The totals of a quote; all None and without tax lines until every line that counts has a price."""

    subtotal: Money | None
    discount_total: Money | None
    shipping_total: Money | None
    tax_total: Money | None
    total: Money | None
    tax_lines: tuple[TaxLine, ...]


def sums_of(quote: QuoteAggregate) -> QuoteSums:
    """The stored totals of a quote."""
    head, taxed = quote.quote, tax_lines(line.item for line in quote.lines)
    return QuoteSums(head.subtotal, head.discount_total, head.shipping_total, head.tax_total, head.total, tuple(taxed))


def totalled(quote: QuoteAggregate) -> QuoteAggregate:
    """The quote and its lines with their totals (domain/quotes/arithmetic.py).

    An open line counts as offered, an accepted one at its agreed price, a rejected one not at all. There are no totals
    until every line that counts has a price in the currency of the quote, and none without lines. Raises: InvalidInput.
    """
    head = quote.quote
    prices = {line.item.id: _counted_price(line) for line in quote.lines if line.item.decision != LineDecision.REJECTED}
    known = {id_: price.minor for id_, price in prices.items() if price and price.currency == head.currency}
    counted = [line for line in quote.lines if line.item.id in known]
    if head.currency is None or not quote.lines or len(known) < len(prices):
        return _with_sums(quote, None, {})
    lines = [_priced_line(line.item, known[line.item.id]) for line in counted]
    totals = add_up(lines, head.discount, head.shipping_minor or 0, head.prices_include_tax, head.tax_rounding)
    if max(totals.total, totals.subtotal) > LARGEST_MINOR:
        raise InvalidInput(Problem(ErrorCode.INVALID_AMOUNT, "The total of this quote is too large.", ()))
    return _with_sums(quote, totals, dict(zip(known, totals.lines, strict=True)))


def offered(line: Line) -> Offer:
    """The offer that is accepted if an undecided line is accepted as it is: its item or, if that was rejected, the
    only open alternative. With several open alternatives it is the rejected item, which cannot be accepted."""
    if line.item.status in OPEN:
        return line.item
    left = [it for it in line.alternatives if it.status in OPEN]
    return left[0] if len(left) == 1 else line.item


def left_with(line: Line, chosen: Collection[str]) -> Line:
    """An undecided line as if the chosen alternative were its only open offer; unchanged if none is chosen."""
    selected_id = next((it.id for it in line.alternatives if it.id in chosen and it.status in OPEN), None)
    if selected_id is None or line.item.decision != LineDecision.UNDECIDED:
        return line
    item = line.item._replace(status=OfferStatus.REJECTED) if line.item.status in OPEN else line.item
    others = (
        it._replace(status=OfferStatus.REJECTED) if it.status in OPEN and it.id != selected_id else it
        for it in line.alternatives
    )
    return replace(line, item=item, alternatives=tuple(others))


def as_chosen(quote: QuoteAggregate, chosen: Collection[str]) -> QuoteAggregate:
    """The quote with its totals as if these alternatives were chosen in place of their items."""
    return totalled(replace(quote, lines=tuple(left_with(line, chosen) for line in quote.lines))) if chosen else quote


def _counted_price(line: Line) -> Money | None:
    if line.item.agreement is not None:
        return line.item.agreement.price
    offer = offered(line)
    return offer.price if offer.status in OPEN else None


def _priced_line(item: QuoteItem, price: int) -> PricedLine:
    return PricedLine(price, item.quantity, item.discount, item.tax_rate if item.taxable else 0)


def _with_sums(quote: QuoteAggregate, totals: Totals | None, sums: dict[str, LineTotals]) -> QuoteAggregate:
    head = quote.quote._replace(
        subtotal_minor=totals.subtotal if totals else None,
        discount_total_minor=totals.discount if totals else None,
        shipping_total_minor=totals.shipping if totals else None,
        tax_total_minor=totals.tax if totals else None,
        total_minor=totals.total if totals else None,
    )
    lines = (replace(line, item=_item_with_sums(line.item, sums.get(line.item.id), head)) for line in quote.lines)
    return replace(quote, quote=head, lines=tuple(lines))


def _item_with_sums(item: QuoteItem, sums: LineTotals | None, quote: Quote) -> QuoteItem:
    return item._replace(
        subtotal_minor=sums.subtotal if sums else None,
        discount_total_minor=sums.discount if sums else None,
        tax_total_minor=sums.tax if sums else None,
        total_minor=sums.total if sums else None,
        total_currency=quote.currency if sums else None,
    )
