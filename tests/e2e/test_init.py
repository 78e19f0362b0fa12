"""A new installation is set up by one command, which can be run again."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli.common import Failure
from app.cli.main import cli
from domain.shared.access import CUSTOMER_SCOPES, Scope

FIRST = ("--company", "acme", "--name", "Acme Ltd")


class Shell:
    """`quotegraph init` on one new database, with nobody at a terminal."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def run(self, *words: str) -> str:
        result = CliRunner().invoke(cli, ["init", *words])
        if isinstance(result.exception, Failure):
            return str(result.exception)
        assert result.exit_code == 0, (result.output, result.exception)
        return result.output

    def json(self, *words: str) -> Any:
        return json.loads(self.run(*words, "--json"))

    def dump(self) -> list[str]:
        with sqlite3.connect(self.file) as connection:
            return list(connection.iterdump())

    def rows(self, statement: str) -> list[Any]:
        with sqlite3.connect(self.file) as connection:
            return connection.execute(statement).fetchall()


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setenv("QUOTEGRAPH_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/it.db")
    return Shell(tmp_path / "it.db")


def test_one_command_makes_tables_company_catalogue_and_keys_and_a_second_one_changes_nothing(shell):
    first = shell.json(*FIRST, "--starter-catalogue")
    assert (first["changed"], first["database"]) == (True, "created")
    assert first["company"] == {"code": "ACME", "name": "Acme Ltd", "created": True}
    assert first["catalogue"] == {"products": 64, "added": True}
    assert {name: key[:8] for name, key in first["keys"].items()} == {
        "operator": "qk_live_",
        "live": "qk_live_",
        "test": "qk_test_",
    }
    scopes = {row[0]: set(json.loads(row[1])) for row in shell.rows("SELECT name, scopes FROM api_keys")}
    assert scopes == {"Operator": set(Scope), "ACME, live": set(CUSTOMER_SCOPES), "ACME, test": set(CUSTOMER_SCOPES)}

    before = shell.dump()
    second = shell.json(*FIRST, "--starter-catalogue")
    assert (second["changed"], second["keys"], second["catalogue"]["added"]) == (False, {}, False)
    output = shell.run()
    assert output.startswith("Nothing was changed: the database is up to date, the company ACME (Acme Ltd) exists")
    assert "`quotegraph keys create`" in output
    assert "its name is still Acme Ltd" in shell.run("--name", "Other")
    assert shell.dump() == before


def test_keys_are_shown_to_people_once_and_kept_nowhere(shell):
    output = shell.run(*FIRST)
    keys = [word for word in output.split() if word.startswith(("qk_live_", "qk_test_"))]
    assert len(keys) == 3
    assert "`quotegraph serve`" in output
    assert not any(key in line for key in keys for line in shell.dump())
    assert not any(key in shell.run() for key in keys)


def test_the_starter_catalogue_goes_into_an_empty_one_alone(shell):
    assert shell.json(*FIRST)["catalogue"] == {"products": 0, "added": False}
    assert shell.json("--starter-catalogue")["catalogue"] == {"products": 64, "added": True}
    with sqlite3.connect(shell.file) as connection:
        connection.execute("DELETE FROM products WHERE brand <> 'HP'")
    left = shell.json("--starter-catalogue")["catalogue"]
    assert (left["added"], 0 < left["products"] < 64) == (False, True)


def test_what_was_interrupted_goes_on_where_it_was(shell):
    shell.json(*FIRST)
    with sqlite3.connect(shell.file) as connection:
        connection.execute("DELETE FROM api_keys WHERE name <> 'Operator'")
    assert set(shell.json()["keys"]) == {"live", "test"}


REFUSED = {
    "no company": ((), "Give --company CODE and --name NAME for the first company."),
    "no name": (("--company", "ACME"), "Give --name NAME for the first company."),
    "a blank code": (("--company", " ", "--name", "Acme"), "--company: This must not be empty."),
    "a blank name": (("--company", "ACME", "--name", ""), "--name: This must not be empty."),
    "a code of two words": (("--company", "AC ME", "--name", "Acme"), "--company: use only letters"),
}


def test_what_is_missing_or_wrong_is_said_before_anything_is_done(shell):
    for words, message in REFUSED.values():
        assert message in shell.run(*words)
        assert shell.rows("SELECT name FROM sqlite_master") == []


def test_a_second_company_is_made_by_another_command(shell):
    shell.json(*FIRST)
    before = shell.dump()
    assert "`quotegraph companies create`" in shell.run("--company", "OTHER", "--name", "Other")
    assert shell.dump() == before


def test_another_programs_database_is_left_alone(shell):
    with sqlite3.connect(shell.file) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES ('ae1027a6acf')")
    before = shell.dump()
    assert "This database belongs to another program" in shell.run(*FIRST)
    assert shell.dump() == before
