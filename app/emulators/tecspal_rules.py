"""Validates requests as Tecspal does: the envelope of every request and the fields of an order
(docs/domain.md#tecspal-order-fields).

Tecspal documents the message for a missing field only; the other messages are ours.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from app.emulators.http import Call
from domain.shared.countries import all_countries

SEND_TO = {"EMPLOYEE", "STORAGE", "OFFICE", "QUOTE_ONLY"}
WARRANTIES = {"EXTENDED_WARRANTY_MAC", "EXTENDED_WARRANTY_WINDOWS"}
HARDWARE_TYPES = {"MACBOOK", "PC"} | WARRANTIES
# What an installation takes as the brand of a MACBOOK.
OMIT, APPLE = APPLE_BRANDS = ("omit", "APPLE")
BRANDS = {"ACER", "ASUS", "DELL", "HP", "LENOVO", "SAMSUNG", "LG", "VAIO", "MICROSOFT"}
WARRANTY_FIELDS = {"hardwareType", "amount", "externalItemId", "notes"}
OPTIONAL_LINE_FIELDS = ("ram", "diskSize", "displaySize", "model", "processor", "externalItemId", "notes")
OPTIONAL_ORDER_FIELDS = ("poNumber", "clientName", "ABMId")
COMPANY = ("name", "companyCode", "countryCode", "legalNumber", "contactEmail", "phone")
EMPLOYEE = (
    "firstName",
    "lastName",
    "email",
    "phone",
    "governmentDNI",
    "address",
    "city",
    "postCode",
    "countryCode",
)


class TecspalRefuses(Exception):
    """An answer with status 400 and this message."""


def check_envelope(call: Call, content: str) -> dict[str, Any]:
    """Returns the object under `content` of the envelope (docs/domain.md#tecspal-requests). A GET may use query
    parameters instead."""
    if call.method == "GET" and call.body is None:
        return dict(call.query)
    body = call.body if isinstance(call.body, dict) else {}
    for name in (content, "request", "vendor", "verb"):
        if body.get(name) is None:
            raise _missing(name)
    expected = {"request": call.path.strip("/"), "vendor": "tecspal", "verb": call.method}
    for name, value in expected.items():
        if body[name] != value:
            raise _invalid(name)
    return _object(body, content)


def check_order(data: dict[str, Any], apple_brand: str) -> None:
    """Raises: TecspalRefuses, for the first invalid field of an order (docs/domain.md#tecspal-order-fields).
    `apple_brand` is what this installation takes for a MACBOOK (docs/domain.md#tecspal-brands)."""
    country(data)
    send_to = one_of(data, "sendTo", SEND_TO)
    check_company(data)
    if send_to == "EMPLOYEE":
        check_employee(data)
    _texts(data, OPTIONAL_ORDER_FIELDS)
    flag(data, "autoQuote")
    lines = data.get("hardwares")
    if not lines:
        raise _missing("hardwares")
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise _invalid("hardwares")
    for line in lines:
        _check_line(line, apple_brand)


def required(fields: dict[str, Any], name: str) -> str:
    """Returns a required text. Raises: TecspalRefuses."""
    value = text(fields, name)
    if not value:
        raise _missing(name)
    return value


def text(fields: dict[str, Any], name: str) -> str | None:
    """Returns an optional text. Raises: TecspalRefuses."""
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise _invalid(name)
    return value


def flag(fields: dict[str, Any], name: str) -> bool:
    """Returns an optional Boolean. Raises: TecspalRefuses."""
    value = fields.get(name, False)
    if not isinstance(value, bool):
        raise _invalid(name)
    return value


def country(fields: dict[str, Any]) -> str:
    """Returns the required code of a country. Raises: TecspalRefuses."""
    code = required(fields, "countryCode")
    if code != code.upper() or code not in all_countries():
        raise _invalid("countryCode")
    return code


def company_and_country(filters: dict[str, Any]) -> tuple[str, str | None]:
    """Returns the filters of a company's list: its code, and optionally a country. Raises: TecspalRefuses."""
    company = required(filters, "companyCode")
    return company, None if filters.get("countryCode") is None else country(filters)


def one_of(fields: dict[str, Any], name: str, known: set[str]) -> str:
    """Returns a required text that is one of the documented values. Raises: TecspalRefuses."""
    value = required(fields, name)
    if value not in known:
        raise _invalid(name)
    return value


def check_day(fields: dict[str, Any], name: str, time: bool = False) -> None:
    """Validates a day, `YYYY-MM-DD`, or with `time` also a time in ISO 8601. Raises: TecspalRefuses."""
    given = required(fields, name)
    try:
        parsed = datetime.fromisoformat(given)
    except ValueError:
        raise _invalid(name) from None
    if not time and parsed.date().isoformat() != given:
        raise _invalid(name)


def check_company(data: dict[str, Any]) -> str:
    """Validates a company, given by its code or with all fields, and returns its code. Raises: TecspalRefuses."""
    if data.get("company") is None:
        return required(data, "companyCode")
    company = _object(data, "company")
    for name in COMPANY:
        required(company, name)
    country(company)
    return required(company, "companyCode")


def check_employee(data: dict[str, Any]) -> None:
    """Validates a person, given by e-mail address or with all fields. Raises: TecspalRefuses."""
    if data.get("employee") is None:
        if "@" not in required(data, "employeeEmail"):
            raise _invalid("employeeEmail")
        return
    employee = _object(data, "employee")
    for name in EMPLOYEE:
        required(employee, name)
    country(employee)


def _check_line(line: dict[str, Any], apple_brand: str) -> None:
    hardware_type = one_of(line, "hardwareType", HARDWARE_TYPES)
    if hardware_type in WARRANTIES:
        if forbidden := sorted(line.keys() - WARRANTY_FIELDS):
            raise TecspalRefuses(f"Field not allowed for {hardware_type}: {forbidden[0]}")
    else:
        _check_brand(line, apple_brand if hardware_type == "MACBOOK" else None)
    _texts(line, OPTIONAL_LINE_FIELDS)
    amount = line.get("amount")
    if amount is None:
        raise _missing("amount")
    if isinstance(amount, bool) or not isinstance(amount, int | float) or not amount > 0:
        raise _invalid("amount")


def _check_brand(line: dict[str, Any], apple_brand: str | None) -> None:
    """A MACBOOK has none of the documented brands, and yet one is required: an installation takes it without a brand,
    or with APPLE (docs/domain.md#tecspal-brands)."""
    if apple_brand == OMIT and line.get("brand") is None:
        return
    one_of(line, "brand", BRANDS | {APPLE} if apple_brand == APPLE else BRANDS)


def _texts(fields: dict[str, Any], names: Iterable[str]) -> None:
    for name in names:
        text(fields, name)


def _object(fields: dict[str, Any], name: str) -> dict[str, Any]:
    value = fields[name]
    if not isinstance(value, dict):
        raise _invalid(name)
    return value


def _missing(name: str) -> TecspalRefuses:
    return TecspalRefuses(f"Missing required field: {name}")


def _invalid(name: str) -> TecspalRefuses:
    return TecspalRefuses(f"Invalid field: {name}")
