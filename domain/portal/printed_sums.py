"""The sums below the lines of a quote as the PDF, the customer's page and e-mails show them, in the same order.

Each row can be calculated from what is above it: the lines, their terms and the previous rows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.companies.company import TaxRounding
from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.discounts import Discount, taken_off
from domain.quotes.price_option_rows import PriceOption, PriceOptionStatus
from domain.quotes.rows import Quote, QuoteItem
from domain.quotes.taxes import tax_lines
from domain.shared.money import Money, render


@dataclass(frozen=True, slots=True)
class DocumentAmount:
    """A row below the lines, ready to print. The row with the amount due is `strong`."""

    label: str
    amount: str
    strong: bool = False


def discount_terms(discount: Discount) -> str:
    """Returns a discount in words, such as `10 % off (volume)`."""
    taken = f"{discount.percentage} %" if discount.amount is None else render(discount.amount)
    return f"{taken} off" + (f" ({discount.reason})" if discount.reason else "")


def amounts_of(quote: QuoteAggregate, options: Sequence[PriceOption] = ()) -> tuple[DocumentAmount, ...]:
    """Returns the sums of a quote: the subtotal and what changes it, the total, and the price of the accepted option.

    There is no total before every line that counts has a price. While price options are offered, the total is not due.
    """
    head = quote.quote
    taken = next((it for it in options if it.status == PriceOptionStatus.ACCEPTED), None)
    agreed = [DocumentAmount(f"Price agreed: {taken.name}", render(taken.price), strong=True)] if taken else []
    items = [line.item for line in quote.lines if line.item.subtotal is not None]
    # When no line counts any more, the total would be zero.
    if head.total is None or not items:
        return tuple(agreed)
    before = list(_before_total(head, items))
    open_options = any(it.status == PriceOptionStatus.OFFERED for it in options)
    label = "Total of the lines" if open_options else "Total"
    total = DocumentAmount(label, render(head.total), strong=not (taken or open_options))
    after = list(_taxes(head, items)) if head.prices_include_tax else []
    # A subtotal alone would repeat the total.
    return (*(before if len(before) > 1 else ()), total, *after, *agreed)


def _before_total(quote: Quote, items: Sequence[QuoteItem]) -> Iterator[DocumentAmount]:
    currency = quote.currency or ""
    yield DocumentAmount("Subtotal", _sum(items, "subtotal_minor", currency))
    on_lines = sum(taken_off(it.discount, it.subtotal_minor or 0) for it in items)
    on_quote = (quote.discount_total_minor or 0) - on_lines
    if on_lines:
        yield DocumentAmount("Discounts on lines", f"−{render(Money(on_lines, currency))}")
    if on_quote and quote.discount:
        yield DocumentAmount(_of_quote(quote.discount), f"−{render(Money(on_quote, currency))}")
    if quote.shipping_total_minor or quote.shipping:
        name = f" ({quote.shipping.name})" if quote.shipping and quote.shipping.name else ""
        yield DocumentAmount(f"Shipping{name}", render(Money(quote.shipping_total_minor or 0, currency)))
    if not quote.prices_include_tax:
        yield from _taxes(quote, items)


def _of_quote(discount: Discount) -> str:
    rate = f" {discount.percentage} %" if discount.percentage else ""
    return f"Discount{rate}" + (f" ({discount.reason})" if discount.reason else "")


def _taxes(quote: Quote, items: Sequence[QuoteItem]) -> Iterator[DocumentAmount]:
    """Yields the tax of each rate, lowest rate first, with the base that it is calculated from."""
    label, of = ("of which tax", "in") if quote.prices_include_tax else ("Tax", "of")
    rounding = ", rounded line by line" if quote.tax_rounding == TaxRounding.PER_LINE else ""
    for it in tax_lines(items):
        if it.rate and it.base.minor:
            row_label = f"{label} {it.percentage} % {of} {render(it.base)}{rounding}"
            yield DocumentAmount(row_label, render(it.amount))


def _sum(items: Sequence[QuoteItem], name: str, currency: str) -> str:
    return render(Money(sum(getattr(it, name) or 0 for it in items), currency))
