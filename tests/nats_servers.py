"""A real nats-server for tests, of Debian's package of the same name."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.e2e.processes import eventually, free_port


def require_nats() -> str:
    """The program; tests that need it are skipped without it, unless CI is set."""
    found = shutil.which("nats-server", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no nats-server here: install the package")
    return found


class NatsServer:
    """A server that can be stopped, frozen and started again on its port."""

    def __init__(self, directory: Path, *options: str) -> None:
        self.port = free_port()
        self._program = require_nats()
        self._log = directory / f"nats-{self.port}.log"
        self._options = options
        self._process: asyncio.subprocess.Process | None = None

    def url(self, scheme: str = "nats", login: str = "") -> str:
        return f"{scheme}://{login}localhost:{self.port}"

    async def start(self) -> None:
        words = (self._program, "-a", "127.0.0.1", "-p", str(self.port), "-l", str(self._log), *self._options)
        self._process = await asyncio.create_subprocess_exec(*words)
        await eventually(self._answers)

    async def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.send_signal(signal.SIGKILL)
            await process.wait()

    async def _answers(self) -> bool:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        try:
            return (await reader.readline()).startswith(b"INFO")
        finally:
            writer.close()


@asynccontextmanager
async def nats_server(directory: Path, *options: str) -> AsyncIterator[NatsServer]:
    server = NatsServer(directory, *options)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
