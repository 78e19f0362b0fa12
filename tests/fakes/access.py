"""The stores of API keys and access tokens in memory."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from domain.access.access_tokens import AccessToken
from domain.access.api_keys import CompanyKey

if TYPE_CHECKING:
    from tests.fakes.storage import Memory, MemoryUnitOfWork


@dataclass
class MemoryApiKeys:
    work: "MemoryUnitOfWork"

    @property
    def memory(self) -> "Memory":
        return self.work.memory

    async def count(self, tenant_id: int) -> int:
        return sum(it.tenant_id == tenant_id and it.status == "ACTIVE" for it in self.memory.api_keys.values())

    async def lock(self, api_key_id: str) -> CompanyKey | None:
        found = self.memory.api_keys.get(api_key_id)
        return found if found is not None and self.work.sees(found.tenant_id) else None

    async def add(self, key: CompanyKey, secret_hash: str, company_id: str) -> None:
        await self.save_secret(key, secret_hash)

    async def save(self, key: CompanyKey) -> None:
        self.work.at_commit(lambda: self.memory.api_keys.update({key.id: key}))

    async def save_secret(self, key: CompanyKey, secret_hash: str) -> None:
        await self.save(key)
        self.work.at_commit(lambda: self.memory.secret_hashes.update({key.id: secret_hash}))


@dataclass
class MemoryAccessTokens:
    work: "MemoryUnitOfWork"

    async def count(self, api_key_id: str, since: datetime) -> int:
        tokens = self.work.memory.access_tokens.values()
        return sum(it.api_key_id == api_key_id and it.created_at >= since and it.status == "ACTIVE" for it in tokens)

    async def lock(self, access_token_id: str) -> AccessToken | None:
        found = self.work.memory.access_tokens.get(access_token_id)
        return found if found is not None and self.work.sees(found.tenant_id) else None

    async def add(self, token: AccessToken, secret_hash: str) -> None:
        await self.revoke(token)
        self.work.at_commit(lambda: self.work.memory.secret_hashes.update({token.id: secret_hash}))

    async def revoke(self, token: AccessToken) -> None:
        self.work.at_commit(lambda: self.work.memory.access_tokens.update({token.id: token}))
