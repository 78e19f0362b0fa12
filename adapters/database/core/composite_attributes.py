"""Attributes of several columns, as PostgreSQL renders them in JSON: money, and objects of the row's own columns."""

from collections.abc import Iterable

from iso4217 import Currency
from sqlalchemy import Boolean, ColumnElement, Table, Text, and_, case, cast, func, literal_column

from adapters.database.core.row_mapping import Attribute, CompositeAttribute
from domain.shared.money import digits

_USUAL = 2


def money(table: Table, name: str, shared_currency: str | None = None) -> CompositeAttribute:
    """An amount of minor units and its currency, neither of which can need an escape (`domain.shared.money.Money`).

    `shared_currency` is the column of a currency that several amounts share.
    """
    minor, currency = table.c[f"{name}_minor"], table.c[shared_currency or f"{name}_currency"]
    attributes = {
        "minor": Attribute(minor, nullable=False),
        "currency": Attribute(currency, nullable=False, plain=True),
        "amount": Attribute(_amount(minor, currency), nullable=False, plain=True),
    }
    return CompositeAttribute(and_(minor.is_not(None), currency.is_not(None)), attributes)


def of_columns(table: Table, names: Iterable[str]) -> CompositeAttribute:
    """An object of columns of the row, never null."""
    return CompositeAttribute(None, {name: Attribute(table.c[name], bool(table.c[name].nullable)) for name in names})


def _amount(minor: ColumnElement[int], currency: ColumnElement[str]) -> ColumnElement[str]:
    """Renders the amount in major units with the digits of the currency. Only currencies without two digits are listed,
    to keep the statement short."""
    codes: dict[int, list[str]] = {}
    for it in Currency:
        if it.exponent is not None and digits(it.code) != _USUAL:
            codes.setdefault(digits(it.code), []).append(it.code)
    others = [(_is_one_of(currency, these), _decimal_text(minor, places)) for places, these in sorted(codes.items())]
    return case(*others, else_=_decimal_text(minor, _USUAL))


def _is_one_of(currency: ColumnElement[str], codes: list[str]) -> ColumnElement[bool]:
    # PostgreSQL hashes a constant array; codes of ISO 4217 need no quoting.
    return currency.op("=", return_type=Boolean())(literal_column(f"ANY ('{{{','.join(codes)}}}'::text[])"))


def _decimal_text(minor: ColumnElement[int], places: int) -> ColumnElement[str]:
    if places == 0:
        return cast(minor, Text)
    unit: ColumnElement[int] = literal_column(str(10**places))
    part = func.lpad(cast(minor.op("%")(unit), Text), literal_column(str(places)), constant("0"))
    return (
        cast(minor.op("/")(unit), Text).op("||", return_type=Text())(constant(".")).op("||", return_type=Text())(part)
    )


def constant(text: str) -> ColumnElement[str]:
    """Returns a text literal: the statement is prepared, while a parameter would be sent each time."""
    escaped = text.replace("'", "''")
    return literal_column(f"'{escaped}'", Text)
