"""`quotegraph catalogue sync`: what the vendor lists becomes products and assets, on both databases and once only."""

import asyncio
import json
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from adapters.database.core.engine import open_database
from app.cli.common import Failure
from app.cli.main import cli
from app.emulators.running import start_emulators
from tests.databases import DIALECTS, Templates, a_company, rows_of

MACBOOK = {
    "id": "m1",
    "brand": "APPLE",
    "name": "MacBook Pro 14",
    "hardwareType": "MACBOOK",
    "processor": "M4",
    "ram": "16GB",
    "diskSpace": "512GB",
    "manufacturerPartNumber": "MX2",
}
UNKNOWN = {"id": "m2", "brand": "LG", "name": "gram", "hardwareType": None}
PRODUCTS = "SELECT product_type, brand, model FROM products ORDER BY search"
CONFIGURATIONS = "SELECT cpu, ram, storage, sku, active FROM configurations ORDER BY sku"
ASSETS = "SELECT serial_number, device_type, status, description, employee_email FROM assets ORDER BY serial_number"
EVENTS = "SELECT count(*) FROM events"


@dataclass
class Shell:
    """The command line on one migrated database with two companies, beside an emulated vendor."""

    url: str
    vendor: str

    def run(self, *options: str) -> Result:
        return CliRunner().invoke(cli, ["catalogue", "sync", "--provider", "tecspal", *options])

    def done(self, *options: str) -> list[str]:
        result = self.run(*options)
        assert result.exit_code == 0, (result.output, result.exception)
        return result.stdout.splitlines()

    def failure(self, *options: str) -> str:
        result = self.run(*options)
        assert isinstance(result.exception, Failure), (result.output, result.exception)
        return str(result.exception)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        async def read() -> list[tuple[Any, ...]]:
            database = open_database(self.url)
            try:
                return await rows_of(database, statement)
            finally:
                await database.close()

        return asyncio.run(read())

    def sell(self, *models: dict[str, Any]) -> None:
        self._send("/control/catalog", list(models))

    def register(self, serial: str, **fields: Any) -> None:
        data = {"companyCode": "AUSTRAL", "countryCode": "UY", "hardwareType": "PC", "serialNumber": serial, **fields}
        self._send("/hardwares", {"data": data, "request": "hardwares", "vendor": "tecspal", "verb": "POST"})

    def go_wrong(self, **fault: Any) -> None:
        self._send("/faults", [fault])

    def _send(self, path: str, body: Any) -> None:
        headers = {"Content-Type": "application/json", "Authorization": "Bearer t", "tenant_id": "client-9"}
        request = urllib.request.Request(f"{self.vendor}{path}", json.dumps(body).encode(), headers, method="POST")
        with urllib.request.urlopen(request, timeout=10):
            pass


@pytest.fixture
def vendor(tmp_path: Path) -> Iterator[str]:
    loop, started = asyncio.new_event_loop(), threading.Event()
    found: dict[str, Any] = {}

    async def serve() -> None:
        async with await start_emulators(tmp_path / "emulators") as running:
            found.update(url=running.urls["tecspal"], stop=asyncio.Event())
            started.set()
            await found["stop"].wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert started.wait(20)
    yield found["url"]
    loop.call_soon_threadsafe(found["stop"].set)
    thread.join(20)
    loop.close()


@pytest.fixture(params=DIALECTS)
def shell(
    request: pytest.FixtureRequest, migrated: Templates, tmp_path: Path, vendor: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shell]:
    async def made() -> str:
        url = await migrated.new(request.param, tmp_path / "it.db")
        database = open_database(url)
        for code in ("AUSTRAL", "NORD"):
            await a_company(database, code)
        await database.close()
        return url

    url = asyncio.run(made())
    monkeypatch.setenv("QUOTEGRAPH_DATABASE_URL", url)
    for twin in ("", "SANDBOX_"):
        monkeypatch.setenv(f"QUOTEGRAPH_TECSPAL_{twin}URL", vendor)
        monkeypatch.setenv(f"QUOTEGRAPH_TECSPAL_{twin}TOKEN", "token")
        monkeypatch.setenv(f"QUOTEGRAPH_TECSPAL_{twin}TENANT_ID", "client-9")
    # Logs of later tests would go to the output of this command.
    monkeypatch.setattr("app.cli.common.set_up_logging", lambda level: None)
    yield Shell(url, vendor)
    migrated.give_back(url)


def test_a_dry_run_prints_what_would_change_and_changes_nothing(shell):
    shell.sell(MACBOOK)
    shell.register("S1", brand="APPLE", model="MacBook Pro 14", employeeEmail="ana@example.com")
    assert shell.done("--dry-run") == [
        "Apple MacBook Pro 14 (UY, M4, 16GB, 512GB, m1): new",
        "Products: 1 would be added, 0 would be updated, 0 unchanged, 0 would be rejected.",
        "Apple MacBook Pro 14 (S1): new, ana@example.com, UY",
        "Assets: 1 would be added, 0 would be updated, 0 unchanged, 0 would be rejected.",
    ]
    assert (shell.rows(PRODUCTS), shell.rows(ASSETS), shell.rows(EVENTS)) == ([], [], [(0,)])


def test_products_and_assets_are_added_and_a_second_run_changes_nothing(shell):
    shell.sell(MACBOOK)
    shell.register("S1", brand="APPLE", model="MacBook Pro 14", employeeEmail="ana@example.com")
    shell.register("S2", companyCode="NORD", description="A monitor")
    assert shell.done() == [
        "Products: 1 added, 0 updated, 0 unchanged, 0 rejected.",
        "Assets: 2 added, 0 updated, 0 unchanged, 0 rejected.",
    ]
    assert shell.rows(PRODUCTS) == [("LAPTOP", "Apple", "MacBook Pro 14")]
    assert [it[:4] for it in shell.rows(CONFIGURATIONS)] == [("M4", "16GB", "512GB", "MX2")]
    assets = [
        ("S1", "LAPTOP", "IN_USE", "Apple MacBook Pro 14", "ana@example.com"),
        ("S2", None, "IN_STORAGE", "A monitor", None),
    ]
    assert shell.rows(ASSETS) == assets
    before = shell.rows(EVENTS)
    assert shell.done() == [
        "Products: 0 added, 0 updated, 1 unchanged, 0 rejected.",
        "Assets: 0 added, 0 updated, 2 unchanged, 0 rejected.",
    ]
    assert (shell.rows(ASSETS), shell.rows(EVENTS)) == (assets, before)


def test_what_changes_at_the_vendor_is_updated_and_archived_and_never_deleted(shell):
    shell.sell(MACBOOK)
    shell.done("--products-only")
    shell.sell({**MACBOOK, "ram": "24GB"})
    changed, summary = shell.done("--products-only", "--dry-run")
    assert changed == "Apple MacBook Pro 14 (UY, M4, 24GB, 512GB, m1): ram 16GB → 24GB"
    assert summary == "Products: 0 would be added, 1 would be updated, 0 unchanged, 0 would be rejected."
    shell.done("--products-only")
    shell.sell({**MACBOOK, "ram": "24GB", "deprecated": True})
    assert shell.done("--products-only", "--dry-run")[0].endswith(": archived")
    shell.done("--products-only")
    [(_, ram, _, _, active)] = shell.rows(CONFIGURATIONS)
    assert (ram, bool(active)) == ("24GB", False)


def test_records_that_cannot_be_used_are_printed_with_the_reason_and_hide_no_others(shell):
    shell.sell(UNKNOWN, MACBOOK, {"id": "m3", "brand": "HP", "name": "Z", "image": "nowhere", "ram": 16})
    shell.register("S1")
    shell.register("")
    shell.register("N/A")
    result = shell.run()
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "Products: 2 added, 0 updated, 0 unchanged, 1 rejected.",
        "Assets: 1 added, 0 updated, 0 unchanged, 2 rejected.",
    ]
    problems = "\n".join(sorted(result.stderr.splitlines()))
    assert "LG gram (UY, m2): type: The vendor gives no type." in problems
    assert "HP Z (UY, 16, m3): warning: image = nowhere: Send a full http or https address." in problems
    assert "It has no serial number." in problems
    assert "Device (N/A): serialNumber: 'N/A' is a placeholder" in problems
    assert len(result.stderr.splitlines()) == 4


def test_an_asset_that_is_elsewhere_for_the_vendor_stays_and_is_printed(shell):
    shell.register("S1")
    shell.done("--company", "AUSTRAL")
    shell._send(f"/control/hardwares/{_id(shell)}", {"status": "EMPLOYEE", "employeeProfile": {"email": "a@b.example"}})
    result = shell.run("--company", "AUSTRAL")
    assert result.exit_code == 0
    assert result.stderr == (
        "Device (S1): warning: It is in storage (Storage UY) here, and with a@b.example for the vendor.\n"
    )
    assert shell.rows(ASSETS)[0][2] == "IN_STORAGE"


def test_only_the_named_companies_and_country_are_read(shell):
    shell.sell(
        MACBOOK, {**MACBOOK, "id": "m9", "countryCode": "BR", "name": "MacBook Air", "manufacturerPartNumber": "A"}
    )
    shell.register("S1")
    shell.register("S2", companyCode="NORD")
    shell.done("--company", "NORD", "--country", "Brazil")
    assert [it[2] for it in shell.rows(PRODUCTS)] == ["MacBook Air"]
    assert [it[0] for it in shell.rows(ASSETS)] == ["S2"]


def test_the_sandbox_gives_devices_of_test_data_and_no_products(shell):
    shell.sell(MACBOOK)
    shell.register("S1")
    assert shell.done("--environment", "test") == ["Assets: 1 added, 0 updated, 0 unchanged, 0 rejected."]
    assert shell.rows(PRODUCTS) == []
    [(environment,)] = shell.rows("SELECT environment FROM tenants JOIN assets ON tenants.id = assets.tenant_id")
    assert environment == "TEST"
    assert "products are read with --environment live only" in shell.failure("--environment", "test", "--products-only")


def test_a_company_that_the_vendor_refuses_hides_no_other(shell):
    shell.register("S2", companyCode="NORD")
    shell.go_wrong(path="/hardwares", mode="status", status=400)
    result = shell.run()
    assert result.exit_code == 1
    assert result.stderr == "Company AUSTRAL: Tecspal GET /hardwares: 400 Bad Request\n"
    assert [it[0] for it in shell.rows(ASSETS)] == ["S2"]


def test_a_failure_of_the_vendor_keeps_what_was_saved_before_and_says_how_to_go_on(shell):
    shell.sell(MACBOOK)
    shell.go_wrong(path="/hardwares", mode="status", status=500)
    failure = shell.failure()
    assert failure.startswith("The vendor could not be read: Tecspal GET /hardwares: 500")
    assert failure.endswith("Run it again to continue.")
    assert len(shell.rows(PRODUCTS)) == 1


def test_what_is_typed_wrongly_is_told_before_anything_is_read(shell, monkeypatch):
    assert "There is no company 'NONE'." in shell.failure("--company", "NONE")
    assert "--country" in shell.failure("--country", "Atlantis")
    wrong = CliRunner().invoke(cli, ["catalogue", "sync", "--provider", "quipteams"])
    assert str(wrong.exception) == "--provider must be tecspal, not 'quipteams'."
    monkeypatch.delenv("QUOTEGRAPH_TECSPAL_URL")
    assert shell.failure() == "QUOTEGRAPH_TECSPAL_URL is not set."
    assert shell.rows(EVENTS) == [(0,)]


def _id(shell: Shell) -> str:
    """The vendor's id of its only device."""
    headers = {"Authorization": "Bearer t", "tenant_id": "client-9"}
    request = urllib.request.Request(f"{shell.vendor}/hardwares?companyCode=AUSTRAL", headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        [device] = json.load(answer)["envelop"]
        return str(device["id"])
