"""Every table has one home, and migrations know of it."""

import re
from pathlib import Path

from sqlalchemy import Table

from adapters.database.metadata import TABLE_MODULES, metadata

ROOT = Path(__file__).parents[3]
DATABASE = ROOT / "adapters" / "database"


def test_every_module_of_tables_is_in_the_metadata():
    there = {".".join(it.relative_to(ROOT).with_suffix("").parts) for it in DATABASE.rglob("tables.py")}
    assert {it.__name__ for it in TABLE_MODULES} == there


def test_every_table_is_made_in_the_tables_module_of_one_package():
    made = [
        (name, path.relative_to(DATABASE).as_posix())
        for path in DATABASE.rglob("*.py")
        if "migrations" not in path.parts
        for name in re.findall(r"^\w+ = Table\(\s*\"(\w+)\"", path.read_text(), re.MULTILINE)
    ]
    assert sorted(name for name, _ in made) == sorted(metadata.tables)
    assert {path.split("/")[-1] for _, path in made} == {"tables.py"}


def test_a_table_is_called_the_same_in_code_and_in_the_database():
    named = {
        name: table.name for module in TABLE_MODULES for name, table in vars(module).items() if isinstance(table, Table)
    }
    assert named == {name: name for name in metadata.tables}
