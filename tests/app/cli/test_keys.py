"""`quotegraph keys`: what is done on the command line is as if the API had done it, also in the history."""

import asyncio
import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from adapters.database.companies.api_keys import SqlApiKeys
from adapters.database.core.engine import open_database
from app.cli.common import Failure
from app.cli.main import cli
from domain.shared.access import ApiKey, key_hash
from domain.shared.rate_limits import RateLimit
from tests.databases import Templates, a_company

SCOPE = ("--scope", "quotes:read")
LIMITED = (
    *("--allow-address", "203.0.113.0/24", "--allow-address", "::1", "--allow-origin", "https://erp.example"),
    *("--rate-limit", "600/10", "--expires", "2999-12-30"),
)
OWNERS = [("--company", "austral"), ("--platform",)]
of_both = pytest.mark.parametrize("owner", OWNERS, ids=["a company", "the platform"])


class Shell:
    """The command line on one migrated database with a company, in this process."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def run(self, *words: str) -> str:
        """What a command printed, or why it failed."""
        result = CliRunner().invoke(cli, ["keys", *words])
        if isinstance(result.exception, Failure):
            return str(result.exception)
        assert result.exit_code == 0, (words, result.output, result.exception)
        return result.output

    def made(self, *words: str) -> str:
        """The secret of a new key, or of one that was rotated."""
        return str(json.loads(self.run(*words, "--json"))["key"])

    def listed(self, *words: str) -> list[dict[str, Any]]:
        return list(json.loads(self.run("list", *words, "--json")))

    def events(self) -> list[tuple[str, str, str]]:
        with sqlite3.connect(self.file) as connection:
            return connection.execute("SELECT type, actor_kind, actor_name FROM events ORDER BY number").fetchall()

    def stored(self, secret: str) -> ApiKey | None:
        """The key as a server finds it."""
        return asyncio.run(self._stored(secret))

    async def _stored(self, secret: str) -> ApiKey | None:
        database = open_database(f"sqlite+aiosqlite:///{self.file}")
        try:
            return await SqlApiKeys(database).find(key_hash(secret))
        finally:
            await database.close()


@pytest.fixture
def shell(migrated: Templates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    url = asyncio.run(migrated.new("sqlite", tmp_path / "it.db"))
    asyncio.run(_with_a_company(url))
    monkeypatch.setenv("QUOTEGRAPH_DATABASE_URL", url)
    return Shell(tmp_path / "it.db")


async def _with_a_company(url: str) -> None:
    database = open_database(url)
    await a_company(database)
    await database.close()


@of_both
def test_a_key_is_created_with_all_its_limits(shell, owner):
    key = shell.stored(shell.made("create", *owner, *SCOPE, *LIMITED, "--name", "ERP"))
    assert key is not None
    assert (key.name, key.scopes, key.rate_limit) == ("ERP", {"quotes:read"}, RateLimit(600, 10))
    assert (key.allowed_addresses, key.allowed_origins) == (("203.0.113.0/24", "::1/128"), ("https://erp.example",))
    assert key.expires_at is not None
    assert key.expires_at.year == 2999


@of_both
def test_what_is_given_of_a_key_is_changed_and_the_rest_stays(shell, owner):
    secret = shell.made("create", *owner, *SCOPE, *LIMITED, "--name", "ERP")
    shell.run("update", secret[:16], "--name", "Shop", "--rate-limit", "100/1", "--allow-address", "10.0.0.0/8")
    key = shell.stored(secret)
    assert key is not None
    assert (key.name, key.rate_limit, key.allowed_addresses) == ("Shop", RateLimit(100, 1), ("10.0.0.0/8",))
    assert (key.allowed_origins, key.scopes) == (("https://erp.example",), {"quotes:read"})
    removed = ("--rate-limit", "default", "--allow-address", "any", "--allow-origin", "any", "--expires", "never")
    shell.run("update", secret, *removed, "--scope", "kits:read")
    key = shell.stored(secret)
    assert key is not None
    assert (key.rate_limit, key.allowed_addresses, key.allowed_origins, key.expires_at) == (None, (), (), None)
    assert key.scopes == {"kits:read"}


@of_both
def test_a_rotated_key_and_the_one_before_are_both_valid_for_a_while(shell, owner):
    before = shell.made("create", *owner, *SCOPE)
    [listed] = shell.listed()
    after = shell.made("rotate", listed["id"], "--overlap", "PT2H")
    old, new = shell.stored(before), shell.stored(after)
    assert old is not None
    assert new is not None
    assert (old.id, new.replaced_at) == (new.id, None)
    assert old.replaced_at is not None
    assert timedelta(hours=1) < old.replaced_at - datetime.now(UTC) <= timedelta(hours=2)
    shell.made("rotate", after, "--overlap", "PT0S")
    assert (shell.stored(before), shell.stored(after)) == (None, None)


@of_both
def test_a_revoked_key_is_listed_with_all_only_and_cannot_be_changed(shell, owner):
    secret = shell.made("create", *owner, *SCOPE)
    assert shell.run("revoke", secret[:16]) == "The key was revoked.\n"
    assert shell.listed() == []
    [listed] = shell.listed("--all")
    assert (listed["status"], listed["prefix"]) == ("REVOKED", secret[:16])
    for words in (("rotate", secret), ("update", secret, "--name", "It"), ("revoke", secret)):
        assert shell.run(*words) == "There is no valid key that starts with this."


def test_what_is_done_to_the_key_of_a_company_is_in_its_history(shell):
    secret = shell.made("create", "--company", "AUSTRAL", *SCOPE, "--scope", "keys:manage")
    shell.run("update", secret, "--rate-limit", "100/1")
    secret = shell.made("rotate", secret)
    shell.run("revoke", secret)
    by = ("SYSTEM", "Command line")
    assert shell.events() == [(f"API_KEY_{it}", *by) for it in ("CREATED", "UPDATED", "ROTATED", "REVOKED")]


def test_keys_are_listed_by_whose_they_are(shell):
    shell.made("create", "--company", "AUSTRAL", *SCOPE, "--environment", "test", "--name", "Ours", *LIMITED)
    shell.made("create", "--platform", *SCOPE, "--name", "Theirs")
    assert [it["name"] for it in shell.listed()] == ["Ours", "Theirs"]
    assert [it["name"] for it in shell.listed("--company", "austral")] == ["Ours"]
    assert [it["name"] for it in shell.listed("--platform")] == ["Theirs"]
    assert "There is no company 'NOBODY'" in shell.run("list", "--company", "NOBODY")
    ours, details, theirs, _ = shell.run("list").splitlines()
    assert ("AUSTRAL test" in ours, "platform live" in theirs) == (True, True)
    assert details == (
        "  scopes: quotes:read; from: 203.0.113.0/24, ::1/128; pages: https://erp.example; rate limit: 600/10; "
        "expires: 2999-12-30T23:59:59Z; last used: never"
    )


WRONG = {
    "a network": (("--allow-address", "here"), "--allow-address: Send an address or a network"),
    "an origin": (("--allow-origin", "*"), "--allow-origin: Send the origin of pages"),
    "a rate limit": (("--rate-limit", "fast"), "--rate-limit: Set points and how many are restored"),
    "no points": (("--rate-limit", "0/1"), "--rate-limit: Set points and how many are restored"),
    "a past day": (("--expires", "2001-01-01"), "--expires: 2001-01-01 is in the past"),
    "a scope": (("--scope", "quotes:eat"), "There is no scope 'quotes:eat'."),
    "nothing": ((), "Give at least one option."),
}


@pytest.mark.parametrize(("words", "message"), WRONG.values(), ids=WRONG)
def test_what_is_typed_wrongly_is_told_by_its_option_and_changes_nothing(shell, words, message):
    secret = shell.made("create", "--company", "AUSTRAL", *SCOPE)
    before = shell.stored(secret)
    assert message in shell.run("update", secret, *words)
    assert shell.stored(secret) == before


def test_the_overlap_of_a_rotation_is_checked_before_it(shell):
    secret = shell.made("create", "--platform", *SCOPE)
    assert shell.run("rotate", secret, "--overlap", "P8D") == "--overlap: At most 7 days."
    assert "--overlap: Send an ISO 8601 duration" in shell.run("rotate", secret, "--overlap", "a day")


def test_the_rules_for_the_keys_of_companies_are_those_of_the_api(shell):
    secret = shell.made("create", "--company", "AUSTRAL", *SCOPE)
    assert "cannot have the scope catalogue:manage" in shell.run("update", secret, "--scope", "catalogue:manage")
