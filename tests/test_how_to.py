"""The pages of docs/how-to/ name what there is: each name in their code is one of ours, or new in the example."""

import builtins
import io
import keyword
import re
import textwrap
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted((ROOT / "docs" / "how-to").glob("*.md"))
PACKAGES = ("schema", "resolvers", "domain", "adapters", "app", "tests")
BLOCK = re.compile(r"^ *```python\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
# What an example makes: functions, classes, fields, columns, values of enums, local variables.
MADE = re.compile(r"^\s*(?:async def |def |class )?(\w+)\s*(?:[:=(]|: [^=\n]+=)", re.MULTILINE)
LOCAL = re.compile(r"(?:for|as|lambda) (\w+)|^\s*(\w+(?:, \w+)*) = |\[(\w+)\] = ", re.MULTILINE)
# The loader that one page adds by its name, and names that are put together of others.
ELSEWHERE = {"events_by_cause", "costCenter", "SEND_", "QUOTEGRAPH_RETRY_DELAYS"}


def names(source: str) -> set[str]:
    """The names in code, which may be a part of a statement."""
    found = set()
    try:
        for token in tokenize.generate_tokens(io.StringIO(textwrap.dedent(source)).readline):
            if token.type == tokenize.NAME:
                found.add(token.string)
    except (tokenize.TokenError, IndentationError):
        found |= set(re.findall(r"\b[A-Za-z_]\w*\b", source))
    return found - set(keyword.kwlist) - set(dir(builtins))


def introduced(blocks: list[str]) -> set[str]:
    found = {name for block in blocks for name in MADE.findall(block)}
    groups = (group for block in blocks for groups in LOCAL.findall(block) for group in groups if group)
    return found | {name for group in groups for name in group.split(", ")}


@pytest.fixture(scope="module")
def known() -> set[str]:
    paths = (
        path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "node_modules" not in path.parts
    )
    return {word for path in paths for word in re.findall(r"\b[A-Za-z_]\w*\b", path.read_text(encoding="utf-8"))}


# The examples of a mutation, its event and its job go on from each other.
NEW = introduced([block for page in PAGES for block in BLOCK.findall(page.read_text(encoding="utf-8"))])


def test_there_is_a_page_for_everything_that_is_often_added():
    assert {page.stem for page in PAGES} >= {
        "add-a-field",
        "add-a-loader",
        "add-a-mutation",
        "add-an-event",
        "add-a-job",
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda it: it.stem)
def test_the_code_of_a_page_uses_names_that_there_are(page, known):
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    assert blocks
    assert {name for block in blocks for name in names(block)} - known - NEW == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda it: it.stem)
def test_the_text_of_a_page_uses_names_that_there_are(page, known):
    text = re.sub(r"^ *```.*?^ *```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    spans = {
        span for span in re.findall(r"`([^`\n]+)`", text) if re.fullmatch(r'"?[A-Za-z_]\w*"?(?:\(.*\)|=.*)?', span)
    }
    written = {re.findall(r"\w+", span)[0] for span in spans}
    in_graph = set(re.findall(r"\w+", (ROOT / "schema.graphql").read_text(encoding="utf-8")))
    new_in_graph = {re.sub(r"_(\w)", lambda it: it[1].upper(), name) for name in NEW}
    assert written - known - in_graph - NEW - new_in_graph - set(keyword.kwlist) - ELSEWHERE == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda it: it.stem)
def test_the_links_of_a_page_lead_to_headings(page):
    for target in re.findall(r"\]\(([^)#]*#[^)]+)\)", page.read_text(encoding="utf-8")):
        path, _, anchor = target.partition("#")
        titles = re.findall(r"^#+ (.*)$", (page.parent / path).read_text(encoding="utf-8"), re.MULTILINE)
        assert anchor in {re.sub(r"[^\w -]", "", it.lower()).replace(" ", "-") for it in titles}, target
