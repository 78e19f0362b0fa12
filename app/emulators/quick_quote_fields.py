"""The custom fields of the emulated Quick Quote. A value that does not fit its field is removed without an error."""

import re
from collections.abc import Iterable
from typing import Any

Value = dict[str, Any]

FIELDS: dict[int, Value] = {
    1: {"name": "Delivery", "type": "radio", "options": ("Standard", "Express")},
    2: {"name": "Needed by", "type": "date"},
    3: {"name": "Site", "type": "address"},
    4: {"name": "Cost centre", "type": "text"},
    5: {"name": "Extras", "type": "checklist", "options": ("Engraving", "Gift wrap")},
}
ADDRESS = frozenset(
    {"city", "country", "countryName", "line1", "postalOrZip", "provinceOrState", "provinceOrStateName"}
)

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}-[0-9]{2}-[0-9]{4}")


def known_custom_fields(given: Iterable[Value]) -> list[Value]:
    """The values that are stored."""
    found = [(it.get("id"), FIELDS.get(it.get("id") or 0), it.get("value")) for it in given]
    return [
        {"id": field_id, "name": field["name"], "value": value}
        for field_id, field, value in found
        if field is not None and value not in (None, "", [], {}) and _fits(field, value)
    ]


def _fits(field: Value, value: Any) -> bool:
    match field["type"]:
        case "radio":
            return value in field["options"]
        case "checklist":
            return isinstance(value, list) and all(it in field["options"] for it in value)
        case "date":
            return isinstance(value, str) and _DATE.fullmatch(value) is not None
        case "address":
            return isinstance(value, dict) and value.keys() >= ADDRESS
    return isinstance(value, str)
