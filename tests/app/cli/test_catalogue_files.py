"""The catalogue from and to files: good rows are taken over, the others told; what is written is read back unchanged"""

import csv
import json
from pathlib import Path

import pytest

from adapters.csv.files import BadFile
from adapters.database.catalogue.products import CATALOGUE_LOADERS
from adapters.database.core.engine import Database
from adapters.database.core.reader import SqlReader
from app.cli.catalogue import pages_of
from app.cli.catalogue_files import Tally, catalogue_rows, export_catalogue, import_catalogue, reporting
from app.cli.installation import STARTER
from domain.catalogue.file_rows import COLUMNS, Taken
from tests.databases import dependencies_on, rows_of

HEADER = "product_type,brand,model,sku,cpu,ram,configuration_sku"


def a_file(directory: Path, *rows: str, header: str = HEADER, name: str = "catalogue.csv") -> Path:
    path = directory / name
    path.write_text("\n".join([header, *rows] if header else rows) + "\n", encoding="utf-8")
    return path


async def load(database: Database, path: Path, dry_run: bool = False) -> tuple[tuple[int, ...], dict[str, str]]:
    """How many rows were added, updated, unchanged and rejected, and why, by line."""
    tally = Tally()
    with reporting(path) as rejected:
        await import_catalogue(dependencies_on(database), catalogue_rows(path), rejected.add, tally, dry_run)
    counts = (*(tally.taken[it] for it in Taken), tally.rejected)
    if not rejected.path.exists():
        return counts, {}
    with rejected.path.open(encoding="utf-8", newline="") as report:
        return counts, {row["line"]: row["reason"] for row in csv.DictReader(report)}


async def products(database: Database) -> list[tuple[object, ...]]:
    return await rows_of(database, "SELECT brand, model, sku FROM products ORDER BY search")


async def configurations(database: Database) -> list[tuple[object, ...]]:
    return await rows_of(database, "SELECT cpu, ram, sku FROM configurations ORDER BY product_id, position")


async def test_each_row_is_a_configuration_and_a_second_time_nothing_changes(database, tmp_path):
    path = a_file(
        tmp_path,
        "Laptop,Dell,Pro 14,P14,Ultra 5,16 GB,P14-16",
        "laptop,DELL,pro 14,,Ultra 7,32 GB,",
        "Mouse,Logitech,M650,,,,",
    )
    assert await load(database, path, dry_run=True) == ((3, 0, 0, 0), {})
    assert await products(database) == []
    assert await load(database, path) == ((3, 0, 0, 0), {})
    assert [it[1] for it in await products(database)] == ["pro 14", "M650"]
    assert await configurations(database) == [("Ultra 5", "16 GB", "P14-16"), ("Ultra 7", "32 GB", None)]
    again = a_file(tmp_path, "Laptop,DELL,pro 14,p14,Ultra 5,16GB,p14-16", "Mouse,Logitech,M650,,,,")
    (added, _, _, rejected), _ = await load(database, again)
    assert (added, rejected) == (0, 0)
    assert len(await configurations(database)) == 2


async def test_a_product_is_found_by_sku_and_else_by_brand_and_model(database, tmp_path):
    await load(database, a_file(tmp_path, "Laptop,Dell,Pro 14,P14,,,", "Laptop,Lenovo,T14,,,,"))
    changed = a_file(tmp_path, ",Dell,Pro 14 Plus,p14,,,", ",Lenovo,T14,T-14,,,", ",,,P14,Ultra 5,,")
    counts, _ = await load(database, changed)
    assert counts == (1, 2, 0, 0)
    assert await products(database) == [("Dell", "Pro 14 Plus", "P14"), ("Lenovo", "T14", "T-14")]


async def test_a_configuration_keeps_its_number_while_its_parts_change(database, tmp_path):
    await load(database, a_file(tmp_path, "Laptop,Dell,Pro 14,,Ultra 5,16 GB,A", "Laptop,Dell,Pro 14,,Ultra 7,32 GB,"))
    counts, _ = await load(database, a_file(tmp_path, "Laptop,Dell,Pro 14,,Ultra 5,,A", ",Dell,Pro 14,,ultra 7,32gb,B"))
    assert counts == (0, 2, 0, 0)
    assert await configurations(database) == [("Ultra 5", None, "A"), ("ultra 7", "32gb", "B")]
    # A column that is not there says nothing.
    counts, _ = await load(database, a_file(tmp_path, "Dell,Pro 14,M5,A", header="Brand,Model,CPU,Configuration SKU"))
    assert counts == (0, 1, 0, 0)
    assert await configurations(database) == [("M5", None, "A"), ("ultra 7", "32gb", "B")]


REJECTED: dict[str, tuple[str, str]] = {
    "no type": (",Dell,New,,,,", "product_type: A new product requires a type."),
    "a phone": ("Phone,Apple,iPhone,,,,", "A phone is an Accessory"),
    "no brand": ("Laptop,,New,,,,", "brand: This must not be empty."),
    "an unknown number alone": ("Laptop,,,NEW,,,", "brand: This must not be empty. model: This must not be empty."),
    "a product with another number": (
        "Laptop,Dell,Pro 14,OTHER,,,",
        "sku: Dell Pro 14 has the SKU P14. Send the SKU of a configuration as configuration_sku.",
    ),
    "a number of another product's configuration": ("Laptop,HP,New,,M5,,A", "configuration_sku: Another configuration"),
    "a destroyed number": ("Laptop,HP,New,1.23E+15,,,", "sku: A spreadsheet has shortened this number to 1.23E+15."),
    "a destroyed number of a configuration": (
        "Laptop,HP,New,,M5,,8.8E+11",
        "configuration_sku: A spreadsheet has shortened",
    ),
    "too few cells": ("Laptop,HP", "2 cells rather than 7"),
    "a long model": (f"Laptop,HP,{'m' * 201},,,,", "model: At most 200 characters, not 201."),
    "a part of a warranty": ("Warranty Mac,Apple,Care,,M5,,", "A warranty has no configurations."),
}


async def test_bad_rows_are_told_and_nothing_of_them_is_there(database, tmp_path):
    await load(database, a_file(tmp_path, "Laptop,Dell,Pro 14,P14,Ultra 5,16 GB,A"))
    before = (await products(database), await configurations(database))
    counts, reasons = await load(database, a_file(tmp_path, *(row for row, _ in REJECTED.values())))
    assert counts == (0, 0, 0, len(REJECTED))
    for reason, (_, expected) in zip(reasons.values(), REJECTED.values(), strict=True):
        assert expected in reason
    assert (await products(database), await configurations(database)) == before


async def test_what_was_rejected_can_be_corrected_and_imported_again(database, tmp_path):
    await load(database, a_file(tmp_path, "Phone,Apple,iPhone 17,,,,"))
    report = tmp_path / "catalogue.rejected.csv"
    report.write_text(report.read_text().replace("Phone,", "Accessory,"))
    assert report.read_text().splitlines()[0] == "product_type,brand,model,sku,configuration_sku,cpu,ram,line,reason"
    assert await load(database, report) == ((1, 0, 0, 0), {})


FILES: dict[str, tuple[str, str]] = {
    "an unknown column": ("brand,model,price", "unknown: price"),
    "no names": ("product_type,cpu", "sku, or brand and model"),
    "semicolons": ("brand;model", "separated by semicolons"),
}


@pytest.mark.parametrize(("header", "message"), FILES.values(), ids=FILES)
async def test_a_file_that_is_no_catalogue_is_refused(database, tmp_path, header, message):
    with pytest.raises(BadFile, match=message):
        await load(database, a_file(tmp_path, "Dell,Pro 14,1", header=header))


async def test_json_lines_say_the_same_and_bad_lines_are_told(database, tmp_path):
    good = {"productType": "Laptop", "brand": "Dell", "model": "Pro 14", "sku": 14, "ram": "16 GB", "cpu": None}
    lines = [json.dumps(good), "", "{", "[1]", '{"colour": "red"}', '{"brand": ["Dell"], "model": "X"}', "[" * 50_000]
    counts, reasons = await load(database, a_file(tmp_path, *lines, "9" * 70_000, header="", name="catalogue.jsonl"))
    assert counts == (1, 0, 0, 6)
    assert await products(database) == [("Dell", "Pro 14", "14")]
    assert [reasons[it] for it in ("3", "4", "5", "6", "7", "8")] == [
        "This line is not JSON.",
        'This line is not a JSON object such as {"brand": "Dell", "model": "…"}.',
        "There is no field 'colour'.",
        "brand: The value must be a text.",
        "This line is not JSON.",
        "This line is longer than the limit of 64 KiB.",
    ]


@pytest.mark.parametrize("name", ["out.csv", "out.jsonl"])
async def test_what_is_exported_is_imported_without_a_change(database, tmp_path, name):
    await load(database, starter(tmp_path))
    more = a_file(tmp_path, 'Mouse,=HP,"M, 24""",S-1,yes,,', "Laptop,HP,Old,,,M5,yes", header=ARCHIVED)
    assert (await load(database, more))[0] == (2, 0, 0, 0)
    first = await exported(database, tmp_path / name)
    assert first.count("\n") == 95 + 2 + (name == "out.csv")
    tally, _ = await load(database, tmp_path / name)
    assert (tally[0], tally[1], tally[3]) == (0, 0, 0)
    assert await exported(database, tmp_path / f"again-{name}") == first


ARCHIVED = "product_type,brand,model,sku,product_archived,cpu,configuration_archived"


async def exported(database: Database, path: Path) -> str:
    with path.open("w", encoding="utf-8", newline="") as out:
        reader = SqlReader(database, CATALOGUE_LOADERS)
        await export_catalogue(pages_of(reader), out, path.suffix == ".jsonl")
    return path.read_text(encoding="utf-8")


def starter(directory: Path) -> Path:
    path = directory / "starter.csv"
    path.write_bytes(STARTER.read_bytes())
    return path


async def test_the_starter_catalogue_is_whole(database, tmp_path):
    path = starter(tmp_path)
    (added, *others), reasons = await load(database, path)
    assert (added, others, reasons) == (95, [0, 0, 0], {})
    kinds = dict(await rows_of(database, "SELECT product_type, count(*) FROM products GROUP BY product_type"))
    assert sum(kinds.values()) == 64
    assert {"LAPTOP", "MONITOR", "KEYBOARD", "MOUSE", "HEADPHONES", "WEBCAM", "ACCESSORY"} == kinds.keys()
    assert set(path.read_text(encoding="utf-8").partition("\n")[0].split(",")) <= set(COLUMNS)


async def test_one_sku_is_of_one_product_in_a_file(database, tmp_path):
    rows = ["Laptop,Dell,Pro 14,P14,Ultra 5,,", "laptop,DELL,PRO 14,p14,Ultra 7,,", "Laptop,Dell,Pro 16,P14,Ultra 9,,"]
    counts, reasons = await load(database, a_file(tmp_path, *rows, ",,,P14,Ultra 9,,"))
    assert counts == (3, 0, 0, 1)
    assert reasons["4"].startswith("sku: line 2 has the same")
    assert [it[1] for it in await products(database)] == ["PRO 14"]
    # Another file may tell that it has another name now.
    assert await load(database, a_file(tmp_path, rows[2])) == ((0, 1, 0, 0), {})
    assert [it[1] for it in await products(database)] == ["Pro 16"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (r'{"product_type": "Laptop", "brand": "Dell", "model": "\ud800"}', "model: Remove U+D800"),
        ('{"product_type": "Laptop", "brand": "Dell", "model": "A", "brand": "HP"}', "brand is repeated."),
        (
            '{"product_type": "Laptop", "productType": "Mouse", "brand": "Dell", "model": "A"}',
            "product_type is repeated",
        ),
        ('{"product_type": "Laptop", "brand": "Dell", "model": NaN}', "model: The value must be a text."),
        ('{"product_type": "Laptop", "brand": {"name": "Dell"}, "model": "A"}', "brand: The value must be a text."),
        ('[["brand", "Dell"], ["model", "A"]]', "This line is not a JSON object"),
        ("[" * 50_000, "This line is not JSON."),
    ],
)
async def test_a_line_of_any_json_is_told_and_the_next_is_read(database, tmp_path, line, message):
    good = '{"product_type": "Mouse", "brand": "Logitech", "model": "M650"}'
    counts, reasons = await load(database, a_file(tmp_path, line, good, header="", name="catalogue.jsonl"))
    assert counts == (1, 0, 0, 1)
    assert reasons["1"].startswith(message)


async def test_what_a_spreadsheet_has_destroyed_is_in_no_catalogue(database, tmp_path):
    rows = ["Mouse,#N/A,M1,,,,", "Mouse,Logi,1.2E+10,,,,", "Laptop,Dell,Pro,#REF!,,,", "Laptop,Dell,Pro,,#VALUE!,,"]
    counts, reasons = await load(database, a_file(tmp_path, *rows))
    assert (counts, await products(database)) == ((0, 0, 0, 4), [])
    assert [it.partition(":")[0] for it in reasons.values()] == ["brand", "model", "sku", "cpu"]
    assert all("spreadsheet" in it for it in reasons.values())
