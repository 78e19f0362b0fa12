"""How the REST API writes what the graph says otherwise: words, ids, times, amounts and countries."""

import re
from collections.abc import Container, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from domain.shared.countries import country_name

Data = Mapping[str, Any]

_SEPARATORS = re.compile(r"[\s_-]+")
_CAPITALS = re.compile(r"(?<!^)([A-Z])")


def title(word: str) -> str:
    """`IN_PROGRESS` as it is printed in objects: `In Progress`."""
    return word.replace("_", " ").title()


def optional_title(word: str | None) -> str | None:
    return None if word is None else title(word)


def offer_word(status: str) -> str:
    """The status of an alternative: the one that was chosen is `Selected`."""
    return "Selected" if status == "ACCEPTED" else title(status)


def constant(typed: str) -> str:
    """A word as it is in the graph, from any spelling: `in_progress`, `In Progress` and `in progress` are the same."""
    return _SEPARATORS.sub("_", typed.strip()).upper()


def snake(name: str) -> str:
    """`createdAt` as it is in the REST API: `created_at`."""
    return _CAPITALS.sub(r"_\1", name).lower()


def uuid_of(global_id: str) -> str:
    """The UUID in a global id."""
    return global_id.rpartition("_")[2]


def optional_uuid(node: Data | None) -> str | None:
    """The UUID of an object that may be missing."""
    return None if node is None else uuid_of(node["id"])


def moment(text: str) -> str:
    """A time with milliseconds, as quotes and device actions print it."""
    at = datetime.fromisoformat(text)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1_000:03d}Z"


def optional_moment(text: str | None) -> str | None:
    return None if text is None else moment(text)


def second(text: str) -> str:
    """A time in whole seconds, as webhooks print it."""
    return f"{datetime.fromisoformat(text):%Y-%m-%dT%H:%M:%SZ}"


def timestamps(given: Iterable[Data], statuses: Container[str]) -> dict[str, str]:
    """The time of each of these statuses, by the word that objects print."""
    return {title(it["status"]): moment(it["at"]) for it in given if it["status"] in statuses}


def amount(money: Data | None) -> Decimal | None:
    """An amount in major units, exact."""
    return None if money is None else Decimal(money["amount"])


def country(code: str) -> str:
    """The English name of a country."""
    return country_name(code)


def optional_country(code: str | None) -> str | None:
    return None if code is None else country_name(code)


def specification(given: Data) -> dict[str, str]:
    """The parts of a device that are known, by their names."""
    return {snake(name): value for name, value in given.items() if value is not None}
