"""Validates requests as Tecspal does: the envelope of every request and the fields of an order
(docs/domain.md#tecspal-order-fields).

Tecspal documents the message for a missing field only; the other messages are ours.
"""

from collections.abc import Iterable
from typing import Any

from app.emulators.http import Call
from domain.shared.countries import all_countries

SEND_TO = {"EMPLOYEE", "STORAGE", "OFFICE", "QUOTE_ONLY"}
WARRANTIES = {"EXTENDED_WARRANTY_MAC", "EXTENDED_WARRANTY_WINDOWS"}
HARDWARE_TYPES = {"MACBOOK", "PC"} | WARRANTIES
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


def check_order(data: dict[str, Any]) -> None:
    """Raises: TecspalRefuses, for the first invalid field of an order (docs/domain.md#tecspal-order-fields)."""
    _country(data)
    send_to = _one_of(data, "sendTo", SEND_TO)
    _check_company(data)
    if send_to == "EMPLOYEE":
        check_employee(data)
    _texts(data, OPTIONAL_ORDER_FIELDS)
    if not isinstance(data.get("autoQuote", False), bool):
        raise _invalid("autoQuote")
    lines = data.get("hardwares")
    if not lines:
        raise _missing("hardwares")
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise _invalid("hardwares")
    for line in lines:
        _check_line(line)


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


def _check_company(data: dict[str, Any]) -> None:
    if data.get("company") is None:
        required(data, "companyCode")
        return
    company = _object(data, "company")
    for name in COMPANY:
        required(company, name)
    _country(company)


def check_employee(data: dict[str, Any]) -> None:
    """Validates a person, given by e-mail address or with all fields. Raises: TecspalRefuses."""
    if data.get("employee") is None:
        if "@" not in required(data, "employeeEmail"):
            raise _invalid("employeeEmail")
        return
    employee = _object(data, "employee")
    for name in EMPLOYEE:
        required(employee, name)
    _country(employee)


def _check_line(line: dict[str, Any]) -> None:
    hardware_type = _one_of(line, "hardwareType", HARDWARE_TYPES)
    if hardware_type in WARRANTIES:
        if forbidden := sorted(line.keys() - WARRANTY_FIELDS):
            raise TecspalRefuses(f"Field not allowed for {hardware_type}: {forbidden[0]}")
    else:
        # The documented list lacks the one brand that MACBOOK can have (docs/domain.md#tecspal-brands).
        _one_of(line, "brand", BRANDS | {"APPLE"} if hardware_type == "MACBOOK" else BRANDS)
    _texts(line, OPTIONAL_LINE_FIELDS)
    amount = line.get("amount")
    if amount is None:
        raise _missing("amount")
    if isinstance(amount, bool) or not isinstance(amount, int | float) or not amount > 0:
        raise _invalid("amount")


def _country(fields: dict[str, Any]) -> None:
    code = required(fields, "countryCode")
    if code != code.upper() or code not in all_countries():
        raise _invalid("countryCode")


def _one_of(fields: dict[str, Any], name: str, known: set[str]) -> str:
    value = required(fields, name)
    if value not in known:
        raise _invalid(name)
    return value


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
