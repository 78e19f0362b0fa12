"""Databases for tests: one of either kind, fresh, migrated, and quick to get, as it is copied from a template."""

import shutil
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from adapters.database.catalogue import products
from adapters.database.companies.company import add_company
from adapters.database.core.engine import Database, open_database
from adapters.database.jobs.queue import enqueue, give_up
from adapters.database.migrator import migrate
from adapters.database.unit_of_work import SqlUnitOfWorkFactory
from domain.catalogue.products import Configuration, Product
from domain.ports.dependencies import Dependencies
from domain.quotes.aggregate import QuoteAggregate
from domain.shared.access import Environment, TenantScope
from domain.shared.ids import new_id
from domain.shared.jobs import Job, NewJob, RetryPolicy
from domain.use_cases.worker.dispatch import jobs_for
from tests.builders import NOW
from tests.fakes.external import UnreachableExternalServices
from tests.fakes.storage import Clock, MemoryJobs
from tests.postgres import (
    drop_postgres_database,
    empty_postgres_database,
    new_postgres_database,
    prepare_to_empty,
)

DIALECTS = ("sqlite", "postgresql")
# As far as a platform key of the live environment reaches.
LIVE = TenantScope(Environment.LIVE, None)


@dataclass
class Templates:
    """Makes addresses of fresh databases, migrated and filled. `directory` outlives every test of the session."""

    directory: Path
    fill: Callable[[Database], Awaitable[None]] | None = None
    _made: dict[str, str] = field(default_factory=dict)
    _back: list[str] = field(default_factory=list)

    async def new(self, dialect: str, path: Path) -> str:
        """The address of a new database; an SQLite one is the file `path`."""
        if dialect == "postgresql":
            return self._emptied() or new_postgres_database(await self._template(dialect))
        shutil.copy(_file(await self._template(dialect)), path)
        return f"sqlite+aiosqlite:///{path}"

    def give_back(self, url: str) -> None:
        """Nobody needs this database any more. On PostgreSQL, where a new one is hundreds of files, it is emptied."""
        if url.startswith("postgresql"):
            self._back.append(url)

    def _emptied(self) -> str | None:
        while self._back:
            url = self._back.pop()
            if empty_postgres_database(url):
                return url
            drop_postgres_database(url)
        return None

    async def _template(self, dialect: str) -> str:
        if dialect not in self._made:
            empty = f"sqlite+aiosqlite:///{self.directory / 'template.db'}"
            url = new_postgres_database() if dialect == "postgresql" else empty
            database = open_database(url)
            await migrate(database)
            if self.fill is not None:
                await self.fill(database)
            await database.close()
            if dialect == "sqlite":
                _gather(_file(url))
            else:
                prepare_to_empty(url)
            self._made[dialect] = url
        return self._made[dialect]


def _file(url: str) -> str:
    return url.partition(":///")[2]


def _gather(path: str) -> None:
    """All of a database in one file, so that a copy of the file is a copy of the database."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


@dataclass(frozen=True)
class Company:
    """A company in a database: its id, its code and the ids of its tenants."""

    id: str
    code: str
    live: int
    test: int


async def a_company(database: Database, code: str = "AUSTRAL") -> Company:
    """A company with a live and a test tenant."""
    company_id = new_id()
    async with database.write.begin() as connection:
        tenants = await add_company(connection, company_id, code, code.title(), NOW)
    return Company(company_id, code, tenants[Environment.LIVE], tenants[Environment.TEST])


async def write_product(database: Database, product: Product, *configurations: Configuration) -> None:
    """Put a product into the catalogue."""
    async with database.write.begin() as connection:
        await products.write_product(connection, product, configurations)


async def write_quotes(database: Database, *quotes: QuoteAggregate) -> None:
    """Store quotes as they are, without events or jobs."""
    for quote in quotes:
        deps = dependencies_on(database)
        async with deps.unit_of_work(LIVE) as work:
            await work.quotes.add(quote)
            await work.commit()


def dependencies_on(database: Database, clock: Clock | None = None) -> Dependencies:
    """A house whose storage is the database; nothing outside answers, and the worker's queue stays empty."""
    now = clock or Clock()
    ledger = SqlUnitOfWorkFactory(database, jobs_for, now)
    return Dependencies(ledger.begin, MemoryJobs(), UnreachableExternalServices(), now, new_id, RetryPolicy())


async def rows_of(database: Database, statement: str) -> list[tuple[Any, ...]]:
    """What a query in SQL answers."""
    async with database.read.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(statement))]


async def put_in_queue(database: Database, jobs: Sequence[tuple[int, NewJob]], at: datetime) -> None:
    """Write jobs of tenants."""
    async with database.transactions.begin() as transaction:
        await enqueue(transaction, jobs, at)
        await transaction.commit()


async def given_up(database: Database, job: Job, error: str) -> None:
    """Have the attempt that has a job give it up."""
    async with database.transactions.begin() as transaction:
        await give_up(transaction, job, error, NOW)
        await transaction.commit()
