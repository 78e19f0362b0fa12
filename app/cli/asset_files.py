"""Imports assets from CSV files and exports them, 1,000 rows at a time in bounded memory.

Every valid row is added; the rejected ones are written to a second file with the reason.
"""

import asyncio
import csv
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import IO

from adapters.csv.files import BadFile, Row, guarded, headings, read_rows
from domain.inventory.assets import MOST_ASSETS, Asset, AssetDraft, AssetStatus
from domain.inventory.locations import LocationDraft, LocationType
from domain.inventory.serial_numbers import parse_serial
from domain.ports.dependencies import Dependencies
from domain.shared.access import SYSTEM, TenantScope
from domain.shared.errors import ErrorCode, Problems, Rejection
from domain.shared.money import MoneyDraft
from domain.shared.parsers import fold
from domain.use_cases.inventory.assets import write_assets

HEADER = ("serial_number", "device_type", "country", "description", "employee", "condition", "price", "currency")
REQUIRED = HEADER[:4]
# The location of a device, if it is neither with the employee nor in storage.
LOCATION = ("location", "location_name")
EXPORTED = (*HEADER, *LOCATION)
# Columns that this program adds to the file of rejected rows, and ignores in an import.
REPORTED = ("line", "reason")
STATUS = "status"
ACCEPTED = (*EXPORTED, STATUS, *REPORTED)
KINDS = {fold(it): it for it in LocationType}
# The columns of the fields of a draft.
COLUMNS = {
    "serialNumber": "serial_number",
    "deviceType": "device_type",
    "price": "price",
    "amount": "price",
    "currencyCode": "currency",
    "type": "location",
    "name": "location_name",
}


@dataclass(slots=True)
class Tally:
    """Counts of the rows of a file, by result."""

    added: int = 0
    rejected: int = 0
    # Why the rest of the file could not be read.
    broken: str | None = None
    interrupted: bool = False


class AssetFile:
    """A CSV file of assets, read row by row. Raises: BadFile."""

    def __init__(self, path: Path, progress: Callable[[int], None]) -> None:
        self._path = path
        self._progress = progress

    def rows(self) -> Iterator[Row]:
        """Yields all rows that are not empty. Columns may be in any order, and optional ones may be missing."""
        return read_rows(self._path, self._header, self._progress)

    def _header(self, cells: list[str]) -> list[str]:
        return headings(self._path, cells, REQUIRED, ACCEPTED)


class Rejected:
    """The file of rejected rows: their cells, the line and the reason. It is deleted again if no row is rejected.

    It is opened before anything is added, so that no row is imported if rejections cannot be written. Raises: BadFile.
    """

    def __init__(self, file: Path, header: Sequence[str] = EXPORTED) -> None:
        self.path = file.with_name(f"{file.stem}.rejected.csv")
        self._header = header
        self._count = 0

    def __enter__(self) -> "Rejected":
        try:
            self._file = self.path.open("w", encoding="utf-8", errors="backslashreplace", newline="")
        except OSError as error:
            raise BadFile(f"The file of rejected rows, {self.path}, cannot be written: {error.strerror}.") from None
        self._write = csv.writer(self._file)
        self._write.writerow([*self._header, *REPORTED])
        return self

    def __exit__(self, _type: type[BaseException] | None, _value: object, _trace: TracebackType | None) -> None:
        self._file.close()
        if not self._count:
            self.path.unlink()

    def add(self, row: Row, reason: str) -> None:
        self._count += 1
        self._write.writerow([*(guarded(row.cells.get(name, "")) for name in self._header), row.line, guarded(reason)])


async def import_assets(
    deps: Dependencies,
    tenant_scope: TenantScope,
    file: AssetFile,
    rejected: Rejected,
    dry_run: bool = False,
    stopped: Callable[[], bool] = lambda: False,
    tally: Tally | None = None,
) -> Tally:
    """Adds every valid row of a file to one tenant's assets. Each chunk of 1,000 rows is one transaction; `stopped` is
    called before each, and `tally` is updated after each. Raises: BadFile."""
    assert tenant_scope.tenant_id is not None, "an import needs one company"
    tally, seen = tally if tally is not None else Tally(), dict[str, int]()
    rows = file.rows()
    while chunk := _read(rows, tally):
        # Lets the event loop handle signals.
        await asyncio.sleep(0)
        if stopped():
            tally.interrupted = True
            break
        valid = [row for row in chunk if not _rejects(row, seen, rejected, tally)]
        if not valid:
            continue
        async with deps.unit_of_work(tenant_scope) as work:
            added = await write_assets(work, deps, SYSTEM, tenant_scope.tenant_id, [_draft(row) for row in valid])
            if not dry_run:
                await work.commit()
        tally.added += len(added.assets)
        tally.rejected += len(added.rejected)
        failed = {rejection.index for rejection in added.rejected}
        seen.update((_serial(row), row.line) for index, row in enumerate(valid) if index not in failed)
        for rejection in added.rejected:
            row = valid[rejection.index]
            rejected.add(row, row.describe(_reason(rejection, seen.get(_serial(row)))))
    return tally


async def export_assets(
    pages: AsyncIterator[Sequence[Asset]], to: IO[str], progress: Callable[[int], None], status: bool = False
) -> int:
    """Writes assets in the format that `import_assets` reads, optionally with their status. Returns their number."""
    writer, count = csv.writer(to), 0
    writer.writerow([*EXPORTED, STATUS] if status else EXPORTED)
    async for assets in pages:
        for asset in assets:
            cells = [*_cells(asset), asset.status] if status else _cells(asset)
            writer.writerow([guarded(cell) for cell in cells])
        count += len(assets)
        progress(len(assets))
    return count


def _read(rows: Iterator[Row], tally: Tally) -> list[Row]:
    """Returns the next rows. An error after the first rows ends the file and is recorded in `tally.broken`."""
    found: list[Row] = []
    try:
        found.extend(islice(rows, MOST_ASSETS))
    except BadFile as bad:
        if not (found or tally.added or tally.rejected):
            raise
        tally.broken = str(bad)
    return found


def _rejects(row: Row, seen: dict[str, int], rejected: Rejected, tally: Tally) -> bool:
    """Rejects a row that is invalid before its values are checked. Of valid rows with the same serial number, the first
    is added."""
    reason = row.problem or _location_problem(row)
    if reason is None and (line := seen.get(_serial(row))):
        reason = _duplicate(line)
    if reason is None and fold(row.cells.get(STATUS, "")) == fold(AssetStatus.RETIRED):
        reason = "status: retired devices cannot be imported."
    if reason is not None:
        rejected.add(row, row.describe(reason))
        tally.rejected += 1
    return reason is not None


def _location_problem(row: Row) -> str | None:
    """Returns why the location of a row is invalid, or None. Other problems are found when the draft is checked."""
    kind = fold(row.cells.get("location", ""))
    if kind and kind not in KINDS:
        known = ", ".join(it.capitalize() for it in LocationType)
        return f"location: This is not a location. Use one of {known}, or leave it empty."
    if not kind and row.cells.get("location_name"):
        return "location: Required with `location_name`: the kind of the location."
    return None


def _location(row: Row) -> LocationDraft | None:
    kind = KINDS.get(fold(row.cells.get("location", "")))
    return LocationDraft(kind, row.cells.get("location_name") or None) if kind is not None else None


def _serial(row: Row) -> str:
    given = row.cells.get("serial_number", "")
    return fold(Problems().check((), parse_serial, given) or given)


def _draft(row: Row) -> AssetDraft:
    cells = row.cells
    price = None
    if cells.get("price") or cells.get("currency"):
        price = MoneyDraft(cells.get("price", ""), cells.get("currency", ""))
    return AssetDraft(
        serial_number=cells.get("serial_number", ""),
        device_type=cells.get("device_type", ""),
        country=cells.get("country", ""),
        description=cells.get("description", ""),
        employee=cells.get("employee") or None,
        condition=cells.get("condition") or None,
        price=price,
        location=_location(row),
    )


def _reason(rejection: Rejection, line: int | None) -> str:
    """Returns why a row is rejected. `line` is the line of an added row with the same serial number."""
    codes = {problem.code for problem in rejection.problems}
    if line is not None and codes == {ErrorCode.DUPLICATE_SERIAL}:
        return _duplicate(line)
    return " ".join(_message(problem.path, problem.message) for problem in rejection.problems)


def _duplicate(line: int) -> str:
    return f"serial_number: line {line} has the same serial number."


def _message(path: Iterable[str], message: str) -> str:
    """Returns the message, prefixed with the column."""
    columns = [COLUMNS.get(part, part) for part in path if not part.isdecimal() and part != "assets"]
    return f"{columns[-1]}: {message}" if columns else message


def _cells(asset: Asset) -> tuple[str | None, ...]:
    price, place = asset.price, asset.location
    # A holder is identified by the e-mail address.
    name = place.name if place is not None and place.kind != LocationType.PERSON else None
    return (
        asset.serial_number,
        asset.device_type.capitalize() if asset.device_type else None,
        asset.country,
        asset.description,
        asset.employee_email or asset.employee_name,
        asset.condition,
        price.amount if price else None,
        price.currency if price else None,
        place.kind.capitalize() if place else None,
        name,
    )
