"""Programs that run beside a test: clients that print what they receive, and a server that is stopped and started."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from tests.clients.conftest import HERE, NODE
from tests.e2e.processes import COMMAND, environment, free_port, until_ready

ROOT = HERE.parents[1]
INTERPRETERS = {".js": str(NODE), ".mjs": str(NODE), ".py": sys.executable}
# Where programs in Python find ours.
PYTHONPATH = os.pathsep.join(map(str, (ROOT, ROOT / "clients" / "python")))


class Program:
    """A program of this folder, run by Node or Python."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.lines: list[str] = []

    async def read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self.lines.append(line.decode())


@asynccontextmanager
async def program(file: str, *words: str) -> AsyncIterator[Program]:
    """A program that runs until the block ends. Instead of a file, `--eval` and a text have Node run the text."""
    process = await asyncio.create_subprocess_exec(
        INTERPRETERS.get(Path(file).suffix, str(NODE)),
        file,
        *words,
        cwd=HERE,
        env={**os.environ, "PYTHONPATH": PYTHONPATH},
        stdout=asyncio.subprocess.PIPE,
    )
    found = Program(process)
    reading = asyncio.create_task(found.read())
    try:
        yield found
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await reading


class Server:
    """A server in a process of its own, always at the same address."""

    def __init__(self, database_url: str, log: Path) -> None:
        self._port = free_port()
        self._environment = environment(database_url=database_url, worker="off")
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/graphql"

    async def start(self) -> None:
        """Returns once the server answers."""
        with self._log.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *COMMAND, "serve", "--port", str(self._port), env=self._environment, stdout=output, stderr=output
            )
        async with aiohttp.ClientSession() as session:
            await until_ready(session, self.url.removesuffix("/graphql"))

    async def stop(self, by: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(by)
            await self._process.wait()


@asynccontextmanager
async def served(database_url: str, log: Path) -> AsyncIterator[Server]:
    """A server that runs until the block ends, unless it is stopped before."""
    server = Server(database_url, log)
    await server.start()
    try:
        yield server
    finally:
        await server.stop(signal.SIGKILL)
