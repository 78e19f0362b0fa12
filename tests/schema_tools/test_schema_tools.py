"""What `make check` finds in the schema: a breaking change that nobody has announced, and what the linter refuses."""

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NODE = Path(sys.executable).parent / "node"
RELEASED = """
type Query { quotes(first: Int): [Quote!]! }
type Quote { id: ID! poNumber: String status: QuoteStatus! }
enum QuoteStatus { PENDING APPROVED }
input QuoteInput { poNumber: String }
"""
CHANGELOG = """# Changelog

## Unreleased

### Breaking changes of the API

{unreleased}

### Fixed

- `Quote.poNumber` is printed.

## 0.1.0

### Breaking changes of the API

- `Quote.status` and `QuoteStatus.PENDING` are gone.
"""


def git(repository: Path, *words: str) -> None:
    who = ("-c", "user.name=A test", "-c", "user.email=test@example.com")
    subprocess.run(["git", "-C", str(repository), *who, *words], check=True, capture_output=True)


@pytest.fixture
def released(tmp_path: Path) -> Path:
    """A repository whose schema was released as v0.1.0."""
    (tmp_path / "schema.graphql").write_text(RELEASED)
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG.format(unreleased=""))
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "Release")
    git(tmp_path, "tag", "v0.1.0")
    return tmp_path


def node(*words: str, where: Path = ROOT) -> tuple[int, str]:
    """Runs a program by Node, and gives its exit code with what it printed."""
    assert (HERE / "node_modules").is_dir(), "Run `make setup`: it installs the tools of the schema."
    done = subprocess.run([NODE, *words], cwd=where, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def compared(repository: Path, schema: str, unreleased: str = "") -> tuple[int, str]:
    """The comparison of a schema with the last release."""
    (repository / "schema.graphql").write_text(schema)
    (repository / "CHANGELOG.md").write_text(CHANGELOG.format(unreleased=unreleased))
    return node(str(HERE / "breaking_changes.mjs"), str(repository))


def test_before_the_first_release_nothing_is_compared(released):
    git(released, "tag", "--delete", "v0.1.0")
    assert compared(released, "type Query { a: Int }") == (
        0,
        "Nothing was released yet: schema.graphql is not compared.\n",
    )


def test_an_addition_is_no_breaking_change(released):
    code, printed = compared(
        released, RELEASED.replace("poNumber: String status", "poNumber: String notes: Int status")
    )
    assert (code, "0 breaking changes since v0.1.0" in printed) == (0, True)


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        ("poNumber: String status", "status", "Quote.poNumber"),
        ("status: QuoteStatus!", "status: QuoteStatus", "Quote.status"),
        ("enum QuoteStatus { PENDING APPROVED }", "enum QuoteStatus { APPROVED }", "QuoteStatus.PENDING"),
        ("input QuoteInput { poNumber: String }", "", "QuoteInput"),
        ("{ poNumber: String }", "{ poNumber: String!}", "QuoteInput.poNumber"),
        ("quotes(first: Int)", "quotes", "quotes"),
        ("quotes(first: Int)", "offers", "quotes"),
    ],
)
def test_a_breaking_change_fails_unless_the_changelog_names_it(released, before, after, name):
    schema = RELEASED.replace(before, after)
    code, printed = compared(released, schema)
    assert (code, f"name `{name}` in CHANGELOG.md" in printed) == (1, True), printed
    code, printed = compared(released, schema, f"- `{name}` is different.")
    assert (code, "0 of them not in CHANGELOG.md" in printed) == (0, True), printed


def test_what_was_announced_with_an_earlier_release_is_not_announced_again(released):
    code, printed = compared(released, RELEASED.replace("PENDING ", ""), "- `Quote.poNumber` is different.")
    assert (code, "`QuoteStatus.PENDING`" in printed) == (1, True), printed


def test_the_linter_finds_what_is_not_described(tmp_path):
    lint = str(HERE / "node_modules/eslint/bin/eslint.js"), "--config", str(HERE / "eslint.config.js")
    (tmp_path / "schema.graphql").write_text('"""Root."""\ntype Query {\n  quote: Int\n}\n')
    code, printed = node(*lint, "schema.graphql", where=tmp_path)
    assert (code, "@graphql-eslint/require-description" in printed) == (1, True), printed
