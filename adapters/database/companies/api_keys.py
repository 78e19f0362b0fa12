"""API keys in the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Update, and_, insert, select, update
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

    async def find(self, secret_hash: str) -> ApiKey | None:
        """Returns the key with this secret, or with this secret before its last rotation, whether or not it is still
        valid."""
        columns = tables.api_keys.c
        found = await self.read((columns.hash == secret_hash) | (columns.previous_hash == secret_hash))
        return next((api_key(row, secret_hash) for row in found), None)

    async def read(self, *which: ColumnElement[bool]) -> Sequence[Any]:
        """Returns the rows of keys, the newest last, with what is known of their companies."""
        key, company = tables.api_keys.c, tables.companies.c
        source = tables.api_keys.outerjoin(tables.companies, company.id == key.company_id).outerjoin(
            tables.tenants,
            and_(tables.tenants.c.company_id == key.company_id, tables.tenants.c.environment == key.environment),
        )
        columns = (
            *(it for it in key if it.name != "tenant_id"),
            tables.tenants.c.id.label("tenant_id"),
            company.code.label("company_code"),
            company.api_enabled,
            company.time_zone,
        )
        statement = select(*columns).select_from(source).where(*which).order_by(key.created_at, key.id)
        async with self._database.read.connect() as connection:
            return (await connection.execute(statement)).all()

    async def add(self, key: ApiKey, secret: str) -> None:
        async with self._database.write.begin() as connection:
            await add_key(connection, key, secret)

    async def touch(self, key_id: str, at: datetime) -> None:
        """Records the use of a key, at most once a minute."""
        table = tables.api_keys
        stale = (table.c.last_used_at.is_(None)) | (table.c.last_used_at <= at - LAST_USE_EVERY)
        async with self._database.write.begin() as connection:
            # A use is no change of the key.
            used = update(table).where(table.c.id == key_id, stale)
            await connection.execute(used.values(last_used_at=at, updated_at=table.c.updated_at))

    async def named(self, given: str) -> Sequence[Any]:
        """Returns the rows of keys that are not revoked: of this secret, beginning with it, or with this id."""
        columns = tables.api_keys.c
        mine = columns.prefix == given if given == key_prefix(given) else columns.hash == key_hash(given)
        return await self.read(mine | (columns.id == given), columns.revoked_at.is_(None))

    async def change(self, key_id: str, values: Mapping[str, Any]) -> None:
        """Changes a key of the platform. What changes those of companies records an event of theirs."""
        async with self._database.write.begin() as connection:
            await connection.execute(_key_of_platform(key_id).values(values))

    async def rotate(self, key_id: str, secret: str, previous_until: datetime | None) -> None:
        """Replaces the secret of a key of the platform. The one before is valid until then, or no longer."""
        values = {"hash": key_hash(secret), "prefix": key_prefix(secret), "previous_until": previous_until}
        before = tables.api_keys.c.hash if previous_until else None
        await self.change(key_id, {**values, "previous_hash": before})


def _key_of_platform(key_id: str) -> Update:
    columns = tables.api_keys.c
    return update(tables.api_keys).where(columns.id == key_id, columns.company_id.is_(None))


async def add_key(connection: AsyncConnection, key: ApiKey, secret: str) -> None:
    """Writes an API key. Only its hash and a prefix are stored."""
    tenant = tables.tenants.c
    its_tenant = select(tenant.id).where(
        tenant.company_id == key.company_id, tenant.environment == str(key.environment)
    )
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
        "allowed_addresses": key.allowed_addresses,
        "allowed_origins": key.allowed_origins,
    }
    await connection.execute(insert(tables.api_keys).values(tenant_id=its_tenant.scalar_subquery(), **values))


def api_key(row: Any, secret_hash: str | None = None) -> ApiKey:
    """The key of a row that was found by the hash of a secret."""
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
        allowed_addresses=tuple(row.allowed_addresses),
        allowed_origins=tuple(row.allowed_origins),
        replaced_at=row.previous_until if secret_hash is not None and secret_hash != row.hash else None,
    )
