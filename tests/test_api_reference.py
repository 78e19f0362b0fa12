"""The reference in `docs/api/`: that of the schema, and without dead links, in the repository and as it is served."""

import re
from collections import Counter
from pathlib import Path

import pytest
from graphql import GraphQLObjectType

from app.server.documentation import folder, render
from schema.build import build_schema, core_schema
from schema.reference import INDEX, pages

FOLDER = Path(__file__).parent.parent / "docs" / "api"
CORE = core_schema(build_schema())
PAGES = pages(CORE)
LINK = re.compile(r"\]\(([^)#]*)(?:#([^)]*))?\)")
HEADING = re.compile(r"^#+ @?(.+)$", re.MULTILINE)
DOCS = {it.relative_to(FOLDER.parent).as_posix(): it for it in FOLDER.parent.rglob("*.md")}


def test_the_pages_in_the_repository_are_those_of_the_schema():
    there = {it.name: it.read_text(encoding="utf-8") for it in FOLDER.iterdir()}
    stale = sorted(name for name in there.keys() | PAGES.keys() if there.get(name) != PAGES.get(name))
    assert stale == [], "The reference is not that of the schema. Refresh it by `make schema`."


def test_everything_in_the_schema_has_one_section():
    sections = Counter(
        it for name, text in PAGES.items() if name != INDEX for it in re.findall("^##+ (.+)$", text, re.MULTILINE)
    )
    roots = (CORE.query_type, CORE.mutation_type, CORE.subscription_type)
    operations = [name for root in roots if root is not None for name in root.fields]
    types = [it for it in CORE.type_map if not it.startswith("__") and it not in ("Query", "Mutation", "Subscription")]
    assert sections == Counter([*operations, *types, *(f"@{it.name}" for it in CORE.directives)])


@pytest.mark.parametrize("name", PAGES)
def test_no_two_sections_of_a_page_have_one_anchor(name):
    anchors = [it.lower() for it in HEADING.findall(PAGES[name])]
    assert len(anchors) == len(set(anchors))


def test_links_lead_to_a_page_and_a_section_of_it():
    anchors = {name: {it.lower().replace(" ", "-") for it in HEADING.findall(text)} for name, text in PAGES.items()}
    links = [(name, *it) for name, text in PAGES.items() for it in LINK.findall(text) if "://" not in it[0]]
    dead = [
        (name, page, section)
        for name, page, section in links
        if not (FOLDER / page).is_file() or (section and section not in anchors[page])
    ]
    assert (len(links) > 2_000, dead) == (True, [])


def test_a_field_tells_its_arguments_their_defaults_and_its_scope():
    quotes = PAGES["queries.md"].partition("## quotes\n")[2].partition("\n## ")[0]
    assert "Requires scope `quotes:read`." in quotes
    assert "- `filter`: [`QuoteFilter`](inputs.md#quotefilter). " in quotes
    accept = PAGES["mutations-quotes.md"].partition("## acceptItem\n")[2].partition("\n## ")[0]
    assert "- `itemId`: [`ID!`](scalars.md#id), required. " in accept
    assert "- `dryRun`: [`Boolean!`](scalars.md#boolean), default `false`. " in accept
    assert "- `quote`: [`Quote`](objects-quotes.md#quote). " in accept


def test_what_is_deprecated_says_so():
    quote = CORE.type_map["Quote"]
    assert isinstance(quote, GraphQLObjectType)
    field = quote.fields["orderId"]
    reason, field.deprecation_reason = field.deprecation_reason, "Use `id`."
    try:
        assert "**Deprecated**: Use `id`.\n" in pages(CORE)["objects-quotes.md"]
    finally:
        field.deprecation_reason = reason


# ---- as served


def served(path: str) -> str:
    return render(folder().joinpath(path).read_text(encoding="utf-8"), path)


@pytest.mark.parametrize("path", DOCS)
def test_links_of_every_served_page_lead_to_a_served_page(path):
    hrefs = [it for it in re.findall(r'href="([^"]+)"', served(path)) if not it.startswith("data:") and "://" not in it]
    targets = [((DOCS[path].parent / it.partition("#")[0]).resolve(), it) for it in hrefs if not it.startswith("#")]
    assert [it for target, it in targets if target not in DOCS.values()] == []


@pytest.mark.parametrize("name", PAGES)
def test_links_to_sections_work_in_the_served_pages_too(name):
    within = [it.split("#") for it in re.findall(r'href="([\w-]+\.md#[^"]+)"', served(f"api/{name}"))]
    ids = {page: set(re.findall(r'id="([^"]+)"', served(f"api/{page}"))) for page in {it for it, _ in within}}
    assert [(page, section) for page, section in within if section not in ids[page]] == []
