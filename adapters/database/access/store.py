"""Stores API keys and access tokens, and reads them for the graph."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from adapters.database.access.status_column import status_column
from adapters.database.access.tables import access_tokens
from adapters.database.companies.tables import api_keys
from adapters.database.core.loader_specs import LoaderSpec, one, one_of, paged, times
from adapters.database.core.row_locks import lock_row
from adapters.database.core.row_mapping import column_values, row_mapping
from adapters.database.core.transactions import Transaction
from domain.access.access_tokens import AccessToken
from domain.access.api_keys import CompanyKey
from domain.access.statuses import CredentialStatus
from domain.shared.access import TenantScope

_KEY_STATUS, _TOKEN_STATUS = status_column(api_keys), status_column(access_tokens)
KEYS = row_mapping(CompanyKey, api_keys, status=_KEY_STATUS)
TOKENS = row_mapping(AccessToken, access_tokens, status=_TOKEN_STATUS)
_TOKEN_FILTERS = {
    "status": one_of(_TOKEN_STATUS),
    "api_key_id": one_of(access_tokens.c.api_key_id),
    "email": one_of(access_tokens.c.email),
    **times(access_tokens.c.created_at, access_tokens.c.updated_at),
}
_ORDERS = {"CREATED_AT": "created_at", "UPDATED_AT": "updated_at"}

ACCESS_LOADERS: dict[str, LoaderSpec] = {
    "api_key": one(KEYS),
    "access_token": one(TOKENS),
    "api_keys": paged(
        KEYS,
        parent="tenant_id",
        orders=_ORDERS,
        filters={"status": one_of(_KEY_STATUS), **times(api_keys.c.created_at, api_keys.c.updated_at)},
    ),
    "access_tokens": paged(TOKENS, parent="tenant_id", orders=_ORDERS, filters=_TOKEN_FILTERS),
    "access_tokens_by_key": paged(TOKENS, parent="api_key_id", orders=_ORDERS, filters=_TOKEN_FILTERS),
}


class SqlApiKeyStore:
    """Implements the `ApiKeyStore` port in one unit of work."""

    def __init__(self, connection: Transaction, tenant_scope: TenantScope) -> None:
        self._connection = connection
        self._tenant_scope = tenant_scope

    async def count(self, tenant_id: int) -> int:
        valid = (api_keys.c.tenant_id == tenant_id, str(CredentialStatus.ACTIVE) == _KEY_STATUS)
        number: int = (await self._connection.execute(select(func.count()).where(*valid))).scalar_one()
        return number

    async def lock(self, api_key_id: str) -> CompanyKey | None:
        locked: CompanyKey | None = await lock_row(
            self._connection, KEYS, api_keys.c.id == api_key_id, self._tenant_scope
        )
        return locked

    async def add(self, key: CompanyKey, secret_hash: str, company_id: str) -> None:
        values = {**column_values(key, api_keys), "hash": secret_hash, "company_id": company_id}
        await self._connection.execute(insert(api_keys), values)

    async def save(self, key: CompanyKey) -> None:
        await self._change(key, column_values(key, api_keys))

    async def save_secret(self, key: CompanyKey, secret_hash: str) -> None:
        before = api_keys.c.hash if key.previous_until else None
        values = {"hash": secret_hash, "prefix": key.prefix, "previous_until": key.previous_until}
        await self._change(key, {**values, "previous_hash": before})

    async def _change(self, key: CompanyKey, values: dict[str, Any]) -> None:
        await self._connection.execute(update(api_keys).where(api_keys.c.id == key.id).values(values))


class SqlAccessTokenStore:
    """Implements the `AccessTokenStore` port in one unit of work."""

    def __init__(self, connection: Transaction, tenant_scope: TenantScope) -> None:
        self._connection = connection
        self._tenant_scope = tenant_scope

    async def count(self, api_key_id: str, since: datetime) -> int:
        columns = access_tokens.c
        # Also of a platform key, whose tokens are for several companies. The time is for the index.
        valid = (
            columns.api_key_id == api_key_id,
            columns.created_at >= since,
            str(CredentialStatus.ACTIVE) == _TOKEN_STATUS,
        )
        number: int = (await self._connection.execute(select(func.count()).where(*valid))).scalar_one()
        return number

    async def lock(self, access_token_id: str) -> AccessToken | None:
        condition = access_tokens.c.id == access_token_id
        locked: AccessToken | None = await lock_row(self._connection, TOKENS, condition, self._tenant_scope)
        return locked

    async def add(self, token: AccessToken, secret_hash: str) -> None:
        values = {**column_values(token, access_tokens), "hash": secret_hash}
        await self._connection.execute(insert(access_tokens), values)

    async def revoke(self, token: AccessToken) -> None:
        mine = update(access_tokens).where(access_tokens.c.id == token.id)
        await self._connection.execute(mine.values(revoked_at=token.revoked_at))
