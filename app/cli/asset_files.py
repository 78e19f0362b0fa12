"""Assets in files: rows of CSV read and written a thousand at a time, so that no file is too long.

Every good row of a file is added; the others are written beside it with what is wrong with them.
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
from domain.inventory.locations import LocationDraft, LocationKind
from domain.inventory.serial_numbers import parse_serial
from domain.ports.dependencies import Dependencies
from domain.shared.access import SYSTEM, TenantScope
from domain.shared.errors import ErrorCode, Problems, Rejection
from domain.shared.money import MoneyDraft
from domain.shared.parsers import fold
from domain.use_cases.inventory.assets import write_assets

HEADER = ("serial_number", "device_type", "country", "description", "employee", "condition", "cost", "currency")
REQUIRED = HEADER[:4]
# Where the device is, if it is not simply with the employee or in storage.
PLACE = ("location", "location_name")
WRITTEN = (*HEADER, *PLACE)
# What this program adds to a file, and takes no notice of when it is given back.
REPORTED = ("line", "reason")
STATUS = "status"
ACCEPTED = (*WRITTEN, STATUS, *REPORTED)
KINDS = {fold(it): it for it in LocationKind}
# What people call the fields of a draft in a file.
COLUMNS = {
    "serialNumber": "serial_number",
    "deviceType": "device_type",
    "cost": "cost",
    "amount": "cost",
    "currencyCode": "currency",
    "kind": "location",
    "name": "location_name",
}


@dataclass(slots=True)
class Tally:
    """What became of a file's rows."""

    added: int = 0
    rejected: int = 0
    # Why the rest of the file was not read.
    broken: str | None = None
    interrupted: bool = False


class AssetFile:
    """A CSV file of assets, read row by row. Raises: BadFile."""

    def __init__(self, path: Path, progress: Callable[[int], None]) -> None:
        self._path = path
        self._progress = progress

    def rows(self) -> Iterator[Row]:
        """All rows but empty ones. Columns may stand in any order, and those that may be empty may be left out."""
        return read_rows(self._path, self._header, self._progress)

    def _header(self, cells: list[str]) -> list[str]:
        return headings(self._path, cells, REQUIRED, ACCEPTED)


class Rejected:
    """The report of rejected rows beside a file: their cells, the line and what is wrong. Left only if there is one.

    It is begun before anything is added, so that what cannot be reported is not done. Raises: BadFile.
    """

    def __init__(self, file: Path, header: Sequence[str] = WRITTEN) -> None:
        self.path = file.with_name(f"{file.stem}.rejected.csv")
        self._header = header
        self._count = 0

    def __enter__(self) -> "Rejected":
        try:
            self._file = self.path.open("w", encoding="utf-8", errors="backslashreplace", newline="")
        except OSError as error:
            raise BadFile(f"{self.path}, for rejected rows, cannot be written: {error.strerror}.") from None
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
    """Add every good row of a file to one tenant's assets; each thousand is committed by itself, and `stopped` is asked
    before each. `tally` is counted up on the way. Raises: BadFile."""
    assert tenant_scope.tenant_id is not None, "a file is of one company"
    tally, seen = tally if tally is not None else Tally(), dict[str, int]()
    rows = file.rows()
    while chunk := _read(rows, tally):
        # A signal is heard of when the loop gets its turn.
        await asyncio.sleep(0)
        if stopped():
            tally.interrupted = True
            break
        good = [row for row in chunk if not _refused(row, seen, rejected, tally)]
        if not good:
            continue
        async with deps.unit_of_work(tenant_scope) as work:
            added = await write_assets(work, deps, SYSTEM, tenant_scope.tenant_id, [_draft(row) for row in good])
            if not dry_run:
                await work.commit()
        tally.added += len(added.assets)
        tally.rejected += len(added.rejected)
        left = {rejection.index for rejection in added.rejected}
        seen.update((_serial(row), row.line) for index, row in enumerate(good) if index not in left)
        for rejection in added.rejected:
            row = good[rejection.index]
            rejected.add(row, row.told(_reason(rejection, seen.get(_serial(row)))))
    return tally


async def export_assets(
    pages: AsyncIterator[Sequence[Asset]], to: IO[str], progress: Callable[[int], None], status: bool = False
) -> int:
    """Write assets as a file that `import_assets` reads, with their status if asked for; how many there were."""
    writer, count = csv.writer(to), 0
    writer.writerow([*WRITTEN, STATUS] if status else WRITTEN)
    async for assets in pages:
        for asset in assets:
            cells = [*_cells(asset), asset.status] if status else _cells(asset)
            writer.writerow([guarded(cell) for cell in cells])
        count += len(assets)
        progress(len(assets))
    return count


def _read(rows: Iterator[Row], tally: Tally) -> list[Row]:
    """The next rows. What breaks a file after its first rows is noted, and the rows before it count."""
    found: list[Row] = []
    try:
        found.extend(islice(rows, MOST_ASSETS))
    except BadFile as bad:
        if not (found or tally.added or tally.rejected):
            raise
        tally.broken = str(bad)
    return found


def _refused(row: Row, seen: dict[str, int], rejected: Rejected, tally: Tally) -> bool:
    """Whether a row cannot be meant, before anyone looks at what it says; of good rows with one serial the first
    counts."""
    reason = row.problem or _misplaced(row)
    if reason is None and (before := seen.get(_serial(row))):
        reason = _same(before)
    if reason is None and fold(row.cells.get(STATUS, "")) == fold(AssetStatus.RETIRED):
        reason = "status: a device that is retired is not added."
    if reason is not None:
        rejected.add(row, row.told(reason))
        tally.rejected += 1
    return reason is not None


def _misplaced(row: Row) -> str | None:
    """What is wrong with the place that a row names, which is no place at all; what else is, a draft tells."""
    kind = fold(row.cells.get("location", ""))
    if kind and kind not in KINDS:
        known = ", ".join(it.capitalize() for it in LocationKind)
        return f"location: There is no such place. Write one of {known}, or nothing."
    if not kind and row.cells.get("location_name"):
        return "location: Write what sort of place `location_name` names."
    return None


def _location(row: Row) -> LocationDraft | None:
    kind = KINDS.get(fold(row.cells.get("location", "")))
    return LocationDraft(kind, row.cells.get("location_name") or None) if kind is not None else None


def _serial(row: Row) -> str:
    given = row.cells.get("serial_number", "")
    return fold(Problems().check((), parse_serial, given) or given)


def _draft(row: Row) -> AssetDraft:
    cells = row.cells
    cost = None
    if cells.get("cost") or cells.get("currency"):
        cost = MoneyDraft(cells.get("cost", ""), cells.get("currency", ""))
    return AssetDraft(
        serial_number=cells.get("serial_number", ""),
        device_type=cells.get("device_type", ""),
        country=cells.get("country", ""),
        description=cells.get("description", ""),
        employee=cells.get("employee") or None,
        condition=cells.get("condition") or None,
        cost=cost,
        location=_location(row),
    )


def _reason(rejection: Rejection, line: int | None) -> str:
    """What is wrong with a row; `line` is where a good one of this file has its serial number."""
    codes = {problem.code for problem in rejection.problems}
    if line is not None and codes == {ErrorCode.DUPLICATE_SERIAL}:
        return _same(line)
    return " ".join(_told(problem.path, problem.message) for problem in rejection.problems)


def _same(line: int) -> str:
    return f"serial_number: line {line} has the same."


def _told(path: Iterable[str], message: str) -> str:
    """What is wrong, after the column it is in."""
    columns = [COLUMNS.get(part, part) for part in path if not part.isdecimal() and part != "assets"]
    return f"{columns[-1]}: {message}" if columns else message


def _cells(asset: Asset) -> tuple[str | None, ...]:
    price, place = asset.price, asset.location
    # Who has it is told by address.
    name = place.name if place is not None and place.kind != LocationKind.PERSON else None
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
