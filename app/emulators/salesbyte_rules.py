"""Validates what SalesByte's Integration API is sent (docs/concepts.md#salesbyte). The messages are ours."""

import re
from typing import Any

Body = dict[str, Any]

SEND_TYPES = {"email", "sms", "dual", "auto", "none"}
# The documentation also calls the channel of text messages `phone`.
BY_EMAIL = {"email", "dual"}
BY_PHONE = {"sms", "phone", "dual"}
REQUIRED_SWITCHES = ("workflows_enabled", "allow_customer_document_upload", "signable")
OPTIONAL_TEXTS = ("salesperson_email", "customer_email", "customer_phone", "customer_company", "message")

_PHONE = re.compile(r"\+46[0-9]{9}")


class Invalid(Exception):
    """An answer with status 422 and these errors by field."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


def check_creation(body: Body) -> None:
    """Raises: Invalid."""
    errors = _missing(body, "uuid", "quote_profile_id", "customer_name", "send_type", *REQUIRED_SWITCHES)
    channel = body.get("send_type")
    if channel is not None and channel not in SEND_TYPES | BY_PHONE:
        errors["send_type"] = ["The selected send type is invalid."]
    if channel in BY_EMAIL:
        errors |= _missing(body, "customer_email")
    if channel in BY_PHONE:
        errors |= _missing(body, "customer_phone")
    profile = body.get("quote_profile_id")
    if profile is not None and (isinstance(profile, bool) or not isinstance(profile, int)):
        errors["quote_profile_id"] = ["The quote profile id must be an integer."]
    for name in ("chat_enabled", *REQUIRED_SWITCHES):
        if body.get(name) is not None and not isinstance(body[name], bool):
            errors[name] = ["The field must be true or false."]
    errors |= _texts(body) | _phone(body) | _alternatives(body) | _custom_fields(body)
    _raise(errors)


def check_template(body: Body) -> None:
    """Raises: Invalid."""
    errors = _missing(body, "uuid", "quote_template_id", "customer_name", "trigger_created_messages_to_customer")
    if not body.get("customer_email") and not body.get("customer_phone"):
        errors["customer_email"] = ["The customer email or the customer phone is required."]
    errors |= _texts(body) | _phone(body)
    if not isinstance(body.get("customer_fields") or {}, dict):
        errors["customer_fields"] = ["The field must be an object."]
    _raise(errors)


def _missing(body: Body, *names: str) -> dict[str, list[str]]:
    return {it: [f"The {it.replace('_', ' ')} field is required."] for it in names if body.get(it) in (None, "")}


def _texts(body: Body) -> dict[str, list[str]]:
    wrong = [it for it in OPTIONAL_TEXTS if not isinstance(body.get(it), str | None)]
    return {it: ["The field must be a string."] for it in wrong}


def _phone(body: Body) -> dict[str, list[str]]:
    phone = body.get("customer_phone")
    if not isinstance(phone, str) or _PHONE.fullmatch(phone):
        return {}
    return {"customer_phone": ["The customer phone must have the format +46NNNNNNNNN."]}


def _alternatives(body: Body) -> dict[str, list[str]]:
    alternatives = body.get("alternatives") or []
    if not isinstance(alternatives, list):
        return {"alternatives": ["The field must be an array."]}
    wrong = [it for it in alternatives if not isinstance(it, dict) or not (it.get("bundle_id") or it.get("skus"))]
    return {"alternatives": ["An alternative needs a bundle id or skus."]} if wrong else {}


def _custom_fields(body: Body) -> dict[str, list[str]]:
    fields = body.get("custom_fields") or {}
    good = isinstance(fields, dict) and all(isinstance(it, dict) and "value" in it for it in fields.values())
    return {} if good else {"custom_fields": ["A custom field needs a value."]}


def _raise(errors: dict[str, list[str]]) -> None:
    if errors:
        raise Invalid(errors)
