"""What every test may use. Builders live in builders.py, fakes in fakes/, databases in databases.py.

What databases need is imported by those who ask for one: the tests of `make fast` do not.
"""

import gc
import os
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from hypothesis import settings

from tests.postgres import stop_postgres

if TYPE_CHECKING:
    from adapters.database.core.engine import Database
    from tests.databases import Templates

# A developer waits for the tests, so they try less, but other examples each time. CI tries more and always the same, so
# that it fails for what a commit changed, and prints how to repeat a failure. `make fast` chooses its profile itself.
settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile("fast", max_examples=15, deadline=None)
settings.register_profile("ci", max_examples=200, deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> "Templates":
    """Makes fresh, migrated databases."""
    from tests.databases import Templates

    return Templates(tmp_path_factory.mktemp("migrated"))


@pytest_asyncio.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, migrated: "Templates", tmp_path: Path) -> AsyncIterator["Database"]:
    """A fresh, migrated database of each kind."""
    from adapters.database.core.engine import open_database

    url = await migrated.new(request.param, tmp_path / "quotegraph.db")
    opened = open_database(url)
    yield opened
    await opened.close()
    migrated.give_back(url)


def pytest_configure() -> None:
    """Of what is collected nothing becomes garbage, and looking for it took a quarter of the time."""
    gc.disable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files with the longest tests first, as each is run by one process: begun last, they would be waited for."""
    of_file = Counter(it.path for it in items)
    items.sort(key=lambda it: (not _is_long(it.path), -of_file[it.path], it.path))


def _is_long(path: Path) -> bool:
    return path.parent.name in ("e2e", "execution", "clients", "faults") or path.stem.endswith(
        ("_hold", "_holds", "statement_counts", "import_order", "killed_workers", "extras")
    )


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is there now stays to the end. Looking at it again and again took a quarter of the time of the tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
    gc.enable()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Also called when the session is interrupted."""
    stop_postgres()
