"""A real PgBouncer in transaction mode in front of the tests' PostgreSQL, of Debian's package of the same name."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.e2e.processes import eventually, free_port
from tests.postgres import user_for

# Fewer connections to PostgreSQL than a server opens to PgBouncer: transactions of several clients take turns.
CONNECTIONS = 2


def require_pgbouncer() -> str:
    """The program; tests that need it are skipped without it, unless CI is set."""
    found = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no pgbouncer here: install the package")
    return found


@asynccontextmanager
async def pgbouncer(url: str) -> AsyncIterator[str]:
    """Yields the address under which a database is reached through PgBouncer."""
    program, direct, port = require_pgbouncer(), make_url(url), free_port()
    # PgBouncer refuses to run as root, as PostgreSQL does.
    directory = Path(tempfile.mkdtemp(prefix="quotegraph-pgbouncer-", dir="/tmp"))
    user, settings = user_for(directory), directory / "pgbouncer.ini"
    settings.write_text(
        f"[databases]\n* = host={direct.query['host']} user=postgres\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n"
        f"pool_mode = transaction\ndefault_pool_size = {CONNECTIONS}\nmax_client_conn = 200\n"
    )
    settings.chmod(0o644)
    with (directory / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(program, str(settings), stdout=log, stderr=log, **user)

    async def answers() -> bool:
        assert process.returncode is None, (directory / "log").read_text()
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return False
        writer.close()
        return True

    try:
        await eventually(answers)
        yield f"postgresql+asyncpg://postgres@127.0.0.1:{port}/{direct.database}?pgbouncer=true"
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        shutil.rmtree(directory, ignore_errors=True)
