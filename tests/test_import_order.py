"""The modules of the schema may be imported in any order."""

import ast
import os
import subprocess
import sys
from enum import Enum
from itertools import combinations, permutations
from pathlib import Path

import pytest
import strawberry

from schema.shared.enums import describe
from tests.first_import import imported_by, modules, orders

ROOT = Path(__file__).parent.parent


def test_of_two_modules_each_is_imported_before_the_other_in_some_order_unless_it_needs_it():
    needed = imported_by(modules("schema"))
    before = {(one, other) for order in orders(needed) for one, other in combinations(order, 2)}
    assert len(needed) > 100
    assert {(one, other) for one, other in permutations(needed, 2) if other not in needed[one]} == before


def test_the_schema_is_the_same_in_whatever_order_its_modules_are_imported():
    run = subprocess.run(
        [sys.executable, ROOT / "tests" / "first_import.py"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    numbers = range(len(list(orders(imported_by(modules("schema"))))))
    assert sorted(run.stdout.splitlines()) == sorted(f"builds {it}" for it in numbers), run.stderr


def test_an_enum_is_imported_from_the_module_that_describes_it():
    trees = {str(it.relative_to(ROOT)): ast.parse(it.read_text()) for it in (ROOT / "schema").rglob("*.py")}
    described = {
        ast.unparse(node.args[0]).split(".")[-1]: module
        for module, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "describe"
    }
    elsewhere = [
        f"{module} imports {name.name} from {node.module}, but {described[name.asname or name.name]} describes it"
        for module, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] != "schema"
        for name in node.names
        if described.get(name.asname or name.name, module) != module
    ]
    assert len(described) > 30
    assert elsewhere == []


def test_an_enum_that_a_field_used_before_is_not_described():
    class Colour(Enum):
        RED = "RED"

    strawberry.enum(Colour)
    with pytest.raises(TypeError, match="Colour is used before it is described"):
        describe(Colour, "A colour.", RED="As blood.")
