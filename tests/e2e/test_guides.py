"""The ten-minute guide is followed as it stands: its commands are pasted into a shell, beside a running demo."""

import asyncio
import json
import os
import re
import shutil
import signal
from pathlib import Path

import pytest

from tests.e2e.processes import environment, free_port, running, written
from tests.patience import PATIENCE

GUIDE = (Path(__file__).parents[2] / "docs" / "guides" / "getting-started.md").read_text(encoding="utf-8")


async def test_the_ten_minute_guide_leads_to_an_accepted_item_and_its_event(tmp_path: Path):
    missing = [it for it in ("bash", "curl", "jq") if shutil.which(it) is None]
    if missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"the guide needs {', '.join(missing)}")
    demo, *blocks = re.findall(r"```console\n(.*?)```", GUIDE, re.DOTALL)
    assert demo == "make demo\n"
    words = ("demo", "--port", str(free_port()), "--data", str(tmp_path / "data"))
    async with running(tmp_path / "demo.log", *words):
        url = (await written(tmp_path / "data" / "demo.json"))["url"]
        commands = "".join(blocks).replace("http://localhost:8000/graphql", url)
        with (tmp_path / "guide.log").open("wb") as log:
            shell = await asyncio.create_subprocess_exec(
                "bash", "-ec", commands, cwd=tmp_path, env=environment(), stdout=log, stderr=log, start_new_session=True
            )
            try:
                code = await asyncio.wait_for(shell.wait(), 2 * PATIENCE)
            finally:
                # The subscription goes on behind the guide, in its group.
                os.killpg(shell.pid, signal.SIGKILL)
    said = (tmp_path / "guide.log").read_text()
    assert code == 0, said
    accepted = json.loads((tmp_path / "accepted.json").read_text())["data"]["acceptItem"]
    assert accepted["userErrors"] == []
    assert accepted["changes"]
    assert '"type":"QUOTE_ITEM_ACCEPTED"' in said
