"""`quotegraph webhooks check`: the selections that a changed schema breaks are found, also by `quotegraph migrate`."""

import asyncio
import json
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from typer.testing import CliRunner, Result

from adapters.database.companies.company import add_company
from adapters.database.companies.tables import tenants
from adapters.database.core.engine import open_database
from adapters.database.core.row_mapping import column_values
from adapters.database.webhooks.tables import webhook_endpoints
from app.cli.main import cli
from domain.shared.access import Environment, Scope
from domain.shared.ids import new_id
from domain.webhooks.endpoints import WebhookEndpoint
from tests.builders import NOW, an_endpoint

FITS = "subscription { events { id node { ... on Quote { orderId } } } }"
GONE = "subscription {\n  events { id zzzz }\n}"


class Shell:
    """The command line on one migrated database with a company, in this process."""

    def __init__(self, url: str) -> None:
        self.url = url

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(cli, list(words))

    def save(self, endpoint: WebhookEndpoint) -> WebhookEndpoint:
        """An endpoint as an earlier version saved it."""
        asyncio.run(self._save(endpoint))
        return endpoint

    async def _save(self, endpoint: WebhookEndpoint) -> None:
        database = open_database(self.url)
        async with database.write.begin() as connection:
            live = select(tenants.c.id).where(tenants.c.environment == str(Environment.LIVE))
            tenant_id = (await connection.execute(live)).scalar_one()
            row = column_values(endpoint._replace(tenant_id=tenant_id), webhook_endpoints)
            await connection.execute(insert(webhook_endpoints), {**row, "secret": "sealed"})
        await database.close()


async def with_a_company(url: str) -> None:
    database = open_database(url)
    async with database.write.begin() as connection:
        await add_company(connection, new_id(), "AUSTRAL", "Austral", NOW)
    await database.close()


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    url = f"sqlite+aiosqlite:///{tmp_path}/it.db"
    monkeypatch.setenv("QUOTEGRAPH_DATABASE_URL", url)
    # Logs of later tests would go to the output of this command.
    monkeypatch.setattr("app.cli.common.set_up_logging", lambda level: None)
    assert CliRunner().invoke(cli, ["migrate"]).exit_code == 0
    asyncio.run(with_a_company(url))
    return Shell(url)


def test_endpoints_whose_selections_fit_are_counted(shell):
    shell.save(an_endpoint())
    shell.save(an_endpoint(query=FITS))
    result = shell.run("webhooks", "check")
    assert (result.exit_code, result.output) == (0, "Selections of webhook endpoints that fit the schema: 1.\n")
    result = shell.run("webhooks", "check", "--json")
    assert (result.exit_code, json.loads(result.output)) == (0, [])


def test_endpoints_whose_selections_do_not_fit_are_named_with_their_problems_and_no_more_of_the_address(shell):
    shell.save(an_endpoint(query=FITS))
    broken = shell.save(
        an_endpoint(query=GONE, url="https://hooks.example:8443/a-secret?token=another", is_active=False)
    )
    result = shell.run("webhooks", "check")
    assert result.exit_code == 1
    assert result.output == (
        f"{broken.id}  AUSTRAL live  hooks.example  (disabled)\n"
        "  Line 2, column 15: Cannot query field 'zzzz' on type 'Event'.\n"
    )
    result = shell.run("webhooks", "check", "--json")
    assert result.exit_code == 1
    assert json.loads(result.output) == [
        {
            "id": broken.id,
            "company": "AUSTRAL",
            "environment": "LIVE",
            "host": "hooks.example",
            "isActive": False,
            "problems": ["Line 2, column 15: Cannot query field 'zzzz' on type 'Event'."],
        }
    ]


def test_a_selection_that_requires_another_scope_than_before_is_named(shell):
    shell.save(an_endpoint(query=FITS, scopes=(str(Scope.KITS_READ), "gone:read")))
    result = shell.run("webhooks", "check")
    assert result.exit_code == 1
    assert "requires quotes:read" in result.output


def test_a_selection_beyond_a_limit_that_was_lowered_is_named(shell, monkeypatch):
    fields = " ".join(f"a{number}: id" for number in range(100))
    shell.save(an_endpoint(query=f"subscription {{ events {{ {fields} }} }}"))
    assert shell.run("webhooks", "check").exit_code == 0
    monkeypatch.setenv("QUOTEGRAPH_MAX_TOKENS", "200")
    result = shell.run("webhooks", "check")
    assert result.exit_code == 1
    assert "QUOTEGRAPH_MAX_TOKENS" in result.output


def test_a_migration_names_the_selections_that_no_longer_fit_and_succeeds(shell):
    broken = shell.save(an_endpoint(query=GONE))
    result = shell.run("migrate")
    assert result.exit_code == 0
    assert "The selections of these webhook endpoints do not fit the schema of this version" in result.stderr
    assert f"{broken.id}  AUSTRAL live  hooks.example\n  Line 2, column 15: " in result.stderr
    assert result.stdout == "The database is up to date.\n"
