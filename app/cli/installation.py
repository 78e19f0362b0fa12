"""Setting a new installation up: tables, the first company, a catalogue to start with, and the first keys.

Each step looks first, so that running it again goes on where it was interrupted, and else changes nothing.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from adapters.database import migrator as database_schema
from adapters.database import tables
from adapters.database.companies.company import SqlCompanies, add_company, add_key
from adapters.database.core.engine import Database
from app.cli.catalogue_files import Tally, catalogue_rows, import_catalogue
from app.cli.common import Failure
from domain.ports.dependencies import Dependencies
from domain.shared.access import CUSTOMER_SCOPES, ApiKey, Environment, Scope, key_prefix, new_key
from domain.shared.ids import new_id

STARTER = Path(__file__).parent / "starter_catalogue.csv"


@dataclass(slots=True)
class Installation:
    """What became of each step."""

    database: str = "current"
    code: str = ""
    name: str = ""
    company_created: bool = False
    products: int = 0
    products_added: bool = False
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        return self.database != "current" or self.company_created or self.products_added or bool(self.keys)

    def told(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "changed": self.changed,
            "database": self.database,
            "company": {"code": self.code, "name": self.name, "created": self.company_created},
            "catalogue": {"products": self.products, "added": self.products_added},
            "keys": self.keys,
        }


async def companies_of(database: Database) -> list[tuple[str, str]]:
    """Codes and names of the companies that are there already; of a database that is not migrated, none."""
    if not await database_schema.is_current(database):
        return []
    return [(it.code, it.name) for it in await SqlCompanies(database).list()]


async def install(database: Database, deps: Dependencies, code: str, name: str | None, starter: bool) -> Installation:
    """Set everything up that is not there. `name` is needed for a company that is not. Raises: Failure."""
    done = Installation()
    await _migrate(database, done)
    await _company(database, done, code, name)
    if starter:
        await _starter(database, deps)
    products = await _count(database)
    done.products_added, done.products = starter and products > done.products, products
    done.keys = await _keys(database, code)
    return done


async def _migrate(database: Database, done: Installation) -> None:
    if await database_schema.note(database, "purpose") == "demo":
        raise Failure("QUOTEGRAPH_DATABASE_URL names a demo's own database. Name another one.")
    if await database_schema.is_current(database):
        done.products = await _count(database)
        return
    done.database = "created" if await database_schema.is_empty(database) else "migrated"
    await database_schema.migrate(database)
    done.products = await _count(database)


async def _company(database: Database, done: Installation, code: str, name: str | None) -> None:
    there = {it.code: it.name for it in await SqlCompanies(database).list()}
    if there and code not in there:
        told = f"This installation has {', '.join(there)}. Make another company by `quotegraph companies create`."
        raise Failure(told)
    if not there:
        if name is None:
            raise Failure("Say --name NAME for the first company.")
        async with database.write.begin() as connection:
            await add_company(connection, new_id(), code, name, datetime.now(UTC))
        done.company_created = True
    done.code, done.name = code, there.get(code) or name or ""


async def _starter(database: Database, deps: Dependencies) -> None:
    """Put the starter catalogue into an empty one, whole or not at all: it is less than what is committed at once."""
    if not await _count(database):
        tally = Tally()
        await import_catalogue(deps, catalogue_rows(STARTER), lambda _row, _reason: None, tally)
        assert not tally.rejected, "our own file is good"


async def _count(database: Database) -> int:
    async with database.read.connect() as connection:
        return int((await connection.execute(select(func.count()).select_from(tables.products))).scalar_one())


async def _keys(database: Database, code: str) -> dict[str, str]:
    """Keys for the platform and the company, each if there never was one of its kind; by what they are for."""
    company_id = await SqlCompanies(database).id_of(code)
    wanted = {
        "operator": (Environment.LIVE, None, frozenset(Scope), "Operator"),
        "live": (Environment.LIVE, company_id, CUSTOMER_SCOPES, f"{code}, live"),
        "test": (Environment.TEST, company_id, CUSTOMER_SCOPES, f"{code}, test"),
    }
    made: dict[str, str] = {}
    of = tables.api_keys.c
    async with database.write.begin() as connection:
        there = {
            (str(it.environment), it.company_id)
            for it in await connection.execute(select(of.environment, of.company_id))
        }
        for kind, (environment, owner, scopes, name) in wanted.items():
            if (str(environment), owner) not in there:
                made[kind] = new_key(environment)
                held, prefix = frozenset(map(str, scopes)), key_prefix(made[kind])
                key = ApiKey(new_id(), name, prefix, environment, owner, None, held, datetime.now(UTC))
                await add_key(connection, key, made[kind])
    return made
