"""API keys in the database."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.companies import tables
from adapters.database.core.engine import Database
from domain.shared.access import ApiKey, Environment, key_hash, key_prefix
from domain.shared.rate_limits import RateLimit
from domain.shared.times import UTC_ZONE

# The minimum time between two updates of a key's last use.
LAST_USE_EVERY = timedelta(minutes=1)


class SqlApiKeys:
    """Finds API keys by their hash, creates them, and records their use."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, key: str) -> ApiKey | None:
        """Returns the stored key, whether or not it is still valid."""
        return await self._one(tables.api_keys.c.hash == key_hash(key))

    async def by_id(self, key_id: str) -> ApiKey | None:
        """Returns the stored key with this id, whether or not it is still valid."""
        return await self._one(tables.api_keys.c.id == key_id)

    async def _one(self, which: ColumnElement[bool]) -> ApiKey | None:
        api_key, company = tables.api_keys.c, tables.companies.c
        source = tables.api_keys.outerjoin(tables.companies).outerjoin(
            tables.tenants,
            and_(
                tables.tenants.c.company_id == api_key.company_id, tables.tenants.c.environment == api_key.environment
            ),
        )
        columns = (*tables.api_keys.c, tables.tenants.c.id.label("tenant_id"), company.api_enabled, company.time_zone)
        statement = select(*columns).select_from(source).where(which)
        async with self._database.read.connect() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return None if row is None else _api_key(row)

    async def add(self, key: ApiKey, secret: str) -> None:
        async with self._database.write.begin() as connection:
            await add_key(connection, key, secret)

    async def touch(self, key_id: str, at: datetime) -> None:
        """Records the use of a key, at most once a minute."""
        table = tables.api_keys
        stale = (table.c.last_used_at.is_(None)) | (table.c.last_used_at <= at - LAST_USE_EVERY)
        async with self._database.write.begin() as connection:
            await connection.execute(update(table).where(table.c.id == key_id, stale).values(last_used_at=at))

    async def revoke(self, given: str, at: datetime) -> int:
        """Revokes the valid key that equals or starts with this, if there is only one. Returns the number of such
        keys."""
        table = tables.api_keys
        mine = table.c.prefix == given if given == key_prefix(given) else table.c.hash == key_hash(given)
        async with self._database.write.begin() as connection:
            good = select(table.c.id).where(mine, table.c.revoked_at.is_(None)).with_for_update()
            ids = (await connection.execute(good)).scalars().all()
            if len(ids) == 1:
                await connection.execute(update(table).where(table.c.id == ids[0]).values(revoked_at=at))
            return len(ids)


async def add_key(connection: AsyncConnection, key: ApiKey, secret: str) -> None:
    """Writes an API key. Only its hash and a prefix are stored."""
    values = {
        "id": key.id,
        "name": key.name,
        "prefix": key.prefix,
        "hash": key_hash(secret),
        "company_id": key.company_id,
        "environment": str(key.environment),
        "scopes": sorted(key.scopes),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "rate_limit_points": key.rate_limit.points if key.rate_limit else None,
        "rate_limit_restore": key.rate_limit.restore if key.rate_limit else None,
    }
    await connection.execute(insert(tables.api_keys), values)


def _api_key(row: Any) -> ApiKey:
    return ApiKey(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        environment=Environment(row.environment),
        company_id=row.company_id,
        tenant_id=row.tenant_id,
        scopes=frozenset(row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
        api_enabled=row.api_enabled is not False,
        time_zone=row.time_zone or UTC_ZONE,
        rate_limit=RateLimit(row.rate_limit_points, row.rate_limit_restore) if row.rate_limit_points else None,
    )
