"""Reads the fields of a received record. Nothing that a system sends is an exception, unless the record is unusable.

A value of another type is converted if it has one meaning, such as a number that is text; otherwise it is a flaw of the
record, which is used without it. What is not asked for by name is `rest`, so that an additional field is not lost.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Context, Decimal
from fnmatch import fnmatchcase
from typing import Any, TypeVar

from adapters.connections.exact_json import write_json
from domain.connections.problems import RAW_LENGTH, VALUE_LENGTH
from domain.connections.records import Flaw, ForeignRecord, Unread
from domain.shared.errors import Invalid
from domain.shared.parsers import optional_url

Word = TypeVar("Word")
Record = TypeVar("Record", bound=ForeignRecord)

MOST_DIGITS = 20
# What floats are exact to: 0.1 + 0.2 is written as 0.30000000000000004, of 17 digits.
DIGITS_OF_FLOATS = 15
MILLIONTH = Decimal("0.000001")

_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# What neither a database nor a terminal takes: control characters but tabs and line breaks, and lone surrogates.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_EXACT = Context(prec=60)
_FLAGS = {"true": True, "false": False, "1": True, "0": False}


class Unusable(Exception):
    """Nothing of a record can be used. The message is the reason."""


class Fields:
    """An object of a record. `path` is where it is in the record, and `flaws` those of the whole record."""

    def __init__(self, values: Mapping[str, Any], path: str, flaws: list[Flaw]) -> None:
        self._values = values
        self._path = path
        self._asked: set[str] = set()
        self._inner: list[Fields] = []
        self.flaws = flaws

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def value(self, name: str) -> Any:
        """The value as it is; None if it is missing."""
        self._asked.add(name)
        return self._values.get(name)

    def text(self, name: str) -> str | None:
        """A text without control characters; None for a blank one."""
        value = self.value(name)
        if isinstance(value, str):
            return clean(value) or None
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return str(value)
        self._unless_none(name, value, "This is not a text.")
        return None

    def needed(self, name: str) -> str:
        """A text that the record cannot be used without. Raises: Unusable."""
        found = self.text(name)
        if found is None:
            raise Unusable(f"{self._path_of(name)} is missing.")
        return found

    def amount(self, name: str) -> Decimal | None:
        """An amount that is not negative, with the digits that were meant."""
        value = self.value(name)
        if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
            value = Decimal(value.strip())
        if isinstance(value, int) and not isinstance(value, bool):
            value = Decimal(value)
        if isinstance(value, Decimal) and value >= 0 and _is_short(value):
            return _as_meant(value)
        self._unless_none(name, value, "This is not an amount.")
        return None

    def whole(self, name: str) -> int | None:
        """A whole number that is not negative."""
        found = self.amount(name)
        if found is None:
            return None
        if found == found.to_integral_value():
            return int(found)
        self.flaw(name, "This is not a whole number.")
        return None

    def flag(self, name: str) -> bool | None:
        value = self.value(name)
        if isinstance(value, bool):
            return value
        if isinstance(value, str | int) and str(value).strip().lower() in _FLAGS:
            return _FLAGS[str(value).strip().lower()]
        self._unless_none(name, value, "This is neither true nor false.")
        return None

    def time(self, name: str) -> datetime | None:
        """A time in UTC. One without a zone is in UTC."""
        value = self.value(name)
        if value is None:
            return None
        found = _time(value)
        if found is None:
            self.flaw(name, "This is not a time in ISO 8601.")
        return found

    def day(self, name: str) -> date | None:
        """A date, also that of a time."""
        value = self.value(name)
        if value is None or value == "":
            return None
        found = _day(value)
        if found is None:
            self.flaw(name, "This is not a date.")
        return found

    def word(self, name: str, words: Mapping[str, Word]) -> Word | None:
        """What one of the known words means, compared without regard to case, spaces, hyphens and underscores."""
        value = self.value(name)
        if isinstance(value, str) and (known := words.get(plain(value))) is not None:
            return known
        self._unless_none(name, value, "This value is not known.")
        return None

    def times(self, name: str, words: Mapping[str, str]) -> dict[str, datetime]:
        """The times of an object whose names are known words."""
        found: dict[str, datetime] = {}
        inner = self.part(name)
        for written in inner.names():
            known = words.get(plain(written))
            at = inner.time(written)
            if known is None:
                inner.flaw(written, "This status is not known.")
            elif at is not None:
                found[known] = at
        return found

    def names(self) -> list[str]:
        return [str(it) for it in self._values]

    def part(self, name: str) -> "Fields":
        """An object; an empty one if it is missing."""
        value = self.value(name)
        if not isinstance(value, Mapping):
            # PHP writes an empty object as an empty list.
            self._unless_none(name, None if value == [] else value, "This is not an object.")
            value = {}
        return self._within(value, name)

    def parts(self, name: str) -> Iterator["Fields"]:
        """The objects of a list."""
        value = self.value(name)
        if not isinstance(value, list):
            self._unless_none(name, value, "This is not a list.")
            return
        for position, one in enumerate(value):
            place = f"{name}.{position}"
            if isinstance(one, Mapping):
                yield self._within(one, place)
            else:
                self.flaws.append(Flaw(self._path_of(place), shown(one), "This is not an object."))

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of a list; those of a single text are separated by commas."""
        is_new, value = name not in self._asked, self.value(name)
        if isinstance(value, str):
            return tuple(it for it in (clean(part) for part in value.split(",")) if it)
        if not isinstance(value, list):
            self._unless_none(name, value, "This is not a list.")
            return ()
        for position, one in enumerate(value) if is_new else ():
            if not isinstance(one, str):
                self.flaws.append(Flaw(self._path_of(f"{name}.{position}"), shown(one), "This is not a text."))
        return tuple(it for it in (clean(part) for part in value if isinstance(part, str)) if it)

    def rest(self) -> dict[str, str]:
        """The fields that were not asked for, as text; what is no text or number is JSON."""
        others = {name: it for name, it in self._values.items() if name not in self._asked and it is not None}
        return {clean(str(name)): as_text(it) for name, it in others.items()}

    def taken_rest(self) -> dict[str, str]:
        """The fields that were not asked for so far, which count as asked for from now on."""
        found = {name: it for name, it in self.rest().items() if it}
        self._asked.update(self._values)
        return found

    def all_rest(self) -> dict[str, str]:
        """The fields that were not asked for, also of the objects within, which are named by their paths."""
        found = {self._path_of(name): it for name, it in self.taken_rest().items()}
        for inner in self._inner:
            found |= inner.all_rest()
        return found

    def skip(self, *patterns: str) -> None:
        """Leaves fields out that mean nothing outside of the system. A name may end in `*`."""
        self._asked.update(name for name in self._values for it in patterns if fnmatchcase(name, it))

    def needed_link(self, name: str) -> str | None:
        """An address; None, and a flaw, if there is none."""
        if self._values.get(name) in (None, ""):
            self.flaw(name, "This field is missing.")
        return self.link(name)

    def link(self, name: str) -> str | None:
        """An http or https address."""
        value = self.value(name)
        try:
            return optional_url(value)
        except (AttributeError, TypeError, Invalid):
            self.flaw(name, "This is not an address.")
            return None

    def flaw(self, name: str, reason: str) -> None:
        self.flaws.append(Flaw(self._path_of(name), shown(self._values.get(name)), reason))

    def _within(self, values: Mapping[str, Any], name: str) -> "Fields":
        inner = Fields(values, self._path_of(name), self.flaws)
        self._inner.append(inner)
        return inner

    def _unless_none(self, name: str, value: Any, reason: str) -> None:
        if value is not None:
            self.flaw(name, reason)

    def _path_of(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name


def read_record(read: Callable[[Fields], Record], value: Any, *id_names: str) -> Record | Unread:
    """What `read` makes of a record, with what was received, or the record as unread (see `unread`) if it is
    unusable."""
    try:
        return replace(read(record(value)), raw=write_json(value)[:RAW_LENGTH])
    except Unusable as reason:
        return unread(value, str(reason), *id_names)


def record(value: Any) -> Fields:
    """The fields of a whole record. Raises: Unusable, if it is not an object."""
    if not isinstance(value, Mapping):
        raise Unusable("The record is not an object.")
    return Fields(value, "", [])


def quantity_of(fields: Fields, name: str) -> int | None:
    """How many there are of something, at least one. None, and a flaw, if that is not said."""
    found = fields.whole(name)
    if found == 0 or fields.value(name) is None:
        fields.flaw(name, "This is not a quantity.")
    return found or None


def unread(value: Any, reason: str, *id_names: str) -> Unread:
    """A record that cannot be used, with the first of these ids that it has."""
    ids = [value.get(it) for it in id_names] if isinstance(value, Mapping) else []
    known = next((str(it) for it in ids if isinstance(it, str | int) and not isinstance(it, bool)), "")
    return Unread(clean(known), reason, write_json(value))


def plain(word: str) -> str:
    """The form in which words are compared: `In Progress` and `in_progress` are the same."""
    return " ".join(word.replace("_", " ").replace("-", " ").lower().split())


def clean(text: str) -> str:
    """A text without control characters, its lines ended by line feeds."""
    return _CONTROLS.sub(" ", text.replace("\r\n", "\n")).strip()


def as_text(value: Any) -> str:
    return clean(value) if isinstance(value, str) else write_json(value)


def shown(value: Any) -> str:
    """The beginning of a value, for a flaw."""
    return as_text(value)[:VALUE_LENGTH]


def _is_short(value: Decimal) -> bool:
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -MOST_DIGITS and value.adjusted() < MOST_DIGITS


def _as_meant(value: Decimal) -> Decimal:
    """The amount that a binary float stands for: with so many digits, it is the nearest to one with fewer of them."""
    if len(value.as_tuple().digits) < DIGITS_OF_FLOATS:
        return value
    return value.quantize(MILLIONTH, context=_EXACT).normalize(_EXACT)


def _time(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
        if found is None:
            return None
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _day(value: Any) -> date | None:
    if not isinstance(value, str) or not _DATE.match(value.strip()):
        return None
    try:
        return date.fromisoformat(value.strip()[:10])
    except ValueError:
        return None
