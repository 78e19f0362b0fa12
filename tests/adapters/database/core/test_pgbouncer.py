"""A database behind PgBouncer in transaction mode."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_asyncio
from sqlalchemy import Integer, bindparam, func, literal_column, select, text

from adapters.database.companies.api_keys import SqlApiKeys
from adapters.database.companies.write_positions import WritePositions
from adapters.database.copying.errors import CannotCopy
from adapters.database.copying.target import Target
from adapters.database.core.engine import BadDatabaseUrl, Database, open_database, parse_url
from adapters.database.core.timeouts import Timeouts
from adapters.signals.signals import Signals
from domain.shared.access import ApiKey, Environment, key_prefix, new_key
from domain.shared.ids import new_id
from tests.databases import Templates, a_company
from tests.e2e.processes import eventually
from tests.patience import PATIENCE
from tests.pgbouncers import CONNECTIONS, pgbouncer

TOO_LONG = select(func.pg_sleep(literal_column(f"{PATIENCE * 6:.0f}")))
CLIENTS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
)
SLEEPING = text(f"{CLIENTS} AND query LIKE '%pg_sleep(%' AND state = 'active' AND pid != pg_backend_pid()")
SETTINGS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "jit", "plan_cache_mode")


class Behind(NamedTuple):
    """A database through PgBouncer, and its own address."""

    database: Database
    direct: str


@pytest_asyncio.fixture
async def behind(migrated: Templates, tmp_path: Path) -> AsyncIterator[Behind]:
    direct = await migrated.new("postgresql", tmp_path)
    async with pgbouncer(direct) as url:
        database = open_database(url, timeouts=Timeouts(7, 8, 9))
        yield Behind(database, direct)
        await database.close()
    migrated.give_back(direct)


async def test_reads_and_transactions_share_few_connections_without_prepared_statements(behind):
    database = behind.database
    number = select(bindparam("it", type_=Integer()) + literal_column("1"))
    read = database.reads.statement(number)

    async def reads(it: int) -> bool:
        [row] = await database.reads.fetch(read, {"it": it})
        return bool(row[0] == it + 1)

    async def writes(it: int) -> bool:
        async with database.transactions.begin() as transaction:
            first = await transaction.execute(number, {"it": it})
            second = await transaction.execute(number, {"it": it})
            await transaction.commit()
        return [row[0] for row in first] == [row[0] for row in second] == [it + 1]

    async def asks(it: int) -> bool:
        async with database.read.connect() as connection:
            read = (await connection.execute(number, {"it": it})).scalar_one()
        async with database.write.begin() as connection:
            return bool(read == (await connection.execute(number, {"it": it})).scalar_one() == it + 1)

    assert all(await asyncio.gather(*(each(it) for it in range(60) for each in (reads, writes, asks))))
    async with database.read.connect() as connection:
        assert (await connection.execute(CLIENTS)).scalar_one() <= CONNECTIONS


async def test_where_a_key_has_written_is_noted_and_found(behind):
    database, positions = behind.database, WritePositions(behind.database)
    secret = new_key(Environment.LIVE)
    key = ApiKey(new_id(), "Behind", key_prefix(secret), Environment.LIVE, None, None, frozenset(), datetime.now(UTC))
    await SqlApiKeys(database).add(key, secret)
    assert await positions.of(key.id) == 0
    await positions.note(key.id)
    assert await positions.of(key.id) > 0
    await positions.close()


async def test_a_transaction_brings_its_settings_and_leaves_none_behind(behind):
    database = behind.database
    shown = select(*(func.current_setting(literal_column(f"'{it}'")) for it in SETTINGS))
    async with database.transactions.begin() as transaction:
        [row] = await transaction.execute(shown)
        await transaction.commit()
    assert tuple(row) == ("7s", "8s", "9s", "off", "force_generic_plan")
    async with database.write.begin() as writing:
        assert tuple((await writing.execute(shown)).one())[1:3] == ("8s", "9s")
    for _ in range(CONNECTIONS * 3):
        [row] = await database.reads.fetch(database.reads.statement(shown), {})
        assert tuple(row) == ("0", "0", "0", "on", "auto")


async def test_a_read_that_takes_too_long_is_ended_in_postgresql_too(behind):
    database = open_database(behind.database.url.render_as_string(False), timeouts=Timeouts(0.2, 0.2, 0.2))
    with pytest.raises(TimeoutError):
        await database.reads.fetch(database.reads.statement(TOO_LONG), {})

    async def is_over() -> bool:
        async with behind.database.read.connect() as connection:
            return bool((await connection.execute(SLEEPING)).scalar_one() == 0)

    await eventually(is_over)
    await database.close()


async def test_processes_hear_of_each_other_over_a_direct_connection(behind):
    company = await a_company(behind.database)
    async with (
        Signals(behind.database, behind.direct, PATIENCE * 6) as here,
        Signals(behind.database, behind.direct, PATIENCE * 6) as there,
    ):
        await eventually(lambda: here.figures().connected and there.figures().connected)
        here.committed({company.live})
        await eventually(lambda: there.received == 1)
        assert here.figures().carrier == "notify"


async def test_without_a_direct_connection_processes_poll(behind):
    async with Signals(behind.database) as signals:
        assert signals.figures() == ("polling", False, 0, 0, 0)


async def test_a_copy_needs_postgresql_itself(behind):
    with pytest.raises(CannotCopy, match="PgBouncer"):
        async with Target(behind.database).alone():
            pass


@pytest.mark.parametrize(
    "url", ["postgresql+asyncpg://it@host/name?pgbouncer=1", "sqlite+aiosqlite:///it.db?pgbouncer=true"]
)
def test_what_the_address_says_of_pgbouncer_must_be_usable(url: str):
    with pytest.raises(BadDatabaseUrl, match="pgbouncer is true or false, for PostgreSQL only"):
        parse_url(url)
