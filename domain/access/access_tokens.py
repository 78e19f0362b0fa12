"""Access tokens: a key makes one for a person, who works with it in a browser or on a phone for some hours
(docs/domain.md#access-tokens)."""

import secrets
from datetime import datetime
from typing import NamedTuple

from domain.access.statuses import CredentialStatus
from domain.shared.access import (
    PLATFORM_SCOPES,
    ActorType,
    ApiKey,
    Caller,
    CredentialType,
    Expired,
    Person,
    Unauthorized,
    admit,
)
from domain.shared.errors import NodeRef

PREFIX = "qa_"
LONGEST_TOKEN = 100
# How long a token that is no longer valid is listed.
KEPT_DAYS = 30
# Of valid tokens of one API key.
MAX_TOKENS = 1_000


class AccessToken(NamedTuple):
    """A stored access token. The token itself is shown once; only its SHA-256 hash and a short prefix are stored."""

    id: str
    tenant_id: int
    api_key_id: str
    prefix: str
    name: str
    email: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None
    status: CredentialStatus = CredentialStatus.ACTIVE
    updated_at: datetime | None = None

    @property
    def ref(self) -> NodeRef:
        return NodeRef("AccessToken", self.id)

    @property
    def person(self) -> Person:
        return Person(self.name, self.email)

    @staticmethod
    def derived() -> dict[str, tuple[str, ...]]:
        """The columns that the properties need, for readers that load only the requested columns."""
        return {"person": ("name", "email")}


class StoredToken(NamedTuple):
    """A token with its key, of the company and environment that the token is for."""

    token: AccessToken
    key: ApiKey


def new_token() -> str:
    """A random access token."""
    return f"{PREFIX}{secrets.token_urlsafe(32)}"


def token_prefix(token: str) -> str:
    """The part of a token that may be shown, to tell tokens apart."""
    return token[:8]


def may_be_token(given: str) -> bool:
    """Whether this has the form of an access token."""
    return given.startswith(PREFIX)


def admit_token(stored: StoredToken | None, now: datetime, secret_hash: str = "") -> Caller:
    """The caller of a token: a person with what both the token and its key may do.

    Raises: Unauthorized, Forbidden.
    """
    if stored is None:
        raise Unauthorized("This access token is unknown.")
    token, key = stored
    if token.revoked_at is not None:
        raise Unauthorized("This access token was revoked. Sign in again.")
    if token.expires_at <= now:
        raise Expired("This access token has expired. Sign in again.")
    try:
        by_key = admit(key, now)
    except Unauthorized:
        raise Unauthorized("The API key of this access token is no longer valid. Sign in again.") from None
    return Caller(
        token.id,
        token.name,
        by_key.environment,
        by_key.company_id,
        token.tenant_id,
        (by_key.scopes - PLATFORM_SCOPES) & frozenset(token.scopes),
        kind=ActorType.PERSON,
        time_zone=by_key.time_zone,
        credential=CredentialType.ACCESS_TOKEN,
        person=token.person,
        expires_at=token.expires_at,
        rate_limit=by_key.rate_limit,
        allowed_addresses=by_key.allowed_addresses,
        allowed_origins=by_key.allowed_origins,
        secret_hash=secret_hash,
        maker_id=key.id,
    )
