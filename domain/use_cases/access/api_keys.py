"""Use cases of API keys: create, update, rotate and revoke those of a company (docs/domain.md#api-keys)."""

from dataclasses import dataclass, replace

from domain.access.api_keys import MAX_KEYS, CompanyKey, check_active, check_not_wider, check_rate_limit, overlap
from domain.access.drafts import KeyDetails, changed_key
from domain.access.statuses import CredentialStatus
from domain.history.field_changes import field_changes
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.shared.access import Caller, key_hash, key_prefix, new_key
from domain.shared.errors import ErrorCode, InvalidInput, NotFound, Path, Problem, Problems
from domain.shared.events import EventType, NewEvent, status_change
from domain.shared.ids import parse_reference
from domain.use_cases.companies.tenants import tenant_of
from domain.use_cases.frame import Command, use_case

KEY: Path = ("apiKeyId",)


@dataclass(frozen=True, slots=True)
class CreateApiKey(Command):
    """Create a key. With a platform key, `company_id` is required."""

    details: KeyDetails
    company_id: str | None = None


@dataclass(frozen=True, slots=True)
class KeyCommand(Command):
    """A command for the key that the input field `apiKeyId` names."""

    api_key_id: str

    @property
    def subject(self) -> Path:
        return KEY


@dataclass(frozen=True, slots=True)
class UpdateApiKey(KeyCommand):
    """Change the given details of a key."""

    details: KeyDetails


@dataclass(frozen=True, slots=True)
class RotateApiKey(KeyCommand):
    """Replace the secret of a key. `overlap` is how long the previous one is valid too."""

    overlap: str | None = None


@dataclass(frozen=True, slots=True)
class RevokeApiKey(KeyCommand):
    """Revoke a key, for good."""


@use_case
async def create_api_key(work: UnitOfWork, deps: Dependencies, caller: Caller, command: CreateApiKey) -> Outcome:
    """Create a key that may do no more than its maker. The secret is in the outcome, once. Raises: InvalidInput."""
    tenant_id = await tenant_of(work, caller, command.company_id)
    secret, problems = new_key(caller.environment), Problems()
    blank = _blank(deps, caller, tenant_id, secret)
    key = changed_key(blank, command.details, caller, problems, deps.now())
    check_rate_limit(blank, key, caller, deps.rate_limit, problems)
    problems.raise_if_any()
    # The lock counts keys that are created at the same time.
    await work.tenants.lock(tenant_id)
    if await work.api_keys.count(tenant_id) >= MAX_KEYS:
        message = f"A company has at most {MAX_KEYS} valid API keys; revoke one first."
        raise InvalidInput(Problem(ErrorCode.TOO_MANY, message, ("name",)))
    await work.api_keys.add(key, key_hash(secret), (await work.tenants.by_id(tenant_id)).company_id)
    created = _event(EventType.API_KEY_CREATED, key, caller, deps)
    work.record(replace(created, field_changes=field_changes([], [key])))
    return Outcome((key.ref,), secret=None if command.dry_run else secret)


@use_case
async def update_api_key(work: UnitOfWork, deps: Dependencies, caller: Caller, command: UpdateApiKey) -> Outcome:
    """Change the given details of a key. Raises: InvalidInput, NotFound, KeyNotActive."""
    before, problems = await _locked(work, command.api_key_id), Problems()
    check_active(before)
    _check_manages(before, caller)
    after = changed_key(before, command.details, caller, problems, deps.now())
    check_rate_limit(before, after, caller, deps.rate_limit, problems)
    problems.raise_if_any()
    if changed := field_changes([before], [after]):
        await work.api_keys.save(after)
        work.record(replace(_event(EventType.API_KEY_UPDATED, after, caller, deps), field_changes=changed))
    return Outcome((after.ref,))


@use_case
async def rotate_api_key(work: UnitOfWork, deps: Dependencies, caller: Caller, command: RotateApiKey) -> Outcome:
    """Replace the secret of a key. The secret is in the outcome, once. Raises: InvalidInput, NotFound, KeyNotActive."""
    key, problems = await _locked(work, command.api_key_id), Problems()
    kept = problems.check(("overlap",), overlap, command.overlap)
    problems.raise_if_any()
    assert kept is not None
    check_active(key)
    _check_manages(key, caller)
    secret = new_key(key.environment)
    after = key._replace(prefix=key_prefix(secret), previous_until=deps.now() + kept if kept else None)
    await work.api_keys.save_secret(after, key_hash(secret))
    work.record(_event(EventType.API_KEY_ROTATED, key, caller, deps))
    return Outcome((key.ref,), secret=None if command.dry_run else secret)


@use_case
async def revoke_api_key(work: UnitOfWork, deps: Dependencies, caller: Caller, command: RevokeApiKey) -> Outcome:
    """Revoke a key, with the access tokens it has made. Revoking it again changes nothing. Raises: InvalidInput,
    NotFound."""
    before = await _locked(work, command.api_key_id)
    if before.revoked_at is not None:
        return Outcome((before.ref,))
    after = before._replace(revoked_at=deps.now(), status=CredentialStatus.REVOKED)
    changes = status_change(before, after)
    await work.api_keys.save(after)
    work.record(replace(_event(EventType.API_KEY_REVOKED, after, caller, deps), changes=changes))
    return Outcome((after.ref,), changes)


async def _locked(work: UnitOfWork, given: str) -> CompanyKey:
    """The key that the input field `apiKeyId` names, locked. Raises: InvalidInput, NotFound."""
    key = await work.api_keys.lock(parse_reference(KEY, given, "ApiKey"))
    if key is None:
        raise NotFound("API key", KEY)
    return key


def _check_manages(key: CompanyKey, caller: Caller) -> None:
    """Raises: InvalidInput, for a key that may do more than the caller, who could get its secret or widen it."""
    problems = Problems()
    check_not_wider(key, caller, KEY, problems)
    problems.raise_if_any()


def _blank(deps: Dependencies, caller: Caller, tenant_id: int, secret: str) -> CompanyKey:
    """A new key before its details are known, with the limits of its maker."""
    actor = caller.actor
    key = CompanyKey(
        id=deps.new_id(),
        tenant_id=tenant_id,
        name="",
        prefix=key_prefix(secret),
        environment=caller.environment,
        scopes=(),
        allowed_addresses=caller.allowed_addresses,
        allowed_origins=caller.allowed_origins,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
        created_at=deps.now(),
        expires_at=caller.expires_at,
        revoked_at=None,
        last_used_at=None,
        previous_until=None,
    )
    # An operator's own limit is not that of a company.
    return key if caller.tenant_id is None else key.limited(caller.rate_limit)


def _event(kind: EventType, key: CompanyKey, caller: Caller, deps: Dependencies) -> NewEvent:
    return NewEvent(kind, key.tenant_id, key.ref, caller.actor, deps.now())
