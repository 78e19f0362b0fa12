"""Scalars. On input they take any text: what is wrong with it is said in the payload."""

from datetime import date as python_date
from datetime import datetime
from decimal import Decimal as PythonDecimal
from typing import Any, NewType

from strawberry.types.scalar import ScalarDefinition, scalar


def _as_given(value: Any) -> Any:
    if not isinstance(value, str | int | float):
        raise ValueError("Send this as text.")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("Send this as text.")
    return value


def _utc(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")


def _define(name: str, description: str, serialize: Any = str, parse: Any = _text) -> ScalarDefinition:
    return scalar(name=name, description=description, serialize=serialize, parse_value=parse)


EmailAddress = NewType("EmailAddress", str)
URL = NewType("URL", str)
CurrencyCode = NewType("CurrencyCode", str)
Decimal = NewType("Decimal", PythonDecimal)
DateTime = NewType("DateTime", datetime)
Date = NewType("Date", python_date)

SCALARS: dict[object, ScalarDefinition] = {
    EmailAddress: _define("EmailAddress", "An e-mail address, such as `ana@example.com`."),
    URL: _define("URL", "A full http or https address."),
    CurrencyCode: _define("CurrencyCode", "An ISO 4217 currency code, such as `USD`."),
    Decimal: _define(
        "Decimal",
        'A decimal number as text, such as `"1450.00"`: no digit is lost. Whole numbers may be sent as numbers.',
        parse=_as_given,
    ),
    DateTime: _define(
        "DateTime",
        "A point in time, ISO 8601: given back in UTC, as in `2026-11-22T09:30:00Z`. It is taken in any offset, and "
        "without one in the time zone of the company. A day alone, as in `2026-11-22`, is all of that day there: what "
        "holds until then lasts to its end, `after` is later than all of it and `before` earlier.",
        _utc,
    ),
    Date: _define("Date", "A calendar date, `YYYY-MM-DD`.", python_date.isoformat),
}
