"""Sets up a new installation: tables, the first company, the starter catalogue, and the first API keys.

Each step is skipped if it was done before, so that a second run continues an interrupted one or changes nothing.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from adapters.database import migrator
from adapters.database.catalogue.tables import products as products_table
from adapters.database.companies.api_keys import add_key
from adapters.database.companies.company import SqlCompanies, add_company
from adapters.database.companies.tables import api_keys as api_keys_table
from adapters.database.core.engine import Database
from adapters.database.notes.store import note
from app.cli.catalogue_files import Tally, catalogue_rows, import_catalogue
from app.cli.common import Failure
from domain.ports.dependencies import Dependencies
from domain.shared.access import CUSTOMER_SCOPES, ApiKey, Environment, Scope, key_prefix, new_key
from domain.shared.ids import new_id

STARTER = Path(__file__).parent / "starter_catalogue.csv"


@dataclass(slots=True)
class Installation:
    """The result of each step."""

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

    def as_json(self) -> dict[str, Any]:
        """Returns the result as printed by `init --json`."""
        return {
            "changed": self.changed,
            "database": self.database,
            "company": {"code": self.code, "name": self.name, "created": self.company_created},
            "catalogue": {"products": self.products, "added": self.products_added},
            "keys": self.keys,
        }


async def companies_of(database: Database) -> list[tuple[str, str]]:
    """Returns codes and names of the existing companies; none if the database is not migrated."""
    if not await migrator.is_current(database):
        return []
    return [(it.code, it.name) for it in await SqlCompanies(database).list()]


async def install(database: Database, deps: Dependencies, code: str, name: str | None, starter: bool) -> Installation:
    """Runs all steps that were not done before. A new company needs a `name`. Raises: Failure."""
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
    if await note(database, "purpose") == "demo":
        raise Failure("QUOTEGRAPH_DATABASE_URL names the database of a demo. Use another one.")
    if await migrator.is_current(database):
        done.products = await _count(database)
        return
    done.database = "created" if await migrator.is_empty(database) else "migrated"
    await migrator.migrate(database)
    done.products = await _count(database)


async def _company(database: Database, done: Installation, code: str, name: str | None) -> None:
    there = {it.code: it.name for it in await SqlCompanies(database).list()}
    if there and code not in there:
        raise Failure(
            f"This installation has {', '.join(there)}. Create another company with `quotegraph companies create`."
        )
    if not there:
        if name is None:
            raise Failure("Give --name NAME for the first company.")
        async with database.write.begin() as connection:
            await add_company(connection, new_id(), code, name, datetime.now(UTC))
        done.company_created = True
    done.code, done.name = code, there.get(code) or name or ""


async def _starter(database: Database, deps: Dependencies) -> None:
    """Adds the starter catalogue if the catalogue is empty. It is imported in one transaction: it has fewer rows than a
    chunk."""
    if not await _count(database):
        tally = Tally()
        await import_catalogue(deps, catalogue_rows(STARTER), lambda _row, _reason: None, tally)
        assert not tally.rejected, "the starter catalogue is valid"


async def _count(database: Database) -> int:
    async with database.read.connect() as connection:
        return int((await connection.execute(select(func.count()).select_from(products_table))).scalar_one())


async def _keys(database: Database, code: str) -> dict[str, str]:
    """Creates the keys of the platform and the company, except those of a kind that exists. Returns them by purpose."""
    company_id = await SqlCompanies(database).id_of(code)
    wanted = {
        "operator": (Environment.LIVE, None, frozenset(Scope), "Operator"),
        "live": (Environment.LIVE, company_id, CUSTOMER_SCOPES, f"{code}, live"),
        "test": (Environment.TEST, company_id, CUSTOMER_SCOPES, f"{code}, test"),
    }
    created: dict[str, str] = {}
    of = api_keys_table.c
    async with database.write.begin() as connection:
        there = {
            (str(it.environment), it.company_id)
            for it in await connection.execute(select(of.environment, of.company_id))
        }
        for kind, (environment, owner, scopes, name) in wanted.items():
            if (str(environment), owner) not in there:
                created[kind] = new_key(environment)
                held, prefix = frozenset(map(str, scopes)), key_prefix(created[kind])
                key = ApiKey(new_id(), name, prefix, environment, owner, None, held, datetime.now(UTC))
                await add_key(connection, key, created[kind])
    return created
