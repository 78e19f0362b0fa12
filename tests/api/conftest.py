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
from tests.postgres import new_postgres_database

MakeDatabase = Callable[[str], Awaitable[str]]


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> MakeDatabase:
    """Makes a database of a dialect, the first time one is asked for, and gives its address."""
    made: dict[str, str] = {}

    async def template(dialect: str) -> str:
        if dialect not in made:
            path = tmp_path_factory.mktemp("templates") / "template.db"
            made[dialect] = new_postgres_database() if dialect == "postgresql" else f"sqlite+aiosqlite:///{path}"
            await world.make(made[dialect])
        return made[dialect]

    return template


@pytest.fixture(scope="session")
def new_database(templates: MakeDatabase, tmp_path_factory: pytest.TempPathFactory) -> MakeDatabase:
    """Makes a fresh database of a dialect, filled, and gives its address."""

    async def copy(dialect: str) -> str:
        template = await templates(dialect)
        if dialect == "postgresql":
            return new_postgres_database(template)
        return world.copy_sqlite(template, tmp_path_factory.mktemp("database") / "quotegraph.db")

    return copy


@pytest_asyncio.fixture
async def api(request: pytest.FixtureRequest, new_database: MakeDatabase) -> AsyncIterator[Running]:
    """The application over a fresh database: SQLite, or what `on_both_databases` says."""
    async with running(await new_database(getattr(request, "param", "sqlite"))) as found:
        yield found


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
