"""README's "Run it in production" is run as it stands, from nothing to a delivered device."""

import asyncio
import json
import os
import re
import shutil
import signal
import socket
from pathlib import Path

import pytest

from tests.e2e.processes import COMMAND, environment
from tests.patience import PATIENCE
from tests.postgres import new_postgres_database

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def walk() -> str:
    """The commands of the section, as one pastes them."""
    section = README.partition("## Run it in production\n")[2].partition("\n### ")[0]
    blocks = re.findall(r"```console\n(.*?)```", section, re.DOTALL)
    return "".join(re.sub(r"^\$ ", "", block, flags=re.MULTILINE) for block in blocks)


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
async def test_the_readme_leads_from_nothing_to_a_delivered_device(tmp_path: Path, dialect: str):
    missing = [it for it in ("bash", "curl", "jq") if shutil.which(it) is None]
    if missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"the walk needs {', '.join(missing)}")
    commands = walk()
    assert "quotegraph init" in commands
    settings = {} if dialect == "sqlite" else {"database_url": new_postgres_database()}
    found = environment(port=free_port(), **settings)
    found["PATH"] = f"{Path(COMMAND[0]).parent}:{found['PATH']}"
    with (tmp_path / "walk.log").open("wb") as log:
        shell = await asyncio.create_subprocess_exec(
            "bash", "-e", "-c", commands, cwd=tmp_path, env=found, stdout=log, stderr=log, start_new_session=True
        )
        try:
            code = await asyncio.wait_for(shell.wait(), 3 * PATIENCE)
        finally:
            # The server and the emulators go on behind the walk, in its group.
            os.killpg(shell.pid, signal.SIGKILL)
    assert code == 0, (tmp_path / "walk.log").read_text()

    [asset] = json.loads((tmp_path / "assets.json").read_text())["data"]["assets"]["nodes"]
    assert (asset["description"], asset["status"]) == ("Lenovo ThinkPad T14 Gen 6", "IN_USE")
    assert asset["location"] == {"name": "Ana Rodríguez"}
    [quote] = json.loads((tmp_path / "quotes.json").read_text())["data"]["quotes"]["nodes"]
    assert (quote["status"], quote["vendorOrders"][0]["status"]) == ("DELIVERED", "DELIVERED")
    assert '"userErrors":[{' not in (tmp_path / "walk.log").read_text()
