"""When the database cannot do its work: a code that says to try again, no traceback, nothing half done, and back to
work by itself."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import event, text

from adapters.database.core import outages
from adapters.database.core.outages import outage
from app.server.readiness import Readiness
from tests.api.support.running import on_both_databases, running
from tests.patience import PATIENCE
from tests.postgres import execute_on_postgres

VIEWER = "{ viewer { environment } }"
KIT = """
    mutation { createKit(input: { name: "A kit", devices: [
        { quantity: 1, device: { custom: { productType: LAPTOP, specification: { brand: "Dell" } } } }
    ] }) { kit { name } userErrors { code message path } } }
"""


@pytest.fixture(autouse=True)
def loud(monkeypatch):
    """A line for each outage, of whichever test."""
    monkeypatch.setattr(outages, "LOG_INTERVAL", 0.0)
    monkeypatch.setattr(Readiness, "reuse_seconds", 0.0)


async def status(api, path="/readyz"):
    async with api.http.get(api.server.make_url(path)) as response:
        return response.status, (await response.json())["status"]


async def take_writing_away(api):
    """Nothing can be written any more, while everything can be read."""
    database = api.parts.database
    if database.dialect == "sqlite":
        # As a file on a disk that was mounted read-only: also connections that are opened anew cannot write.
        await database.write.dispose()
        event.listen(database.write.sync_engine, "connect", only_read)
    else:
        name = database.url.database
        execute_on_postgres(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        await end_connections(name)


def only_read(connection, _record):
    connection.execute("PRAGMA query_only = ON")


async def give_writing_back(api):
    database = api.parts.database
    if database.dialect == "sqlite":
        # The connection that could not write is not used again.
        event.remove(database.write.sync_engine, "connect", only_read)
    else:
        execute_on_postgres(f'ALTER DATABASE "{database.url.database}" RESET default_transaction_read_only')
        await end_connections(database.url.database)


async def end_connections(name):
    execute_on_postgres(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")


@on_both_databases
async def test_a_server_that_cannot_write_is_not_ready_until_it_can_again(api):
    assert await status(api) == (200, "ready")
    await take_writing_away(api)
    assert await status(api) == (503, "database is not writable")
    await give_writing_back(api)
    assert await status(api) == (200, "ready")


@on_both_databases
async def test_a_server_whose_tables_are_gone_is_not_ready(api):
    assert await status(api) == (200, "ready")
    for before, after in (("kits", "elsewhere"), ("elsewhere", "kits")):
        async with api.parts.database.write.begin() as connection:
            await connection.execute(text(f"ALTER TABLE {before} RENAME TO {after}"))
        ready = (200, "ready") if after == "kits" else (503, "tables of the database are missing")
        assert await status(api) == ready


@on_both_databases
async def test_a_server_whose_tables_a_newer_version_has_expanded_goes_on_and_with_another_programs_is_not_ready(api):
    other = "database of another version or another program; `quotegraph migrate` says which"
    for revision, expected in (("v9_0_0_01", (200, "ready")), ("0031", (503, other))):
        async with api.parts.database.write.begin() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
        assert await status(api) == expected


@on_both_databases
async def test_a_server_whose_disk_was_full_is_not_ready_though_small_rows_are_still_written(api, monkeypatch):
    monkeypatch.setattr(outages, "_space", outages._Space())
    if api.parts.database.dialect == "sqlite":
        failure = sqlite3.OperationalError("database or disk is full")
        failure.sqlite_errorcode = sqlite3.SQLITE_FULL
    else:
        failure = asyncpg.DiskFullError("could not extend file")
    assert outages.log_outage(failure)
    assert await status(api) == (503, "the disk of the database is full")
    monkeypatch.setattr(outages, "SPACE_SECONDS", 0.0)
    assert await status(api) == (200, "ready")


async def test_a_server_whose_file_is_gone_or_exchanged_is_not_ready(api):
    assert await status(api) == (200, "ready")
    file = Path(api.parts.database.url.database)
    kept = file.rename(file.with_suffix(".kept"))
    gone = (503, "the database file was removed or replaced")
    assert await status(api) == gone
    file.write_bytes(kept.read_bytes())
    assert await status(api) == gone
    kept.rename(file)
    assert await status(api) == (200, "ready")


@on_both_databases
async def test_a_mutation_that_cannot_be_written_says_when_to_try_again(api, caplog):
    before = await api.rows("kits")
    await take_writing_away(api)
    with caplog.at_level(logging.WARNING):
        answer = await api.run(KIT)
    assert (answer.status, answer.codes) == (503, ["SERVICE_UNAVAILABLE"])
    assert answer.headers["Retry-After"] == "2"
    assert answer.error["extensions"]["retryAfter"] == 2
    assert "idempotency key" in answer.error["message"]
    assert (await api.data(VIEWER))["viewer"]
    assert await api.rows("kits") == before
    records = [it for it in caplog.records if it.name == "adapters.database.core.outages"]
    assert records
    assert [it for it in caplog.records if it.exc_info] == []
    await give_writing_back(api)


async def test_a_database_that_is_gone_is_told_without_a_traceback_and_found_again(new_database, caplog):
    async with running(await new_database("postgresql")) as api:
        name = api.parts.database.url.database
        execute_on_postgres(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        await end_connections(name)
        with caplog.at_level(logging.WARNING):
            for _ in range(3):
                answer = await api.run(VIEWER)
                assert (answer.status, answer.codes) == (503, ["SERVICE_UNAVAILABLE"])
            assert (await status(api))[0] == 503
        assert [it for it in caplog.records if it.exc_info] == []
        execute_on_postgres(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        async with asyncio.timeout(PATIENCE):
            while (await api.run(VIEWER)).status != 200:
                await asyncio.sleep(0.01)
        assert await status(api) == (200, "ready")


def test_an_outage_is_told_from_a_fault_of_ours(tmp_path):
    path = tmp_path / "a.db"
    writer, other = sqlite3.connect(path, isolation_level=None), sqlite3.connect(path, timeout=0, isolation_level=None)
    writer.execute("CREATE TABLE a (b)")
    writer.execute("BEGIN IMMEDIATE")
    attempts: list[tuple[bool, Callable[[], object]]] = [
        (True, lambda: other.execute("BEGIN IMMEDIATE")),
        (True, lambda: sqlite3.connect(tmp_path / "no" / "b.db")),
        (False, lambda: other.execute("SELECT * FROM nothing")),
        (False, lambda: other.execute("SELEC")),
    ]
    for expected, act in attempts:
        with pytest.raises(sqlite3.OperationalError) as failure:
            act()
        wrapped = RuntimeError("in between")
        wrapped.__cause__ = failure.value
        assert (outage(wrapped) is not None) is expected
    assert outage(ValueError("a fault of ours")) is None
    for connection in (writer, other):
        connection.close()


def test_many_outages_are_told_by_few_lines(monkeypatch, caplog):
    monkeypatch.setattr(outages, "LOG_INTERVAL", 3600.0)
    monkeypatch.setattr(outages, "_throttled_log", outages._ThrottledLog())
    with caplog.at_level(logging.WARNING):
        for _ in range(100):
            assert outages.log_outage(ConnectionRefusedError("nobody there"))
    assert [it.message for it in caplog.records] == [
        "the database cannot be used: ConnectionRefusedError: nobody there"
    ]
