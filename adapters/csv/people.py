"""Employees from a CSV file that an HR system exported."""

from collections.abc import Iterator
from pathlib import Path

from adapters.csv.files import BadFile, Row, headings, read_rows
from domain.people.hris import Reading, SyncedUntil, Unread
from domain.people.person_drafts import PersonDraft

REQUIRED = ("hris_id", "status")
KNOWN = (
    *("hris_id", "name", "email", "status", "country", "department", "job_title"),
    *("hire_date", "termination_date"),
)


class BadPeopleFile(Exception):
    """No person can be read from the file; the message says why."""


class CsvDirectory:
    """Implements the `Directory` port with all rows of a file. A missing column leaves the field unchanged; unknown
    columns become metadata. With `whole`, the file lists everybody, and a person who is not in it has left."""

    provider = "csv"

    def __init__(self, path: Path, whole: bool = False) -> None:
        self._path = path
        self._whole = whole

    async def read(self, since: SyncedUntil | None) -> Reading:
        """Returns all rows, whatever `since` is. Raises: BadPeopleFile, if not even the first row can be read."""
        people: list[PersonDraft] = []
        unread: list[Unread] = []
        names: list[str] = []
        try:
            for row in self._rows(names):
                if row.problem is None:
                    people.append(_person(row))
                else:
                    unread.append(_unread(row))
        except BadFile as bad:
            if not (people or unread):
                raise BadPeopleFile(str(bad)) from None
            unread.append(Unread("", f"{bad} The rest of the file was not read."))
        others = [name for name in names if name and name not in KNOWN]
        notes = [f"Columns kept as metadata: {', '.join(others)}."] if others else []
        return Reading(people, whole=self._whole, unread=unread, notes=notes)

    def _rows(self, names: list[str]) -> Iterator[Row]:
        """Yields all rows, and appends the column names to `names`. Raises: BadFile."""

        def header(cells: list[str]) -> list[str]:
            names.extend(headings(self._path, cells, REQUIRED, KNOWN, others=True))
            return names

        return read_rows(self._path, header)


def _person(row: Row) -> PersonDraft:
    rest = {name: value for name, value in row.cells.items() if name not in KNOWN}
    return PersonDraft(row.cells["hris_id"], **_known(row), metadata=rest)


def _known(row: Row) -> dict[str, str]:
    return {name: value for name, value in row.cells.items() if name in KNOWN and name != "hris_id"}


def _unread(row: Row) -> Unread:
    # A row of several lines may contain the rows of other people.
    hris_id = "" if row.span else row.cells.get("hris_id", "")
    return Unread(hris_id, f"line {row.line}: {row.describe(row.problem or '')}")
