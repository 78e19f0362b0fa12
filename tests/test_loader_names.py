"""The graph and the adapters agree on the loaders there are."""

import ast
import re
from pathlib import Path

import pytest

from app.wiring import loader_kinds
from resolvers.execution.checks import LoaderKind
from resolvers.loader_names import LOADERS, check_loaders

ROOT = Path(__file__).parent.parent


def test_the_adapters_make_the_loaders_that_the_graph_reads_through():
    check_loaders(loader_kinds())


@pytest.mark.parametrize(
    ("made", "fault"),
    [
        ({"item": None}, "item: at most one row here, not known from the adapter"),
        ({"itms": LoaderKind.MANY}, "itms: not known here, a list of all rows from the adapter"),
        ({"quotes": LoaderKind.ONE}, "quotes: a page of rows here, at most one row from the adapter"),
    ],
)
def test_loaders_that_do_not_agree_are_refused_by_name(made, fault):
    changed = {name: kind for name, kind in ({**LOADERS, **made}).items() if kind is not None}
    with pytest.raises(TypeError, match=f"^Loaders that do not agree:\n{fault}$"):
        check_loaders(changed)


def test_resolvers_by_hand_name_loaders_that_there_are():
    named = {
        node.args[0].value: path.name
        for package in ("schema", "resolvers")
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and re.search(r"(context\.(load|load_bulk|count)|\bConnection)$", ast.unparse(node.func))
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }
    assert len(named) > 20
    assert {name: file for name, file in named.items() if name not in LOADERS} == {}
