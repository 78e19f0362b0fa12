"""`serve --workers`: several server processes on one port, on PostgreSQL."""

import asyncio
import os
import re
import signal
from pathlib import Path

import aiohttp
import pytest

from app.run import serve_in_processes
from app.settings import BadSettings, read_settings
from tests.databases import Templates
from tests.e2e.processes import eventually, free_port, running, until_ready
from tests.patience import PATIENCE

STARTED = re.compile(r"process (\d) of 2 has the id (\d+)")
ANSWERS = re.compile(r'^quotegraph_process_answers\{process="(\d)"\} 1.0$', re.MULTILINE)


async def test_two_processes_serve_one_port_and_one_that_is_killed_comes_back(migrated: Templates, tmp_path: Path):
    url, port, log = await migrated.new("postgresql", tmp_path), free_port(), tmp_path / "log"
    words = ("serve", "--workers", "2", "--port", str(port))

    async def metrics() -> str:
        async with session.get(f"http://127.0.0.1:{port}/metrics") as response:
            return await response.text()

    async def both_answer() -> bool:
        return set(ANSWERS.findall(await metrics())) == {"1", "2"}

    def pids() -> dict[str, int]:
        return {number: int(pid) for number, pid in STARTED.findall(log.read_text())}

    async with aiohttp.ClientSession() as session, running(log, *words, database_url=url) as supervisor:
        await until_ready(session, f"http://127.0.0.1:{port}")
        await eventually(both_answer)
        text, before = await metrics(), pids()
        for number in before:
            assert f'process_resident_memory_bytes{{process="{number}"}}' in text
        # This is counted in the database.
        assert re.search(r'^quotegraph_jobs_due\{kind="\w+"\}', text, re.MULTILINE)

        os.kill(before["2"], signal.SIGKILL)
        await eventually(lambda: pids()["2"] != before["2"])
        await eventually(both_answer)
        assert pids()["1"] == before["1"]

        supervisor.terminate()
        assert await asyncio.wait_for(supervisor.wait(), PATIENCE) == 0
    assert "Traceback" not in log.read_text()
    migrated.give_back(url)


def test_several_processes_are_refused_for_sqlite_with_what_to_do(tmp_path: Path):
    settings = read_settings(database_url=f"sqlite+aiosqlite:///{tmp_path}/it.db")
    with pytest.raises(BadSettings, match="--workers: several server processes need PostgreSQL"):
        serve_in_processes(settings, 2)
