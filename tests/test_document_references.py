"""What code and documents cite is there: the rules of docs/domain.md, and headings of every other document."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import GraphQLEnumType, build_schema

ROOT = Path(__file__).parent.parent
ROOTS = ("adapters", "app", "benchmarks", "deploy", "docs", "domain", "examples", "resolvers", "schema", "tests")
KINDS = {".graphql", ".html", ".md", ".py", ".toml", ".typ", ".yaml", ".yml"}
GENERATED = {".venv", "assets", "node_modules"}
# One or more rules: `docs/domain.md#kits`, or `docs/domain.md#kits, #expiry`.
REFERENCE = re.compile(r"(docs/[\w./-]+\.md)(#[\w-]+(?:,\s+(?:#\s+)?#[\w-]+)*)?")
LINK = re.compile(r"\]\(([\w./-]+\.md)?(#[\w-]+)?\)")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
SYSTEM = r"(?:BambooHR|kitchen\.co|Quick Quote|quipteams|quotegraph|SalesByte|Tecspal)"
CLAIM = re.compile(rf"{SYSTEM}(?:(?:,| and) {SYSTEM})*, (?:stated|chosen)")
PATH = re.compile(rf"`((?:{'|'.join(ROOTS)})/[\w/-]+\.(?:py|md|graphql|js|ts|sql|csv|tsv|typ))`")
# The documents that came before the repository, and the numbers of a tracker that nobody else sees.
OUTSIDE = re.compile(
    r"domain.facts|\(findings\b|\b(?:design|findings|style|cases|house)\.md|\(design[:,]|\bissue \d+\b|\[choice\]"
)


def files() -> Iterator[Path]:
    found = [*ROOT.glob("*"), *(it for name in ROOTS for it in (ROOT / name).rglob("*"))]
    for path in found:
        within = path.relative_to(ROOT)
        if (
            path.suffix in KINDS
            and path.is_file()
            and not GENERATED.intersection(within.parts)
            and path != Path(__file__)
        ):
            yield path


TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in files()}


def anchors(path: str) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    headings = HEADING.findall(re.sub(r"```.*?```", "", TEXTS[path], flags=re.DOTALL))
    return {re.sub(r"[^\w\- ]", "", it.strip().lower()).replace(" ", "-") for it in headings}


def missing(path: str, named: str | None) -> list[str]:
    """What is not there of a document and the anchors that were named."""
    if not (ROOT / path).is_file():
        return [path]
    wanted = set(re.findall(r"#([\w-]+)", named or ""))
    return sorted(f"{path}#{it}" for it in wanted - anchors(path)) if wanted else []


def cited() -> Iterator[tuple[str, str]]:
    """Where something is cited that is not there, and what."""
    for where, text in TEXTS.items():
        for reference in REFERENCE.finditer(text):
            yield from ((where, it) for it in missing(reference[1], reference[2]))
        if where.endswith(".md"):
            for link in LINK.finditer(text):
                target = ROOT / where if link[1] is None else (ROOT / where).parent / link[1]
                path = target.resolve().relative_to(ROOT).as_posix()
                yield from ((where, it) for it in missing(path, link[2]))


def test_every_reference_names_a_document_and_a_heading_of_it():
    assert sorted(set(cited())) == []


def test_every_file_that_a_page_names_is_there():
    """In the README, in docs/ and in the pages for contributors; `…` and `<concept>` stand for any."""
    pages = {where: text for where, text in TEXTS.items() if where.endswith(".md") and where != "CHANGELOG.md"}
    named = {(where, path) for where, text in pages.items() for path in PATH.findall(text)}
    assert len(named) > 50
    assert sorted((where, path) for where, path in named if not (ROOT / path).exists()) == []


def test_every_decision_that_is_cited_was_written_down():
    there = {int(it.name[:4]) for it in (ROOT / "docs" / "adr").glob("[0-9]*.md")}
    cited = {int(it) for text in TEXTS.values() for it in re.findall(r"(?:\bADR |docs/adr/0*)(\d+)", text)}
    assert cited - there == set()


def test_no_file_cites_what_is_not_in_the_repository():
    assert [(where, found[0]) for where, text in TEXTS.items() for found in OUTSIDE.finditer(text)] == []


def test_every_field_that_a_document_names_is_in_the_schema():
    types = build_schema(TEXTS["schema.graphql"]).type_map
    wrong = set()
    # The changelog tells of fields that are gone.
    for where in TEXTS.keys() - {"CHANGELOG.md"}:
        for type_name, field in re.findall(r"`([A-Z][A-Za-z]+)\.(\w+)`", TEXTS[where]) if where.endswith(".md") else ():
            type_ = types.get(type_name)
            known = type_.values if isinstance(type_, GraphQLEnumType) else getattr(type_, "fields", {})
            if type_ is not None and field not in known:
                wrong.add((where, f"{type_name}.{field}"))
    assert wrong == set()


RULES = [it.partition("\n") for it in TEXTS["docs/domain.md"].split("\n### ")[1:]]


@pytest.mark.parametrize("rule", [pytest.param(body, id=name) for name, _, body in RULES])
def test_every_rule_says_where_it_comes_from_and_who_chose_it(rule):
    source = " ".join(rule.split("\n## ")[0].split()).rpartition("*Source: ")[2].removesuffix(".*")
    claims = re.sub(r" \([^()]*\)", "", source).split("; ")
    assert [it for it in claims if not CLAIM.fullmatch(it)] == []


def test_no_two_rules_have_one_anchor():
    names = [name for name, _, _ in RULES]
    assert len(names) == len(set(names)) == len({it.lower() for it in names}) > 80
