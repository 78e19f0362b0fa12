"""The catalogue in files: CSV or JSON Lines, read and written a thousand rows at a time.

Each row is a configuration of a product, or a product that has none (`domain/catalogue/file_rows.py`). Good rows are
taken over; the others are written beside the file with what is wrong with them.
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
# What a problem's place is called in a file.
_COLUMN_OF = {
    "productType": "product_type",
    "imageUrl": "image_url",
    "productArchived": "product_archived",
    "configurationArchived": "configuration_archived",
    "screenSize": "screen_size",
    "connectionType": "connection_type",
}


@dataclass(slots=True)
class Tally:
    """What became of a file's rows."""

    taken: dict[Taken, int] = field(default_factory=lambda: dict.fromkeys(Taken, 0))
    rejected: int = 0
    # Why the rest of the file was not read.
    broken: str | None = None
    interrupted: bool = False

    @property
    def rows(self) -> int:
        return sum(self.taken.values()) + self.rejected


def catalogue_rows(path: Path, progress: Callable[[int], None] = lambda _: None) -> Iterator[Row]:
    """All rows of a file but empty ones. Raises: BadFile."""
    if path.suffix.lower() in JSON_LINES:
        return _json_rows(path, progress)
    return read_rows(path, lambda cells: _header(path, cells), progress)


def _header(path: Path, cells: list[str]) -> list[str]:
    found = headings(path, cells, (), (*COLUMNS, *REPORTED))
    if "sku" not in found and not {"brand", "model"} <= set(found):
        raise BadFile(f"{path}: the first line is to name sku, or brand and model; columns are {','.join(COLUMNS)}.")
    return found


async def import_catalogue(
    deps: Dependencies,
    rows: Iterator[Row],
    reject: Callable[[Row, str], None],
    tally: Tally,
    dry_run: bool = False,
    stopped: Callable[[], bool] = lambda: False,
) -> None:
    """Take over every good row; each thousand is committed by itself, and `stopped` is asked before each. `tally` is
    counted up on the way. Raises: BadFile."""
    planned, skus = CatalogueSnapshot(), Skus()
    while chunk := _read(rows, tally):
        # A signal is heard of when the loop gets its turn.
        await asyncio.sleep(0)
        if stopped():
            tally.interrupted = True
            break
        async with deps.unit_of_work(EVERYWHERE) as work:
            snapshot = await work.catalogue.snapshot(keys_of(row.cells for row in chunk))
            if dry_run:
                planned.show(*snapshot.all())
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
    """Write the catalogue as a file that `import_catalogue` reads; how many rows there were."""
    writer, count = csv.writer(to), 0
    if not json_lines:
        writer.writerow(COLUMNS)
    async for page in pages:
        for product, configurations in page:
            for cells in _cells(product, configurations):
                count += 1
                if json_lines:
                    told = {name: value for name, value in zip(COLUMNS, cells, strict=True) if value is not None}
                    to.write(json.dumps(told, ensure_ascii=False) + "\n")
                else:
                    writer.writerow([guarded(cell) for cell in cells])
        progress(len(page))
    return count


def reporting(path: Path) -> Rejected:
    """The report of rejected rows beside a file, with its columns: one more would say something. Raises: BadFile."""
    if path.suffix.lower() in JSON_LINES:
        return Rejected(path, COLUMNS)
    found: list[str] = []

    def noted(cells: list[str]) -> list[str]:
        found.extend(_header(path, cells))
        return found

    next(read_rows(path, noted), None)
    return Rejected(path, [name for name in COLUMNS if name in found])


class Skus:
    """The SKUs of a file, each of one product: a second name for it is a mistake, not a change of the first."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[int, str]] = {}

    def clash(self, row: Row) -> str | None:
        """What is wrong with a row that gives the SKU of another product of the file."""
        sku, brand, model = (row.cells.get(name, "") for name in ("sku", "brand", "model"))
        line, name = self._seen.get(fold(sku), (0, ""))
        if not line or not (brand and model) or product_key(brand, model) == name:
            return None
        return f"sku: line {line} has the same, of another product. The number of a configuration is configuration_sku."

    def note(self, row: Row) -> None:
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
    reason = row.problem or skus.clash(row)
    if reason is None:
        try:
            tally.taken[take_row(row.cells, snapshot, deps.new_id)] += 1
            skus.note(row)
        except InvalidInput as invalid:
            reason = " ".join(_told(problem.path, problem.message) for problem in invalid.problems)
    if reason is not None:
        tally.rejected += 1
        reject(row, row.told(reason))


def _told(place: Place, message: str) -> str:
    """What is wrong, after the column it is in."""
    if not place or place == ("configuration",):
        return message
    name = _COLUMN_OF.get(place[-1], place[-1])
    return f"{'configuration_sku' if place == ('configuration', 'sku') else name}: {message}"


def _read(rows: Iterator[Row], tally: Tally) -> list[Row]:
    """The next rows. What breaks a file after its first rows is noted, and the rows before it count."""
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
    """An object of JSON with all its members, also those of one name."""


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
                told = f"This line is longer than {MOST_BYTES // 1024} KiB, the most that a line may be."
                yield Row(number, {}, told)
            elif line.strip():
                yield _json_row(number, line)


def _json_row(number: int, line: bytes) -> Row:
    try:
        given = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"), object_pairs_hook=_Pairs)
    except UnicodeDecodeError:
        return Row(number, {}, "This line is not UTF-8.")
    except (ValueError, RecursionError):
        return Row(number, {}, "This line is no JSON.")
    if not isinstance(given, _Pairs):
        return Row(number, {}, 'This line is no JSON object, as {"brand": "Dell", "model": "…"}.')
    cells, wrong = dict[str, str](), list[str]()
    for key, value in given:
        name = _NAMES.get(heading_key(key))
        text = _text(value)
        if name is None:
            wrong.append(f"There is no field {key[:40]!r}.")
        elif name in cells:
            wrong.append(f"{name} is there twice.")
        elif text is None:
            wrong.append(f"{name}: Send a text.")
        else:
            cells[name] = text.strip()
    return Row(number, cells, " ".join(wrong) or None)


def _text(value: object) -> str | None:
    match value:
        case None:
            return ""
        case bool():
            return _word(value)
        case str() | int():
            return str(value)
    return None
