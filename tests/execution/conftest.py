"""The demo data in a database of each kind, written once for all tests here, which do not change it."""

from collections.abc import Awaitable, Callable

import pytest

from adapters.database.engine import open_database
from app.seed import seed
from tests.databases import Templates

Seeded = Callable[[str], Awaitable[str]]


@pytest.fixture(scope="session")
def seeded(migrated: Templates, tmp_path_factory: pytest.TempPathFactory) -> Seeded:
    """Gives the address of the database of a dialect with the demo data."""
    made: dict[str, str] = {}

    async def find(dialect: str) -> str:
        if dialect not in made:
            made[dialect] = await migrated.new(dialect, tmp_path_factory.mktemp("seeded") / "quotegraph.db")
            database = open_database(made[dialect])
            await seed(database)
            await database.close()
        return made[dialect]

    return find
