"""Files of comma-separated values (RFC 4180), read row by row in bounded memory.

A row that cannot be read is returned with the reason, and reading goes on. An error that makes the rest of the file
unreadable raises `BadFile`. The meaning of the columns is in the modules that read a particular file
(`adapters/csv/people.py`, `app/cli/asset_files.py`, `app/cli/catalogue_files.py`).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import IO

from domain.shared.parsers import fold

# Longer than any valid row. A longer one is most likely not CSV, or lacks a closing quotation mark.
MOST_BYTES = 64 * 1024
CHUNK = 64 * 1024

# Separators that some spreadsheets use instead of commas.
_SEPARATORS = {";": "semicolons", "\t": "tabs"}
# Spreadsheets evaluate a cell that starts with one of these as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# A cell in this form keeps its leading zeros in spreadsheets: ="000123".
_WRAPPED = re.compile(r'=\s*"(.*)"', re.DOTALL)
_OPENING = re.compile(r'[ \t]*"')
_BLANK = re.compile(r"[ \t]*")


class BadFile(Exception):
    """The file, or the rest of it, cannot be read; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file: the line it starts on, its cells by column, and why it cannot be read, if so. `span` describes
    the lines of a row that a quotation mark extends over several."""

    line: int
    cells: dict[str, str]
    problem: str | None = None
    span: str | None = None

    def describe(self, reason: str) -> str:
        """Returns the reason, followed by the lines of the row if there are several."""
        return f"{reason} {self.span}" if self.span else reason


@dataclass(slots=True)
class _Record:
    """A row while it is read, line by line as long as a quotation mark is open."""

    line: int
    cells: list[str]
    problem: str | None = None
    lines: int = 1
    size: int = 0
    # The line of the open quotation mark, and of the last one that was still open at the end of a line.
    opened: int | None = None
    spanned: int | None = None


def read_rows(
    path: Path, header: Callable[[list[str]], list[str]], progress: Callable[[int], None] = lambda _: None
) -> Iterator[Row]:
    """Yields all rows that are not empty. `header` returns the column names for the first row, or raises BadFile.

    `progress` is called with the number of bytes read. Raises: BadFile.
    """
    with path.open("rb") as raw:
        records = _records(path, raw, progress)
        first = next(records, _Record(1, []))
        if first.problem is not None:
            raise BadFile(f"{path}, line {first.line}: {first.problem}")
        _check_separator(path, first.cells)
        names = header(first.cells)
        for record in records:
            yield _row(names, record)


def headings(
    path: Path, cells: Sequence[str], required: Sequence[str], known: Sequence[str], others: bool = False
) -> list[str]:
    """Returns the names of the columns, matched without regard to case, blanks, underscores and hyphens. With `others`,
    unknown columns keep their names. A column without a name must have no values.

    Raises: BadFile, if a required column is missing, or a column is repeated or unknown.
    """
    names = {heading_key(name): name for name in known}
    found = [names.get(heading_key(cell), cell.strip().lower() if others else cell.strip()) for cell in cells]
    named = [name for name in found if name]
    missing = [name for name in required if name not in named]
    unknown = [] if others else [_unknown(name, names) for name in named if name not in known]
    twice = [name for name in dict.fromkeys(named) if named.count(name) > 1]
    errors = {"missing": missing, "unknown": unknown, "repeated": twice}
    message = "; ".join(f"{error}: {', '.join(which)}" for error, which in errors.items() if which)
    if message:
        raise BadFile(f"{path}: the first line must name columns of {','.join(known)} ({message}).")
    return found


def _unknown(name: str, names: dict[str, str]) -> str:
    close = get_close_matches(heading_key(name), names, 1, 0.75)
    return f"{name} (did you mean {names[close[0]]}?)" if close else name


def heading_key(heading: str) -> str:
    """Returns the form in which two headings are compared."""
    return "".join(character for character in fold(heading) if character.isalnum())


def guarded(cell: str | None) -> str | None:
    """Returns the cell with an apostrophe before it if a spreadsheet would evaluate it as a formula."""
    return f"'{cell}" if cell and cell.startswith((*_FORMULA, "'")) else cell


def plain(cell: str) -> str:
    """Returns the value of a cell, without the markers for spreadsheets (see `guarded` and `_WRAPPED`)."""
    cell = cell.strip()
    if cell[:1] not in ("'", "="):
        return cell
    if cell[0] == "'" and cell[1:].startswith((*_FORMULA, "'")):
        return cell[1:]
    wrapped = _WRAPPED.fullmatch(cell)
    return wrapped[1].replace('""', '"').strip() if wrapped else cell


def _row(names: list[str], record: _Record) -> Row:
    cells = [plain(cell) for cell in record.cells]
    while len(cells) > len(names) and not cells[-1]:
        cells.pop()
    named = {name: cell for name, cell in zip(names, cells, strict=False) if name}
    problem = record.problem
    if problem is None and len(cells) != len(names):
        problem = (
            f"This row has {len(cells)} cells rather than {len(names)}: put quotation marks around text with commas."
        )
    if problem is None and "" in names and any(cell for name, cell in zip(names, cells, strict=True) if not name):
        problem = "There is a value in a column that has no name."
    return Row(record.line, named, problem, _span(record))


def _span(record: _Record) -> str | None:
    if record.spanned is None:
        return None
    return (
        f"The quotation mark that opens in line {record.spanned} makes one row of {record.lines:,} lines, "
        f"{record.line} to {record.line + record.lines - 1}."
    )


def _check_separator(path: Path, header: list[str]) -> None:
    """Raises: BadFile, if the first line is one cell because its cells are not separated by commas."""
    found = next((name for mark, name in _SEPARATORS.items() if len(header) == 1 and mark in header[0]), None)
    if found is not None:
        raise BadFile(f"{path}: the cells are separated by {found}; save the file with commas instead.")


def _records(path: Path, raw: IO[bytes], progress: Callable[[int], None]) -> Iterator[_Record]:
    lines = enumerate(_lines(raw, progress), start=1)
    for number, line in lines:
        record = _Record(number, [])
        _take(path, record, line, number)
        while record.opened is not None:
            another = next(lines, None)
            if another is None:
                raise BadFile(_unclosed(path, record))
            record.lines += 1
            _take(path, record, another[1], another[0])
        if record.problem or any(cell.strip() for cell in record.cells):
            yield record


def _unclosed(path: Path, record: _Record) -> str:
    opened, last = record.opened or record.line, record.line + record.lines - 1
    extent = (
        "" if opened == last else f"; it takes {last - opened + 1:,} lines, {opened} to {last}, the end of the file"
    )
    return f"{path}, line {opened}: a quotation mark opens here and is never closed{extent}."


def _take(path: Path, record: _Record, line: bytes | None, number: int) -> None:
    """Adds one line to a row."""
    record.size += len(line) if line is not None else MOST_BYTES + 1
    if record.size > MOST_BYTES:
        record.problem = f"This row is longer than the limit of {MOST_BYTES // 1024} KiB."
        del record.cells[1:]
    if line is None:
        record.opened = None
        return
    if b"\0" in line and record.problem is None:
        record.problem = "There is a NUL byte in this row: the file is damaged or not a text file."
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError:
        raise BadFile(f"{path}, line {number}: not UTF-8. Save the file as UTF-8.") from None
    if record.opened is None and '"' not in text:
        record.cells = text.rstrip("\r\n").split(",")
    else:
        _scan(record, text, number)


def _scan(record: _Record, text: str, number: int) -> None:
    """Adds the cells of a line with quotation marks. The first cell may continue from the line before."""
    place, end = 0, len(text.rstrip("\r\n"))
    while True:
        if record.opened is None:
            opening = _OPENING.match(text, place, end)
            if opening is None:
                comma = text.find(",", place, end)
                record.cells.append(text[place : comma if comma >= 0 else end])
                if comma < 0:
                    return
                place = comma + 1
                continue
            record.opened, place = number, opening.end()
            record.cells.append("")
        closing, content = _quoted(text, place)
        if record.size <= MOST_BYTES:
            record.cells[-1] += content
        if closing < 0:
            record.spanned = record.opened
            return
        record.opened = None
        place = _BLANK.match(text, closing + 1, end).end()  # type: ignore[union-attr]
        if place < end and text[place] != ",":
            place = _misquoted(record, text, closing + 1, end)
        if place >= end:
            return
        place += 1


def _quoted(text: str, place: int) -> tuple[int, str]:
    """Returns the position of the quotation mark that closes the one before `place`, or -1, and the text between."""
    closing = text.find('"', place)
    while closing >= 0 and text.startswith('"', closing + 1):
        closing = text.find('"', closing + 2)
    return closing, text[place : closing if closing >= 0 else len(text)].replace('""', '"')


def _misquoted(record: _Record, text: str, place: int, end: int) -> int:
    """Records the problem that text follows a closing quotation mark, keeps that text, and returns the end of the
    cell."""
    comma = text.find(",", place, end)
    comma = comma if comma >= 0 else end
    cell = f'"{record.cells[-1]}"{text[place:comma]}'
    record.cells[-1] = cell
    if record.problem is None:
        shown = " ".join(cell.split())
        shown = shown if len(shown) <= 60 else f"{shown[:60]}…"
        record.problem = (
            f"Text follows a closing quotation mark in {shown}: "
            "double each quotation mark inside a quoted cell, or remove the outer ones."
        )
    return comma


def _lines(raw: IO[bytes], progress: Callable[[int], None]) -> Iterator[bytes | None]:
    """Yields each line with its line break (LF, CR LF or CR), or None for a line that exceeds MOST_BYTES."""
    pending, too_long = b"", False
    while chunk := raw.read(CHUNK):
        progress(len(chunk))
        pieces = (pending + chunk).splitlines(keepends=True)
        # A CR at the end of the chunk may be the first half of a CR LF.
        pending = b"" if pieces[-1].endswith(b"\n") else pieces.pop()
        for piece in pieces:
            yield None if too_long or len(piece) > MOST_BYTES else piece
            too_long = False
        if len(pending) > MOST_BYTES:
            pending, too_long = pending[-1:], True
    if pending or too_long:
        yield None if too_long else pending
