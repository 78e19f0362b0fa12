"""API keys as credentials, and the source that anything without another form belongs to."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from adapters.database.companies.api_keys import SqlApiKeys
from app.server.credentials.last_uses import LastUses
from app.server.credentials.lookups import Lookups
from domain.shared.access import ApiKey, Caller, CredentialType, Forbidden, Unauthorized, admit


class _Name(NamedTuple):
    """What names a stored key: the key itself, or its id where only that is known."""

    key: str = ""
    key_id: str = ""


class ApiKeys:
    """Admits callers by their API key, and records when the key was last used."""

    type = CredentialType.API_KEY
    longest = 200

    def __init__(self, keys: SqlApiKeys, now: Callable[[], datetime]) -> None:
        self._keys = keys
        self._now = now
        self.refused: Counter[str] = Counter()
        self.lookups: Lookups[_Name, ApiKey] = Lookups(self._find)
        self.last_uses = LastUses(keys)

    def is_mine(self, credential: str) -> bool:
        return True

    async def admit(self, credential: str) -> Caller:
        return await self._admit(_Name(key=credential))

    async def admit_again(self, caller: Caller) -> Caller:
        return await self.admit_by_id(caller.key_id)

    async def admit_by_id(self, key_id: str) -> Caller:
        """Returns the caller of a stored key, as `admit`."""
        return await self._admit(_Name(key_id=key_id))

    async def close(self) -> None:
        await self.last_uses.close()
        await self.lookups.close()

    async def _admit(self, name: _Name) -> Caller:
        now = self._now()
        stored = await self.lookups.of(name)
        try:
            caller = admit(stored, now)
        except (Unauthorized, Forbidden):
            self.refused[_reason(stored, now)] += 1
            raise
        self.last_uses.record(caller.key_id, stored.last_used_at if stored else None, now)
        return caller

    async def _find(self, name: _Name) -> ApiKey | None:
        return await (self._keys.by_id(name.key_id) if name.key_id else self._keys.find(name.key))


def _reason(key: ApiKey | None, now: datetime) -> str:
    if key is None:
        return "unknown"
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= now else "switched off"
