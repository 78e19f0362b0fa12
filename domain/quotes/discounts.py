"""Percentages, discounts and shipping, in integers: a percentage is stored in millionths, so that 100 % is 1,000,000.

Four decimals suffice for every tax rate (8.875 % is 88,750) and avoid decimals in the database. All rounding happens
here, to the nearest minor unit, half up.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from domain.shared.errors import ErrorCode, Invalid
from domain.shared.invisible_characters import without_marks
from domain.shared.money import Money, parse_amount

WHOLE = 1_000_000
_PERCENT = WHOLE // 100
_PERCENTAGE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,20})?")


class DiscountType(StrEnum):
    """The kind of a discount (docs/domain.md#discounts)."""

    FIXED_AMOUNT = "FIXED_AMOUNT"
    PERCENTAGE = "PERCENTAGE"


class Discount(NamedTuple):
    """A discount on a line or a quote. `value` is in minor units of `currency` or, for a percentage, in millionths
    without a currency."""

    type: DiscountType
    value: int
    currency: str
    reason: str | None = None

    @property
    def amount(self) -> Money | None:
        """The fixed amount; None for a percentage."""
        return Money(self.value, self.currency) if self.type == DiscountType.FIXED_AMOUNT else None

    @property
    def percentage(self) -> str | None:
        """The percentage as text, such as `12.5`; None for a fixed amount."""
        return render_percentage(self.value) if self.type == DiscountType.PERCENTAGE else None


class Shipping(NamedTuple):
    """The shipping rate of a quote (docs/domain.md#shipping)."""

    name: str
    price: Money


def discount_of(kind: str | None, value: int | None, currency: str | None, reason: str | None) -> Discount | None:
    """The discount stored in these columns."""
    if kind is None or value is None:
        return None
    fixed = kind == DiscountType.FIXED_AMOUNT
    return Discount(DiscountType(kind), value, (currency or "") if fixed else "", reason)


def taken_off(discount: Discount | None, amount: int) -> int:
    """The discount on an amount, in minor units; at most the amount itself."""
    if discount is None:
        return 0
    if discount.type == DiscountType.FIXED_AMOUNT:
        return min(discount.value, amount)
    return rounded(amount * discount.value, WHOLE)


def rounded(numerator: int, denominator: int) -> int:
    """The quotient of non-negative integers, rounded half up."""
    return (2 * numerator + denominator) // (2 * denominator)


def distribute(whole: int, over: Sequence[int], ties: Sequence[int] | None = None) -> list[int]:
    """Distribute `whole` in proportion to `over` by largest remainder: each part gets the integer part of its share,
    and the rest goes in single units to the largest fractions, on ties to the larger amount, then to the larger
    value of `ties`. `whole` is at most the sum of `over`, so that no part exceeds its amount."""
    base = sum(over)
    if base == 0:
        return [0] * len(over)
    parts = [whole * amount // base for amount in over]
    second = ties or over
    # Sorted by value only, not by position: equal keys are interchangeable.
    by_fraction = sorted(range(len(over)), key=lambda i: (whole * over[i] % base, over[i], second[i]), reverse=True)
    for index in by_fraction[: whole - sum(parts)]:
        parts[index] += 1
    return parts


def parse_percentage(given: object) -> int:
    """A percentage from 0 to 100, as text ("8.875") or an integer, in millionths. Raises: Invalid."""
    typed = without_marks(str(given)) if isinstance(given, str | int) and not isinstance(given, bool) else ""
    if not _PERCENTAGE.fullmatch(typed):
        raise Invalid(ErrorCode.INVALID_PERCENTAGE, 'Send a percentage from 0 to 100 as text, such as "8.875".')
    value = Decimal(typed)
    if value > 100:
        raise Invalid(ErrorCode.INVALID_PERCENTAGE, f"A percentage is from 0 to 100, not {typed}.")
    if value != (exact := value.quantize(Decimal("0.0001"))):
        raise Invalid(ErrorCode.INVALID_PERCENTAGE, "A percentage has at most four decimal places.")
    return int(exact * _PERCENT)


def parse_discount(kind: DiscountType, value: object, currency: str) -> int:
    """The value of a discount, in minor units or millionths. Raises: Invalid."""
    return parse_percentage(value) if kind == DiscountType.PERCENTAGE else parse_amount(value, currency).minor


def render_percentage(millionths: int) -> str:
    """A percentage as text, without trailing zeros: `21`, `8.875`."""
    whole, part = divmod(millionths, _PERCENT)
    return f"{whole}.{part:04}".rstrip("0").rstrip(".")
