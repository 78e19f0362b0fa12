"""Amounts of money."""

import strawberry

from domain.shared.money import Money as MoneyRow
from domain.shared.money import MoneyDraft
from schema.declare import column, type_of
from schema.shared.scalars import CurrencyCode, Decimal


@strawberry.input(description="Amount of money with its currency.")
class MoneyInput:
    amount: Decimal = strawberry.field(
        description="Amount. Not negative, with at most the decimal places of the currency."
    )
    currency_code: CurrencyCode = strawberry.field(description="Currency of the amount.")


def money(given: MoneyInput) -> MoneyDraft:
    return MoneyDraft(given.amount, given.currency_code)


def optional_money(given: MoneyInput | None) -> MoneyDraft | None:
    return None if given is None else money(given)


@type_of(MoneyRow)
class Money:
    """Amount of money with its currency."""

    amount: Decimal = column("Amount with the decimal places of the currency, such as `1450.00`.")
    currency_code: CurrencyCode = column("Currency of the amount.", attribute="currency")
