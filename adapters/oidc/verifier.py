"""Verifies tokens: who signed them, for whom they are, and that their time is now (RFC 7519, RFC 8725)."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Protocol

from joserfc import jws, jwt
from joserfc.errors import ClaimError, ExpiredTokenError, JoseError, MissingClaimError, UnsupportedAlgorithmError

from adapters.oidc.provider import SigningKey
from domain.shared.access import Expired, Unauthorized
from domain.sign_in.claims import CLOCK_SKEW, ClaimMapping, SignIn, sign_in_of

LONGEST_HEADER = 2_048
# Tokens for something else, such as logging out, are not for calling an API. A token need not have a type.
TYPES = frozenset({"", "jwt", "at+jwt", "application/at+jwt"})

# What names the client that a token was issued to: as OpenID Connect, RFC 9068 and Okta have it.
CLIENT_CLAIMS = ("azp", "client_id", "cid")


class _Registry(jws.JWSRegistry):
    """Headers that we do not know are ignored, unless they are critical."""

    max_header_length = LONGEST_HEADER

    def __init__(self, algorithms: Collection[str]) -> None:
        super().__init__(algorithms=algorithms, strict_check_header=False)

    def get_alg(self, name: str) -> Any:
        """Returns an algorithm of those that the key is for, without joserfc's warning that `EdDSA` has a new name."""
        if name not in (self.allowed or ()):
            raise UnsupportedAlgorithmError
        return self.algorithms[name]


class Keys(Protocol):
    """The keys of a provider."""

    @property
    def issuer(self) -> str: ...

    async def key(self, key_id: str | None) -> SigningKey | None:
        """Returns the key with this id, or the only key if a token names none."""


class TokenVerifier:
    """Implements the `TokenVerifier` port for the tokens of one provider.

    `audience` is what `aud` must name, and `clients` are those of which a token must name one; empty: any.
    """

    def __init__(
        self,
        provider: Keys,
        audience: str,
        clients: Collection[str],
        mapping: ClaimMapping,
        now: Callable[[], datetime],
    ) -> None:
        self._provider = provider
        self._audience = audience
        self._clients = frozenset(clients)
        self._mapping = mapping
        self._registry = jwt.JWTClaimsRegistry(
            now=lambda: int(now().timestamp()),
            leeway=int(CLOCK_SKEW.total_seconds()),
            iss={"essential": True, "value": provider.issuer},
            sub={"essential": True},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
        )

    async def verify(self, token: str) -> SignIn:
        """Returns the person of a token. Raises: Unauthorized, Expired, Forbidden, ProviderUnavailable."""
        claims = await self._signed(token)
        self._check(claims)
        return sign_in_of(claims, self._mapping)

    async def _signed(self, token: str) -> Mapping[str, Any]:
        """The claims of a token that the provider has signed."""
        try:
            header = jws.extract_compact(token.encode(), registry=_Registry(())).headers()
        except (JoseError, ValueError, TypeError, RecursionError):
            raise Unauthorized("The token is not a signed JSON Web Token (JWT).") from None
        if str(header.get("typ", "")).lower() not in TYPES:
            raise Unauthorized(f"A token of the type {str(header['typ'])[:40]!r} cannot be used here.")
        key_id = header.get("kid")
        key = await self._provider.key(key_id if isinstance(key_id, str) else None)
        if key is None:
            raise Unauthorized("The token is signed with a key that the identity provider does not publish.")
        if header.get("alg") not in key.algorithms:
            allowed = ", ".join(key.algorithms)
            raise Unauthorized(f"The token is signed by an algorithm that is not accepted; accepted: {allowed}.")
        try:
            return jwt.decode(token, key.key, registry=_Registry(key.algorithms)).claims
        except (JoseError, ValueError, TypeError, RecursionError):
            raise Unauthorized("The signature of the token is not valid.") from None

    def _check(self, claims: Mapping[str, Any]) -> None:
        try:
            self._registry.validate(dict(claims))
        except ExpiredTokenError:
            raise Expired("This token expired. Sign in again.") from None
        except MissingClaimError as missing:
            raise Unauthorized(f"The token lacks a claim: {missing.claim}.") from None
        except ClaimError as invalid:
            raise Unauthorized(_problem(invalid.claim, self._audience)) from None
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        named = next((it for it in CLIENT_CLAIMS if it in claims), None)
        if named is None:
            if self._clients or several:
                raise Unauthorized("The token does not name the client that it was issued to (`azp`).")
            return
        client = claims[named]
        if not isinstance(client, str) or (self._clients and client not in self._clients):
            raise Unauthorized(f"The token was issued to another client (`{named}`).")


def _problem(claim: str, audience: str) -> str:
    """What is wrong with a claim. The values of tokens are not repeated."""
    return {
        "iss": "The token is of another issuer (`iss`).",
        "aud": f"The token is not for this API: its audience (`aud`) must be {audience!r}.",
        "nbf": "The token is not valid yet (`nbf`).",
        "iat": "The token was issued in the future (`iat`).",
    }.get(claim, "A claim of the token is not valid.")
