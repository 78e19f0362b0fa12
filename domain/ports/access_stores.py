"""The storage of API keys and access tokens in a unit of work."""

from datetime import datetime
from typing import Protocol

from domain.access.access_tokens import AccessToken
from domain.access.api_keys import CompanyKey


class ApiKeyStore(Protocol):
    """The keys of companies in the tenant scope."""

    async def count(self, tenant_id: int) -> int:
        """How many valid keys a tenant has. The caller has locked the tenant."""

    async def lock(self, api_key_id: str) -> CompanyKey | None: ...

    async def add(self, key: CompanyKey, secret_hash: str, company_id: str) -> None: ...

    async def save(self, key: CompanyKey) -> None: ...

    async def save_secret(self, key: CompanyKey, secret_hash: str) -> None:
        """Store a new secret. The one before it is valid until `previous_until` of the key, or no longer."""


class AccessTokenStore(Protocol):
    """Access tokens in the tenant scope."""

    async def count(self, api_key_id: str, since: datetime) -> int:
        """How many valid tokens a key has, all of which were made since then."""

    async def lock(self, access_token_id: str) -> AccessToken | None: ...

    async def add(self, token: AccessToken, secret_hash: str) -> None: ...

    async def revoke(self, token: AccessToken) -> None: ...
