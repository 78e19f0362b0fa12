"""What a company's prices add to those of the vendor (docs/domain.md#vendor-margin)."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from domain.quotes.discounts import WHOLE, parse_percentage, render_percentage, rounded
from domain.shared.errors import ErrorCode, Invalid, Path, Problems
from domain.shared.money import Money, MoneyDraft, parse_amount, parse_currency, parse_money

_AMOUNT = re.compile(r"(?P<amount>[0-9.]+)\s*(?P<currency>[A-Za-z]{3})")


class Margin(NamedTuple):
    """A share of the vendor's price in millionths, or an amount for each device; by default nothing."""

    share: int = 0
    amount: Money | None = None

    def on(self, price: Money) -> Money:
        """The price with the margin, rounded half up to the currency's smallest unit. Raises: Invalid, if the margin
        is an amount in another currency."""
        if self.amount is None:
            return Money(price.minor + rounded(price.minor * self.share, WHOLE), price.currency)
        if self.amount.currency != price.currency:
            message = f"The vendor quotes in {price.currency}, in which the company has no prices."
            raise Invalid(ErrorCode.CURRENCY_MISMATCH, message)
        return Money(price.minor + self.amount.minor, price.currency)

    @property
    def percentage(self) -> str | None:
        """The share as text, such as `12.5`; None if the margin is an amount."""
        return render_percentage(self.share) if self.amount is None else None

    @property
    def text(self) -> str:
        """The margin as `parse_margin` reads it: `12.5 %`, `25.00 USD`."""
        return (
            f"{render_percentage(self.share)} %"
            if self.amount is None
            else f"{self.amount.amount} {self.amount.currency}"
        )


NO_MARGIN = Margin()


@dataclass(frozen=True, slots=True)
class MarginDraft:
    """A margin as entered: a percentage, or an amount for each device."""

    percentage: object = None
    amount: MoneyDraft | None = None


def parse_margin_draft(draft: MarginDraft, problems: Problems, path: Path) -> Margin | None:
    """A margin as entered; problems are added under `path`."""
    if draft.amount is not None:
        amount = parse_money(draft.amount, problems, (*path, "amount"))
        return None if amount is None else Margin(amount=amount)
    share = problems.check((*path, "percentage"), parse_percentage, draft.percentage)
    return None if share is None else Margin(share)


def parse_margin(given: str) -> Margin:
    """A margin as entered: a percentage from 0 to 100 (`12.5 %`) or an amount with its currency (`25.00 USD`).

    Raises: Invalid.
    """
    typed = given.strip()
    if typed.endswith("%"):
        return Margin(parse_percentage(typed.removesuffix("%").strip()))
    if (found := _AMOUNT.fullmatch(typed)) is None:
        message = "Send a percentage, such as “12.5 %”, or an amount with its currency, such as “25.00 USD”."
        raise Invalid(ErrorCode.INVALID_AMOUNT, message)
    return Margin(amount=parse_amount(found["amount"], parse_currency(found["currency"])))


def margin_of(stored: str | None) -> Margin:
    """The margin of a company."""
    return NO_MARGIN if stored is None else parse_margin(stored)
