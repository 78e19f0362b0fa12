"""The programs in examples/ are run as they stand, against a server that is killed and started again meanwhile."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from app.demo.run import KEYS
from tests.e2e.processes import Api, eventually, free_port, running, written
from tests.patience import PATIENCE

EXAMPLES = Path(__file__).parents[2] / "examples"
NODE = str(Path(sys.executable).parent / "node")
PROGRAMS = {"curl": ("sh", "sh"), "javascript": (NODE, "mjs"), "python": (sys.executable, "py")}
ACCEPT = "mutation($itemId: ID!) { acceptItem(input: {itemId: $itemId}) { userErrors { message } } }"
OPEN = """{ quotes(first: 50, filter: {status: [PENDING]}) { nodes {
    id isPriced origin { system } items { id status decision price { amount } recipients { id } }
} } }"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    folder = tmp_path_factory.mktemp("demo")
    words = ("demo", "--port", str(free_port()), "--data", str(folder / "data"))
    async with aiohttp.ClientSession() as session, running(folder / "log", *words):
        found = await written(folder / "data" / "demo.json")
        api = Api(session, found["url"], KEYS["live"])
        await eventually(lambda: has_read_all(api))
        yield api


async def has_read_all(api: Api) -> bool:
    """Whether the demo has the quotes of its connected systems."""
    connections = (await api.run("{ connections { lastSyncedAt } }"))["connections"]
    return all(it["lastSyncedAt"] for it in connections)


async def an_open_item(api: Api) -> tuple[str, str]:
    """The ids of a quote and of an item of it that can be accepted."""
    found = (await api.run(OPEN))["quotes"]["nodes"]
    return next(
        (quote["id"], item["id"])
        for quote in found
        if quote["origin"] is None
        for item in quote["items"]
        if item["price"] and item["decision"] == "UNDECIDED"
    )


async def program(demo: Api, language: str, name: str, *words: str) -> asyncio.subprocess.Process:
    command, ending = PROGRAMS[language]
    if language == "curl" and not (shutil.which("curl") and shutil.which("jq")):
        (pytest.fail if os.environ.get("CI") else pytest.skip)("the examples for curl need curl and jq")
    return await asyncio.create_subprocess_exec(
        command,
        str(EXAMPLES / language / f"{name}.{ending}"),
        *words,
        env={**os.environ, "QUOTEGRAPH_URL": demo.url, "QUOTEGRAPH_KEY": demo.key},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )


async def ended(started: asyncio.subprocess.Process) -> tuple[int, str, str]:
    out, err = await asyncio.wait_for(started.communicate(), PATIENCE)
    return started.returncode or 0, out.decode(), err.decode()


async def printed(started: asyncio.subprocess.Process, type_: str) -> list[str]:
    """The lines that the program prints, up to one of an event of a type."""
    assert started.stdout
    lines: list[str] = []
    async with asyncio.timeout(PATIENCE):
        while not lines or not lines[-1].startswith(type_):
            line = await started.stdout.readline()
            assert line, await started.communicate()
            lines.append(line.decode())
    return lines


@pytest.mark.parametrize("language", PROGRAMS)
@pytest.mark.asyncio(loop_scope="module")
async def test_a_program_reads_all_pages(demo: Api, language: str):
    code, out, err = await ended(await program(demo, language, "quotes"))
    assert (code, err) == (0, "")
    total = (await demo.run("{ quotes { totalCount } }"))["quotes"]["totalCount"]
    assert total > 20
    assert len(set(out.splitlines())) == total


@pytest.mark.parametrize("language", PROGRAMS)
@pytest.mark.asyncio(loop_scope="module")
async def test_a_program_accepts_an_item_once_and_another_follows_it(demo: Api, language: str):
    quote, item = await an_open_item(demo)
    follower = await program(demo, language, "follow", quote)
    try:
        await printed(follower, "CURRENT_STATE")
        accepted = await ended(await program(demo, language, "accept", item))
        assert accepted[::2] == (0, ""), accepted
        would, changed = accepted[1].removeprefix("Would change:\n").split("Changed:\n")
        assert would == changed
        assert f"{item} " in changed
        repeated = await ended(await program(demo, language, "accept", item))
        assert repeated[1].endswith(changed)
        await printed(follower, "QUOTE_ITEM_ACCEPTED")
    finally:
        os.killpg(follower.pid, signal.SIGKILL)
        await follower.wait()


@pytest.mark.parametrize("language", PROGRAMS)
@pytest.mark.asyncio(loop_scope="module")
async def test_a_refused_item_is_told(demo: Api, language: str):
    code, out, err = await ended(
        await program(demo, language, "accept", "QuoteItem_01900000-0000-7000-8fff-000000000001")
    )
    assert code != 0
    assert "NOT_FOUND" in err
    assert out == "Would change:\n"


async def test_programs_that_follow_a_quote_lose_no_event_when_the_server_is_killed(tmp_path: Path):
    words = ("demo", "--port", str(free_port()), "--data", str(tmp_path / "data"))
    followers = []
    try:
        async with aiohttp.ClientSession() as session, running(tmp_path / "log", *words):
            found = await written(tmp_path / "data" / "demo.json")
            api = Api(session, found["url"], KEYS["live"])
            quote, item = await an_open_item(api)
            followers = [await program(api, language, "follow", quote) for language in ("javascript", "python")]
            for it in followers:
                await printed(it, "CURRENT_STATE")
        (tmp_path / "data" / "demo.json").unlink()
        async with aiohttp.ClientSession() as session, running(tmp_path / "log", *words):
            await written(tmp_path / "data" / "demo.json")
            # Nobody may have come back by now: the event is read from where each has stopped.
            await Api(session, api.url, api.key).run(ACCEPT, itemId=item)
            for it in followers:
                await printed(it, "QUOTE_ITEM_ACCEPTED")
    finally:
        for it in followers:
            os.killpg(it.pid, signal.SIGKILL)
            await it.wait()
