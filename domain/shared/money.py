"""Money: an integer number of a currency's minor units. Floats are never used."""

import re
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import NamedTuple

from iso4217 import Currency

from domain.shared.errors import ErrorCode, Invalid, Path, Problems
from domain.shared.invisible_characters import without_marks

# The largest integer that a JavaScript number holds exactly.
LARGEST_MINOR = 2**53 - 1

# Decimal also accepts 1_000, ١٢ and 1e3, which are not amounts.
_AMOUNT = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")
# Enough digits for every amount that can be entered; the default of 28 would round some.
_EXACT = Context(prec=60)

# Metals and test codes have no minor unit in ISO 4217 and are not supported.
_DIGITS = {currency.code: currency.exponent for currency in Currency if currency.exponent is not None}


class Money(NamedTuple):
    """An amount in minor units (cents, fils, whole yen) of a currency (ISO 4217)."""

    minor: int
    currency: str

    @property
    def amount(self) -> str:
        """The amount in major units as text, with the number of decimals of the currency: `1450.00`."""
        places = _DIGITS[self.currency]
        if places == 0:
            return str(self.minor)
        whole, part = divmod(self.minor, 10**places)
        return f"{whole}.{part:0{places}}"


@dataclass(frozen=True, slots=True)
class MoneyDraft:
    """An amount as entered."""

    amount: object
    currency_code: str


def parse_money(draft: MoneyDraft, problems: Problems, path: Path) -> Money | None:
    """The amount of money that was entered; problems are added under `path`."""
    currency = problems.check((*path, "currencyCode"), parse_currency, draft.currency_code)
    return problems.check((*path, "amount"), parse_amount, draft.amount, currency) if currency else None


def digits(currency: str) -> int:
    """The number of decimals of a currency: USD 2, JPY 0, KWD 3."""
    return _DIGITS[currency]


def parse_currency(code: str) -> str:
    """An ISO 4217 code, given in any case. Raises: Invalid."""
    plain = without_marks(code).upper()
    if plain not in _DIGITS:
        raise Invalid(ErrorCode.INVALID_CURRENCY, "Send an ISO 4217 currency code such as USD.")
    return plain


def parse_amount(amount: object, currency: str) -> Money:
    """A non-negative amount in major units, given as text ("1450.00") or an integer. Raises: Invalid."""
    value = _decimal(amount)
    minor = value.scaleb(digits(currency), _EXACT)
    if value < 0:
        raise Invalid(ErrorCode.INVALID_AMOUNT, "An amount cannot be negative.")
    if minor != minor.to_integral_value():
        raise Invalid(ErrorCode.INVALID_AMOUNT, f"{currency} has {digits(currency)} decimal places. Round the amount.")
    if minor > LARGEST_MINOR:
        raise Invalid(ErrorCode.INVALID_AMOUNT, "The amount is too large.")
    return Money(int(minor), currency)


def decimal_text(given: object) -> str:
    """A decimal number as entered, with all of its digits. Raises: Invalid."""
    _decimal(given)
    return without_marks(str(given))


def _decimal(amount: object) -> Decimal:
    if isinstance(amount, float):
        raise Invalid(
            ErrorCode.INVALID_AMOUNT, 'A JSON number can lose digits. Send the amount as text, such as "1450.00".'
        )
    typed = without_marks(str(amount)) if isinstance(amount, str | int) and not isinstance(amount, bool) else ""
    if not _AMOUNT.fullmatch(typed):
        raise Invalid(ErrorCode.INVALID_AMOUNT, 'Send an amount such as "1450.00".')
    return Decimal(typed)


def render(money: Money) -> str:
    """The amount as printed for people: `USD 1,450.00`."""
    whole, _, part = money.amount.partition(".")
    return f"{money.currency} {int(whole):,}{'.' if part else ''}{part}"
