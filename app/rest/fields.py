"""Reads the fields of a body or the parameters of a URL. What is wrong with them is collected, each with its name."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from app.rest.errors import Fault, Refused
from app.rest.words import constant
from domain.shared.errors import ErrorCode

_TRUTHS = {"true": True, "1": True, "false": False, "0": False}
_NUMBER = re.compile(r"[0-9]{1,9}")


class Fields:
    """The fields of one object of a body. A field that is null is as one that is missing."""

    def __init__(self, given: Mapping[str, Any], at: str = "", faults: list[Fault] | None = None) -> None:
        self._given = given
        self._at = at
        self.faults: list[Fault] = [] if faults is None else faults

    def __contains__(self, name: str) -> bool:
        return self._given.get(name) is not None

    def is_given(self, name: str) -> bool:
        """Whether a field is there, even as null."""
        return name in self._given

    def text(self, name: str, required: bool = False) -> str | None:
        found: str | None = self._of_type(name, str, "a string", required)
        return found

    def flag(self, name: str) -> bool | None:
        found: bool | None = self._of_type(name, bool, "true or false", False)
        return found

    def whole(self, name: str) -> int | None:
        found: int | None = self._of_type(name, int, "a whole number", False)
        if isinstance(found, bool):
            self.fault(name, ErrorCode.INVALID_TEXT, "Send a whole number.")
        return found

    def number(self, name: str) -> str | None:
        """A number as text, so that it stays as it was sent."""
        found = self._given.get(name)
        if found is None or (isinstance(found, int | float | str) and not isinstance(found, bool)):
            return None if found is None else str(found)
        self.fault(name, ErrorCode.INVALID_AMOUNT, "Send a number, such as 1450.")
        return None

    def texts(self, name: str) -> list[str] | None:
        found: list[str] | None = self._of_type(name, list, "an array of strings", False)
        if found is not None and not all(isinstance(it, str) for it in found):
            self.fault(name, ErrorCode.INVALID_TEXT, "Send an array of strings.")
            return None
        return found

    def word(self, name: str, words: Collection[str], required: bool = False) -> str | None:
        """A word of a fixed list, in any spelling, as it is in the graph."""
        found = self.text(name, required)
        return None if found is None else self.known(name, found, words)

    def known(self, name: str, typed: str, words: Collection[str]) -> str | None:
        if (word := constant(typed)) in words:
            return word
        known = ", ".join(f"`{it.lower()}`" for it in words)
        self.fault(name, ErrorCode.UNKNOWN_OPTION, f"{typed[:60]!r} is not known here. Send one of {known}.")
        return None

    def inner(self, name: str, required: bool = False) -> "Fields | None":
        """The fields of an object within this one."""
        found = self._of_type(name, dict, "an object", required)
        return None if found is None else Fields(found, f"{self._at}{name}.", self.faults)

    def each(self, name: str, required: bool = False) -> "Iterator[Fields]":
        """The fields of each object of an array. One that is required has at least one."""
        found = self._of_type(name, list, "an array of objects", required)
        if required and found == []:
            self.fault(name, ErrorCode.REQUIRED, "Send at least one.")
        for index, it in enumerate(found or ()):
            if isinstance(it, dict):
                yield Fields(it, f"{self._at}{name}.{index}.", self.faults)
            else:
                self.fault(f"{name}.{index}", ErrorCode.INVALID_TEXT, "Send an object.")

    def fault(self, name: str, code: str, message: str) -> None:
        # A field may be read more than once.
        if (found := Fault(f"{self._at}{name}", str(code), message)) not in self.faults:
            self.faults.append(found)

    def check(self) -> None:
        """Raises: Refused, with everything that is wrong."""
        if self.faults:
            raise Refused.of_faults("VALIDATION_ERROR", self.faults)

    def _of_type(self, name: str, kind: type, wanted: str, required: bool) -> Any:
        found = self._given.get(name)
        if found is None:
            if required:
                self.fault(name, ErrorCode.REQUIRED, "This field is required.")
        elif not isinstance(found, kind):
            self.fault(name, ErrorCode.INVALID_TEXT, f"Send {wanted}.")
            return None
        return found


class Parameters(Fields):
    """The parameters of a URL, all of them texts. An empty one is as one that is missing."""

    def __init__(self, given: Mapping[str, str]) -> None:
        super().__init__({name: value for name, value in given.items() if value})

    def flag(self, name: str) -> bool | None:
        found = self.text(name)
        if found is None or (truth := _TRUTHS.get(found.strip().lower())) is not None:
            return None if found is None else truth
        self.fault(name, ErrorCode.UNKNOWN_OPTION, "Send true or false.")
        return None

    def count(self, name: str, most: int) -> int | None:
        """A whole number from 1 to `most`."""
        found = self.text(name)
        if found is None:
            return None
        if _NUMBER.fullmatch(found) and 1 <= int(found) <= most:
            return int(found)
        self.fault(name, ErrorCode.OUT_OF_RANGE, f"Send a whole number from 1 to {most}.")
        return None

    def values(self, name: str) -> list[str] | None:
        """One value or several that are separated by commas. The graph tells them apart, because a value may have a
        comma in it."""
        found = self.text(name)
        return None if found is None else [found]


def given(**fields: Any) -> dict[str, Any]:
    """The fields that have a value."""
    return {name: value for name, value in fields.items() if value is not None}
