"""The demo data in a database of each kind, written once for all tests here, which do not change it."""

import gc
from collections.abc import Awaitable, Callable, Iterator

import pytest

from adapters.database.core.engine import open_database
from app.demo.seed.seeder import seed
from tests.databases import Templates
from tests.execution.webhooks import add_webhooks


@pytest.fixture(autouse=True)
def _what_was_left_is_found_here() -> Iterator[None]:
    """graphql-core leaves awaitables behind when something fails, and that is forgiven where it is compared. Found by
    the collector during a test elsewhere, they would fail that one."""
    yield
    gc.collect()


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
            await add_webhooks(database)
            await database.close()
        return made[dialect]

    return find
