"""What people type wrongly on the command line is told in a line, and nothing of it is done."""

import os
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adapters.database.migrator import newest_revision
from app.cli.common import Failure
from app.cli.main import cli

SCOPE = ("--scope", "quotes:read")


class Shell:
    """The command line on one migrated database, in this process."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def run(self, *words: str) -> str:
        """What a command printed, or why it failed."""
        result = CliRunner().invoke(cli, list(words))
        if isinstance(result.exception, Failure):
            return str(result.exception)
        assert result.exit_code == 0, (words, result.output, result.exception)
        return result.output

    def dump(self) -> list[str]:
        with sqlite3.connect(self.file) as connection:
            return list(connection.iterdump())

    def rows(self, table: str) -> int:
        with sqlite3.connect(self.file) as connection:
            return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setenv("QUOTEGRAPH_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/it.db")
    return Shell(tmp_path / "it.db")


@pytest.fixture
def ready(shell: Shell) -> Shell:
    shell.run("migrate")
    shell.run("companies", "create", "ACME", "Acme")
    return shell


COMPANIES: dict[str, tuple[tuple[str, ...], str]] = {
    "nothing": (("", ""), "CODE: This must not be empty."),
    "a blank code": (("  ", "Acme"), "CODE: This must not be empty."),
    "a blank name": (("NEW", " \t"), "NAME: This must not be empty."),
    "a code of two words": (("AC ME", "Acme"), "CODE: use only letters"),
    "a code that is a path": (("../ACME", "Acme"), "CODE: use only letters"),
    "a long code": (("A" * 51, "Acme"), "CODE: At most 50 characters, not 51."),
    "a long name": (("NEW", "A" * 201), "NAME: At most 200 characters, not 201."),
    "a name over two lines": (
        ("NEW", "A\nB"),
        "NAME: Remove U+000A (a line break) at character 2",
    ),
    "a code that is there": (("ACME", "Other"), "There is a company ACME already."),
    "in another case": (("acme", "Other"), "There is a company ACME already."),
    "with blanks around it": ((" Acme ", "Other"), "There is a company ACME already."),
}


def test_companies_without_a_sound_code_and_name_are_refused(ready):
    for words, message in COMPANIES.values():
        assert message in ready.run("companies", "create", *words)
    assert ready.rows("companies") == 1


KEYS: dict[str, tuple[tuple[str, ...], str]] = {
    "a past time": (("--platform", *SCOPE, "--expires", "2001-01-01T00:00:00Z"), "--expires: 2001-01-01T00:00:00Z is"),
    "a past day": (("--platform", *SCOPE, "--expires", "2001-01-01"), "--expires: 2001-01-01 is in the past"),
    "no day": (("--platform", *SCOPE, "--expires", "2027-02-30"), "--expires: Send a time"),
    "a word": (("--platform", *SCOPE, "--expires", "tomorrow"), "--expires: Send a time"),
    "a blank time": (("--platform", *SCOPE, "--expires", ""), "--expires: Send a time"),
    "an unknown scope": (("--platform", "--scope", "quotes:eat"), "There is no scope 'quotes:eat'."),
    "a blank scope": (("--platform", "--scope", ""), "There is no scope ''."),
    "no scope": (("--platform",), "Give at least one --scope."),
    "an unknown company": (("--company", "NOBODY", *SCOPE), "There is no company 'NOBODY'. Companies: ACME."),
    "a blank company": (("--company", "", *SCOPE), "There is no company ''. Companies: ACME."),
    "nobody": (SCOPE, "Give either --company CODE or --platform."),
    "both": (("--platform", "--company", "ACME", *SCOPE), "Give either --company CODE or --platform."),
    "an unknown environment": (("--platform", *SCOPE, "--environment", "prod"), "--environment must be live or test"),
    "a company's key to the catalogue": (
        ("--company", "ACME", "--scope", "catalogue:manage"),
        "catalogue:manage requires a live platform key",
    ),
    "a test key to the catalogue": (
        ("--platform", "--environment", "test", "--scope", "catalogue:manage"),
        "catalogue:manage requires a live platform key",
    ),
    "a blank name": (("--platform", *SCOPE, "--name", " "), "--name: This must not be empty."),
    "a long name": (("--platform", *SCOPE, "--name", "n" * 201), "--name: At most 200 characters, not 201."),
}


def test_keys_that_could_not_be_used_are_not_made(ready):
    for words, message in KEYS.values():
        assert message in ready.run("keys", "create", *words)
    assert ready.rows("api_keys") == 0


def test_a_key_is_good_to_the_end_of_its_last_day(ready):
    ready.run("keys", "create", "--platform", *SCOPE, "--expires", "2999-12-30")
    with sqlite3.connect(ready.file) as connection:
        [(until,)] = connection.execute("SELECT expires_at FROM api_keys").fetchall()
    assert datetime.fromtimestamp(until // 1_000_000, UTC) == datetime(2999, 12, 30, 23, 59, 59, tzinfo=UTC)


TOLD = ("--country", "UY", "--legal-number", "1", "--contact-email", "a@acme.example", "--phone", "1")
OTHERS: dict[str, tuple[tuple[str, ...], str]] = {
    "no country": (("companies", "describe", "ACME"), "--country: This must not be empty."),
    "an unknown country": (
        ("companies", "describe", "ACME", *TOLD, "--country", "Atlantis"),
        "--country: Unknown country",
    ),
    "no address": (("companies", "describe", "ACME", *TOLD, "--contact-email", "acme"), "--contact-email: This is not"),
    "a blank number": (
        ("companies", "describe", "ACME", *TOLD, "--legal-number", " "),
        "--legal-number: This must not be empty",
    ),
    "no phone": (("companies", "describe", "ACME", *TOLD[:-2]), "--phone: This must not be empty."),
    "all and nothing": (("companies", "describe", "ACME", *TOLD, "--clear"), "Give either --clear or --country"),
    "of nobody": (("companies", "describe", "NOBODY", *TOLD), "There is no company 'NOBODY'."),
    "neither on nor off": (("companies", "api", "maybe", "ACME"), "Give on or off, not 'maybe'."),
    "of no company": (("companies", "api", "off", ""), "There is no company ''."),
    "a blank key": (("keys", "revoke", ""), "There is no valid key that starts with this."),
    "an export of nobody": (("assets", "export", "--company", "NOBODY"), "There is no company 'NOBODY'."),
    "an export of no place": (
        ("assets", "export", "--company", "ACME", "--environment", ""),
        "--environment must be live",
    ),
    "an import of nothing": (("assets", "import", "", "--company", "ACME"), "There is no file"),
    "a drawing": (("states", "--format", "png"), "--format must be mermaid or markdown, not 'png'."),
}


@pytest.mark.parametrize(("words", "message"), OTHERS.values(), ids=OTHERS)
def test_what_is_typed_wrongly_is_told_by_the_name_of_its_argument(ready, words, message):
    assert message in ready.run(*words)


FOREIGN: dict[str, tuple[tuple[str, ...], str]] = {
    "of another program": (("CREATE TABLE alembic_version (version_num TEXT)", "'ae1027a6acf'"), "'ae1027a6acf'"),
    "of two heads": (("CREATE TABLE alembic_version (version_num TEXT)", "'aaa'), ('bbb'"), "'aaa', 'bbb'"),
    "of a number we had too": (("CREATE TABLE alembic_version (version_num TEXT)", "'0001'"), "'0001'"),
    "of a number we have too": (
        ("CREATE TABLE alembic_version (version_num TEXT)", f"'{newest_revision()}'"),
        "none of quotegraph's",
    ),
    "without a revision": (("CREATE TABLE quotes (id TEXT)", "'1'"), "tables of quotegraph's names (quotes)"),
}


@pytest.mark.parametrize(("made", "message"), FOREIGN.values(), ids=FOREIGN)
def test_another_programs_database_is_left_alone_and_named(shell, made, message):
    statement, value = made
    with sqlite3.connect(shell.file) as connection:
        connection.execute(statement)
        connection.execute(f"INSERT INTO {statement.split()[2]} VALUES ({value})")
    before = shell.dump()

    output = shell.run("migrate")

    assert message in output
    assert "Nothing was changed." in output
    assert "QUOTEGRAPH_DATABASE_URL" in output
    assert shell.dump() == before
    assert shell.run("companies", "list") == output


def test_another_programs_mark_of_another_form_is_named_too(shell):
    with sqlite3.connect(shell.file) as connection:
        connection.execute("CREATE TABLE alembic_version (id INTEGER)")
    before = shell.dump()
    assert "its table alembic_version says no revision. Nothing was changed." in shell.run("migrate")
    assert shell.dump() == before


@pytest.mark.parametrize("words", [("migrate",), ("companies", "list")])
@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("", "The database cannot be used: unable to open database file"),
        ("/nothing/it.db", "QUOTEGRAPH_DATABASE_URL: There is no directory {directory}/nothing."),
    ],
)
def test_a_database_that_cannot_be_opened_is_told_in_one_line(tmp_path, words, place, message):
    command = [sys.executable, "-c", "from app.cli.main import main; main()", *words]
    environment = {**os.environ, "QUOTEGRAPH_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}{place}"}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.splitlines() == [message.format(directory=tmp_path)]
