"""Access control: environments, scopes, API keys, callers, actors and tenant scopes."""

import hashlib
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID, uuid5

from domain.shared.allowed_places import SentFrom, has_address
from domain.shared.errors import DomainError
from domain.shared.ids import is_uuid
from domain.shared.rate_limits import RateLimit
from domain.shared.times import UTC_ZONE, printed

_PROMISES = UUID("b0c5b2a4-94a1-4f7e-8a55-3d0c0f6f5e19")


class Environment(StrEnum):
    """Live data with real vendors, or a separate set of test data with the vendors' sandboxes."""

    LIVE = "LIVE"
    TEST = "TEST"


class Scope(StrEnum):
    """A permission of an API key (docs/domain.md#scopes)."""

    QUOTES_READ = "quotes:read"
    QUOTES_WRITE = "quotes:write"
    QUOTES_DECIDE = "quotes:decide"
    QUOTES_MANAGE = "quotes:manage"
    ASSETS_READ = "assets:read"
    ASSETS_WRITE = "assets:write"
    DEVICE_ACTIONS_READ = "device_actions:read"
    DEVICE_ACTIONS_WRITE = "device_actions:write"
    LOGISTICS_MANAGE = "logistics:manage"
    PRODUCTS_READ = "products:read"
    CATALOGUE_MANAGE = "catalogue:manage"
    KITS_READ = "kits:read"
    KITS_WRITE = "kits:write"
    CUSTOMERS_READ = "customers:read"
    CUSTOMERS_WRITE = "customers:write"
    CUSTOM_FIELDS_MANAGE = "custom_fields:manage"
    EMPLOYEES_READ = "employees:read"
    WEBHOOKS_MANAGE = "webhooks:manage"
    JOBS_MANAGE = "jobs:manage"
    KEYS_MANAGE = "keys:manage"
    MEMBERS_MANAGE = "members:manage"
    CONNECTIONS_MANAGE = "connections:manage"


# The catalogue is shared by all companies and both environments, so only live platform keys may change it.
PLATFORM_SCOPES = frozenset({Scope.CATALOGUE_MANAGE})

CUSTOMER_SCOPES = frozenset(Scope) - {
    *PLATFORM_SCOPES,
    Scope.QUOTES_MANAGE,
    Scope.LOGISTICS_MANAGE,
    Scope.JOBS_MANAGE,
    Scope.KEYS_MANAGE,
    Scope.MEMBERS_MANAGE,
}


class ActorType(StrEnum):
    """The kind of actor that causes an event."""

    API_KEY = "API_KEY"
    PERSON = "PERSON"
    CUSTOMER = "CUSTOMER"
    SYSTEM = "SYSTEM"


class CredentialType(StrEnum):
    """What a caller has sent to be admitted."""

    NONE = "NONE"
    API_KEY = "API_KEY"
    ACCESS_TOKEN = "ACCESS_TOKEN"  # noqa: S105 (no secret)
    IDENTITY_TOKEN = "IDENTITY_TOKEN"  # noqa: S105 (no secret)


class Person(NamedTuple):
    """A person who calls with a credential of their own."""

    name: str
    email: str


class Actor(NamedTuple):
    """Who caused an event. The name is stored with it, so that the history is readable without further lookups. A
    person's id is the e-mail address, which stays the same from one credential to the next."""

    kind: ActorType
    id: str
    name: str

    @property
    def api_key_id(self) -> str | None:
        """The id of the API key; None for other actors."""
        return self.id if self.kind == ActorType.API_KEY else None

    @property
    def email(self) -> str | None:
        """The e-mail address of a person; None for other actors."""
        return self.id if self.kind == ActorType.PERSON else None

    @property
    def connection_id(self) -> str | None:
        """The id of the connection whose system caused the event; None for other actors, which no UUID identifies."""
        return self.id if self.kind == ActorType.SYSTEM and is_uuid(self.id) else None


SYSTEM = Actor(ActorType.SYSTEM, "system", "quotegraph")


class TenantScope(NamedTuple):
    """The rows that a caller can see: those of one tenant or, if `tenant_id` is None, of all tenants of the
    environment."""

    environment: Environment
    tenant_id: int | None


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A stored API key. The key itself is shown once; only its SHA-256 hash and a short prefix are stored."""

    id: str
    name: str
    prefix: str
    environment: Environment
    company_id: str | None
    tenant_id: int | None
    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    api_enabled: bool = True
    time_zone: str = UTC_ZONE
    # None: that of all keys.
    rate_limit: RateLimit | None = None
    allowed_addresses: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    # Until when the secret is valid by which the key was found; None, if the key was not rotated since.
    replaced_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """Identifies a mutation, so that sending it again does not repeat it (docs/domain.md#idempotency-keys)."""

    key: str
    mutation: str
    input_hash: str
    # Whose it is; None: that of who pays.
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated caller. A customer with a public key is a caller without scopes.

    `key_id` identifies the credential: the API key, the access token, or the person at their identity provider. A
    caller with a `person` is of the kind PERSON. `time_zone` is the time zone of the company; days without a time are
    read in it. From `expires_at` on the credential is not valid; None if it does not expire. It may be used from
    `allowed_addresses` and by pages of `allowed_origins`, or anywhere if there are none; those of an access token limit
    the keys that are made with it. `secret_hash` tells the secret
    that was sent from others of the same key. `maker_id` identifies the API key that made an access token; None for
    other credentials.
    """

    key_id: str
    name: str
    environment: Environment
    company_id: str | None
    tenant_id: int | None
    scopes: frozenset[str]
    idempotency: IdempotencyKey | None = field(default=None, compare=False)
    kind: ActorType = ActorType.API_KEY
    time_zone: str = UTC_ZONE
    credential: CredentialType = CredentialType.API_KEY
    person: Person | None = None
    expires_at: datetime | None = None
    # The limit of its own bucket; None: that of all keys.
    rate_limit: RateLimit | None = None
    allowed_addresses: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    secret_hash: str = field(default="", repr=False)
    maker_id: str | None = None

    @property
    def tenant_scope(self) -> TenantScope:
        return TenantScope(self.environment, self.tenant_id)

    @property
    def payer_id(self) -> str:
        """Whose limits count: those of the API key also for all access tokens that it has made."""
        return self.maker_id or self.key_id

    @property
    def promise(self) -> IdempotencyKey | None:
        """The idempotency key with its owner. That of an access token belongs to the person and the API key that made
        it, so that it is known with the person's next token too."""
        if self.idempotency is None or self.maker_id is None or self.person is None:
            return self.idempotency
        owner = uuid5(_PROMISES, f"{self.maker_id}\n{self.tenant_id}\n{self.person.email.casefold()}")
        return replace(self.idempotency, owner=str(owner))

    @property
    def actor(self) -> Actor:
        if self.person is not None:
            return Actor(ActorType.PERSON, self.person.email, self.person.name)
        return Actor(self.kind, self.key_id, self.name)


# A caller without a key. Its tenant scope is empty: tenant ids start at 1.
NOBODY = Caller(
    "", "Nobody", Environment.LIVE, None, 0, frozenset(), kind=ActorType.CUSTOMER, credential=CredentialType.NONE
)


class Unauthorized(DomainError):
    """The API key is missing, unknown, expired or revoked (docs/domain.md#error-codes)."""


class Expired(Unauthorized):
    """The credential was right until it expired: it is no guess (docs/domain.md#rate-limits)."""


class Forbidden(DomainError):
    """The API key is valid but lacks permission, or API access is switched off for the company."""


def new_key(environment: Environment) -> str:
    """A random API key with the prefix of its environment (docs/domain.md#api-keys)."""
    alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
    return f"qk_{environment.lower()}_" + "".join(secrets.choice(alphabet) for _ in range(40))


def key_hash(key: str) -> str:
    """The SHA-256 hash that is stored instead of the key."""
    return hashlib.sha256(key.encode()).hexdigest()


def key_prefix(key: str) -> str:
    """The part of a key that may be shown, to tell keys apart."""
    return key[:16]


def admit(key: ApiKey | None, now: datetime, secret_hash: str = "") -> Caller:
    """The caller of a stored key that was found by the hash of a secret.

    Raises: Unauthorized, Forbidden (docs/domain.md#api-keys).
    """
    if key is None:
        raise Unauthorized("This API key is unknown. Send `Authorization: Bearer qk_live_…` or `qk_test_…`.")
    if key.revoked_at is not None:
        raise Unauthorized("This API key was revoked.")
    if key.expires_at is not None and key.expires_at <= now:
        raise Expired(f"This API key expired on {printed(key.expires_at, key.time_zone)}.")
    if key.replaced_at is not None and key.replaced_at <= now:
        raise Unauthorized("This API key was rotated. Use its new secret.")
    if not key.api_enabled:
        raise Forbidden("API access is switched off for this company.")
    scopes = key.scopes if may_hold_platform_scopes(key.company_id, key.environment) else key.scopes - PLATFORM_SCOPES
    # As quipteams' own keys: one scope for writing a quote and for deciding on it (docs/domain.md#scopes).
    if Scope.QUOTES_WRITE in scopes:
        scopes |= {Scope.QUOTES_DECIDE}
    whose = (key.environment, key.company_id, key.tenant_id)
    return Caller(
        key.id,
        key.name,
        *whose,
        scopes,
        time_zone=key.time_zone,
        expires_at=key.expires_at,
        rate_limit=key.rate_limit,
        allowed_addresses=key.allowed_addresses,
        allowed_origins=key.allowed_origins,
        secret_hash=secret_hash,
    )


def check_place(caller: Caller, sent_from: SentFrom) -> None:
    """Check that a credential may be used from where a request comes. Raises: Forbidden (docs/domain.md#api-keys).

    People use access tokens elsewhere than the server uses the key that made them.
    """
    if caller.credential == CredentialType.ACCESS_TOKEN:
        return
    if not has_address(caller.allowed_addresses, sent_from.address):
        raise Forbidden(
            f"This credential cannot be used from the address {sent_from.address or 'of this request'}. Add it with "
            "`updateApiKey` to the allowed addresses of the key."
        )
    if caller.allowed_origins and sent_from.origin not in caller.allowed_origins:
        given = "without the header Origin" if sent_from.origin is None else f"by pages of {sent_from.origin[:100]}"
        raise Forbidden(
            f"This credential cannot be used {given}. Add the origin with `updateApiKey` to the allowed origins of the "
            "key."
        )


def may_hold_platform_scopes(company_id: str | None, environment: Environment) -> bool:
    """Whether a key of this company (None: of the platform) may hold `PLATFORM_SCOPES`."""
    return company_id is None and environment == Environment.LIVE
