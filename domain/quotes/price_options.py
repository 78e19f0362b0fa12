"""Price options: building and selecting them (docs/domain.md#price-options).

The row is in `domain/quotes/price_option_rows.py`.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.quotes.aggregate import Decisions, QuoteAggregate, RuleResult
from domain.quotes.decisions import PriceChanged, check_decidable
from domain.quotes.price_option_rows import PriceOption, PriceOptionStatus
from domain.quotes.pricing import one_currency
from domain.quotes.rows import Quote
from domain.quotes.statuses import DecisionStatus
from domain.quotes.transitions import sign_approve
from domain.shared.access import Actor
from domain.shared.errors import Conflict, ErrorCode, Path, Problems
from domain.shared.limits import MOST_PARTS
from domain.shared.money import Money, MoneyDraft, parse_money, render
from domain.shared.parsers import NAME_LENGTH, fold, text


@dataclass(frozen=True, slots=True)
class PriceOptionDraft:
    """A price option as entered; without `upfront`, nothing is due at once."""

    name: str
    price: MoneyDraft
    upfront: MoneyDraft | None = None


class OtherOptionAccepted(Conflict):
    """Another price option of the quote has already been accepted."""

    code = ErrorCode.ALREADY_DECIDED


def build_options(
    quote: Quote,
    drafts: Sequence[PriceOptionDraft],
    problems: Problems,
    at: datetime,
    new_id: Callable[[], str],
    path: Path = ("options",),
) -> tuple[Quote, tuple[PriceOption, ...]]:
    """The price options of an undecided quote, and the quote with their currency; problems are added under `path`.

    Raises: WrongStatus, Expired.
    """
    check_decidable(quote, PriceOptionStatus.OFFERED, at)
    if len(drafts) > MOST_PARTS:
        problems.add(path, ErrorCode.TOO_MANY, f"At most {MOST_PARTS} options, not {len(drafts)}.")
    options: list[PriceOption] = []
    for position, draft in enumerate(drafts[:MOST_PARTS]):
        here = (*path, str(position))
        quote, option = _option(quote, draft, position, problems, here, new_id())
        if option is not None and any(fold(it.name) == fold(option.name) for it in options):
            problems.add((*here, "name"), ErrorCode.ALREADY_EXISTS, "This name is repeated. Send each name once.")
        options.extend(() if option is None else (option,))
    return quote, tuple(options)


def _option(
    quote: Quote, draft: PriceOptionDraft, position: int, problems: Problems, path: Path, option_id: str
) -> tuple[Quote, PriceOption | None]:
    name = problems.check((*path, "name"), text, draft.name, NAME_LENGTH)
    price = parse_money(draft.price, problems, (*path, "price"))
    upfront = Money(0, "") if draft.upfront is None else parse_money(draft.upfront, problems, (*path, "upfront"))
    if name is None or price is None or upfront is None:
        return quote, None
    currency = problems.check((*path, "price", "currencyCode"), one_currency, quote, price.currency)
    if currency is not None:
        quote = quote._replace(currency=currency)
    if draft.upfront is not None and upfront.currency != price.currency:
        message = f"The price is in {price.currency}. Send both amounts in one currency."
        problems.add((*path, "upfront", "currencyCode"), ErrorCode.CURRENCY_MISMATCH, message)
    elif upfront.minor > price.minor:
        message = f"The upfront amount exceeds the price of {render(price)}."
        problems.add((*path, "upfront", "amount"), ErrorCode.OUT_OF_RANGE, message)
    not_accepted = (None, None, None, None)
    amounts = (price.minor, upfront.minor, price.currency)
    made = PriceOption(
        option_id, quote.tenant_id, quote.id, position, name, *amounts, PriceOptionStatus.OFFERED, *not_accepted
    )
    return quote, made


@dataclass(frozen=True, slots=True)
class Selection:
    """The approval of a quote: the quote before the decisions (`taken`), with or without a price option, and the
    decisions on its lines."""

    taken: QuoteAggregate
    decisions: Decisions

    @property
    def quote(self) -> QuoteAggregate:
        """The quote after all decisions."""
        return self.decisions.rule_result.quote


def approved(
    quote: QuoteAggregate, option: PriceOption | None, actor: Actor, at: datetime, chosen: Collection[str] = ()
) -> Selection:
    """The quote with all open lines accepted, at the price of an option if there is one. Raises: as `select` and
    `sign_approve`."""
    if option is None:
        return Selection(quote, sign_approve(quote, actor, at, chosen))
    return select(quote, option.id, actor, at, chosen_alternatives=chosen)


def select(
    quote: QuoteAggregate,
    option_id: str,
    actor: Actor,
    at: datetime,
    expected_price: Money | None = None,
    chosen_alternatives: Collection[str] = (),
) -> Selection:
    """Accept a price option, which rejects the others and approves the quote (docs/domain.md#price-options).

    Every open line is accepted as offered, or with the chosen alternative. It keeps its own price, if it has one, for
    comparison with the vendor's price. Repeating the selection changes nothing. Raises: OtherOptionAccepted,
    PriceChanged, WrongStatus, Expired, and InvalidInput with every line for which it is unclear what to accept.
    """
    chosen = next(it for it in quote.options if it.id == option_id)
    if chosen.status == PriceOptionStatus.ACCEPTED:
        return Selection(quote, Decisions((), RuleResult(quote, ())))
    if quote.accepted_option is not None:
        message = f"Another price option is accepted. This one is {chosen.status} and cannot become ACCEPTED."
        raise OtherOptionAccepted(message, chosen.ref, chosen.status, PriceOptionStatus.ACCEPTED)
    check_decidable(quote.quote, DecisionStatus.APPROVED, at)
    if expected_price is not None and expected_price != chosen.price:
        message = f"The price is now {render(chosen.price)}, not {render(expected_price)}."
        raise PriceChanged(message, chosen.ref, chosen.status, PriceOptionStatus.ACCEPTED)
    due = quote.quote._replace(option_price_minor=chosen.price_minor, accepted_option_id=option_id)
    settled = tuple(_settled(it, option_id, actor, at) for it in quote.options)
    taken = replace(quote, quote=due, options=settled)
    return Selection(taken, sign_approve(taken, actor, at, chosen_alternatives))


def _settled(option: PriceOption, chosen: str, actor: Actor, at: datetime) -> PriceOption:
    if option.id != chosen:
        return option._replace(status=PriceOptionStatus.REJECTED)
    return option._replace(
        status=PriceOptionStatus.ACCEPTED,
        accepted_at=at,
        accepted_by_kind=actor.kind,
        accepted_by_id=actor.id,
        accepted_by_name=actor.name,
    )
