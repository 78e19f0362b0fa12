"""What every test may use. Fakes live in fakes.py, the PostgreSQL server in postgres.py."""

import os

import pytest
from hypothesis import settings

from tests.postgres import stop_postgres

# A developer waits for the tests, so they try less; CI tries more and prints how to repeat a failure.
settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile("ci", max_examples=200, deadline=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Also called when the session is interrupted."""
    stop_postgres()
