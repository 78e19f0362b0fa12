"""Prices that new quotes and lines are entered with (docs/domain.md#prices-of-new-quotes). They are set by the rules of
`domain/quotes/pricing.py` and `domain/quotes/price_options.py`, as if they were set afterwards.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.catalogue.device_selection import CatalogueSelection, KitDevices
from domain.companies.company import TaxRounding
from domain.quotes.aggregate import QuoteAggregate, RuleResult
from domain.quotes.drafts import ItemDraft, NewLines, QuoteDraft, start_quote
from domain.quotes.price_options import build_options
from domain.quotes.pricing import GivenQuotePrices, ItemPrices, QuotePrices, set_prices
from domain.quotes.totals import totalled
from domain.shared.access import Actor, Scope
from domain.shared.errors import ErrorCode, InvalidInput, Path, Problems

OPTIONS: Path = ("priceOptions",)
# The input fields of the given prices, by attribute.
_FIELDS = {
    "price": "price",
    "discount": "discount",
    "taxable": "isTaxable",
    "tax_rate": "taxRate",
    "prices_include_tax": "isTaxIncluded",
    "shipping": "shipping",
}


@dataclass(frozen=True, slots=True)
class NewQuote:
    """A new quote as it is `requested`, then with its prices set, and as it is `offered`: with price options too.
    `items` are the numbers of the items of the input that its lines are made from."""

    requested: QuoteAggregate
    priced: RuleResult
    offered: QuoteAggregate
    items: tuple[int, ...]


def build_quote(
    draft: QuoteDraft,
    selection: CatalogueSelection,
    tenant_id: int,
    order_id: str,
    at: datetime,
    new_id: Callable[[], str],
    sandbox: bool = False,
    tax_rounding: TaxRounding = TaxRounding.PER_RATE,
    may_price: bool = False,
    author: Actor | None = None,
) -> NewQuote:
    """A new quote, PENDING, with the prices it was entered with (docs/domain.md#create-quote).

    As `start_quote`. With `may_price` the caller may set prices. Raises: InvalidInput, with every problem of the input.
    """
    problems = Problems()
    quote, lines = start_quote(
        draft, selection, tenant_id, order_id, at, new_id, problems, sandbox, tax_rounding, author
    )
    if not may_price:
        _refuse([*((_FIELDS[name],) for name in draft.prices), *([OPTIONS] if draft.price_options else [])], problems)
    priced = price_lines(quote, draft.items, lines, problems, at, may_price, draft.prices)
    offered = priced.quote
    if may_price and draft.price_options:
        head, options = build_options(offered.quote, draft.price_options, problems, at, new_id, OPTIONS)
        offered = totalled(replace(offered, quote=head, options=options))
    problems.raise_if_any()
    return NewQuote(quote, priced, offered, lines.items)


def price_lines(
    quote: QuoteAggregate,
    drafts: Sequence[ItemDraft],
    lines: NewLines,
    problems: Problems,
    at: datetime,
    may_price: bool,
    given: GivenQuotePrices | None = None,
) -> RuleResult:
    """The quote with the prices that its new lines were entered with, and those `given` for it. Problems are added,
    among them each price of a line if the caller may not set any."""
    if not may_price:
        _refuse(_given_of(drafts), problems)
        return RuleResult(quote, ())
    _check_kits(drafts, problems)
    items = tuple(
        ItemPrices(line.item.id, prices, ("items", str(index)))
        for line, index in zip(lines.lines, lines.items, strict=True)
        if (prices := drafts[index].prices)
    )
    if not items and not given:
        return RuleResult(quote, ())
    try:
        return set_prices(quote, QuotePrices(given or {}, items), at)
    except InvalidInput as invalid:
        # The devices of a kit share one input, so each problem is reported once. Totals of a wrong input say nothing.
        problems.found.extend(it for it in dict.fromkeys(invalid.problems) if it.path or not problems.found)
        return RuleResult(quote, ())


def _refuse(paths: Sequence[Path], problems: Problems) -> None:
    for path in paths:
        message = f"Only operators set prices. This requires the scope `{Scope.QUOTES_MANAGE}`."
        problems.add(path, ErrorCode.NOT_ALLOWED, message)


def _given_of(drafts: Sequence[ItemDraft]) -> list[Path]:
    return [("items", str(index), _FIELDS[name]) for index, draft in enumerate(drafts) for name in draft.prices]


def _check_kits(drafts: Sequence[ItemDraft], problems: Problems) -> None:
    """Check that no amount is given for a kit, whose devices have different prices."""
    for path in _amounts_of_kits(drafts):
        message = "A kit has a price for each of its devices. Set them on its lines with `priceQuote`."
        problems.add(path, ErrorCode.NOT_ALLOWED, message)


def _amounts_of_kits(drafts: Sequence[ItemDraft]) -> Iterator[Path]:
    for index, draft in enumerate(drafts):
        if isinstance(draft.device, KitDevices):
            yield from (("items", str(index), name) for name in ("price", "discount") if name in draft.prices)
