"""The PostgreSQL that everyone is measured on: that of the tests, set as one would run it in production."""

import os
import subprocess
from pathlib import Path

import asyncpg

from tests import postgres

ROOT = Path(__file__).parent.parent
QUOTEGRAPH = ROOT / ".venv" / "bin" / "quotegraph"

# Durable, as it would be where it matters; the rest as for a small machine.
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
    # Nobody's figures should hold a vacuum; the builders analyse what they wrote.
    "autovacuum": "off",
}


def new_database() -> str:
    """The address of a fresh migrated database."""
    postgres.SETTINGS.update(SETTINGS)
    url = postgres.new_postgres_database()
    quotegraph(url, "migrate")
    return url


def quotegraph(url: str, *arguments: str) -> str:
    """Run our command line on a database, as anyone would."""
    environment = {**os.environ, "QUOTEGRAPH_DATABASE_URL": url}
    done = subprocess.run([QUOTEGRAPH, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"quotegraph {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


def place(url: str) -> tuple[str, str]:
    """The socket directory and the name of a database."""
    path, _, host = url.rpartition("?host=")
    return host, path.rpartition("/")[2]


async def connect(url: str) -> asyncpg.Connection:
    host, name = place(url)
    return await asyncpg.connect(host=host, user="postgres", database=name)
