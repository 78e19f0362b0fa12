"""API keys as credentials, and the source that anything without another form belongs to."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from adapters.database.companies.api_keys import SqlApiKeys
from app.server.credentials.last_uses import LastUses
from app.server.credentials.lookups import Lookups
from domain.shared.access import ApiKey, Caller, CredentialType, Forbidden, Unauthorized, admit, key_hash


class ApiKeys:
    """Admits callers by their API key, and records when the key was last used."""

    type = CredentialType.API_KEY
    longest = 200

    def __init__(self, keys: SqlApiKeys, now: Callable[[], datetime]) -> None:
        self._now = now
        self.refused: Counter[str] = Counter()
        self.lookups: Lookups[str, ApiKey] = Lookups(keys.find)
        self.last_uses = LastUses(keys)

    def is_mine(self, credential: str) -> bool:
        return True

    async def admit(self, credential: str) -> Caller:
        return await self._admit(key_hash(credential))

    async def admit_again(self, caller: Caller) -> Caller:
        return await self._admit(caller.secret_hash)

    async def close(self) -> None:
        await self.last_uses.close()
        await self.lookups.close()

    async def _admit(self, secret_hash: str) -> Caller:
        now = self._now()
        stored = await self.lookups.of(secret_hash)
        try:
            caller = admit(stored, now, secret_hash)
        except (Unauthorized, Forbidden):
            self.refused[_reason(stored, now)] += 1
            raise
        self.last_uses.record(caller.key_id, stored.last_used_at if stored else None, now)
        return caller


def _reason(key: ApiKey | None, now: datetime) -> str:
    if key is None:
        return "unknown"
    if key.revoked_at is not None:
        return "revoked"
    if key.expires_at is not None and key.expires_at <= now:
        return "expired"
    return "rotated" if key.replaced_at is not None and key.replaced_at <= now else "switched off"
