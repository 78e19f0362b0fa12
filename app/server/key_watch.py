"""Watches the keys of open connections: they end within seconds when a key is revoked or expires, or the API access of
its company is switched off.

Each key is checked once, however many connections it has. While it cannot be checked, it counts as valid.
"""

import asyncio
import logging
from typing import Protocol

from adapters.database.core.outages import log_outage
from app.server.auth import Authenticator
from domain.shared.access import Caller, Forbidden, Unauthorized

log = logging.getLogger(__name__)

CHECK_SECONDS = 3.0


class Holder(Protocol):
    """A connection that was opened with a key."""

    def refuse(self, refused: Unauthorized | Forbidden) -> None:
        """The key is not valid any more."""

    def renew(self) -> None:
        """The key may do more or less than before."""


class WatchedKey:
    """A key, or a token, with open connections. `caller` is what it may do as of the last check, and `admitted` as of
    the first connection: two tokens of a person may differ in what they permit, and for how long."""

    __slots__ = ("admitted", "caller", "holders")

    def __init__(self, caller: Caller) -> None:
        self.admitted = caller
        self.caller = caller
        self.holders: set[Holder] = set()


class KeyWatch:
    """The keys of all open connections of a process."""

    def __init__(self, authenticator: Authenticator) -> None:
        self._authenticator = authenticator
        self._keys: dict[Caller, WatchedKey] = {}
        self._checking: asyncio.Task[None] | None = None

    def hold(self, caller: Caller, holder: Holder) -> WatchedKey:
        """Watches a key until it is released."""
        key = self._keys.get(caller)
        if key is None:
            key = self._keys[caller] = WatchedKey(caller)
        key.holders.add(holder)
        if self._checking is None:
            self._checking = asyncio.create_task(self._check_all())
        return key

    def release(self, key: WatchedKey, holder: Holder) -> None:
        key.holders.discard(holder)
        if not key.holders:
            self._keys.pop(key.admitted, None)
        if not self._keys and self._checking is not None:
            self._checking.cancel()
            self._checking = None

    async def _check_all(self) -> None:
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            for key in list(self._keys.values()):
                try:
                    await self._check(key)
                except Exception:
                    log.exception("cannot tell the connections of an API key what became of it; trying again")

    async def _check(self, key: WatchedKey) -> None:
        try:
            caller = await self._authenticator.admit_again(key.caller)
        except (Unauthorized, Forbidden) as refused:
            for holder in list(key.holders):
                holder.refuse(refused)
        except Exception as failure:
            if not log_outage(failure):
                log.warning("cannot check an API key; its connections stay open", exc_info=True)
        else:
            changed = _rights(caller) != _rights(key.caller)
            key.caller = caller
            for holder in list(key.holders) if changed else ():
                holder.renew()


def _rights(caller: Caller) -> tuple[object, ...]:
    return caller.tenant_scope, caller.scopes, caller.allowed_addresses, caller.allowed_origins
