"""What becomes of the records of the vendor's lists: how many were added and changed, and which could not be used."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from domain.catalogue.file_rows import Taken


class RecordProblem(NamedTuple):
    """Why a record of the vendor, or a value of it, could not be used. `is_rejected`: nothing of it was used."""

    record: str
    reason: str
    is_rejected: bool


@dataclass(slots=True)
class Intake:
    """What became of the vendor's records. `changes` says of each new and changed one what changes."""

    counts: Counter[Taken] = field(default_factory=Counter)
    changes: list[str] = field(default_factory=list)
    problems: list[RecordProblem] = field(default_factory=list)
    interrupted: bool = False

    @property
    def rejected(self) -> int:
        return sum(it.is_rejected for it in self.problems)

    def reject(self, record: str, reason: str) -> None:
        """Note that nothing of a record was used, and why."""
        self.problems.append(RecordProblem(record, reason, True))

    def note(self, record: str, reason: str) -> None:
        """Note what of a record was not used, and why."""
        self.problems.append(RecordProblem(record, reason, False))
