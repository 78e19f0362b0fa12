"""Credentials that are stored as their hash: API keys, and access tokens of people."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Generic, Protocol, TypeVar

from app.server.credentials.guesses import look_up
from app.server.credentials.last_uses import LastUses, Touched
from app.server.credentials.lookups import Lookups, Stored
from domain.shared.access import Caller, CredentialType, Forbidden, Unauthorized, key_hash
from domain.sign_in.choices import NO_CHOICE, Choice
from resolvers.budgets import WrongKeys

Stored_co = TypeVar("Stored_co", covariant=True)


class StoredByHash(Touched, Protocol[Stored_co]):
    """Stored credentials."""

    async def find(self, secret_hash: str, /) -> Stored_co | None:
        """Returns the credential with this secret, whether or not it is still valid."""


class HashedCredentials(Generic[Stored]):
    """Admits callers by credentials of one type, and records when each was last used."""

    type: CredentialType
    # The length of the longest credential that is looked at.
    longest: int

    def __init__(
        self, stored: StoredByHash[Stored], now: Callable[[], datetime], wrong_keys: WrongKeys = WrongKeys(None)
    ) -> None:
        self._now = now
        self._wrong_keys = wrong_keys
        self.refused: Counter[str] = Counter()
        self.lookups: Lookups[str, Stored] = Lookups(stored.find)
        self.last_uses = LastUses(stored)

    def is_mine(self, credential: str) -> bool:
        raise NotImplementedError

    async def admit(self, credential: str, network: str = "", choice: Choice = NO_CHOICE) -> Caller:
        secret_hash = key_hash(credential)
        if self.lookups.knows(secret_hash):
            stored = await self.lookups.of(secret_hash)
        else:
            stored = await look_up(partial(self.lookups.of, secret_hash), self._wrong_keys, network, self.refused)
        return self._admitted(stored, secret_hash)

    async def admit_again(self, caller: Caller) -> Caller:
        return self._admitted(await self.lookups.of(caller.secret_hash), caller.secret_hash)

    async def close(self) -> None:
        await self.last_uses.close()
        await self.lookups.close()

    def _admitted(self, stored: Stored | None, secret_hash: str) -> Caller:
        now = self._now()
        try:
            caller = self._caller(stored, now, secret_hash)
        except (Unauthorized, Forbidden):
            self.refused[self._reason(stored, now)] += 1
            raise
        self.last_uses.record(caller.key_id, None if stored is None else self._last_use(stored), now)
        return caller

    def _caller(self, stored: Stored | None, now: datetime, secret_hash: str) -> Caller:
        """Returns the caller of a credential. Raises: Unauthorized, Forbidden."""
        raise NotImplementedError

    def _last_use(self, stored: Stored) -> datetime | None:
        """Returns when a credential was last used, as it is stored."""
        raise NotImplementedError

    def _reason(self, stored: Stored | None, now: datetime) -> str:
        """Returns why a credential was refused, for counting."""
        raise NotImplementedError
