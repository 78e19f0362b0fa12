"""`quotegraph connect`: systems, here the emulators, are connected, read and previewed from the command line."""

import asyncio
import io
import json
import re
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from adapters.database.companies.company import add_company
from adapters.database.core.engine import open_database
from adapters.secrets import new_secret_key
from app.cli.common import Failure
from app.cli.connect import _progress
from app.cli.main import cli
from app.emulators.running import start_emulators
from domain.connections.systems import Collection
from domain.shared.ids import new_id
from tests.builders import NOW, a_connection
from tests.databases import rows_of

PATHS = {"kitchen": "/api", "salesbyte": "", "quick-quote": "/api/v1"}
TOKEN = "a token of the system"


class Shell:
    """The command line on one migrated database with a company, in this process, beside running emulators."""

    def __init__(self, url: str, systems: Mapping[str, str]) -> None:
        self.url = url
        self.systems = systems

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(cli, ["connect", *words, "--company", "AUSTRAL"])

    def done(self, *words: str) -> str:
        result = self.run(*words)
        assert result.exit_code == 0, (result.output, result.exception)
        return result.stdout

    def failure(self, *words: str) -> str:
        result = self.run(*words)
        assert isinstance(result.exception, Failure), (result.output, result.exception)
        return str(result.exception)

    def add(self, system: str = "kitchen") -> dict[str, Any]:
        address = self.systems[system.replace("-", "_")] + PATHS[system]
        made: dict[str, Any] = json.loads(self.done("add", system, "--name", "Shop", "--base-url", address, "--json"))
        return made

    def preview(self, *options: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.done("sync", "Shop", "--dry-run", "--json", *options))
        return found

    def tell(self, system: str, path: str, body: Any, method: str = "POST") -> Any:
        """What an emulator answers to what tests ask of it."""
        address = f"{self.systems[system.replace('-', '_')]}{path}"
        data = None if body is None else json.dumps(body).encode()
        given = {"Content-Type": "application/json"}
        request = urllib.request.Request(address, data, given, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or b"null")

    def quotes(self) -> int:
        async def count() -> int:
            database = open_database(self.url)
            try:
                [(number,)] = await rows_of(database, "SELECT count(*) FROM quotes")
                return int(number)
            finally:
                await database.close()

        return asyncio.run(count())


async def with_a_company(url: str) -> None:
    database = open_database(url)
    async with database.write.begin() as connection:
        await add_company(connection, new_id(), "AUSTRAL", "Austral", NOW)
    await database.close()


@pytest.fixture
def systems(tmp_path: Path) -> Iterator[Mapping[str, str]]:
    loop, started = asyncio.new_event_loop(), threading.Event()
    found: dict[str, str] = {}

    async def serve() -> None:
        async with await start_emulators(tmp_path / "emulators") as running:
            found.update(running.urls)
            stop = asyncio.Event()
            found_stop.append(stop)
            started.set()
            await stop.wait()

    found_stop: list[asyncio.Event] = []
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert started.wait(20)
    yield found
    loop.call_soon_threadsafe(found_stop[0].set)
    thread.join(20)
    loop.close()


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, systems: Mapping[str, str]) -> Shell:
    url = f"sqlite+aiosqlite:///{tmp_path}/it.db"
    monkeypatch.setenv("QUOTEGRAPH_DATABASE_URL", url)
    monkeypatch.setenv("QUOTEGRAPH_SECRET_KEY", new_secret_key())
    monkeypatch.setenv("QUOTEGRAPH_ALLOW_LOOPBACK_WEBHOOKS", "true")
    monkeypatch.setenv("QUOTEGRAPH_CONNECT_TOKEN", TOKEN)
    # Logs of later tests would go to the output of this command.
    monkeypatch.setattr("app.cli.common.set_up_logging", lambda level: None)
    assert CliRunner().invoke(cli, ["migrate"]).exit_code == 0
    asyncio.run(with_a_company(url))
    return Shell(url, systems)


@pytest.mark.parametrize("system", PATHS)
def test_a_system_is_connected_previewed_and_read(shell, system):
    made = shell.add(system)
    shell.tell(system, "/control/quotes", {"count": 12})

    [before] = shell.preview()
    saved_before = shell.quotes()
    read = shell.done("sync", made["id"])
    [after] = shell.preview("--full")

    assert (before["collection"], before["new"], before["problems"], saved_before) == ("QUOTES", 12, [], 0)
    assert "12 of them new or changed" in read
    assert (after["new"], after["changed"], after["stale"], shell.quotes()) == (0, 0, 0, 12)


def test_a_preview_tells_what_has_changed_is_gone_and_cannot_be_used(shell):
    shell.add()
    ids = shell.tell("kitchen", "/control/quotes", {"count": 4})["ids"]
    shell.done("sync", "Shop")
    shell.tell("kitchen", f"/control/quotes/{ids[0]}", None, "DELETE")
    shell.tell("kitchen", "/control/drift", [{"path": "data.*.status", "value": "drifted"}])

    [found] = shell.preview("--full")
    printed = shell.done("sync", "Shop", "--full", "--dry-run")
    listed_before = shell.done("problems", "shop")
    shell.done("sync", "Shop", "--full")

    assert (found["stale"], len(found["problems"]), found["new"]) == (1, 3, 0)
    assert "1 stale, 3 problems" in printed
    assert "drifted" in printed
    assert "Nothing was saved." in printed
    assert listed_before == "There are no such problems.\n"
    assert shell.done("problems", "shop").count("drifted") == 3
    assert {it["value"] for it in json.loads(shell.done("problems", "Shop", "--json"))} == {"drifted"}


def test_connections_are_listed_without_their_credentials(shell):
    nobody = shell.done("list")
    made = shell.add()
    shell.done("sync", "Shop")

    [listed] = json.loads(shell.done("list", "--json"))

    assert nobody == "There are no connected systems.\n"
    assert (listed["id"], listed["status"], listed["system"]) == (made["id"], "ACTIVE", "KITCHEN")
    assert listed["lastSyncedAt"] is not None
    printed = shell.done("list")
    assert made["id"] in printed
    assert "kitchen.co" in printed
    assert TOKEN not in printed + json.dumps(listed)


def test_who_can_be_sent_to_says_where(shell):
    assert "/hooks/" in shell.add("salesbyte")["inboundUrl"]
    assert shell.add("kitchen")["inboundUrl"] is None


def test_nothing_is_saved_of_a_system_that_does_not_answer(shell):
    message = shell.failure("add", "kitchen", "--name", "Shop", "--base-url", "http://127.0.0.1:9")

    assert message.startswith("--base-url: ")
    assert json.loads(shell.done("list", "--json")) == []


def test_credentials_come_from_the_environment_or_a_prompt(shell, monkeypatch):
    monkeypatch.delenv("QUOTEGRAPH_CONNECT_TOKEN")

    message = shell.failure("add", "kitchen", "--name", "Shop", "--base-url", "https://k.example")

    assert "Set QUOTEGRAPH_CONNECT_TOKEN" in message


def test_a_reading_that_fails_says_why_and_is_gone_on_with(shell):
    shell.add()
    shell.tell("kitchen", "/control/quotes", {"count": 3})
    shell.tell("kitchen", "/faults", [{"mode": "status", "status": 500}])

    message = shell.failure("sync", "Shop")
    [failing] = json.loads(shell.done("list", "--json"))
    shell.tell("kitchen", "/faults", [])
    shell.done("sync", "Shop")

    assert message.startswith("The system could not be read:")
    assert (failing["status"], shell.quotes()) == ("FAILING", 3)
    assert json.loads(shell.done("list", "--json"))[0]["status"] == "ACTIVE"


def test_what_is_named_wrongly_is_answered_with_what_there_is(shell):
    shell.add()

    assert "Connections of this company: Shop." in shell.failure("sync", "Else")
    wrong = shell.failure("add", "else", "--name", "Shop", "--base-url", "https://k.example")
    assert "Systems: quipteams, kitchen, salesbyte, quick-quote." in wrong


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_how_far_a_reading_is_of_as_many_as_the_system_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Terminal()
    monkeypatch.setattr("sys.stderr", shown)
    quotes = a_connection(sync_collection=Collection.QUOTES, sync_read=50, sync_total=200)
    with _progress() as watcher:
        watcher.tell(quotes)
        watcher.tell(quotes._replace(sync_read=200))
        watcher.tell(quotes._replace(sync_collection=Collection.ASSETS, sync_read=30, sync_total=None))
    _, half, whole, unknown = (it.strip() for it in shown.getvalue().split("\r")[1:])
    assert re.search(r"Reading quotes  \[#+-+\]  50/200$", half)
    assert re.search(r"Reading quotes  \[#+\]  200/200$", whole)
    assert re.search(r"Reading assets  \[-+\]  30\b", unknown)
