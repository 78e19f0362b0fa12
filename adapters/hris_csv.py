"""People from a CSV file, as HR systems export them."""

import csv
from pathlib import Path

from adapters.csv_files import separated_otherwise
from domain.hris import PersonDraft, Reading, SyncedUntil

REQUIRED = ("hris_id", "name", "email", "status")
KNOWN = (*REQUIRED, "country", "department", "job_title", "hire_date", "termination_date")


class BadPeopleFile(Exception):
    """A file that holds no people; the text says why."""


class CsvDirectory:
    """A `Directory`: all rows of a file. Columns it does not know become metadata. With `whole`, the file has
    everybody, and who is missing has left."""

    provider = "csv"

    def __init__(self, path: Path, whole: bool = False) -> None:
        self._path = path
        self._whole = whole

    async def read(self, since: SyncedUntil | None) -> Reading:
        """Everything: a file has no changes. Raises: BadPeopleFile."""
        try:
            with self._path.open(encoding="utf-8-sig", newline="") as file:
                rows = csv.reader(file)
                header = self._header(next(rows, []))
                people = [self._person(rows.line_num, header, row) for row in rows if any(cell.strip() for cell in row)]
        except UnicodeDecodeError:
            raise BadPeopleFile(f"{self._path}: not UTF-8. Save the file as UTF-8.") from None
        except csv.Error as error:
            raise BadPeopleFile(f"{self._path}: {error}.") from None
        return Reading(people, whole=self._whole)

    def _header(self, cells: list[str]) -> list[str]:
        if (told := separated_otherwise(cells)) is not None:
            raise BadPeopleFile(f"{self._path}: {told}.")
        header = [cell.strip().lower() for cell in cells]
        missing = [name for name in REQUIRED if name not in header]
        if missing or len(set(header)) != len(header):
            wrong = f"no column {', '.join(missing)}" if missing else "a column twice"
            told = f"the first line is to name columns of {','.join(KNOWN)}; it has {wrong}"
            raise BadPeopleFile(f"{self._path}: {told}.")
        return header

    def _person(self, line: int, header: list[str], cells: list[str]) -> PersonDraft:
        if len(cells) != len(header):
            told = f"{len(cells)} cells rather than {len(header)}: put text with commas into quotes"
            raise BadPeopleFile(f"{self._path}, line {line}: {told}.")
        named = dict(zip(header, (cell.strip() for cell in cells), strict=True))
        rest = {name: value for name, value in named.items() if name not in KNOWN}
        return PersonDraft(**{name: named.get(name, "") for name in KNOWN}, metadata=rest)
