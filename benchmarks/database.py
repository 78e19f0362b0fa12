"""The PostgreSQL server of all measurements: that of the tests, with production settings."""

import os
import subprocess
from pathlib import Path

import asyncpg

from tests import postgres

ROOT = Path(__file__).parent.parent
QUOTEGRAPH = ROOT / ".venv" / "bin" / "quotegraph"

# Durable, as in production; the other settings are for a small machine.
SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "random_page_cost": "1.1",
    # No vacuum during measurements; the data set is analysed after it is written.
    "autovacuum": "off",
}


def new_database() -> str:
    """Returns the URL of a new migrated database."""
    postgres.SETTINGS.update(SETTINGS)
    url = postgres.new_postgres_database()
    quotegraph(url, "migrate")
    return url


def quotegraph(url: str, *arguments: str) -> str:
    """Runs a quotegraph command on a database."""
    environment = {**os.environ, "QUOTEGRAPH_DATABASE_URL": url}
    done = subprocess.run([QUOTEGRAPH, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"quotegraph {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


def place(url: str) -> tuple[str, str]:
    """Returns the socket directory and the name of a database."""
    path, _, host = url.rpartition("?host=")
    return host, path.rpartition("/")[2]


async def connect(url: str) -> asyncpg.Connection:
    host, name = place(url)
    return await asyncpg.connect(host=host, user="postgres", database=name)
