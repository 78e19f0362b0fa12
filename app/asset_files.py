"""Assets in files: rows of CSV read and written a thousand at a time, so that no file is too long.

Every good row of a file is added; the others are written beside it with what is wrong with them.
"""

import csv
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from domain.access import SYSTEM, Reach
from domain.assets import MOST_ASSETS, Asset, AssetDraft
from domain.money import MoneyDraft
from domain.ports import House
from domain.rejections import Rejection
from domain.use_cases.assets import write_assets
from domain.values import fold

HEADER = ("serial_number", "device_type", "country", "description", "employee", "condition", "cost", "currency")
REQUIRED = HEADER[:4]
# What people call the fields of a draft in a file.
COLUMNS = {
    "serialNumber": "serial_number",
    "deviceType": "device_type",
    "cost": "cost",
    "amount": "cost",
    "currencyCode": "currency",
}


class BadFile(Exception):
    """A file that holds no assets; the text says why."""


@dataclass(slots=True)
class Tally:
    """What became of a file's rows."""

    added: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file, where it ends, and what is wrong with it as a row."""

    line: int
    cells: dict[str, str]
    problem: str | None = None


class AssetFile:
    """A CSV file of assets, read row by row. Raises: BadFile."""

    def __init__(self, path: Path, progress: Callable[[int], None]) -> None:
        self._path = path
        self._progress = progress

    def rows(self) -> Iterator[Row]:
        """All rows but empty ones. Columns may stand in any order, and those that may be empty may be left out."""
        with self._path.open("rb") as raw:
            lines = csv.reader(self._decoded(raw))
            try:
                header = self._header(next(lines, []))
                for cells in lines:
                    if any(cell.strip() for cell in cells):
                        yield _row(lines.line_num, header, cells)
            except csv.Error as error:
                raise BadFile(f"{self._path}, line {lines.line_num}: {error}.") from None

    def _decoded(self, raw: IO[bytes]) -> Iterator[str]:
        for number, line in enumerate(raw, start=1):
            self._progress(len(line))
            try:
                yield line.decode("utf-8-sig" if number == 1 else "utf-8").replace("\0", "")
            except UnicodeDecodeError:
                raise BadFile(f"{self._path}, line {number}: not UTF-8. Save the file as UTF-8.") from None

    def _header(self, cells: list[str]) -> list[str]:
        header = [cell.strip().lower() for cell in cells]
        unknown = [name for name in header if name not in HEADER]
        missing = [name for name in REQUIRED if name not in header]
        if unknown or missing or len(set(header)) != len(header):
            wrong = "a column twice"
            if missing or unknown:
                wrong = f"no column {', '.join(missing)}" if missing else f"a column {', '.join(unknown)}"
            raise BadFile(f"{self._path}: the first line is to name columns of {','.join(HEADER)}; it has {wrong}.")
        return header


class Rejected:
    """The report of rejected rows beside a file: their cells, the line and what is wrong. Made when there is one."""

    def __init__(self, file: Path) -> None:
        self.path = file.with_name(f"{file.stem}.rejected.csv")
        self._open: IO[str] | None = None
        self._write: Any = None

    def __enter__(self) -> "Rejected":
        self.path.unlink(missing_ok=True)
        return self

    def __exit__(self, _type: type[BaseException] | None, _value: object, _trace: TracebackType | None) -> None:
        if self._open is not None:
            self._open.close()

    def add(self, row: Row, reason: str) -> None:
        if self._open is None:
            self._open = self.path.open("w", encoding="utf-8", newline="")
            self._write = csv.writer(self._open)
            self._write.writerow([*HEADER, "line", "reason"])
        self._write.writerow([*(row.cells.get(name, "") for name in HEADER), row.line, reason])


async def import_assets(
    house: House, reach: Reach, file: AssetFile, rejected: Rejected, dry_run: bool = False
) -> Tally:
    """Add every good row of a file to one tenant's assets; each thousand is committed by itself. Raises: BadFile."""
    assert reach.tenant_id is not None, "a file is of one company"
    tally, seen = Tally(), dict[str, int]()
    rows = file.rows()
    while chunk := list(islice(rows, MOST_ASSETS)):
        good = [row for row in chunk if not _refused(row, seen, rejected, tally)]
        if not good:
            continue
        async with house.begin(reach) as work:
            added = await write_assets(work, house, SYSTEM, reach.tenant_id, [_draft(row) for row in good])
            if not dry_run:
                await work.commit()
        tally.added += len(added.assets)
        tally.rejected += len(added.rejected)
        for rejection in added.rejected:
            rejected.add(good[rejection.index], _reason(rejection))
    return tally


async def export_assets(pages: AsyncIterator[Sequence[Asset]], to: IO[str], progress: Callable[[int], None]) -> int:
    """Write assets as a file that `import_assets` reads; how many there were."""
    writer, count = csv.writer(to), 0
    writer.writerow(HEADER)
    async for assets in pages:
        writer.writerows(map(_cells, assets))
        count += len(assets)
        progress(len(assets))
    return count


def _row(line: int, header: list[str], cells: list[str]) -> Row:
    named = dict(zip(header, (cell.strip() for cell in cells), strict=False))
    if len(cells) != len(header):
        return Row(line, named, f"{len(cells)} cells rather than {len(header)}: put text with commas into quotes.")
    return Row(line, named)


def _refused(row: Row, seen: dict[str, int], rejected: Rejected, tally: Tally) -> bool:
    """Whether a row cannot be meant, before anyone looks at what it says; of rows with one serial the first counts."""
    key = fold(row.cells.get("serial_number", ""))
    reason = row.problem
    if reason is None and key:
        before = seen.setdefault(key, row.line)
        if before != row.line:
            reason = f"serial_number: line {before} has the same."
    if reason is not None:
        rejected.add(row, reason)
        tally.rejected += 1
    return reason is not None


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
    )


def _reason(rejection: Rejection) -> str:
    return " ".join(_told(problem.path, problem.message) for problem in rejection.problems)


def _told(path: Iterable[str], message: str) -> str:
    """What is wrong, after the column it is in."""
    columns = [COLUMNS.get(part, part) for part in path if not part.isdecimal() and part != "assets"]
    return f"{columns[-1]}: {message}" if columns else message


def _cells(asset: Asset) -> tuple[str | None, ...]:
    price = asset.price
    return (
        asset.serial_number,
        asset.device_type.capitalize() if asset.device_type else None,
        asset.country,
        asset.description,
        asset.employee_email or asset.employee_name,
        asset.condition,
        price.amount if price else None,
        price.currency if price else None,
    )
