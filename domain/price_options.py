"""Price options: a quote may be offered at several named prices, of which its customer accepts exactly one
(domain-facts C). They stand beside the totals of the lines, which go on adding up what the lines cost.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from domain.access import Actor, ActorKind
from domain.errors import Conflict, ErrorCode, NodeRef, Problems
from domain.money import Money, MoneyDraft, parse_money, render
from domain.quote_aggregate import Decisions, QuoteAggregate, Ruling
from domain.quote_drafts import MOST_PARTS
from domain.quote_moves import sign_approve
from domain.quote_parts import Quote
from domain.quote_statuses import DecisionStatus
from domain.quotes import PriceChanged, check_decidable, one_currency
from domain.values import NAME_LENGTH, fold, text


class PriceOptionStatus(StrEnum):
    """Where a price option stands (domain-facts C)."""

    OFFERED = "OFFERED"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"


class PriceOption(NamedTuple):
    """A name and a price at which a quote can be had, of which `upfront` is due at once (domain-facts C)."""

    id: str
    tenant_id: int
    quote_id: str
    position: int
    name: str
    price_minor: int
    upfront_minor: int
    price_currency: str
    status: PriceOptionStatus
    accepted_at: datetime | None
    accepted_by_kind: str | None
    accepted_by_id: str | None
    accepted_by_name: str | None

    @staticmethod
    def derived() -> dict[str, tuple[str, ...]]:
        """What the properties are made of, for readers that load no more than is asked for."""
        by = ("accepted_by_kind", "accepted_by_id", "accepted_by_name")
        upfront = ("upfront_minor", "price_currency")
        return {"price": ("price_minor", "price_currency"), "upfront": upfront, "accepted_by": by}

    @property
    def ref(self) -> NodeRef:
        return NodeRef("PriceOption", self.id)

    @property
    def price(self) -> Money:
        return Money(self.price_minor, self.price_currency)

    @property
    def upfront(self) -> Money:
        return Money(self.upfront_minor, self.price_currency)

    @property
    def accepted_by(self) -> Actor | None:
        """Who accepted it."""
        if self.accepted_by_kind is None:
            return None
        return Actor(ActorKind(self.accepted_by_kind), self.accepted_by_id or "", self.accepted_by_name or "")


@dataclass(frozen=True, slots=True)
class PriceOptionDraft:
    """A price option as typed; without an upfront amount nothing is due at once."""

    name: str
    price: MoneyDraft
    upfront: MoneyDraft | None = None


class OtherOptionAccepted(Conflict):
    """Exactly one option of a quote is accepted, and it was another."""

    code = ErrorCode.ALREADY_DECIDED


class PriceOptionRequired(Conflict):
    """The quote is offered at several prices, and none of them was chosen."""

    code = ErrorCode.PRICE_OPTION_REQUIRED


def build_options(
    quote: Quote, drafts: Sequence[PriceOptionDraft], problems: Problems, at: datetime, new_id: Callable[[], str]
) -> tuple[Quote, tuple[PriceOption, ...]]:
    """The options of a quote still to be decided, and the quote in their currency; what is wrong is noted.

    Raises: WrongStatus, Expired.
    """
    check_decidable(quote, PriceOptionStatus.OFFERED, at)
    if len(drafts) > MOST_PARTS:
        problems.add(("options",), ErrorCode.TOO_MANY, f"At most {MOST_PARTS} options, not {len(drafts)}.")
    options: list[PriceOption] = []
    for position, draft in enumerate(drafts[:MOST_PARTS]):
        quote, option = _option(quote, draft, position, problems, new_id())
        if option is not None and any(fold(it.name) == fold(option.name) for it in options):
            path = ("options", str(position), "name")
            problems.add(path, ErrorCode.ALREADY_EXISTS, "Two options have this name. Give each its own.")
        options.extend(() if option is None else (option,))
    return quote, tuple(options)


def _option(
    quote: Quote, draft: PriceOptionDraft, position: int, problems: Problems, option_id: str
) -> tuple[Quote, PriceOption | None]:
    path = ("options", str(position))
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
        message = f"No more can be due at once than the price of {render(price)}."
        problems.add((*path, "upfront", "amount"), ErrorCode.OUT_OF_RANGE, message)
    nobody = (None, None, None, None)
    amounts = (price.minor, upfront.minor, price.currency)
    made = PriceOption(
        option_id, quote.tenant_id, quote.id, position, name, *amounts, PriceOptionStatus.OFFERED, *nobody
    )
    return quote, made


@dataclass(frozen=True, slots=True)
class Selection:
    """What selecting an option makes of the options and the quote; `decisions` accept its open lines."""

    options: tuple[PriceOption, ...]
    quote: QuoteAggregate
    decisions: Decisions


def select(
    quote: QuoteAggregate,
    options: tuple[PriceOption, ...],
    option_id: str,
    actor: Actor,
    at: datetime,
    expected_price: Money | None = None,
    chosen_alternatives: Collection[str] = (),
) -> Selection:
    """Accept one option, which rejects the others and approves the quote (domain-facts C).

    Every line still open is accepted as it is offered, or with the alternative chosen, each at a price of its own,
    which may be 0: the vendor's price is compared with that. Selected again, nothing changes.
    Raises: OtherOptionAccepted, PriceChanged, WrongStatus, Expired, and InvalidInput with every line that cannot be
    accepted.
    """
    chosen = next(it for it in options if it.id == option_id)
    if chosen.status == PriceOptionStatus.ACCEPTED:
        return Selection(options, quote, Decisions((), Ruling(quote, ())))
    if any(it.status == PriceOptionStatus.ACCEPTED for it in options):
        message = f"Another option was accepted; this one is {chosen.status} and cannot become ACCEPTED."
        raise OtherOptionAccepted(message, chosen.ref, chosen.status, PriceOptionStatus.ACCEPTED)
    check_decidable(quote.quote, DecisionStatus.APPROVED, at)
    if expected_price is not None and expected_price != chosen.price:
        message = f"The price is now {render(chosen.price)}, not {render(expected_price)}."
        raise PriceChanged(message, chosen.ref, chosen.status, PriceOptionStatus.ACCEPTED)
    due = replace(
        quote, quote=quote.quote._replace(option_price_minor=chosen.price_minor, accepted_option_id=option_id)
    )
    made = sign_approve(due, actor, at, chosen_alternatives)
    return Selection(tuple(_settled(it, option_id, actor, at) for it in options), made.ruling.quote, made)


def without_choice(options: tuple[PriceOption, ...]) -> tuple[PriceOption, ...]:
    """The options of a quote that was decided: what is still offered is rejected."""
    return tuple(
        it._replace(status=PriceOptionStatus.REJECTED) if it.status == PriceOptionStatus.OFFERED else it
        for it in options
    )


def check_no_choice(quote: Quote, options: Sequence[PriceOption]) -> None:
    """A quote at several prices is accepted by choosing one of them (domain-facts C). Raises: PriceOptionRequired."""
    if any(it.status == PriceOptionStatus.OFFERED for it in options):
        names = ", ".join(it.name for it in options)
        message = (
            f"This quote is {quote.status} at {len(options)} prices ({names}), so it cannot become "
            f"{DecisionStatus.APPROVED} without one of them. Choose it with selectPriceOption."
        )
        raise PriceOptionRequired(message, quote.ref, quote.status, DecisionStatus.APPROVED)


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
