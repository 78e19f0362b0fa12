"""`quotegraph documents`: manifests of three tools are pushed whole or not at all, listed, removed and checked."""

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli.common import Failure
from app.cli.main import cli

VIEWER = "query Viewer {\n  viewer {\n    environment\n  }\n}"
QUOTES = "query Quotes($first: Int) { quotes(first: $first) { nodes { id } } }"
BROKEN = "query Broken { viewer { nothing } }"


class Shell:
    """The command line on one migrated database, in this process."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def run(self, *words: str) -> str:
        """What a command printed."""
        result = CliRunner().invoke(cli, ["documents", *words])
        assert result.exit_code == 0, (words, result.output, result.exception)
        return result.output

    def refused(self, *words: str) -> str:
        """Why a command failed."""
        result = CliRunner().invoke(cli, ["documents", *words])
        assert isinstance(result.exception, Failure), (words, result.output, result.exception)
        return str(result.exception)

    def manifest(self, content: Any) -> str:
        file = self.directory / "manifest.json"
        file.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(file)

    def listed(self, *words: str) -> list[tuple[str, str]]:
        return [(it["client"], it["id"]) for it in json.loads(self.run("list", "--json", *words))]

    def store_broken(self) -> None:
        """A document as an earlier version took it."""
        with sqlite3.connect(self.directory / "it.db") as connection:
            row = ("old", "broken", "0" * 64, BROKEN, int(datetime.now(UTC).timestamp() * 1_000_000))
            connection.execute("INSERT INTO trusted_documents VALUES (?, ?, ?, ?, ?)", row)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setenv("QUOTEGRAPH_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/it.db")
    # Logs of later tests would go to the output of this command.
    monkeypatch.setattr("app.cli.common.set_up_logging", lambda level: None)
    assert CliRunner().invoke(cli, ["migrate"]).exit_code == 0
    return Shell(tmp_path)


RELAY = {"b1946ac9": VIEWER, "591785b7": QUOTES}
APOLLO = {
    "format": "apollo-persisted-query-manifest",
    "version": 1,
    "operations": [
        {"id": id_, "body": text, "name": "Any", "type": "query", "clientName": None} for id_, text in RELAY.items()
    ],
}


@pytest.mark.parametrize("content", [RELAY, APOLLO], ids=["of Relay and of codegen", "of Apollo"])
def test_a_manifest_is_pushed(shell, content):
    manifest = shell.manifest(content)
    assert shell.run("push", manifest, "--client", "web").startswith("web: 2 stored, 0 known already.")
    assert shell.run("push", manifest, "--client", "web").startswith("web: 0 stored, 2 known already.")
    assert shell.listed() == [("web", "591785b7"), ("web", "b1946ac9")]


def test_documents_are_listed_with_the_names_of_their_operations(shell):
    shell.run("push", shell.manifest(RELAY))
    lines = shell.run("list").splitlines()
    assert [(it.split()[:2], it.split()[-1]) for it in lines] == [
        (["default", "591785b7"], "Quotes"),
        (["default", "b1946ac9"], "Viewer"),
    ]


def test_every_error_of_every_document_is_named_and_nothing_is_stored(shell):
    content = {**RELAY, "a": BROKEN, "b": "query {", "c": "fragment F on Query { viewer { environment } }"}
    message = shell.refused("push", shell.manifest(content))
    lines = message.splitlines()
    assert lines[0].startswith("a (Broken): Cannot query field 'nothing'")
    assert lines[1].startswith("b (query {): Syntax Error")
    assert lines[2].startswith("c (")
    assert lines[-1] == "Nothing was stored."
    assert shell.listed() == []


def test_a_document_that_is_longer_than_a_request_may_be_is_refused(shell, monkeypatch):
    monkeypatch.setenv("QUOTEGRAPH_MAX_TOKENS", "200")
    long = "{ " + " ".join(f"a{number}: __typename" for number in range(100)) + " }"
    assert "QUOTEGRAPH_MAX_TOKENS" in shell.refused("push", shell.manifest({"long": long}))


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("{", "is not JSON"),
        ([VIEWER], "is no manifest"),
        ({}, "has no documents"),
        ({"a": 5}, "is not a string"),
        ({"": VIEWER}, "is no identifier"),
        ({"a" * 201: VIEWER}, "is no identifier"),
        ({**APOLLO, "version": 2}, "unknown format or version"),
        ({**APOLLO, "operations": [VIEWER]}, "no objects"),
        ({**APOLLO, "operations": [{"id": "a"}]}, "is not a string"),
        ({**APOLLO, "operations": [{"body": VIEWER}]}, "is no identifier"),
        ({**APOLLO, "operations": [{"id": "a", "body": VIEWER}, {"id": "a", "body": QUOTES}]}, "has two documents"),
    ],
)
def test_a_manifest_that_cannot_be_read_is_refused(shell, content, part):
    assert part in shell.refused("push", shell.manifest(content))


def test_a_manifest_that_is_not_there_is_refused(shell, tmp_path):
    assert "cannot be read" in shell.refused("push", str(tmp_path / "none.json"))


def test_an_identifier_that_is_stored_with_another_text_is_refused(shell):
    shell.run("push", shell.manifest({"a": VIEWER, "b": QUOTES}), "--client", "web")
    message = shell.refused("push", shell.manifest({"a": QUOTES, "b": QUOTES}), "--client", "phone")
    assert message.startswith("Stored with another text: a.")


def test_documents_are_removed_by_identifier_or_by_client(shell):
    for client in ("web", "phone"):
        shell.run("push", shell.manifest(RELAY), "--client", client)
    assert shell.run("remove", "b1946ac9", "--client", "web").startswith("1 removed.")
    assert shell.run("remove", "--client", "phone").startswith("2 removed.")
    assert shell.listed() == [("web", "591785b7")]
    assert "no such document" in shell.refused("remove", "b1946ac9")
    assert "--client" in shell.refused("remove")


def test_a_check_names_the_documents_that_the_present_schema_breaks(shell):
    shell.run("push", shell.manifest(RELAY))
    assert shell.run("check") == "2 documents fit the schema.\n"
    shell.store_broken()
    assert shell.refused("check").startswith("old: broken (Broken): Cannot query field 'nothing'")
    assert shell.run("check", "--client", "default") == "2 documents fit the schema.\n"


def test_a_migration_warns_of_the_documents_that_its_schema_breaks(shell):
    shell.store_broken()
    migrated = CliRunner().invoke(cli, ["migrate"])
    assert migrated.exit_code == 0
    assert "old: broken (Broken): Cannot query field 'nothing'" in migrated.stderr
    assert migrated.stdout == "The database is up to date.\n"
