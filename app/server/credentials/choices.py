"""The company and environment that a request names, for people who are members of several: by headers or, over a
WebSocket, in the payload of `connection_init`."""

from collections.abc import Callable
from typing import Any

from domain.sign_in.choices import Choice, chosen_by

COMPANY_HEADER = "X-Quotegraph-Company"
ENVIRONMENT_HEADER = "X-Quotegraph-Environment"


def choice_of(value: Callable[[str], Any]) -> Choice:
    """Returns what a request names, by the values of its headers. Raises: Forbidden."""
    company, environment = value(COMPANY_HEADER), value(ENVIRONMENT_HEADER)
    return chosen_by(_text(environment), _text(company))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
