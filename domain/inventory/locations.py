"""Where a device is: with a person, in storage, or at an office."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from domain.shared.errors import ErrorCode, Path, Problems
from domain.shared.parsers import NAME_LENGTH, optional_text


class LocationKind(StrEnum):
    """What sort of place a device is at."""

    PERSON = "PERSON"
    STORAGE = "STORAGE"
    OFFICE = "OFFICE"


class Location(NamedTuple):
    """One place: a person, an office, or a storage, of which the name is not always known."""

    kind: LocationKind
    name: str | None = None

    def __str__(self) -> str:
        match self.kind:
            case LocationKind.PERSON:
                return f"with {self.name}"
            case LocationKind.STORAGE:
                return f"in storage ({self.name})" if self.name else "in storage"
            case LocationKind.OFFICE:
                return f"at the office {self.name}"


@dataclass(frozen=True, slots=True)
class LocationDraft:
    """A place as typed."""

    kind: LocationKind
    name: str | None = None


def parse_location(
    draft: LocationDraft | None, employee: str | None, problems: Problems, path: Path
) -> Location | None:
    """A place that someone typed beside the `employee` who has the device; None when none was typed, or for a problem,
    which is noted under `path`."""
    if draft is None:
        return None
    name = problems.check((*path, "name"), optional_text, draft.name, NAME_LENGTH)
    # What is no name at all is told of `employee` itself.
    holder = Problems().check((), optional_text, employee, NAME_LENGTH)
    if draft.kind == LocationKind.PERSON:
        name = name or holder
        if holder is not None and name != holder:
            problems.add((*path, "name"), ErrorCode.NOT_ALLOWED, "This is another person than `employee`.")
    elif holder is not None:
        message = f"A device that a person has is with that person; leave out `employee` for {draft.kind}."
        problems.add((*path, "kind"), ErrorCode.NOT_ALLOWED, message)
    if name is None and draft.kind != LocationKind.STORAGE and not problems.found:
        problems.add((*path, "name"), ErrorCode.REQUIRED, f"Name the {draft.kind.lower()} that has the device.")
    return Location(draft.kind, name)
