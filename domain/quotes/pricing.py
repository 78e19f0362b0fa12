"""Prices of a quote: the price of one offer, or all of them, set all or none: the currency, whether prices include
tax, the price, discount and tax of its lines, its discount, and shipping (docs/domain.md#price-offer).

In `set_prices`, values that are not given stay as they are; None clears.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypedDict

from domain.quotes.aggregate import Line, QuoteAggregate, RuleResult
from domain.quotes.decisions import check_decidable, check_open, open_offer, rule_result
from domain.quotes.discounts import DiscountType, parse_discount, parse_percentage
from domain.quotes.rows import Offer, Quote, QuoteItem
from domain.quotes.statuses import (
    FULFILLED,
    OPEN,
    LineDecision,
    OfferStatus,
)
from domain.shared.errors import Conflict, ErrorCode, Invalid, Path, Problems
from domain.shared.ids import parse_id
from domain.shared.limits import MOST_PARTS
from domain.shared.money import Money, MoneyDraft, parse_currency, parse_money
from domain.shared.parsers import NAME_LENGTH, optional_text, text

REASON_LENGTH = 500


@dataclass(frozen=True, slots=True)
class DiscountDraft:
    """A discount as entered: an amount in the quote's currency, or a percentage."""

    type: DiscountType
    value: object
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ShippingDraft:
    """A shipping rate as entered."""

    name: str
    price: MoneyDraft


class GivenItemPrices(TypedDict, total=False):
    """The given values of a line, as entered."""

    price: MoneyDraft | None
    discount: DiscountDraft | None
    taxable: bool | None
    tax_rate: object


class GivenQuotePrices(TypedDict, total=False):
    """The given values of a quote, as entered."""

    currency: str | None
    prices_include_tax: bool | None
    shipping: ShippingDraft | None
    discount: DiscountDraft | None


class DiscountColumns(TypedDict):
    """A parsed discount, by attribute of the quote or line."""

    discount_type: DiscountType | None
    discount_value: int | None
    discount_reason: str | None


@dataclass(frozen=True, slots=True)
class ItemPrices:
    """The given ones of `price`, `discount`, `taxable` and `tax_rate` of a line. `path` is where they were entered, by
    default their place among the items."""

    item_id: str
    given: GivenItemPrices
    path: Path = ()


@dataclass(frozen=True, slots=True)
class QuotePrices:
    """The given ones of `currency`, `prices_include_tax`, `shipping` and `discount` of a quote, and of its lines."""

    given: GivenQuotePrices
    items: tuple[ItemPrices, ...] = ()


class PricesAgreed(Conflict):
    """A line was accepted at its price, whose meaning can no longer change."""

    code = ErrorCode.ALREADY_DECIDED


def price_offer(quote: QuoteAggregate, offer_id: str, price: Money, at: datetime) -> RuleResult:
    """Set or correct the unit price of an offer, which becomes SOURCED (docs/domain.md#price-offer). The first price
    sets the currency of the quote.

    Raises: LineClosed, OfferDecided, WrongStatus, Expired; Invalid, for a price in another currency.
    """
    line = quote.line_of(offer_id)
    priced = price_on(quote.quote, line, offer_id, price, at)
    head = quote.quote._replace(currency=price.currency)
    return rule_result(quote, replace(quote.with_line(priced), quote=head), at)


def price_on(quote: Quote, line: Line, offer_id: str, price: Money, at: datetime) -> Line:
    """The line with an offer priced. Raises: as `price_offer`."""
    open_offer(quote, line, offer_id, OfferStatus.SOURCED, at)
    one_currency(quote, price.currency)
    return line.with_each_offer(lambda it: _priced(it, price) if it.id == offer_id else it)


def unprice_on(quote: Quote, line: Line, offer_id: str, at: datetime) -> Line:
    """The line with the price of an offer removed; it cannot be accepted until it is priced again.

    Raises: LineClosed, OfferDecided, WrongStatus, Expired.
    """
    open_offer(quote, line, offer_id, OfferStatus.PENDING, at)
    return line.with_each_offer(lambda it: _unpriced(it) if it.id == offer_id else it)


def one_currency(quote: Quote, currency: str) -> str:
    """Check that an amount in `currency` fits the currency of the quote. Raises: Invalid."""
    if quote.currency not in (None, currency):
        message = f"This quote is in {quote.currency}, not in {currency}. Send the amount in {quote.currency}."
        raise Invalid(ErrorCode.CURRENCY_MISMATCH, message)
    return currency


def set_prices(quote: QuoteAggregate, prices: QuotePrices, at: datetime) -> RuleResult:
    """Set the given values: the currency first, then the lines in order, then those of the quote.

    A different currency requires every amount again, and no price options in the old one. Raises: WrongStatus, Expired,
    PricesAgreed, and InvalidInput with every problem of the input and every closed line.
    """
    check_decidable(quote.quote, OfferStatus.SOURCED, at)
    problems = Problems()
    after = _with_terms(quote, prices.given, problems)
    if len(prices.items) > MOST_PARTS:
        problems.add(("items",), ErrorCode.TOO_MANY, f"At most {MOST_PARTS} items, not {len(prices.items)}.")
    after = _with_items(after, prices.items[:MOST_PARTS], problems, at)
    after = replace(after, quote=_with_own(after.quote, prices.given, problems))
    if after.quote.currency != quote.quote.currency and not problems.found:
        problems.check(("currencyCode",), _check_currency_of_amounts, quote, after, prices.given)
    problems.raise_if_any()
    result = rule_result(quote, after, at)
    return RuleResult(quote, ()) if _is_unchanged(quote, result.quote) else result


def _is_unchanged(before: QuoteAggregate, after: QuoteAggregate) -> bool:
    dated = after.quote._replace(updated_at=before.quote.updated_at)
    return replace(after, quote=dated) == before


def _with_terms(quote: QuoteAggregate, given: GivenQuotePrices, problems: Problems) -> QuoteAggregate:
    """The quote with its currency, and with or without tax in prices."""
    head = quote.quote
    if (entered := given.get("currency")) is not None:
        currency = problems.check(("currencyCode",), parse_currency, entered)
        if currency is not None:
            head = head._replace(currency=currency)
    included = given.get("prices_include_tax")
    if included is not None and included != head.prices_include_tax:
        _check_not_agreed(quote)
        head = head._replace(prices_include_tax=included)
    return replace(quote, quote=head)


def _check_currency_of_amounts(before: QuoteAggregate, after: QuoteAggregate, given: GivenQuotePrices) -> None:
    """Check that no amount is left in another currency than the quote's. Rejected offers do not count."""
    head, amounts = after.quote, [line.item.agreement.price for line in after.lines if line.item.agreement]
    amounts += [it.price for line in after.lines for it in line.offers if it.price and it.status in OPEN]
    amounts += [it.discount.amount for it in _undecided(after) if it.discount and it.discount.amount]
    left = {amount.currency for amount in amounts} | {it.price_currency for it in after.options}
    own = {"discount": head.discount and head.discount.amount, "shipping": head.shipping}
    if any(amount is not None and name not in given for name, amount in own.items()):
        left.add(before.quote.currency or "")
    if left - {head.currency}:
        was = before.quote.currency or "another currency"
        message = f"Amounts of this quote are in {was}. Send each amount again, reject alternatives, or keep {was}."
        raise Invalid(ErrorCode.CURRENCY_MISMATCH, message)


def _undecided(quote: QuoteAggregate) -> list[QuoteItem]:
    return [line.item for line in quote.lines if line.item.decision == LineDecision.UNDECIDED]


def _check_not_agreed(quote: QuoteAggregate) -> None:
    accepted = next((line.item for line in quote.lines if line.item.decision in FULFILLED), None)
    if accepted is not None:
        message = (
            f"A line of this quote is {accepted.decision}: its item is {accepted.status}, no longer "
            f"{OfferStatus.SOURCED}. Whether prices include tax can no longer change."
        )
        raise PricesAgreed(message, accepted.ref, accepted.status, OfferStatus.SOURCED)


def _with_items(quote: QuoteAggregate, items: Sequence[ItemPrices], problems: Problems, at: datetime) -> QuoteAggregate:
    """The quote with the values of its lines, in order; without a currency, the first price sets it."""
    head, lines = quote.quote, {line.item.id: line for line in quote.lines}
    changed: dict[str, Line] = {}
    for index, prices in enumerate(items):
        path = prices.path or ("items", str(index))
        item_id = problems.check((*path, "itemId"), _item_of, lines, prices.item_id, changed)
        if item_id is not None:
            head, changed[item_id] = _with_item(head, lines[item_id], prices, path, problems, at)
    return replace(quote.with_lines(changed.values()), quote=head)


def _with_item(
    quote: Quote, line: Line, prices: ItemPrices, path: Path, problems: Problems, at: datetime
) -> tuple[Quote, Line]:
    try:
        check_open(line, line.item, OfferStatus.SOURCED)
        if "price" in prices.given:
            quote, line = _with_price(quote, line, prices.given["price"], (*path, "price"), problems, at)
    except Conflict as conflict:
        problems.add_conflict(path, conflict)
        return quote, line
    return quote, replace(line, item=_with_line_terms(quote, line.item, prices.given, path, problems))


def _item_of(lines: Mapping[str, Line], given: str, named: Collection[str]) -> str:
    item_id = parse_id(given, "QuoteItem")[1]
    if item_id not in lines:
        raise Invalid(ErrorCode.UNKNOWN_REFERENCE, "This quote has no item with this id.")
    if item_id in named:
        raise Invalid(ErrorCode.ALREADY_EXISTS, "This item is repeated. Send each item once.")
    return item_id


def _with_price(
    quote: Quote, line: Line, draft: MoneyDraft | None, path: Path, problems: Problems, at: datetime
) -> tuple[Quote, Line]:
    if draft is None:
        return quote, unprice_on(quote, line, line.item.id, at)
    price = parse_money(draft, problems, path)
    if price is None:
        return quote, line
    priced = problems.check((*path, "currencyCode"), price_on, quote, line, line.item.id, price, at)
    return (quote, line) if priced is None else (quote._replace(currency=price.currency), priced)


def _with_line_terms(
    quote: Quote, item: QuoteItem, given: GivenItemPrices, path: Path, problems: Problems
) -> QuoteItem:
    if (taxable := given.get("taxable")) is not None:
        item = item._replace(taxable=taxable)
    if "tax_rate" in given:
        rate = given["tax_rate"]
        parsed = 0 if rate is None else problems.check((*path, "taxRate"), parse_percentage, rate)
        item = item._replace(tax_rate=parsed or 0)
    if "discount" in given:
        changed = _discount(given["discount"], quote.currency, (*path, "discount"), problems)
        item = item._replace(**changed, discount_currency=quote.currency if changed["discount_type"] else None)
    return item


def _with_own(quote: Quote, given: GivenQuotePrices, problems: Problems) -> Quote:
    if "shipping" in given:
        quote = _with_shipping(quote, given["shipping"], problems)
    if "discount" in given:
        quote = quote._replace(**_discount(given["discount"], quote.currency, ("discount",), problems))
    return quote


def _with_shipping(quote: Quote, draft: ShippingDraft | None, problems: Problems) -> Quote:
    if draft is None:
        return quote._replace(shipping_name=None, shipping_minor=None)
    name = problems.check(("shipping", "name"), text, draft.name, NAME_LENGTH)
    price = parse_money(draft.price, problems, ("shipping", "price"))
    if price is None:
        return quote
    currency = problems.check(("shipping", "price", "currencyCode"), one_currency, quote, price.currency)
    return quote._replace(currency=currency or quote.currency, shipping_name=name, shipping_minor=price.minor)


def _discount(draft: DiscountDraft | None, currency: str | None, path: Path, problems: Problems) -> DiscountColumns:
    if draft is None:
        return {"discount_type": None, "discount_value": None, "discount_reason": None}
    if draft.type == DiscountType.FIXED_AMOUNT and currency is None:
        problems.add(path, ErrorCode.REQUIRED, "An amount requires the quote's currency. Send `currencyCode` as well.")
        value = None
    else:
        value = problems.check((*path, "value"), parse_discount, draft.type, draft.value, currency or "")
    reason = problems.check((*path, "reason"), optional_text, draft.reason, REASON_LENGTH)
    return {"discount_type": draft.type, "discount_value": value, "discount_reason": reason}


def _priced(offer: Offer, price: Money) -> Offer:
    # A price that a person sets stays until the vendor is asked again.
    priced = offer._replace(status=OfferStatus.SOURCED, price_minor=price.minor, price_currency=price.currency)
    return priced._replace(follows_vendor=False)


def _unpriced(offer: Offer) -> Offer:
    # The price that the vendor has quoted comes back when its line is priced by the vendor next.
    return offer._replace(status=OfferStatus.PENDING, price_minor=None, price_currency=None, vendor_price_minor=None)
