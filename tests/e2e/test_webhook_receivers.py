"""The receivers in examples/webhooks/ are run as they stand: they take what quotegraph signs, each delivery once."""

import asyncio
import json
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from adapters.webhooks.signing import StandardSigner
from domain.shared.ids import new_id
from tests.e2e.processes import eventually, free_port
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples" / "webhooks"
COMMANDS = {".py": sys.executable, ".mjs": str(Path(sys.executable).parent / "node")}
STANDARD, QUIPTEAMS = ("standard.py", "standard.mjs"), ("quipteams.py", "quipteams.mjs")
SECRET, OTHER = "0f" * 32, "a7" * 32

every_receiver = pytest.mark.parametrize("name", STANDARD + QUIPTEAMS)


@dataclass
class Receiver:
    """A receiver that runs, and what it has printed."""

    url: str
    session: aiohttp.ClientSession
    process: asyncio.subprocess.Process
    lines: list[str] = field(default_factory=list)

    async def read(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.lines.append(line.decode().strip())

    async def post(self, body: bytes, headers: dict[str, str]) -> int:
        async with self.session.post(self.url, data=body, headers=headers) as response:
            return response.status

    async def refuses_a_large_body(self) -> bool:
        """A server that does not read all of it may hang up before its answer is read."""
        try:
            large = BytesIO(bytes(1024**2 + 1))
            async with self.session.post(self.url, data=large, headers={"Connection": "close"}) as response:
                return response.status == 413
        except aiohttp.ClientError:
            return self.process.returncode is None

    async def listens(self) -> bool:
        assert self.process.returncode is None
        try:
            return await self.post(b"", {}) == 401
        except aiohttp.ClientError:
            return False

    def handled(self) -> list[str]:
        return [it for it in self.lines if it.startswith("quote.")]


@asynccontextmanager
async def receiving(name: str, folder: Path) -> AsyncIterator[Receiver]:
    """A receiver that runs until the block ends, with its inbox in a folder."""
    # Packages of npm are looked for beside the program.
    program = folder / name
    for it in FOLDER.iterdir():
        (folder / it.name).unlink(missing_ok=True)
        (folder / it.name).write_bytes(it.read_bytes())
    if not (folder / "node_modules").exists():
        (folder / "node_modules").symlink_to(ROOT / "tests" / "clients" / "node_modules")
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        COMMANDS[program.suffix],
        str(program),
        str(port),
        cwd=folder,
        env={**os.environ, "WEBHOOK_SECRET": SECRET},
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    async with aiohttp.ClientSession() as session:
        receiver = Receiver(f"http://127.0.0.1:{port}/", session, process)
        reading = asyncio.create_task(receiver.read())
        try:
            await eventually(receiver.listens)
            yield receiver
        finally:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
            await asyncio.wait_for(reading, PATIENCE)


def all_done(folder: Path) -> bool:
    """Whether nothing is left that a receiver would handle again after a crash."""
    with sqlite3.connect(folder / "inbox.db") as inbox:
        return bool(inbox.execute("SELECT count(*) FROM inbox WHERE NOT done").fetchone() == (0,))


def event(number: int = 1, age: timedelta = timedelta(0)) -> bytes:
    at = (datetime.now(UTC) - age).isoformat().replace("+00:00", "Z")
    data = {"quote_id": str(number), "requester": "Ana Rodríguez"}
    body: dict[str, Any] = {"id": f"event-{number}", "type": "quote.pending", "created_at": at, "data": data}
    return json.dumps(body, ensure_ascii=False).encode()


def signed(body: bytes, *secrets: str, delivery_id: str | None = None, age: timedelta = timedelta(0)) -> dict[str, str]:
    at = datetime.now(UTC) - age
    return StandardSigner().headers(delivery_id or new_id(), "quote.pending", body, secrets or (SECRET,), at)


@every_receiver
async def test_a_receiver_takes_each_delivery_once_also_when_it_was_killed_in_between(tmp_path, name):
    first, second = event(1), event(2)
    headers, later = signed(first, delivery_id="first"), signed(second)
    async with receiving(name, tmp_path) as receiver:
        assert [await receiver.post(first, headers) for _ in range(3)] == [204, 204, 204]
        assert await receiver.post(first, signed(first, delivery_id="first")) == 204
        assert await receiver.post(second, later) == 204
        await eventually(lambda: len(receiver.handled()) == 2)
        await eventually(lambda: all_done(tmp_path))
        assert '"quote_id": "1"' in receiver.handled()[0].replace('":"', '": "')
        assert "Ana Rodríguez" in receiver.handled()[0]
    third = event(3)
    async with receiving(name, tmp_path) as receiver:
        assert await receiver.post(first, headers) == 204
        assert await receiver.post(third, signed(third)) == 204
        [handled] = await eventually(receiver.handled)
        assert '"3"' in handled


@every_receiver
async def test_a_receiver_takes_what_both_secrets_have_signed_and_nothing_that_its_own_has_not(tmp_path, name):
    body = event()
    right = signed(body)
    bad = {
        "another secret": (body, signed(body, OTHER)),
        "another body": (body.replace(b"Ana", b"Eva"), right),
        "no signature": (body, {}),
        "half a signature": (body, {**right, "webhook-signature": "v1", "X-Quip-Signature": "sha256="}),
        "no base64": (body, {**right, "webhook-signature": "v1,=ñ", "X-Quip-Signature": "sha256=ñ"}),
    }
    async with receiving(name, tmp_path) as receiver:
        assert {it: await receiver.post(*sent) for it, sent in bad.items()} == dict.fromkeys(bad, 401)
        assert await receiver.refuses_a_large_body()
        assert receiver.handled() == []
        for secrets in ((OTHER, SECRET), (SECRET, OTHER)):
            assert await receiver.post(body, signed(body, *secrets, delivery_id="one")) == 204
        await eventually(lambda: len(receiver.handled()) == 1)


@pytest.mark.parametrize("name", STANDARD)
@pytest.mark.parametrize("minutes", [-6, 6])
async def test_a_delivery_that_was_signed_at_another_time_is_refused(tmp_path, name, minutes):
    body = event()
    async with receiving(name, tmp_path) as receiver:
        assert await receiver.post(body, signed(body, age=timedelta(minutes=minutes))) == 401
        newer = {
            **signed(body, age=timedelta(minutes=minutes)),
            "webhook-timestamp": str(int(datetime.now(UTC).timestamp())),
        }
        assert await receiver.post(body, newer) == 401
        assert receiver.handled() == []


@pytest.mark.parametrize("name", QUIPTEAMS)
async def test_an_event_that_is_older_than_every_attempt_is_refused(tmp_path, name):
    old, attempted_last = event(1, timedelta(days=4)), event(2, timedelta(hours=28))
    async with receiving(name, tmp_path) as receiver:
        assert await receiver.post(old, signed(old)) == 401
        assert await receiver.post(attempted_last, signed(attempted_last)) == 204
        [handled] = await eventually(receiver.handled)
        assert '"2"' in handled


@pytest.mark.parametrize("name", QUIPTEAMS)
async def test_an_event_with_a_new_delivery_id_is_the_same_event(tmp_path, name):
    body = event()
    async with receiving(name, tmp_path) as receiver:
        assert await receiver.post(body, signed(body)) == 204
        await eventually(receiver.handled)
        assert await receiver.post(body, {**signed(body), "X-Quip-Delivery-Id": new_id()}) == 204
        other = event(2)
        assert await receiver.post(other, signed(other)) == 204
        await eventually(lambda: len(receiver.handled()) == 2)
