"""The running application, for every test of what it answers."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from app.emulators import start_emulators
from tests.api.support import world
from tests.api.support.running import Running, running
from tests.api.support.shop import Shop
from tests.api.support.situations import Situation, a_situation
from tests.databases import Templates

MakeDatabase = Callable[[str], Awaitable[str]]


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """Makes fresh databases, filled."""
    return Templates(tmp_path_factory.mktemp("templates"), world.fill)


@pytest.fixture(scope="session")
def new_database(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> MakeDatabase:
    """Makes a fresh database of a dialect, filled, and gives its address."""

    async def make(dialect: str) -> str:
        return await templates.new(dialect, tmp_path_factory.mktemp("database") / "quotegraph.db")

    return make


@pytest_asyncio.fixture
async def api(
    request: pytest.FixtureRequest, new_database: MakeDatabase, templates: Templates
) -> AsyncIterator[Running]:
    """The application over a fresh database: SQLite, or what `on_both_databases` says."""
    url = await new_database(getattr(request, "param", "sqlite"))
    async with running(url) as found:
        yield found
    templates.give_back(url)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def now(request: pytest.FixtureRequest, new_database: MakeDatabase) -> AsyncIterator[Situation]:
    """A situation for a whole module, which nothing in it may change."""
    async with running(await new_database(request.param)) as api:
        yield await a_situation(api)


@pytest_asyncio.fixture
async def shop(request: pytest.FixtureRequest, new_database: MakeDatabase, tmp_path: Path) -> AsyncIterator[Shop]:
    async with await start_emulators(tmp_path) as emulators:
        vendor = emulators.urls["tecspal"]
        settings: dict[str, Any] = {
            f"tecspal_{twin}{name}": vendor if name == "url" else "a-secret"
            for twin in ("", "sandbox_")
            for name in ("url", "token", "tenant_id")
        }
        url = await new_database(getattr(request, "param", "sqlite"))
        async with running(url, with_keys=True, settle_seconds=0, **settings) as api:
            yield Shop(api, vendor)
