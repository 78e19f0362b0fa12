"""Use cases of access tokens: create and revoke (docs/domain.md#access-tokens)."""

from dataclasses import dataclass, replace

from domain.access.access_tokens import MAX_TOKENS, AccessToken, new_token, token_prefix
from domain.access.drafts import MAX_LIFETIME, check_scopes, lifetime, scopes
from domain.access.statuses import CredentialStatus
from domain.history.field_changes import field_changes
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.shared.access import Caller, CredentialType, Scope, key_hash
from domain.shared.errors import ErrorCode, InvalidInput, NotFound, Path, Problem, Problems
from domain.shared.events import EventType, NewEvent, status_change
from domain.shared.ids import parse_reference
from domain.shared.parsers import NAME_LENGTH, email, text
from domain.use_cases.companies.tenants import tenant_of
from domain.use_cases.frame import Command, use_case

TOKEN: Path = ("accessTokenId",)


@dataclass(frozen=True, slots=True)
class CreateAccessToken(Command):
    """Make a token for a person. With a platform key, `company_id` is required."""

    name: str
    email: str
    scopes: tuple[str, ...]
    expires_in: str | None = None
    company_id: str | None = None


@dataclass(frozen=True, slots=True)
class RevokeAccessToken(Command):
    """Revoke a token; without an id, the one that the caller uses."""

    access_token_id: str | None = None

    @property
    def subject(self) -> Path:
        return TOKEN


@use_case
async def create_access_token(
    work: UnitOfWork, deps: Dependencies, caller: Caller, command: CreateAccessToken
) -> Outcome:
    """Make a token for a person, with scopes of the caller's key. The token is in the outcome, once. Raises:
    InvalidInput."""
    if caller.credential is not CredentialType.API_KEY:
        message = "Only an API key makes access tokens; this request was sent with the credential of a person."
        raise InvalidInput(Problem(ErrorCode.NOT_ALLOWED, message, ()))
    tenant_id = await tenant_of(work, caller, command.company_id)
    token, problems = new_token(), Problems()
    made = _checked(deps, caller, command, tenant_id, token, problems)
    problems.raise_if_any()
    # The lock counts tokens that are created at the same time.
    await work.tenants.lock(tenant_id)
    if await work.access_tokens.count(caller.key_id, deps.now() - MAX_LIFETIME) >= MAX_TOKENS:
        message = f"An API key has at most {MAX_TOKENS:,} valid access tokens; revoke one, or let some expire."
        raise InvalidInput(Problem(ErrorCode.TOO_MANY, message, ("name",)))
    await work.access_tokens.add(made, key_hash(token))
    event = NewEvent(EventType.ACCESS_TOKEN_CREATED, tenant_id, made.ref, caller.actor, deps.now())
    work.record(replace(event, field_changes=field_changes([], [made])))
    shown = None if command.dry_run else token
    return Outcome((made.ref,), secret=shown, details={"expires_at": made.expires_at.isoformat()})


@use_case
async def revoke_access_token(
    work: UnitOfWork, deps: Dependencies, caller: Caller, command: RevokeAccessToken
) -> Outcome:
    """Revoke a token. A key revokes those it has made, a person the one they use, and who manages keys all of the
    company. Raises: InvalidInput, NotFound."""
    before = await _locked(work, caller, command)
    if before.revoked_at is not None:
        return Outcome((before.ref,))
    after = before._replace(revoked_at=deps.now(), status=CredentialStatus.REVOKED)
    changes = status_change(before, after)
    await work.access_tokens.revoke(after)
    event = NewEvent(EventType.ACCESS_TOKEN_REVOKED, after.tenant_id, after.ref, caller.actor, deps.now(), changes)
    work.record(event)
    return Outcome((after.ref,), changes)


async def _locked(work: UnitOfWork, caller: Caller, command: RevokeAccessToken) -> AccessToken:
    given = command.access_token_id
    if given is None:
        if caller.credential is not CredentialType.ACCESS_TOKEN:
            message = "Send the ID of an access token; this request was not sent with one."
            raise InvalidInput(Problem(ErrorCode.REQUIRED, message, TOKEN))
        token = await work.access_tokens.lock(caller.key_id)
    else:
        token = await work.access_tokens.lock(parse_reference(TOKEN, given, "AccessToken"))
    may = token is not None and (Scope.KEYS_MANAGE in caller.scopes or caller.key_id in (token.api_key_id, token.id))
    if token is None or not may:
        raise NotFound("access token", TOKEN)
    return token


def _checked(
    deps: Dependencies, caller: Caller, command: CreateAccessToken, tenant_id: int, token: str, problems: Problems
) -> AccessToken:
    now = deps.now()
    name = problems.check(("name",), text, command.name, NAME_LENGTH)
    address = problems.check(("email",), email, command.email)
    wanted = scopes(command.scopes, problems)
    check_scopes(command.scopes, wanted, caller, problems)
    valid = problems.check(("expiresIn",), lifetime, command.expires_in)
    ends = now if valid is None else now + valid
    return AccessToken(
        id=deps.new_id(),
        tenant_id=tenant_id,
        api_key_id=caller.key_id,
        prefix=token_prefix(token),
        name=name or "",
        email=address or "",
        scopes=wanted,
        created_at=now,
        expires_at=ends if caller.expires_at is None else min(ends, caller.expires_at),
        revoked_at=None,
        last_used_at=None,
    )
