"""Files of comma-separated values: what a program writes is read as it was meant, and whatever else is told."""

import csv
import io
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.csv.files import MOST_BYTES, BadFile, Row, guarded, headings, plain, read_rows

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12).map(str.strip)


def rows_of(path: Path, content: bytes) -> list[Row]:
    path.write_bytes(content)
    return list(read_rows(path, lambda cells: [f"column {place}" for place in range(len(cells))]))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("csv") / "it.csv"


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=8), st.sampled_from(["\n", "\r\n", "\r"]))
def test_what_is_written_is_read_as_it_was(path, written, line_end):
    out = io.StringIO()
    # The writer quotes no more than its own line ends, and without marks the others would end a row.
    if line_end == "\r\n":
        writer = csv.writer(out, lineterminator=line_end)
    else:
        writer = csv.writer(out, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerow("abc")
    writer.writerows([guarded(cell) for cell in cells] for cells in written)
    found = rows_of(path, out.getvalue().encode())
    assert [row.problem for row in found] == [None] * len(found)
    assert [tuple(row.cells.values()) for row in found] == [cells for cells in written if any(cells)]


@given(st.binary(max_size=200).map(lambda it: it.replace(b"x", b'"').replace(b"y", b",").replace(b"z", b"\r\n")))
def test_whatever_a_file_holds_is_rows_or_told(path, content):
    found: list[Row] = []
    with suppress(BadFile):
        found = rows_of(path, b"a,b,c\n" + content)
    assert [row.line for row in found] == sorted(row.line for row in found)
    assert all(len(row.cells) == 3 for row in found if row.problem is None)


@given(CELLS)
def test_a_guard_is_taken_off_again(cell):
    assert plain(guarded(cell) or "") == cell


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('="000123"', "000123"),
        ('"=""000123"""', "000123"),
        ('= "a ""b"" c"', 'a "b" c'),
        (' "a, b" ', "a, b"),
        ("a 'b'", "a 'b'"),
        ("=1+1", "=1+1"),
        ("\t000123", "000123"),
    ],
)
def test_a_cell_says_what_is_meant(path, written, read):
    [row] = rows_of(path, f"a,b\n{written},x\n".encode())
    assert (row.cells["column 0"], row.problem) == (read, None)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_line_ends_at_the_border_of_what_is_read_at_once_are_one(path, end):
    for padding in range(MOST_BYTES - 12, MOST_BYTES - 4):
        first = b"a,b" + end + b"1," + b"x" * (padding - 4 - len(end))
        found = rows_of(path, first + end + b"2,y" + end + b"3,z")
        assert [row.line for row in found] == [2, 3, 4]
        assert [row.problem for row in found] == [None] * 3


def test_a_row_of_many_lines_without_an_end_takes_no_memory_and_counts_them(path):
    with pytest.raises(BadFile, match="line 2: a quotation mark opens here and is never closed; it takes 50,001 lines"):
        rows_of(path, b'a,b\n1,"open\n' + b"2,more\n" * 50_000)


def test_columns_that_are_missing_twice_there_or_unknown_are_told_together(path):
    with pytest.raises(BadFile) as caught:
        headings(path, ["Name", "name", "colour", "e mail adress"], ["id", "name"], ["id", "name", "email_address"])
    assert "missing: id" in str(caught.value)
    assert "unknown: colour, e mail adress (did you mean email_address?)" in str(caught.value)
    assert "repeated: name" in str(caught.value)
