"""Access tokens of people as credentials."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from adapters.database.access.tokens import SqlAccessTokens
from app.server.credentials.last_uses import LastUses
from app.server.credentials.lookups import Lookups
from domain.access.access_tokens import LONGEST_TOKEN, StoredToken, admit_token, may_be_token
from domain.shared.access import Caller, CredentialType, Forbidden, Unauthorized, key_hash


class AccessTokens:
    """Admits people by their access token, and records when it was last used."""

    type = CredentialType.ACCESS_TOKEN
    longest = LONGEST_TOKEN

    def __init__(self, tokens: SqlAccessTokens, now: Callable[[], datetime]) -> None:
        self._now = now
        self.refused: Counter[str] = Counter()
        self.lookups: Lookups[str, StoredToken] = Lookups(tokens.find)
        self._last_uses = LastUses(tokens)

    def is_mine(self, credential: str) -> bool:
        return may_be_token(credential)

    async def admit(self, credential: str) -> Caller:
        return await self._admit(key_hash(credential))

    async def admit_again(self, caller: Caller) -> Caller:
        return await self._admit(caller.secret_hash)

    async def close(self) -> None:
        await self._last_uses.close()
        await self.lookups.close()

    async def _admit(self, secret_hash: str) -> Caller:
        now = self._now()
        stored = await self.lookups.of(secret_hash)
        try:
            caller = admit_token(stored, now, secret_hash)
        except (Unauthorized, Forbidden):
            self.refused["access token"] += 1
            raise
        self._last_uses.record(caller.key_id, stored.token.last_used_at if stored else None, now)
        return caller
