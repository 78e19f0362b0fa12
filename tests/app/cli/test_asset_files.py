"""Assets from and to files: good rows are added, the others told beside the file, however long it is."""

import asyncio
import csv
import tracemalloc
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from adapters.csv.files import BadFile
from adapters.csv.people import CsvDirectory
from adapters.database.core.engine import Database
from app.cli.asset_files import EXPORTED, HEADER, AssetFile, Rejected, Tally, import_assets
from app.cli.common import Failure
from app.cli.main import cli
from domain.shared.access import Environment, TenantScope
from domain.use_cases.people.hris import sync_employees
from tests.databases import a_company, dependencies_on, rows_of

GOOD = "C02XK1,Laptop,Uruguay,MacBook Pro 14,Ana Rodríguez,New,1450.00,USD"


def a_file(directory: Path, *rows: str, header: str = ",".join(HEADER), encoding: str = "utf-8") -> Path:
    path = directory / "assets.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding=encoding)
    return path


async def load(database: Database, path: Path, dry_run: bool = False) -> tuple[Tally, list[dict[str, str]]]:
    """What became of a file, and the report of rejected rows."""
    company = await rows_of(database, "SELECT id FROM tenants WHERE environment = 'LIVE'") or [
        ((await a_company(database)).live,)
    ]
    tenant_scope = TenantScope(Environment.LIVE, company[0][0])
    with Rejected(path) as rejected:
        tally = await import_assets(
            dependencies_on(database), tenant_scope, AssetFile(path, lambda _: None), rejected, dry_run
        )
    if not rejected.path.exists():
        return tally, []
    with rejected.path.open(encoding="utf-8", newline="") as report:
        return tally, list(csv.DictReader(report))


async def serials(database: Database) -> set[str]:
    return {row[0] for row in await rows_of(database, "SELECT serial_number FROM assets")}


async def test_good_rows_are_added_and_the_others_told_with_line_and_reason(database, tmp_path):
    path = a_file(
        tmp_path, GOOD, "X1,Spoon,Atlantis,,,,5,", "X2,monitor", ",laptop,UY,A laptop,,,,", 'X3,MOUSE,uy,"A, b",,,,'
    )
    tally, report = await load(database, path)
    assert tally == Tally(added=2, rejected=3)
    assert await serials(database) == {"C02XK1", "X3"}
    reasons = {row["line"]: row["reason"] for row in report}
    assert reasons.keys() == {"3", "4", "5"}
    assert all(name in reasons["3"] for name in ("device_type:", "country:", "description:", "currency:"))
    assert "2 cells rather than 8" in reasons["4"]
    assert reasons["5"].startswith("serial_number:")
    assert next(row for row in report if row["line"] == "3")["serial_number"] == "X1"


async def test_a_dry_run_says_the_same_and_adds_nothing(database, tmp_path):
    path = a_file(tmp_path, GOOD, GOOD, "X1,Spoon,UY,A laptop,,,,")
    dry = await load(database, path, dry_run=True)
    assert await serials(database) == set()
    assert await rows_of(database, "SELECT * FROM events") == []
    assert await load(database, path) == dry


async def test_a_serial_number_is_added_once_in_whatever_case_and_chunk(database, tmp_path):
    many = [f"S{number},laptop,UY,A laptop,,,," for number in range(1500)]
    tally, report = await load(database, a_file(tmp_path, *many, " s7 ,laptop,UY,Again,,,,"))
    assert (tally.added, tally.rejected) == (1500, 1)
    assert report[0]["reason"] == "serial_number: line 9 has the same serial number."
    tally, report = await load(database, a_file(tmp_path, *many[:3]))
    assert (tally.added, tally.rejected) == (0, 3)
    assert "already" in report[0]["reason"]


async def test_a_bad_row_takes_no_serial_number_from_a_good_one(database, tmp_path):
    tally, report = await load(database, a_file(tmp_path, "C02XK1,Spoon,UY,A spoon,,,,", GOOD, GOOD))
    assert tally == Tally(added=1, rejected=2)
    assert [(row["line"], row["reason"][:25]) for row in report] == [
        ("2", "device_type: Unknown devi"), ("4", "serial_number: line 3 has"),
    ]  # fmt: skip


async def test_the_report_can_be_corrected_and_imported(database, tmp_path):
    await load(database, a_file(tmp_path, GOOD, "=1+1,Spoon,UY,'quoted,,,,", GOOD))
    report = tmp_path / "assets.rejected.csv"
    report.write_text(report.read_text().replace("Spoon", "Mouse"))
    tally, left = await load(database, report)
    assert (tally, len(left)) == (Tally(added=1, rejected=1), 1)
    assert await rows_of(database, "SELECT serial_number, description FROM assets WHERE device_type = 'MOUSE'") == [
        ("=1+1", "'quoted")
    ]


async def test_what_breaks_a_file_late_hides_nothing_of_what_was_done(database, tmp_path):
    path = a_file(
        tmp_path, GOOD, "X1,Spoon,UY,A spoon,,,,", *(f"S{number},laptop,UY,A laptop,,,," for number in range(3))
    )
    path.write_bytes(path.read_bytes() + "X9,laptop,UY,Ünicode,,,,\n".encode("latin-1"))
    tally, report = await load(database, path)
    assert (tally.added, tally.rejected, len(report)) == (4, 1, 1)
    assert "line 7: not UTF-8" in (tally.broken or "")


async def test_nothing_is_added_when_nothing_can_be_reported(database, monkeypatch, tmp_path):
    await a_company(database)
    path = a_file(tmp_path, GOOD)
    (tmp_path / "assets.rejected.csv").mkdir()
    done = await command(database, monkeypatch, "import", str(path), "--company", "austral")
    assert "assets.rejected.csv, cannot be written" in str(done.exception)
    assert await serials(database) == set()


async def test_who_scripts_an_import_learns_of_rejected_rows_by_the_exit_code(database, monkeypatch, tmp_path):
    await a_company(database)
    path = a_file(tmp_path, GOOD, "X1,Spoon,UY,A spoon,,,,")
    done = await command(database, monkeypatch, "import", str(path), "--company", "austral")
    assert done.output == f"1 added, 1 rejected: {tmp_path / 'assets.rejected.csv'}\n"
    assert done.exit_code == 1


async def test_no_cell_of_an_export_is_a_formula_to_a_spreadsheet(database, monkeypatch, tmp_path):
    await load(database, a_file(tmp_path, '=1+1,Laptop,UY,"=HYPERLINK(""http://evil.example"")",-Ana,+Good,,'))
    out = tmp_path / "out.csv"
    await command(database, monkeypatch, "export", "--company", "AUSTRAL", "--to", str(out))
    cells = next(csv.reader(out.read_text().splitlines()[1:]))
    assert cells[:6] == ["'=1+1", "Laptop", "UY", '\'=HYPERLINK("http://evil.example")', "'-Ana", "'+Good"]
    await a_company(database, "NORDLICHT")
    await command(database, monkeypatch, "import", str(out), "--company", "NORDLICHT")
    both = await rows_of(database, "SELECT DISTINCT serial_number, description, condition FROM assets")
    assert both == [("=1+1", '=HYPERLINK("http://evil.example")', "+Good")]


async def test_a_retired_device_is_exported_as_such_and_not_imported_as_a_new_one(database, monkeypatch, tmp_path):
    await load(database, a_file(tmp_path, GOOD, "S2,laptop,UY,A laptop,,,,"))
    async with database.write.begin() as connection:
        await connection.execute(text("UPDATE assets SET status = 'RETIRED' WHERE serial_number = 'S2'"))
    out = tmp_path / "out.csv"
    await command(database, monkeypatch, "export", "--company", "AUSTRAL", "--retired", "--to", str(out))
    await a_company(database, "NORDLICHT")
    again = await command(database, monkeypatch, "import", str(out), "--company", "NORDLICHT", "--dry-run")
    assert "1 would be added, 1 would be rejected" in again.output


async def test_a_report_of_an_earlier_run_goes_when_nothing_is_rejected(database, tmp_path):
    await load(database, a_file(tmp_path, "X1,Spoon,UY,A spoon,,,,"))
    _, report = await load(database, a_file(tmp_path, GOOD))
    assert report == []


@pytest.mark.parametrize(
    ("rows", "header", "encoding", "message"),
    [
        ([GOOD], "a,b", "utf-8", "missing: serial_number"),
        ([GOOD], ",".join(HEADER) + ",colour", "utf-8", "unknown: colour"),
        ([GOOD], ",".join(HEADER) + ",Price", "utf-8", "repeated: price"),
        ([GOOD], ",".join(HEADER).replace("employee", "employe"), "utf-8", r"employe \(did you mean employee\?\)"),
        ([GOOD], ",".join(HEADER) + "\0", "utf-8", "line 1: There is a NUL byte"),
        ([GOOD], ",".join(HEADER) + "x" * 100_000, "utf-8", "line 1: This row is longer than the limit"),
        (['S1,Laptop,UY,"A laptop', GOOD], ",".join(HEADER), "utf-8", "line 2: a quotation mark opens here"),
        ([GOOD], "", "utf-8", "missing: serial_number"),
        ([GOOD], ";".join(HEADER), "utf-8", "separated by semicolons; save the file with commas"),
        ([GOOD], "\t".join(HEADER), "utf-8", "separated by tabs"),
        ([GOOD], ",".join(HEADER), "utf-16", "not UTF-8"),
        ([GOOD, "X,laptop,UY,Ünicode,,,,"], ",".join(HEADER), "latin-1", "line 2: not UTF-8"),
    ],
)
async def test_what_is_no_file_of_assets_is_refused_in_a_sentence(database, tmp_path, rows, header, encoding, message):
    with pytest.raises(BadFile, match=message):
        await load(database, a_file(tmp_path, *rows, header=header, encoding=encoding))
    assert await serials(database) == set()


async def test_columns_stand_in_any_order_and_a_byte_order_mark_is_no_name(database, tmp_path):
    path = a_file(
        tmp_path, "UY,A laptop,Laptop,S1", header="Country,description,DEVICE_TYPE,serial_number", encoding="utf-8-sig"
    )
    assert (await load(database, path))[0] == Tally(added=1)


@pytest.mark.parametrize(
    "header",
    [
        "Serial Number,Device Type,COUNTRY,Description,employee,condition,price,currency",
        "serialNumber,deviceType,country,description,Employee,Condition,Price,Currency",
        "SERIAL-NUMBER, Device_type ,Country,description,employee,condition,price,currency",
        ",".join(HEADER) + ",,",
    ],
)
async def test_headings_are_found_without_case_blanks_and_underscores(database, tmp_path, header):
    row = GOOD + "," * (header.count(",") - GOOD.count(","))
    assert await load(database, a_file(tmp_path, row, header=header)) == (Tally(added=1), [])


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
async def test_lines_end_as_on_any_system(database, tmp_path, line_end):
    path = tmp_path / "assets.csv"
    path.write_bytes(line_end.join([",".join(HEADER), GOOD, "S2,Laptop,UY,A laptop,,,,"]).encode())
    assert await load(database, path) == (Tally(added=2), [])


async def test_digits_that_a_spreadsheet_was_kept_from_changing_lose_their_wrapper(database, tmp_path):
    quoted, rest = '"=""000456"""', "Laptop,UY,A laptop,,,,"
    path = a_file(tmp_path, '="000123",Laptop,UY,A laptop,,,="1450.00",USD', f"{quoted},{rest}", f"'000789,{rest}")
    assert await load(database, path) == (Tally(added=3), [])
    assert await serials(database) == {"000123", "000456", "000789"}
    again, report = await load(database, a_file(tmp_path, f"000123,{rest}", f'="000999",{rest}', f"000999,{rest}"))
    assert again == Tally(added=1, rejected=2)
    assert report[1]["reason"] == "serial_number: line 3 has the same serial number."


async def test_what_is_no_serial_number_is_told_with_the_remedy_and_the_others_come_in(database, tmp_path):
    none = ("1.23E+15", "To Be Filled By O.E.M.", "Default string", "N/A", "0", "123456789")
    path = a_file(tmp_path, *(f"{it},Laptop,UY,A laptop,,,," for it in none), GOOD)
    tally, report = await load(database, path)
    assert (tally, await serials(database)) == (Tally(added=1, rejected=len(none)), {"C02XK1"})
    assert "Format its column as text there" in report[0]["reason"]
    assert all("printed on the device" in row["reason"] for row in report[1:])


async def test_a_quotation_mark_is_kept_or_told_and_never_lost(database, tmp_path):
    path = a_file(
        tmp_path, 'S1,Monitor,UY,"24" Dell",,,,', 'S2,Monitor,UY,24" Dell,,,,', 'S3,Monitor,UY,"24"" Dell",,,,'
    )  # fmt: skip
    tally, report = await load(database, path)
    assert (tally, [(row["line"], row["serial_number"]) for row in report]) == (Tally(2, 1), [("2", "S1")])
    assert 'Text follows a closing quotation mark in "24" Dell"' in report[0]["reason"]
    kept = await rows_of(database, "SELECT description FROM assets ORDER BY serial_number")
    assert kept == [('24" Dell',), ('24" Dell',)]


async def test_an_unclosed_quotation_mark_says_where_it_opens_and_what_it_takes(database, tmp_path):
    more = [f"S{number},laptop,UY,A laptop,,,," for number in range(2, 6)]
    tally, report = await load(database, a_file(tmp_path, GOOD, 'S1,Laptop,UY,"A laptop,,,,', *more))
    assert (tally.added, tally.rejected, report) == (1, 0, [])
    assert "line 3: a quotation mark opens here and is never closed; it takes 5 lines, 3 to 7" in (tally.broken or "")


async def test_a_quotation_mark_that_closes_in_a_later_line_tells_which_lines_it_takes(database, tmp_path):
    rows = ['S1,Laptop,UY,"A laptop,,,,', "S2,Laptop,UY,A laptop,,,,", 'S3,Laptop,UY,A laptop",,,,', GOOD]
    tally, report = await load(database, a_file(tmp_path, *rows))
    assert (tally.added, tally.rejected, report[0]["line"]) == (1, 1, "2")
    assert "opens in line 2 makes one row of 3 lines, 2 to 4" in report[0]["reason"]


async def test_a_nul_byte_concerns_its_row_only_and_is_not_cut_out(database, tmp_path):
    tally, report = await load(database, a_file(tmp_path, "S\x001,Laptop,UY,A laptop,,,,", GOOD))
    assert (tally, await serials(database)) == (Tally(added=1, rejected=1), {"C02XK1"})
    assert "NUL byte" in report[0]["reason"]
    again, _ = await load(database, tmp_path / "assets.rejected.csv")
    assert again == Tally(rejected=1)


async def test_a_long_line_concerns_itself_only_and_takes_no_memory(database, tmp_path):
    path = tmp_path / "assets.csv"
    with path.open("wb") as file:
        file.write((",".join(HEADER) + "\n").encode())
        for _ in range(32):
            file.write(b"x" * 2**20)
        file.write(f",Laptop,UY,A laptop,,,,\n{GOOD}\n".encode())
    tracemalloc.start()
    rows = list(AssetFile(path, lambda _: None).rows())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [(row.line, row.problem is None) for row in rows] == [(2, False), (3, True)]
    assert most < 2 * 2**20
    tally, report = await load(database, path)
    assert (tally, report[0]["reason"][:34]) == (Tally(added=1, rejected=1), "This row is longer than the limit ")


async def test_what_is_exported_comes_in_again_as_it_was(database, monkeypatch, tmp_path):
    odd = [
        'S1,Monitor,UY,"24"" Dell, ""curved""",Ana,"like ""new""",1450.00,USD',
        "S2,Laptop,UY,'quoted,,,,",
        "S3,Laptop,UY,=1+1,,-5,,",
        "+S4,Laptop,UY,A \N{EM DASH} ünïcode 笔记本,,,,",
    ]
    assert (await load(database, a_file(tmp_path, *odd)))[0] == Tally(added=4)
    out = tmp_path / "out.csv"
    await command(database, monkeypatch, "export", "--company", "AUSTRAL", "--to", str(out))
    await a_company(database, "NORDLICHT")
    done = await command(database, monkeypatch, "import", str(out), "--company", "NORDLICHT")
    assert done.output == "4 added, 0 rejected.\n"
    columns = "serial_number, device_type, description, employee_name, condition, price_minor"
    rows = [row[1:] for row in await rows_of(database, f"SELECT tenant_id, {columns} FROM assets ORDER BY 1, 2")]
    assert rows[:4] == rows[4:]


async def test_people_and_devices_are_named_in_any_case(database, tmp_path):
    company = await a_company(database)
    people = tmp_path / "people.csv"
    people.write_text("hris_id,name,email,status\n1,Ana Rodríguez,ana@people.example,active\n", encoding="utf-8")
    await sync_employees(
        dependencies_on(database), TenantScope(Environment.LIVE, company.live), CsvDirectory(people), False
    )
    decomposed = unicodedata.normalize("NFD", "ana RODRÍGUEZ")
    path = a_file(tmp_path, f"S-1,lapTOP,uruguay,A laptop,{decomposed},,,", "s-1,Laptop,UY,The same,,,,")
    tally, report = await load(database, path)
    assert tally == Tally(added=1, rejected=1)
    assert "serial_number" in report[0]["reason"]
    assets = await rows_of(database, "SELECT employee_name, employee_email, device_type, status FROM assets")
    assert assets == [("Ana Rodríguez", "ana@people.example", "LAPTOP", "IN_USE")]


async def command(database: Database, monkeypatch: pytest.MonkeyPatch, *words: str) -> Any:
    monkeypatch.setenv("QUOTEGRAPH_DATABASE_URL", database.url.render_as_string(hide_password=False))
    return await asyncio.to_thread(CliRunner().invoke, cli, ["assets", *words])


async def test_what_is_exported_can_be_imported(database, monkeypatch, tmp_path):
    await a_company(database)
    await a_company(database, "NORDLICHT")
    people = [f"S{number},Laptop,UY,A laptop,Ana,Good,{number}.00,USD,Person," for number in range(1200)]
    elsewhere = ["S9998,Monitor,UY,A monitor,,,,,Office,Office MVD", "S9999,Mouse,BR,A mouse,,,,,Storage,Shelf 4"]
    path = a_file(tmp_path, *people, *elsewhere, "S9997,Mouse,BR,A mouse,,,,,Storage,", header=",".join(EXPORTED))
    done = await command(database, monkeypatch, "import", str(path), "--company", "austral")
    assert done.output == "1,203 added, 0 rejected.\n"
    out = tmp_path / "out.csv"
    done = await command(database, monkeypatch, "export", "--company", "AUSTRAL", "--to", str(out))
    assert done.output == f"1,203 assets written to {out}.\n"
    assert sorted(out.read_text().splitlines()) == sorted(path.read_text().splitlines())
    again = await command(database, monkeypatch, "import", str(out), "--company", "NORDLICHT", "--dry-run")
    assert again.output == "1,203 would be added, 0 would be rejected.\n"
    printed = await command(database, monkeypatch, "export", "--company", "NORDLICHT")
    assert printed.output.splitlines() == [",".join(EXPORTED)]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["export", "--company", "NOBODY"], "There is no company 'NOBODY'"),
        (["export", "--company", "AUSTRAL", "--environment", "prod"], "--environment must be live or test"),
        (["import", "nowhere.csv", "--company", "AUSTRAL"], "There is no file nowhere.csv"),
    ],
)
async def test_a_command_that_cannot_be_done_says_why(database, monkeypatch, words, message):
    await a_company(database)
    done = await command(database, monkeypatch, *words)
    assert isinstance(done.exception, Failure)
    assert message in str(done.exception)
