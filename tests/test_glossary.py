"""docs/glossary.md defines each word once, and everything that it names exists."""

import ast
import re
from pathlib import Path

import pytest
from graphql import GraphQLEnumType, GraphQLObjectType

from tests.exported import SCHEMA

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "glossary.md"
TEXT = PAGE.read_text(encoding="utf-8")

# In code spans of the meanings, but not names of the graph.
ELSEWHERE = {"QuoteDraft", "UNDECIDED", "LIVE", "TEST", "DRAFT", "portal", "edges", "userErrors"}


def rows() -> list[tuple[str, str, str]]:
    """Word, meaning and place of each entry, of all tables but the last."""
    found = [
        tuple(cell.strip() for cell in line.strip("|").split("|"))
        for line in TEXT.split("## Words we do not use\n")[0].splitlines()
        if line.startswith("| ") and not line.startswith("| Word ")
    ]
    assert all(len(it) == 3 for it in found)
    return [(it[0], it[1], it[2]) for it in found]


ENTRIES = rows()


def in_graph(name: str) -> bool:
    type_name, dot, part = name.partition(".")
    type_ = SCHEMA.type_map.get(type_name)
    if dot:
        return part in (type_.values if isinstance(type_, GraphQLEnumType) else getattr(type_, "fields", ()))
    roots = (SCHEMA.query_type, SCHEMA.mutation_type, SCHEMA.subscription_type)
    return type_ is not None or any(root is not None and name in root.fields for root in roots)


def defined_in(path: Path) -> set[str]:
    """The classes and constants of a module."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found.add(name)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                found.add(name)
    return found


def test_each_word_is_defined_once():
    words = [word for entry, _, _ in ENTRIES for word in entry.split(", ")]
    assert sorted(words) == sorted(set(words))


@pytest.mark.parametrize(("word", "meaning"), [(word, meaning) for word, meaning, _ in ENTRIES])
def test_what_a_meaning_names_is_in_the_graph(word, meaning):
    names = set(re.findall(r"`([A-Za-z]+(?:\.[A-Za-z]+)?)`", meaning))
    assert [it for it in names if not in_graph(it) and it not in ELSEWHERE] == []


@pytest.mark.parametrize(("word", "place"), [(word, place) for word, _, place in ENTRIES if place])
def test_the_file_of_a_word_exists_and_defines_what_is_named(word, place):
    paths = [ROOT / it for it in re.findall(r"`([a-z][\w/.-]*)`", place)]
    assert paths, place
    assert [it for it in paths if not it.exists()] == []
    named = {it for group in re.findall(r"\(([^)]*)\)", place) for it in re.findall(r"`(\w+)`", group)}
    defined = {name for path in paths if path.suffix == ".py" for name in defined_in(path)}
    assert named <= defined


def test_every_kind_of_node_is_defined():
    nodes = {it.name for it in SCHEMA.get_implementations(SCHEMA.type_map["Node"]).objects}  # type: ignore[arg-type]
    assert len(nodes) > 15
    named = set(re.findall(r"`([A-Za-z]+)`", " ".join(meaning for _, meaning, _ in ENTRIES)))
    assert nodes - named == set()


def test_every_status_of_a_quote_is_defined():
    quote = SCHEMA.type_map["Quote"]
    assert isinstance(quote, GraphQLObjectType)
    statuses = {name for name in quote.fields if name.lower().endswith("status")}
    assert {f"Quote.{name}" for name in statuses} <= set(re.findall(r"`([\w.]+)`", TEXT))


def test_every_link_leads_somewhere():
    headings = {
        re.sub(r"[^\w -]", "", it.lower()).replace(" ", "-") for it in re.findall(r"^#+ (.*)$", TEXT, re.MULTILINE)
    }
    for target in re.findall(r"\]\(([^)]+)\)", TEXT):
        path, _, anchor = target.partition("#")
        assert not path or (PAGE.parent / path).exists(), target
        assert not anchor or path or anchor in headings, target
