"""Finds access tokens with their keys, before the caller is known."""

from datetime import datetime

from sqlalchemy import select, update

from adapters.database.access.store import TOKENS
from adapters.database.access.tables import access_tokens
from adapters.database.companies import tables
from adapters.database.companies.api_keys import LAST_USE_EVERY, api_key
from adapters.database.core.engine import Database
from domain.access.access_tokens import AccessToken, StoredToken

_COLUMNS = len(AccessToken._fields)


class SqlAccessTokens:
    """Finds access tokens by their hash, and records their use."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, secret_hash: str) -> StoredToken | None:
        """Returns the stored token with its key, whether or not they are still valid."""
        # The company is the token's: that of a platform key is none.
        tenant, company, key = tables.tenants.c, tables.companies.c, tables.api_keys.c
        source = (
            access_tokens.join(tables.api_keys, key.id == access_tokens.c.api_key_id)
            .join(tables.tenants, tenant.id == access_tokens.c.tenant_id)
            .join(tables.companies, company.id == tenant.company_id)
        )
        others = (
            *(it for it in key if it.name not in ("company_id", "tenant_id")),
            tenant.company_id,
            tenant.id.label("tenant_id"),
            company.api_enabled,
            company.time_zone,
        )
        columns = (*(it.label(f"token_{place}") for place, it in enumerate(TOKENS.columns)), *others)
        statement = select(*columns).select_from(source).where(access_tokens.c.hash == secret_hash)
        async with self._database.read.connect() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return None if row is None else StoredToken(AccessToken._make(row[:_COLUMNS]), api_key(row))

    async def touch(self, token_id: str, at: datetime) -> None:
        """Records the use of a token, at most once a minute."""
        columns = access_tokens.c
        stale = (columns.last_used_at.is_(None)) | (columns.last_used_at <= at - LAST_USE_EVERY)
        used = update(access_tokens).where(columns.id == token_id, stale)
        async with self._database.write.begin() as connection:
            # A use is no change of the token.
            await connection.execute(used.values(last_used_at=at, updated_at=columns.updated_at))
