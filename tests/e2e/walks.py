"""The commands of a document, run as a reader would paste them."""

import asyncio
import os
import re
import shutil
import signal
from contextlib import suppress
from pathlib import Path

import pytest

from tests.e2e.processes import COMMAND, environment
from tests.patience import PATIENCE


def commands_of(text: str) -> str:
    """The commands of a text's console blocks, with what they go on with in the next lines."""
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    return "".join(re.sub(r"^\$ ", "", block, flags=re.MULTILINE) for block in blocks)


async def walk(commands: str, directory: Path, **settings: object) -> None:
    """Run commands by bash, until the first that fails. What they print is in `walk.log`."""
    missing = [it for it in ("bash", "curl", "jq") if shutil.which(it) is None]
    if missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"the walk needs {', '.join(missing)}")
    found = environment(**settings)
    found["PATH"] = f"{Path(COMMAND[0]).parent}:{found['PATH']}"
    with (directory / "walk.log").open("wb") as log:
        shell = await asyncio.create_subprocess_exec(
            "bash", "-e", "-c", commands, cwd=directory, env=found, stdout=log, stderr=log, start_new_session=True
        )
        try:
            code = await asyncio.wait_for(shell.wait(), 3 * PATIENCE)
        finally:
            # Servers and emulators may go on behind the walk, in its group.
            with suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGKILL)
    assert code == 0, (directory / "walk.log").read_text()
