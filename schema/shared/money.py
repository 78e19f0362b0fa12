"""Amounts of money."""

import strawberry

from domain.shared.money import Money as MoneyRow
from domain.shared.money import MoneyDraft
from schema.declare import column, type_of
from schema.shared.scalars import CurrencyCode, Decimal


@strawberry.input(description="An amount of money.")
class MoneyInput:
    amount: Decimal = strawberry.field(description="Not negative, with at most the currency's own digits.")
    currency_code: CurrencyCode = strawberry.field(description="The currency.")


def money(given: MoneyInput) -> MoneyDraft:
    return MoneyDraft(given.amount, given.currency_code)


def optional_money(given: MoneyInput | None) -> MoneyDraft | None:
    return None if given is None else money(given)


@type_of(MoneyRow)
class Money:
    """An amount of money."""

    amount: Decimal = column("The amount with the currency's own digits, such as `1450.00`.")
    currency_code: CurrencyCode = column("The currency.", attribute="currency")
