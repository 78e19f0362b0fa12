"""JSON without floats: a number with a fraction is a `Decimal` with the digits that were received or are sent."""

import json
from collections.abc import Mapping
from decimal import Decimal, DecimalException
from typing import Any


def read_json(content: bytes) -> Any:
    """Raises: ValueError, also for what only Python reads as JSON, such as `NaN`."""
    try:
        return json.loads(content, parse_float=_decimal, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("The values are nested too deeply.") from None


def write_json(value: Any) -> str:
    """Any value that `read_json` returns, as JSON in ASCII. Exact times and dates are not JSON: pass them as text."""
    match value:
        case Decimal():
            return str(value)
        case Mapping():
            return "{" + ", ".join(f"{json.dumps(str(name))}: {write_json(it)}" for name, it in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(write_json, value)) + "]"
        case _:
            return json.dumps(value)


def _decimal(digits: str) -> Decimal:
    try:
        return Decimal(digits)
    except DecimalException:
        raise ValueError("A number has too large an exponent.") from None


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON.")
