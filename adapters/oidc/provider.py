"""What a provider publishes: its addresses (discovery) and its keys, which it replaces now and then.

Both are read together, kept for some minutes, and renewed in the background. A token with a key that is not known
renews them at once, but not more than once a minute, so that invented tokens cause no requests. While the provider does
not answer, what was read last stays in use.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any, NamedTuple

import aiohttp
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from adapters.oidc.documents import ProviderUnavailable, is_safe, json_document

log = logging.getLogger(__name__)

DISCOVERY = "/.well-known/openid-configuration"
# In seconds: after which age the keys are read again; between two reads for unknown keys; and after a failure.
FRESH_SECONDS = 600.0
UNKNOWN_KEY_SECONDS = 60.0
RETRY_SECONDS = 5.0
MOST_KEYS = 100
SHORTEST_RSA_KEY = 2048

# What a key may sign. Neither `none` nor shared secrets (HS…) are among them.
ALGORITHMS: Mapping[str, tuple[str, ...]] = {
    "RSA": ("RS256", "RS384", "RS512"),
    "P-256": ("ES256",),
    "P-384": ("ES384",),
    "P-521": ("ES512",),
    "Ed25519": ("EdDSA", "Ed25519"),
}

Key = RSAKey | ECKey | OKPKey


class SigningKey(NamedTuple):
    """A public key, and the algorithms that it may be used with."""

    key: Key
    algorithms: tuple[str, ...]


class Endpoints(NamedTuple):
    """Where people sign in, and where the code that they bring is exchanged for tokens."""

    authorization: str
    token: str


class _Published(NamedTuple):
    endpoints: Endpoints | None
    keys: Mapping[str | None, SigningKey]


class Provider:
    """A provider by its issuer."""

    def __init__(self, issuer: str, session: aiohttp.ClientSession, clock: Callable[[], float] = monotonic) -> None:
        self.issuer = issuer
        self._session = session
        self._clock = clock
        self._published: _Published | None = None
        self._read_at = 0.0
        self._tried_at: float | None = None
        self._failure = ProviderUnavailable(f"{issuer}: not read yet")
        self._reading: asyncio.Task[None] | None = None

    async def key(self, key_id: str | None) -> SigningKey | None:
        """Returns the key with this id, or the only key if a token names none. Raises: ProviderUnavailable."""
        published = await self._current()
        found = published.keys.get(key_id)
        if found is None and self._since_last_try() >= UNKNOWN_KEY_SECONDS:
            await self._read()
            found = (self._published or published).keys.get(key_id)
        return found

    async def endpoints(self) -> Endpoints | None:
        """Returns the addresses for signing in; None if the provider names no usable ones. Raises:
        ProviderUnavailable."""
        return (await self._current()).endpoints

    async def close(self) -> None:
        """Ends a read that is under way."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _current(self) -> _Published:
        if self._published is None:
            if self._since_last_try() >= RETRY_SECONDS or self._reading is not None:
                await self._read()
        elif self._clock() - self._read_at >= FRESH_SECONDS and self._since_last_try() >= RETRY_SECONDS:
            self._start_reading()
        if self._published is None:
            raise ProviderUnavailable(str(self._failure))
        return self._published

    def _since_last_try(self) -> float:
        return float("inf") if self._tried_at is None else self._clock() - self._tried_at

    async def _read(self) -> None:
        """Waits for the read that is under way, and starts one if there is none."""
        await asyncio.shield(self._start_reading())

    def _start_reading(self) -> "asyncio.Task[None]":
        if self._reading is None:
            self._tried_at = self._clock()
            self._reading = asyncio.create_task(self._read_published())
            self._reading.add_done_callback(self._finish_reading)
        return self._reading

    def _finish_reading(self, _task: "asyncio.Task[None]") -> None:
        self._reading = None

    async def _read_published(self) -> None:
        try:
            found = await json_document(self._session, self.issuer.rstrip("/") + DISCOVERY)
            if found.get("issuer") != self.issuer:
                raise ProviderUnavailable(f"{self.issuer}: discovery is that of {str(found.get('issuer'))[:200]!r}")
            if not is_safe(found.get("jwks_uri")):
                raise ProviderUnavailable(f"{self.issuer}: discovery has no usable `jwks_uri`")
            keys = usable_keys((await json_document(self._session, found["jwks_uri"])).get("keys"))
        except ProviderUnavailable as failure:
            self._failure = failure
            log.warning("the identity provider cannot be used: %s", failure)
            return
        self._published, self._read_at = _Published(_endpoints(found), keys), self._clock()


def _endpoints(found: Mapping[str, Any]) -> Endpoints | None:
    named = (found.get("authorization_endpoint"), found.get("token_endpoint"))
    return Endpoints(*map(str, named)) if all(map(is_safe, named)) else None


def usable_keys(published: object) -> Mapping[str | None, SigningKey]:
    """The keys that sign, by their ids; a single one also by no id. Others, as those for encryption, are left out."""
    keys: dict[str | None, SigningKey] = {}
    for it in published[:MOST_KEYS] if isinstance(published, list) else ():
        if isinstance(it, dict) and (usable := _usable_key(it)) is not None:
            keys[it["kid"] if isinstance(it.get("kid"), str) else None] = usable
    if not keys:
        log.warning("the identity provider publishes no usable keys")
    return keys | {None: next(iter(keys.values()))} if len(keys) == 1 else keys


def _usable_key(published: dict[str, Any]) -> SigningKey | None:
    if published.get("use", "sig") != "sig" or published.get("kty") not in ("RSA", "EC", "OKP"):
        return None
    try:
        key = JWKRegistry.import_key({name: it for name, it in published.items() if name not in ("use", "key_ops")})
        if not isinstance(key, RSAKey | ECKey | OKPKey) or key.is_private:
            return None
        if isinstance(key, RSAKey) and key.raw_value.key_size < SHORTEST_RSA_KEY:
            return None
    except (JoseError, ValueError, TypeError):
        return None
    possible = ALGORITHMS.get("RSA" if isinstance(key, RSAKey) else str(published.get("crv")), ())
    allowed = tuple(it for it in possible if published.get("alg", it) == it)
    return SigningKey(key, allowed) if allowed else None
