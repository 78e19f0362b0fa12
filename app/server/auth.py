"""Authenticates the credential of an `Authorization` header: an API key, or one of another type that has a source
(app/server/credentials)."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar

from aiohttp import web

from adapters.database.companies.api_keys import SqlApiKeys
from app.server.client_info import client_info_of, sent_from
from app.server.credentials.api_keys import ApiKeys
from app.server.credentials.choices import choice_of
from app.server.credentials.guesses import look_up
from app.server.credentials.sources import CredentialSource
from domain.shared.access import Caller, Forbidden, Unauthorized, check_place
from domain.shared.allowed_places import NOWHERE
from domain.sign_in.choices import NO_CHOICE, Choice
from resolvers.budgets import WrongKeys

Found = TypeVar("Found")


class Authenticator:
    """Authenticates callers by what they send. The first source whose form it has admits the caller; API keys come
    last."""

    def __init__(
        self,
        keys: SqlApiKeys,
        now: Callable[[], datetime],
        others: Sequence[CredentialSource] = (),
        trusted_proxies: int = 0,
        wrong_keys: WrongKeys = WrongKeys(None),
    ) -> None:
        self._trusted_proxies = trusted_proxies
        self.wrong_keys = wrong_keys
        self.keys = ApiKeys(keys, now, wrong_keys)
        self._sources: tuple[CredentialSource, ...] = (*others, self.keys)
        self._by_type = {it.type: it for it in self._sources}
        self._refused: Counter[str] = Counter()

    @property
    def refused(self) -> Counter[str]:
        """Number of refused credentials, by reason."""
        return sum((it.refused for it in self._sources), self._refused.copy())

    def count_refused(self, reason: str) -> None:
        """Counts a credential that was refused before it reached a source."""
        self._refused[reason] += 1

    async def admit(
        self, authorization: str | None, request: web.Request | None = None, choice: Choice | None = None
    ) -> Caller:
        """Returns the caller, if the credential may be used where the request comes from. Without a `choice`, it is
        that of the headers.

        Raises: Unauthorized, Forbidden (docs/domain.md#error-codes); Refusal, if too many wrong ones came from there.
        """
        scheme, _, credential = (authorization or "").strip().partition(" ")
        credential = credential.strip()
        if scheme.lower() == "bearer" and credential.isascii() and credential:
            source = next(it for it in self._sources if it.is_mine(credential))
            if len(credential) <= source.longest:
                if choice is None:
                    choice = NO_CHOICE if request is None else choice_of(request.headers.get)
                caller = await source.admit(credential, self._network_of(request), choice)
                _check_environment(caller, choice)
                self._check_place(caller, request)
                return caller
        self.count_refused("missing")
        raise Unauthorized("Missing or invalid Authorization header. Send `Authorization: Bearer qk_live_…`.")

    async def look_up(self, find: Callable[[], Awaitable[Found | None]], request: web.Request) -> Found | None:
        """Looks up what is sent in place of a credential. Raises: Refusal, if too many wrong ones came from there."""
        return await look_up(find, self.wrong_keys, self._network_of(request), self._refused)

    async def admit_again(self, caller: Caller) -> Caller:
        """Returns an admitted caller with what it may do now. Raises: Unauthorized, Forbidden."""
        return await self._by_type[caller.credential].admit_again(caller)

    async def admit_by_ticket(self, caller: Caller, request: web.Request) -> Caller:
        """Returns the caller who made a ticket, as `admit`."""
        admitted = await self.admit_again(caller)
        self._check_place(admitted, request)
        return admitted

    def _network_of(self, request: web.Request | None) -> str:
        return "" if request is None else client_info_of(request, self._trusted_proxies).network

    def _check_place(self, caller: Caller, request: web.Request | None) -> None:
        if not caller.allowed_addresses and not caller.allowed_origins:
            return
        try:
            check_place(caller, NOWHERE if request is None else sent_from(request, self._trusted_proxies))
        except Forbidden:
            self.count_refused("place")
            raise

    async def close(self) -> None:
        """Waits for what runs in the background."""
        await asyncio.gather(*(it.close() for it in self._sources))


def _check_environment(caller: Caller, choice: Choice) -> None:
    """Raises: Forbidden, where the credential is good for another environment than the request names."""
    if choice.environment not in (None, caller.environment):
        raise Forbidden(f"This credential is for {caller.environment.lower()} data, and the request names the other.")
