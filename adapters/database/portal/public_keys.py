"""Public keys in the database."""

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.companies.tables import tenants
from adapters.database.core.engine import Database
from adapters.database.core.loader_specs import LoaderSpec, one
from adapters.database.core.row_mapping import column_values, in_scope, row_mapping
from adapters.database.portal.tables import public_keys
from domain.portal.public_keys import KeyGrant, PublicKey, public_key_hash
from domain.shared.access import Environment, TenantScope

PUBLIC_KEYS = row_mapping(PublicKey, public_keys)

# Of several keys of a quote the newest is kept, see `one`.
PUBLIC_KEY_LOADERS: dict[str, LoaderSpec] = {
    "public_key_by_quote": one(PUBLIC_KEYS, key="quote_id"),
    "public_key_by_hash": one(PUBLIC_KEYS, key="hash"),
}


class SqlPublicKeys:
    """The `PublicKeyStore` of one unit of work."""

    def __init__(self, connection: AsyncConnection, tenant_scope: TenantScope) -> None:
        self._connection = connection
        self._tenant_scope = tenant_scope

    async def add(self, key: PublicKey) -> None:
        await self._connection.execute(insert(public_keys), column_values(key, public_keys))

    async def current(self, quote_id: str) -> PublicKey | None:
        of = public_keys.c
        good = (of.quote_id == quote_id, of.revoked_at.is_(None), in_scope(of.tenant_id, self._tenant_scope))
        statement = PUBLIC_KEYS.select().where(*good).order_by(of.id.desc()).limit(1)
        row = (await self._connection.execute(statement)).one_or_none()
        return None if row is None else PublicKey._make(row)

    async def revoke(self, quote_id: str, at: datetime) -> None:
        of = public_keys
        good = (of.c.quote_id == quote_id, of.c.revoked_at.is_(None), in_scope(of.c.tenant_id, self._tenant_scope))
        await self._connection.execute(update(of).where(*good).values(revoked_at=at))


class SqlPublicKeyring:
    """The `PublicKeyring`: finds keys before anything is known of who asks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, key: str) -> KeyGrant | None:
        of, tenant = public_keys.c, tenants.c
        found = (
            select(of.id, tenant.environment, of.tenant_id, of.quote_id)
            .join(tenants, tenant.id == of.tenant_id)
            .where(of.hash == public_key_hash(key), of.revoked_at.is_(None))
        )
        async with self._database.read.connect() as connection:
            row = (await connection.execute(found)).one_or_none()
        return None if row is None else KeyGrant(row.id, Environment(row.environment), row.tenant_id, row.quote_id)
