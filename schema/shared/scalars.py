"""Scalars. On input they take any text: what is wrong with it is said in the payload."""

from datetime import date as python_date
from datetime import datetime, timedelta
from decimal import Decimal as PythonDecimal
from typing import Any, NewType

from graphql import EnumValueNode, ValueNode, value_from_ast_untyped
from strawberry.types.scalar import ScalarDefinition, scalar


def _as_given(value: Any) -> Any:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise ValueError('Send it as a string, such as "1450.00".')
    return value


def _as_is(value: Any) -> Any:
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("Send it as a string.")
    return value


def _utc(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")


def _define(
    name: str, specification: str, description: str, serialize: Any = str, parse: Any = _text
) -> ScalarDefinition:
    """A scalar, with the address of the specification of what is returned."""

    def parse_literal(node: ValueNode, variables: dict[str, Any] | None = None) -> Any:
        if isinstance(node, EnumValueNode):
            raise ValueError("Put it in double quotes.")
        return parse(value_from_ast_untyped(node, variables))

    return scalar(
        name=name,
        description=description,
        specified_by_url=specification,
        serialize=serialize,
        parse_value=parse,
        parse_literal=parse_literal,
    )


EmailAddress = NewType("EmailAddress", str)
URL = NewType("URL", str)
CurrencyCode = NewType("CurrencyCode", str)
CountryCode = NewType("CountryCode", str)
Decimal = NewType("Decimal", PythonDecimal)
DateTime = NewType("DateTime", datetime)
Date = NewType("Date", python_date)
Duration = NewType("Duration", timedelta)
JSON = NewType("JSON", object)

SCALARS: dict[object, ScalarDefinition] = {
    EmailAddress: _define(
        "EmailAddress",
        "https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address",
        "E-mail address, such as `ana@example.com`.",
    ),
    URL: _define("URL", "https://url.spec.whatwg.org/#absolute-url-string", "Absolute `http` or `https` URL."),
    CurrencyCode: _define(
        "CurrencyCode", "https://en.wikipedia.org/wiki/ISO_4217", "ISO 4217 currency code, such as `USD`."
    ),
    CountryCode: _define(
        "CountryCode",
        "https://www.iso.org/iso-3166-country-codes.html",
        "ISO 3166-1 alpha-2 country code, such as `UY`. Input may also be an alpha-3 code or a name of the country, "
        "such as `Uruguay` or `España`.",
    ),
    Decimal: _define(
        "Decimal",
        "https://www.w3.org/TR/xmlschema11-2/#decimal",
        'Decimal number as a string, such as `"1450.00"`, so that no precision is lost. Integers may be '
        "sent as numbers.",
        parse=_as_given,
    ),
    DateTime: _define(
        "DateTime",
        "https://scalars.graphql.org/andimarek/date-time",
        "ISO 8601 date and time. Output is in UTC, such as `2026-11-22T09:30:00Z`. Input may have any "
        "offset; without an offset it is in the time zone of the company. A date alone, such as "
        "`2026-11-22`, stands for that whole day in the company's time zone: an expiry lasts until the "
        "end of the day, `after` excludes the day, and so does `before`.",
        _utc,
    ),
    Date: _define(
        "Date",
        "https://scalars.graphql.org/andimarek/local-date",
        "Calendar date in the format `YYYY-MM-DD`.",
        python_date.isoformat,
    ),
    Duration: _define(
        "Duration",
        "https://en.wikipedia.org/wiki/ISO_8601#Durations",
        "ISO 8601 duration in weeks, days, hours, minutes and seconds, such as `PT24H` or `P7D`.",
    ),
    JSON: _define(
        "JSON",
        "https://www.rfc-editor.org/rfc/rfc8259",
        "A JSON value, such as an object or an array. What is in it is not part of the API's contract.",
        _as_is,
        _as_is,
    ),
}
