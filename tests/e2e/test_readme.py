"""README's "Run it in production" is run as it stands, from nothing to a delivered device."""

import json
from pathlib import Path

import pytest

from tests.e2e.processes import free_port
from tests.e2e.walks import commands_of, walk
from tests.postgres import new_postgres_database

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
async def test_the_readme_leads_from_nothing_to_a_delivered_device(tmp_path: Path, dialect: str):
    commands = commands_of(README.partition("## Run it in production\n")[2].partition("\n### ")[0])
    assert "quotegraph init" in commands
    settings = {} if dialect == "sqlite" else {"database_url": new_postgres_database()}
    await walk(commands, tmp_path, port=free_port(), **settings)

    [asset] = json.loads((tmp_path / "assets.json").read_text())["data"]["assets"]["nodes"]
    assert (asset["description"], asset["status"]) == ("Lenovo ThinkPad T14 Gen 6", "IN_USE")
    assert asset["location"] == {"name": "Ana Rodríguez"}
    [quote] = json.loads((tmp_path / "quotes.json").read_text())["data"]["quotes"]["nodes"]
    assert (quote["status"], quote["vendorOrders"][0]["status"]) == ("DELIVERED", "DELIVERED")
    assert '"userErrors":[{' not in (tmp_path / "walk.log").read_text()
