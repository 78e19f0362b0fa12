"""The supervisor with processes that do nothing but wait, driven by signals as a shell or systemd would."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.supervision.listening import Port, close
from app.supervision.supervisor import MOST_DELAY, delay_after
from tests.e2e.processes import eventually, free_port
from tests.patience import PATIENCE

PROGRAM = """
import json, os, select, signal, sys, time
from pathlib import Path
from app.supervision.supervisor import supervise

# What was started in the background, as by nohup, ignores these.
for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
    signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
directory, port, behaviour = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
process = supervise("127.0.0.1", port, 2, 0.2 if behaviour == "stubborn" else 60)
if process is None:
    sys.exit(0)
if behaviour == "broken":
    sys.exit(7)
signal.signal(signal.SIGTERM, signal.SIG_IGN if behaviour == "stubborn" else lambda *_: sys.exit(0))
process.tell_started()
(directory / f"{process.number}.new").write_text(json.dumps(os.getpid()))
(directory / f"{process.number}.new").rename(directory / f"{process.number}.json")
if behaviour == "serving":
    while True:
        ready, _, _ = select.select([process.lifeline, *process.listening], [], [])
        if process.lifeline in ready:
            sys.exit(0)
        connection, _ = process.listening[0].accept()
        connection.sendall(str(process.number).encode())
        connection.close()
while True:
    time.sleep(0.05)
"""


class Started:
    """A supervisor of two processes, each of which writes its id into a file."""

    def __init__(self, process: asyncio.subprocess.Process, directory: Path, port: int) -> None:
        self.process = process
        self.directory = directory
        self.port = port

    def pid(self, number: int) -> int | None:
        file = self.directory / f"{number}.json"
        return int(json.loads(file.read_text())) if file.exists() else None

    async def both(self) -> tuple[int, int]:
        await eventually(lambda: self.pid(1) and self.pid(2))
        return self.pid(1) or 0, self.pid(2) or 0

    async def code(self) -> int:
        return await asyncio.wait_for(self.process.wait(), PATIENCE)

    async def errors(self) -> str:
        assert self.process.stderr is not None
        return (await self.process.stderr.read()).decode()

    async def who_answers(self) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        answer = await reader.read()
        writer.close()
        return answer


@asynccontextmanager
async def supervising(directory: Path, behaviour: str) -> AsyncIterator[Started]:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM, str(directory), str(port), behaviour), stderr=asyncio.subprocess.PIPE
    )
    try:
        yield Started(process, directory, port)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def is_gone(pid: int) -> bool:
    """Whether a process has ended; nobody may have asked yet for how it did."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


async def test_a_process_that_ends_is_started_again_and_the_others_are_left_alone(tmp_path: Path):
    async with supervising(tmp_path, "waiting") as it:
        first, second = await it.both()
        os.kill(second, signal.SIGKILL)
        await eventually(lambda: it.pid(2) != second)
        assert it.pid(1) == first
        it.process.terminate()
        assert await it.code() == 0
        errors = await it.errors()
    assert "process 2 ended by signal 9; it is started again in 0.5 seconds" in errors


async def test_connections_reach_both_processes(tmp_path: Path):
    async with supervising(tmp_path, "serving") as it:
        await it.both()
        answers: set[bytes] = set()

        async def of_both() -> bool:
            answers.add(await it.who_answers())
            return answers == {b"1", b"2"}

        await eventually(of_both)


async def test_processes_end_when_their_supervisor_is_killed(tmp_path: Path):
    async with supervising(tmp_path, "serving") as it:
        pids = await it.both()
        it.process.kill()
        await it.code()
        await eventually(lambda: all(map(is_gone, pids)))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_a_signal_to_the_supervisor_stops_all_processes(tmp_path: Path, number: signal.Signals):
    async with supervising(tmp_path, "waiting") as it:
        pids = await it.both()
        it.process.send_signal(number)
        assert await it.code() == 0
        assert all(map(is_gone, pids))


async def test_a_process_that_does_not_stop_is_killed(tmp_path: Path):
    async with supervising(tmp_path, "stubborn") as it:
        pids = await it.both()
        it.process.terminate()
        assert await it.code() == 0
        assert all(map(is_gone, pids))
        assert "process 1 does not stop and is killed" in await it.errors()


async def test_what_keeps_the_first_process_from_starting_ends_all_with_its_code(tmp_path: Path):
    async with supervising(tmp_path, "broken") as it:
        assert await it.code() == 7
        assert await it.errors() == ""


def test_a_process_that_ends_again_and_again_is_started_less_and_less_often():
    assert [delay_after(it) for it in (0, 1, 2, 3, 100)] == [0.0, 0.5, 1.0, 2.0, MOST_DELAY]


def test_a_port_on_which_somebody_listens_is_refused_even_if_they_would_share_it():
    port = Port("127.0.0.1", 0)
    listening = port.listen()
    with pytest.raises(OSError, match="in use"):
        Port("127.0.0.1", port.number)
    close(listening)
    port.close()


def test_each_address_of_a_host_gets_the_same_port():
    port = Port("localhost", 0)
    listening = port.listen()
    assert {it.getsockname()[1] for it in listening} == {port.number}
    close(listening)
    port.close()


def test_a_process_has_sockets_of_its_own():
    port = Port("127.0.0.1", 0)
    [one], [other] = port.listen(), port.listen()
    assert one.getsockname() == other.getsockname()
    one.close()
    with socket.create_connection(("127.0.0.1", port.number)):
        other.accept()[0].close()
    other.close()
    port.close()
