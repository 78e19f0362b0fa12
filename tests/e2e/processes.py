"""Real processes of the command `quotegraph`, driven as a user or a script would."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.patience import PATIENCE

COMMAND = [str(Path(sys.executable).parent / "quotegraph")]


def environment(**settings: object) -> dict[str, str]:
    """This environment without settings of ours but the given ones. Tests send more than a client may."""
    settings = {"rate_limit": "off", **settings}
    clean = {name: value for name, value in os.environ.items() if not name.startswith("QUOTEGRAPH_")}
    return {**clean, **{f"QUOTEGRAPH_{name.upper()}": str(value) for name, value in settings.items()}}


async def command(*words: str, **settings: object) -> tuple[int, str, str]:
    """Run a command to its end: exit code, output, errors."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        *words,
        env=environment(**settings),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), PATIENCE)
    return process.returncode or 0, out.decode(), err.decode()


@asynccontextmanager
async def running(log: Path, *words: str, **settings: object) -> AsyncIterator[asyncio.subprocess.Process]:
    """A command that runs until the block ends, its output in a file."""
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *COMMAND, *words, env=environment(**settings), stdout=output, stderr=output
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()


async def eventually(look: Callable[[], Any], timeout: float = PATIENCE, pause: float = 0.05) -> Any:
    """What `look` gives once that is something; it may be asynchronous. Between two looks there is a `pause`."""
    async with asyncio.timeout(timeout):
        while True:
            found = look()
            found = await found if asyncio.iscoroutine(found) else found
            if found:
                return found
            await asyncio.sleep(pause)


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def until_ready(session: aiohttp.ClientSession, address: str) -> None:
    """Waits until a server answers that it is ready."""

    async def ready() -> bool:
        try:
            async with session.get(f"{address}/readyz") as response:
                return response.status == 200
        except aiohttp.ClientError:
            return False

    await eventually(ready)


async def written(file: Path) -> dict[str, Any]:
    """The JSON of a file, once it is there."""
    await eventually(file.exists)
    content: dict[str, Any] = json.loads(file.read_text())
    return content


class Api:
    """A client of a running server."""

    def __init__(self, session: aiohttp.ClientSession, url: str, key: str) -> None:
        self._session = session
        self.url = url
        self.key = key

    async def run(self, query: str, **variables: Any) -> Any:
        """The data of an operation that has no errors."""
        body = {"query": query, "variables": variables}
        headers = {"Authorization": f"Bearer {self.key}"}
        async with self._session.post(self.url, json=body, headers=headers) as response:
            answer = await response.json()
        assert "errors" not in answer, answer
        return answer["data"]

    async def received(self, url: str) -> list[dict[str, Any]]:
        """What an emulator received."""
        async with self._session.get(f"{url}/received") as response:
            found: list[dict[str, Any]] = await response.json()
        return found

    async def orders(self, url: str) -> list[dict[str, Any]]:
        """The orders an emulated Tecspal was sent."""
        return [it for it in await self.received(url) if it["method"] == "POST" and it["path"] == "/orders/quote"]
