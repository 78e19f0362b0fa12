"""The store and loaders of public keys."""

from datetime import datetime

from sqlalchemy import insert, select, update

from adapters.database.companies.tables import tenants
from adapters.database.core.engine import Database
from adapters.database.core.loader_specs import LoaderSpec, one
from adapters.database.core.row_mapping import column_values, in_scope, row_mapping
from adapters.database.core.transactions import Transaction
from adapters.database.portal.tables import public_keys
from domain.portal.public_keys import KeyGrant, PublicKey, public_key_hash
from domain.shared.access import Environment, TenantScope

PUBLIC_KEYS = row_mapping(PublicKey, public_keys)

# The newest of several keys of a quote is valid, see `one`.
PUBLIC_KEY_LOADERS: dict[str, LoaderSpec] = {
    "public_key_by_quote": one(PUBLIC_KEYS, key="quote_id"),
    "public_key_by_hash": one(PUBLIC_KEYS, key="hash"),
}


class SqlPublicKeys:
    """Implements the `PublicKeyStore` port in one unit of work."""

    def __init__(self, connection: Transaction, tenant_scope: TenantScope) -> None:
        self._connection = connection
        self._tenant_scope = tenant_scope

    async def add(self, key: PublicKey) -> None:
        await self._connection.execute(insert(public_keys), column_values(key, public_keys))

    async def current(self, quote_id: str) -> PublicKey | None:
        columns = public_keys.c
        good = (
            columns.quote_id == quote_id,
            columns.revoked_at.is_(None),
            in_scope(columns.tenant_id, self._tenant_scope),
        )
        statement = PUBLIC_KEYS.select().where(*good).order_by(columns.id.desc()).limit(1)
        row = (await self._connection.execute(statement)).one_or_none()
        return None if row is None else PublicKey._make(row)

    async def revoke(self, quote_id: str, at: datetime) -> None:
        table = public_keys
        good = (
            table.c.quote_id == quote_id,
            table.c.revoked_at.is_(None),
            in_scope(table.c.tenant_id, self._tenant_scope),
        )
        await self._connection.execute(update(table).where(*good).values(revoked_at=at))


class SqlPublicKeyring:
    """Implements the `PublicKeyring` port: finds keys before the caller is known."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, key: str) -> KeyGrant | None:
        columns, tenant = public_keys.c, tenants.c
        found = (
            select(columns.id, tenant.environment, columns.tenant_id, columns.quote_id)
            .join(tenants, tenant.id == columns.tenant_id)
            .where(columns.hash == public_key_hash(key), columns.revoked_at.is_(None))
        )
        async with self._database.read.connect() as connection:
            row = (await connection.execute(found)).one_or_none()
        return None if row is None else KeyGrant(row.id, Environment(row.environment), row.tenant_id, row.quote_id)
