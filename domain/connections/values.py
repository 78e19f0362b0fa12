"""Values of records as they are kept: texts of bounded length that can be stored, amounts in minor units, countries.

A value that cannot be kept as it is becomes a flaw of the record, and its field is left empty.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Context, Decimal, InvalidOperation
from typing import TypeVar

from domain.connections.records import Flaw
from domain.shared.errors import Invalid
from domain.shared.metadata import MetadataEntry
from domain.shared.money import LARGEST_MINOR, digits, parse_currency
from domain.shared.parsers import LINE_LENGTH, NAME_LENGTH, NOTE_LENGTH, country, email, fold, optional_url
from domain.shared.tags import MOST_TAGS

T = TypeVar("T")

# What no country stands for, in ISO 3166-1 and the CLDR: the system does not say which.
UNKNOWN_COUNTRY = "ZZ"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_EXACT = Context(prec=60)


class Values:
    """Reads the values of one record, and collects what is wrong with them."""

    def __init__(self) -> None:
        self.flaws: list[Flaw] = []

    def line(self, path: str, value: str | None, longest: int = LINE_LENGTH) -> str | None:
        """A text on one line; None for a blank one."""
        clean = storable(value)
        return self._fitting(path, " ".join(clean.split()) if clean else None, longest)

    def lines(self, path: str, value: str | None, longest: int = NOTE_LENGTH) -> str | None:
        """A text of several lines; None for a blank one."""
        clean = storable(value)
        return self._fitting(path, clean.strip() if clean else None, longest)

    def email(self, path: str, value: str | None) -> str | None:
        return self._parsed(path, value, email)

    def url(self, path: str, value: str | None) -> str | None:
        return self._parsed(path, value, optional_url)

    def country(self, path: str, value: str | None) -> str:
        return self._parsed(path, value, country) or UNKNOWN_COUNTRY

    def currency(self, path: str, value: str | None, default: str) -> str | None:
        """The currency that a record says, or `default` if it says none; None if that is not a currency."""
        said = storable(value)
        return self._parsed(path, said, parse_currency) if said and said.strip() else default

    def minor(self, path: str, amount: Decimal | None, currency: str | None) -> int | None:
        """An exact amount in minor units of a currency."""
        if amount is None:
            return None
        if currency is None:
            self.note(path, str(amount), "The currency of this amount is not known.")
            return None
        try:
            minor = amount.scaleb(digits(currency), _EXACT)
            whole = minor.to_integral_value()
        except InvalidOperation:
            self.note(path, str(amount), "This is not an amount.")
            return None
        if not minor.is_finite() or minor != whole:
            self.note(path, str(amount), f"{currency} has {digits(currency)} decimal places, and this has more.")
            return None
        if abs(whole) > LARGEST_MINOR:
            self.note(path, str(amount), "The amount is too large.")
            return None
        return int(whole)

    def tags(self, path: str, given: Iterable[str]) -> tuple[str, ...]:
        """Tags, each once whatever its case, as many as an object can have."""
        tags = dict.fromkeys(filter(None, (self.line(path, it, NAME_LENGTH) for it in given)))
        unique = list(reversed({fold(it): it for it in reversed(tags)}.values()))
        if further := unique[MOST_TAGS:]:
            self.note(path, ", ".join(further), f"There are at most {MOST_TAGS} tags here, and this has {len(unique)}.")
        return tuple(unique[:MOST_TAGS])

    def note(self, path: str, value: str, reason: str) -> None:
        self.flaws.append(Flaw(path, value, reason))

    def _fitting(self, path: str, clean: str | None, longest: int) -> str | None:
        if clean and len(clean) > longest:
            self.note(path, clean, f"The text is cut off after {longest:,} characters, of {len(clean):,}.")
            return clean[:longest]
        return clean or None

    def _parsed(self, path: str, value: str | None, parse: Callable[[str], T]) -> T | None:
        given = storable(value)
        if not given or not given.strip():
            return None
        try:
            return parse(given)
        except Invalid as invalid:
            self.note(path, given, invalid.message)
            return None


def rest_of(given: Mapping[str, str]) -> tuple[MetadataEntry, ...]:
    """What a record says beyond our fields, as metadata. Its values may be longer than those that can be entered."""
    found: dict[str, str] = {}
    for key, value in given.items():
        found.setdefault(storable(key) or "", storable(value) or "")
    return tuple(MetadataEntry(key, value) for key, value in found.items())


def storable(value: str | None) -> str | None:
    """A text without the characters that databases refuse: control characters, and halves of characters."""
    if value is None or (value.isascii() and value.isprintable()):
        return value
    return _CONTROL.sub("", value.encode("utf-8", "replace").decode())
