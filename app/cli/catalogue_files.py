"""Imports and exports the catalogue as CSV or JSON Lines, 1,000 rows at a time.

Each row is a configuration of a product, or a product without one (`domain/catalogue/file_rows.py`). Valid rows are
imported; the rejected ones are written to a second file with the reason.
"""

import asyncio
import csv
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO

from adapters.csv.files import MOST_BYTES, BadFile, Row, guarded, heading_key, headings, read_rows
from app.cli.asset_files import REPORTED, Rejected
from domain.catalogue.file_rows import COLUMNS, OF_PRODUCT, Taken, keys_of, take_row
from domain.catalogue.product_drafts import CONFIGURED
from domain.catalogue.products import Configuration, Product
from domain.catalogue.snapshot import CatalogueSnapshot, product_key
from domain.ports.dependencies import Dependencies
from domain.shared.access import SYSTEM, Environment, TenantScope
from domain.shared.errors import InvalidInput
from domain.shared.errors import Path as Place
from domain.shared.parsers import fold
from domain.use_cases.catalogue.products import save_snapshot

EVERYWHERE = TenantScope(Environment.LIVE, None)
MOST_ROWS = 1_000
JSON_LINES = (".jsonl", ".ndjson")
_NAMES = {heading_key(name): name for name in (*COLUMNS, *REPORTED)}
# The columns of the paths of problems.
_COLUMN_OF = {
    "productType": "product_type",
    "type": "product_type",
    "imageUrl": "image_url",
    "productArchived": "product_archived",
    "configurationArchived": "configuration_archived",
    "screenSize": "screen_size",
    "connectionType": "connection_type",
}


@dataclass(slots=True)
class Tally:
    """Counts of the rows of a file, by result."""

    taken: dict[Taken, int] = field(default_factory=lambda: dict.fromkeys(Taken, 0))
    rejected: int = 0
    # Why the rest of the file could not be read.
    broken: str | None = None
    interrupted: bool = False

    @property
    def rows(self) -> int:
        return sum(self.taken.values()) + self.rejected


def catalogue_rows(path: Path, progress: Callable[[int], None] = lambda _: None) -> Iterator[Row]:
    """Yields all rows of a file that are not empty. Raises: BadFile."""
    if path.suffix.lower() in JSON_LINES:
        return _json_rows(path, progress)
    return read_rows(path, lambda cells: _header(path, cells), progress)


def _header(path: Path, cells: list[str]) -> list[str]:
    found = headings(path, cells, (), (*COLUMNS, *REPORTED))
    if "sku" not in found and not {"brand", "model"} <= set(found):
        raise BadFile(f"{path}: the first line must name sku, or brand and model. Columns: {','.join(COLUMNS)}.")
    return found


async def import_catalogue(
    deps: Dependencies,
    rows: Iterator[Row],
    reject: Callable[[Row, str], None],
    tally: Tally,
    dry_run: bool = False,
    stopped: Callable[[], bool] = lambda: False,
) -> None:
    """Imports every valid row. Each chunk of 1,000 rows is one transaction; `stopped` is called before each, and
    `tally` is updated after each row. Raises: BadFile."""
    planned, skus = CatalogueSnapshot(), Skus()
    while chunk := _read(rows, tally):
        # Lets the event loop handle signals.
        await asyncio.sleep(0)
        if stopped():
            tally.interrupted = True
            break
        async with deps.unit_of_work(EVERYWHERE) as work:
            snapshot = await work.catalogue.snapshot(keys_of(row.cells for row in chunk))
            if dry_run:
                planned.load(*snapshot.all())
                snapshot = planned
            for row in chunk:
                _take(row, snapshot, deps, reject, tally, skus)
            if not dry_run:
                await save_snapshot(work, deps, SYSTEM, snapshot)
                await work.commit()


async def export_catalogue(
    pages: AsyncIterator[Sequence[tuple[Product, Sequence[Configuration]]]],
    to: IO[str],
    json_lines: bool,
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Writes the catalogue in the format that `import_catalogue` reads. Returns the number of rows."""
    writer, count = csv.writer(to), 0
    if not json_lines:
        writer.writerow(COLUMNS)
    async for page in pages:
        for product, configurations in page:
            for cells in _cells(product, configurations):
                count += 1
                if json_lines:
                    values = {name: value for name, value in zip(COLUMNS, cells, strict=True) if value is not None}
                    to.write(json.dumps(values, ensure_ascii=False) + "\n")
                else:
                    writer.writerow([guarded(cell) for cell in cells])
        progress(len(page))
    return count


def reporting(path: Path) -> Rejected:
    """Returns the file of rejected rows, with the columns of the imported file: in a corrected file an additional,
    empty column would have a meaning. Raises: BadFile."""
    if path.suffix.lower() in JSON_LINES:
        return Rejected(path, COLUMNS)
    found: list[str] = []

    def noted(cells: list[str]) -> list[str]:
        found.extend(_header(path, cells))
        return found

    next(read_rows(path, noted), None)
    return Rejected(path, [name for name in COLUMNS if name in found])


class Skus:
    """The SKUs of a file, each of one product. The same SKU with another name is an error, not a change of the
    first."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[int, str]] = {}

    def conflict(self, row: Row) -> str | None:
        """Returns why a row is rejected that has the SKU of another product of the file, or None."""
        sku, brand, model = (row.cells.get(name, "") for name in ("sku", "brand", "model"))
        line, name = self._seen.get(fold(sku), (0, ""))
        if not line or not (brand and model) or product_key(brand, model) == name:
            return None
        return (
            f"sku: line {line} has the same SKU for another product. The SKU of a configuration is configuration_sku."
        )

    def add(self, row: Row) -> None:
        sku, brand, model = (row.cells.get(name, "") for name in ("sku", "brand", "model"))
        if sku and brand and model:
            self._seen.setdefault(fold(sku), (row.line, product_key(brand, model)))


def _take(
    row: Row,
    snapshot: CatalogueSnapshot,
    deps: Dependencies,
    reject: Callable[[Row, str], None],
    tally: Tally,
    skus: Skus,
) -> None:
    reason = row.problem or skus.conflict(row)
    if reason is None:
        try:
            tally.taken[take_row(row.cells, snapshot, deps.new_id)] += 1
            skus.add(row)
        except InvalidInput as invalid:
            reason = " ".join(_message(problem.path, problem.message) for problem in invalid.problems)
    if reason is not None:
        tally.rejected += 1
        reject(row, row.describe(reason))


def _message(place: Place, message: str) -> str:
    """Returns the message, prefixed with the column."""
    if not place or place == ("configuration",):
        return message
    name = _COLUMN_OF.get(place[-1], place[-1])
    return f"{'configuration_sku' if place == ('configuration', 'sku') else name}: {message}"


def _read(rows: Iterator[Row], tally: Tally) -> list[Row]:
    """Returns the next rows. An error after the first rows ends the file and is recorded in `tally.broken`."""
    found: list[Row] = []
    try:
        found.extend(islice(rows, MOST_ROWS))
    except BadFile as bad:
        if not (found or tally.rows):
            raise
        tally.broken = str(bad)
    return found


def _cells(product: Product, configurations: Sequence[Configuration]) -> Iterable[tuple[str | None, ...]]:
    own = [getattr(product, name) for name in OF_PRODUCT]
    own[0] = product.product_type.capitalize().replace("_", " ")
    archived = _word(not product.active)
    for it in configurations:
        parts = (getattr(it, name) for name in CONFIGURED)
        yield (*own, archived, it.sku, *parts, _word(not it.active))
    if not configurations:
        yield (*own, archived, None, *(None for _ in CONFIGURED), None)


def _word(value: bool) -> str:
    return "yes" if value else "no"


class _Pairs(list[tuple[str, object]]):
    """A JSON object with all its members, including those with the same name."""


def _json_rows(path: Path, progress: Callable[[int], None]) -> Iterator[Row]:
    with path.open("rb") as raw:
        number = 0
        while line := raw.readline(MOST_BYTES + 1):
            number += 1
            progress(len(line))
            if len(line) > MOST_BYTES:
                while line and not line.endswith(b"\n"):
                    line = raw.readline(MOST_BYTES)
                    progress(len(line))
                yield Row(number, {}, f"This line is longer than the limit of {MOST_BYTES // 1024} KiB.")
            elif line.strip():
                yield _json_row(number, line)


def _json_row(number: int, line: bytes) -> Row:
    try:
        given = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"), object_pairs_hook=_Pairs)
    except UnicodeDecodeError:
        return Row(number, {}, "This line is not UTF-8.")
    except (ValueError, RecursionError):
        return Row(number, {}, "This line is not JSON.")
    if not isinstance(given, _Pairs):
        return Row(number, {}, 'This line is not a JSON object such as {"brand": "Dell", "model": "…"}.')
    cells, problems = dict[str, str](), list[str]()
    for key, value in given:
        name = _NAMES.get(heading_key(key))
        text = _text(value)
        if name is None:
            problems.append(f"There is no field {key[:40]!r}.")
        elif name in cells:
            problems.append(f"{name} is repeated.")
        elif text is None:
            problems.append(f"{name}: The value must be a text.")
        else:
            cells[name] = text.strip()
    return Row(number, cells, " ".join(problems) or None)


def _text(value: object) -> str | None:
    match value:
        case None:
            return ""
        case bool():
            return _word(value)
        case str() | int():
            return str(value)
    return None
