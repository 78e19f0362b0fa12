"""The operations in README.md and docs/ are operations of the schema."""

import re
from pathlib import Path

import pytest
from graphql import KnownDirectivesRule, parse, specified_rules, validate

from schema.build import build_schema, core_schema

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]
SCHEMA = core_schema(build_schema())
# Relay's own directives, such as @appendEdge, are removed by its compiler.
RULES = [it for it in specified_rules if it is not KnownDirectivesRule]
OPERATIONS = [
    pytest.param(block, id=f"{page.relative_to(ROOT)}-{number}")
    for page in PAGES
    for number, block in enumerate(
        re.findall(r"^```graphql\n(.*?)```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE), 1
    )
]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_of_the_documentation_is_valid(operation: str):
    assert validate(SCHEMA, parse(operation), RULES) == []


def test_the_index_of_the_guides_lists_each_of_them():
    folder = ROOT / "docs" / "guides"
    index = (folder / "README.md").read_text("utf-8")
    assert [it.name for it in folder.glob("*.md") if f"| [{it.name}]({it.name}) |" not in index] == ["README.md"]
