"""Databases of the servers that are attacked, prepared in this process: a command takes seconds to start."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import select

from adapters.database.companies.api_keys import SqlApiKeys
from adapters.database.companies.company import add_company
from adapters.database.companies.tables import companies
from adapters.database.core.engine import Database, open_database
from adapters.database.migrator import migrate
from app.demo.seed.seeder import seed
from domain.shared.access import ApiKey, Environment, Scope, key_prefix, new_key
from domain.shared.ids import new_id

# The scopes of a key, and the code of its company; None: it is one of the platform.
NewKey = tuple[Iterable[Scope], str | None]


async def prepared(url: str, keys: Iterable[NewKey], companies_beside: Iterable[str] | None = None) -> list[str]:
    """Migrates a database, and writes the demo's data to it or else some companies. Returns the secrets of new keys."""
    database = open_database(url)
    try:
        await migrate(database)
        if companies_beside is None:
            await seed(database)
        else:
            async with database.write.begin() as connection:
                for code in companies_beside:
                    await add_company(connection, new_id(), code, code.title(), datetime.now(UTC))
        return [await _key(database, frozenset(scopes), company) for scopes, company in keys]
    finally:
        await database.close()


async def _key(database: Database, scopes: frozenset[Scope], company: str | None) -> str:
    company_id = None
    if company is not None:
        async with database.read.connect() as connection:
            mine = select(companies.c.id).where(companies.c.code == company)
            company_id = (await connection.execute(mine)).scalar_one()
    secret = new_key(Environment.LIVE)
    place = (Environment.LIVE, company_id, None, scopes)
    key = ApiKey(new_id(), "A key", key_prefix(secret), *place, datetime.now(UTC), None)
    await SqlApiKeys(database).add(key, secret)
    return secret
