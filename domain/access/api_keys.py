"""API keys of companies, as those who manage them see them (docs/domain.md#api-keys)."""

from datetime import datetime, timedelta
from typing import NamedTuple

from domain.access.statuses import CredentialStatus
from domain.shared.access import Actor, ActorType, Caller, CredentialType, Environment, Scope
from domain.shared.allowed_places import is_within
from domain.shared.durations import duration
from domain.shared.errors import Conflict, ErrorCode, Invalid, NodeRef, Path, Problems
from domain.shared.rate_limits import RateLimit

MAX_KEYS = 100
DEFAULT_OVERLAP = timedelta(hours=24)
MAX_OVERLAP = timedelta(days=7)


class CompanyKey(NamedTuple):
    """An API key of a company, without its secret. `actor_kind` is None for a key that came with the installation.
    After a rotation the secret before it is valid until `previous_until`. Without a rate limit, it has that of all
    keys."""

    id: str
    tenant_id: int
    name: str
    prefix: str
    environment: Environment
    scopes: tuple[str, ...]
    allowed_addresses: tuple[str, ...]
    allowed_origins: tuple[str, ...]
    actor_kind: ActorType | None
    actor_id: str | None
    actor_name: str | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    previous_until: datetime | None
    rate_limit_points: int | None = None
    rate_limit_restore: int | None = None
    status: CredentialStatus = CredentialStatus.ACTIVE
    updated_at: datetime | None = None

    @property
    def ref(self) -> NodeRef:
        return NodeRef("ApiKey", self.id)

    @property
    def rate_limit(self) -> RateLimit | None:
        if self.rate_limit_points is None or self.rate_limit_restore is None:
            return None
        return RateLimit(self.rate_limit_points, self.rate_limit_restore)

    def limited(self, limit: RateLimit | None) -> "CompanyKey":
        """The key with this rate limit."""
        points, restore = limit or (None, None)
        return self._replace(rate_limit_points=points, rate_limit_restore=restore)

    @property
    def created_by(self) -> Actor | None:
        if self.actor_kind is None:
            return None
        return Actor(ActorType(self.actor_kind), self.actor_id or "", self.actor_name or "")

    @staticmethod
    def derived() -> dict[str, tuple[str, ...]]:
        """The columns that the properties need, for readers that load only the requested columns."""
        return {
            "created_by": ("actor_kind", "actor_id", "actor_name"),
            "rate_limit": ("rate_limit_points", "rate_limit_restore"),
        }


class KeyNotActive(Conflict):
    """The key was revoked or has expired."""

    code = ErrorCode.WRONG_STATUS


def check_active(key: CompanyKey) -> None:
    """Raises: KeyNotActive."""
    if key.status != CredentialStatus.ACTIVE:
        message = f"The API key is {key.status}. Create another one: `createApiKey`."
        raise KeyNotActive(message, key.ref, key.status, CredentialStatus.ACTIVE)


def check_not_wider(key: CompanyKey, caller: Caller, path: Path, problems: Problems) -> None:
    """Note what of a key its manager may not do itself: nobody gets more by a key than they have."""
    missing = sorted(set(key.scopes) - caller.scopes)
    if missing:
        problems.add(path, ErrorCode.NOT_ALLOWED, f"The key would have scopes that you lack: {', '.join(missing)}.")
    if caller.expires_at is not None and (key.expires_at is None or key.expires_at > caller.expires_at):
        problems.add(path, ErrorCode.NOT_ALLOWED, "The key would be valid for longer than the credential you use.")
    if not is_within(key.allowed_addresses, caller.allowed_addresses):
        problems.add(path, ErrorCode.NOT_ALLOWED, "The key could be used from addresses that yours cannot.")
    origins = set(key.allowed_origins) or {"any"}
    if caller.allowed_origins and not origins <= set(caller.allowed_origins):
        problems.add(path, ErrorCode.NOT_ALLOWED, "The key could be used by pages of origins that yours cannot.")


def check_rate_limit(
    before: CompanyKey, after: CompanyKey, caller: Caller, of_all: RateLimit | None, problems: Problems
) -> None:
    """Note a changed rate limit that exceeds the caller's own. With a platform key any is set. `of_all` is that of keys
    without one of their own; None: they are not limited."""
    own, given = caller.rate_limit or of_all, after.rate_limit or of_all
    if after.rate_limit == before.rate_limit or caller.tenant_id is None or own is None:
        return
    if given is None or given.points > own.points or given.restore > own.restore:
        yours = f"{own.points:,} points and {own.restore:,} a second"
        message = f"The rate limit of the key would exceed yours, which is {yours}."
        problems.add(("rateLimit",), ErrorCode.NOT_ALLOWED, message)


def may_grant(scope: str, caller: Caller) -> bool:
    """Whether a caller may give a scope to a company's key. A key that manages keys makes no others that do: a person
    who signs in, or a platform key, does."""
    if scope not in caller.scopes:
        return False
    return scope != Scope.KEYS_MANAGE or caller.company_id is None or caller.credential is CredentialType.IDENTITY_TOKEN


def overlap(given: str | None) -> timedelta:
    """How long the previous secret of a key is valid beside a new one. Raises: Invalid."""
    found = DEFAULT_OVERLAP if given is None else duration(given)
    if found > MAX_OVERLAP:
        raise Invalid(ErrorCode.OUT_OF_RANGE, f"At most {MAX_OVERLAP.days} days.")
    return found
