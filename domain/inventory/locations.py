"""Locations of devices: with a person, in storage, or at an office."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from domain.shared.errors import ErrorCode, Path, Problems
from domain.shared.parsers import NAME_LENGTH, optional_text


class LocationType(StrEnum):
    """The type of a location."""

    PERSON = "PERSON"
    STORAGE = "STORAGE"
    OFFICE = "OFFICE"


class Location(NamedTuple):
    """A person, an office, or a storage, whose name may be unknown."""

    kind: LocationType
    name: str | None = None

    def __str__(self) -> str:
        match self.kind:
            case LocationType.PERSON:
                return f"with {self.name}"
            case LocationType.STORAGE:
                return f"in storage ({self.name})" if self.name else "in storage"
            case LocationType.OFFICE:
                return f"at the office {self.name}"


@dataclass(frozen=True, slots=True)
class LocationDraft:
    """A location as entered."""

    type: LocationType
    name: str | None = None


def parse_location(
    draft: LocationDraft | None, employee: str | None, problems: Problems, path: Path
) -> Location | None:
    """The location as entered beside `employee`, the holder; None if there is none or it is invalid. Problems are
    added under `path`."""
    if draft is None:
        return None
    name = problems.check((*path, "name"), optional_text, draft.name, NAME_LENGTH)
    # An invalid name is reported for `employee` itself.
    holder = Problems().check((), optional_text, employee, NAME_LENGTH)
    if draft.type == LocationType.PERSON:
        name = name or holder
        if holder is not None and name != holder:
            problems.add(
                (*path, "name"),
                ErrorCode.NOT_ALLOWED,
                "This is not the person in `employee`.",
            )
    elif holder is not None:
        message = f"A device with an `employee` is with that person. Leave out `employee` for {draft.type}."
        problems.add((*path, "type"), ErrorCode.NOT_ALLOWED, message)
    if name is None and draft.type != LocationType.STORAGE and not problems.found:
        problems.add((*path, "name"), ErrorCode.REQUIRED, f"Send the name of the {draft.type.lower()}.")
    return Location(draft.type, name)
