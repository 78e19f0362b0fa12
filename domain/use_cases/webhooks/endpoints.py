"""Use cases of webhook endpoints: create, update, delete, and rotate the secret (docs/domain.md#webhook-endpoints)."""

from dataclasses import dataclass, replace

from domain.history.field_changes import field_changes
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.shared.access import Caller
from domain.shared.errors import ErrorCode, InvalidInput, Path, Problem, Problems
from domain.shared.events import EventType, NewEvent
from domain.use_cases.companies.tenants import tenant_of
from domain.use_cases.frame import Command, use_case
from domain.use_cases.webhooks.steps import ENDPOINT, check_query, locked_endpoint, scopes_of, sealed, wake
from domain.webhooks.deliveries import DISABLED_ERROR
from domain.webhooks.drafts import MAX_ENDPOINTS, EndpointDetails, changed_endpoint, overlap
from domain.webhooks.endpoints import (
    EndpointSecrets,
    WebhookEndpoint,
    WebhookFormat,
    enabled,
    new_secret,
    outdates_payloads,
    rotated,
    secret_prefix,
    without_failures,
)


@dataclass(frozen=True, slots=True)
class EndpointCommand(Command):
    """A command for the endpoint that the input field `endpointId` names."""

    endpoint_id: str

    @property
    def subject(self) -> Path:
        return ENDPOINT


@dataclass(frozen=True, slots=True)
class CreateWebhookEndpoint(Command):
    """Create an endpoint. With a platform key, `company_id` is required."""

    details: EndpointDetails
    format: WebhookFormat
    company_id: str | None = None


@dataclass(frozen=True, slots=True)
class UpdateWebhookEndpoint(EndpointCommand):
    """Change the given details of an endpoint."""

    details: EndpointDetails


@dataclass(frozen=True, slots=True)
class RotateWebhookSecret(EndpointCommand):
    """Replace the secret of an endpoint. `overlap` is how long the previous one signs too."""

    overlap: str | None = None


@dataclass(frozen=True, slots=True)
class DeleteWebhookEndpoint(EndpointCommand):
    """Delete an endpoint with its deliveries."""


@use_case
async def create_webhook_endpoint(
    work: UnitOfWork, deps: Dependencies, caller: Caller, command: CreateWebhookEndpoint
) -> Outcome:
    """Create an endpoint, which is sent the events from now on. The secret is in the outcome, once.

    Raises: InvalidInput.
    """
    tenant_id = await tenant_of(work, caller, command.company_id)
    secret = new_secret()
    stored = EndpointSecrets(sealed(deps, secret))
    # The lock counts endpoints that are created at the same time.
    blank = _blank(deps, caller, command, tenant_id, await work.tenants.lock(tenant_id))
    endpoint = await _checked(deps, caller, blank._replace(secret_prefix=secret_prefix(secret)), command.details)
    if await work.webhooks.count(tenant_id) >= MAX_ENDPOINTS:
        message = f"A company has at most {MAX_ENDPOINTS} webhook endpoints; delete one first."
        raise InvalidInput(Problem(ErrorCode.TOO_MANY, message, ("url",)))
    await work.webhooks.add(endpoint, stored)
    work.record(_event(EventType.WEBHOOK_ENDPOINT_CREATED, endpoint, caller, deps))
    return Outcome((endpoint.ref,), secret=None if command.dry_run else secret)


@use_case
async def update_webhook_endpoint(
    work: UnitOfWork, deps: Dependencies, caller: Caller, command: UpdateWebhookEndpoint
) -> Outcome:
    """Change the given details of an endpoint. Disabled, its pending deliveries fail; enabled, or with another URL,
    its failures are forgotten. Raises: InvalidInput, NotFound."""
    before = await locked_endpoint(work, command.endpoint_id)
    details = {name: it for name, it in command.details.items() if name != "is_active"}
    after, is_active = await _checked(deps, caller, before, details), command.details.get("is_active")
    if after.url != before.url:
        after = without_failures(after)
    if is_active:
        after = enabled(after, after.last_event if before.is_active else await work.tenants.lock(after.tenant_id))
    elif is_active is False:
        after = after._replace(is_active=False)
    if after == before:
        return Outcome((before.ref,))
    await work.webhooks.save(after)
    if outdates_payloads(before, after):
        await work.webhooks.drop_payloads(after)
    if after.is_active and (is_active or after.url != before.url):
        wake(work, after)
    if before.is_active and not after.is_active:
        await work.webhooks.fail_pending(after, DISABLED_ERROR)
    if changed := field_changes([before], [after]):
        updated = _event(EventType.WEBHOOK_ENDPOINT_UPDATED, after, caller, deps)
        work.record(replace(updated, field_changes=changed))
    return Outcome((after.ref,))


@use_case
async def rotate_webhook_secret(
    work: UnitOfWork, deps: Dependencies, caller: Caller, command: RotateWebhookSecret
) -> Outcome:
    """Replace the secret of an endpoint. The secret is in the outcome, once. Raises: InvalidInput, NotFound."""
    endpoint, problems = await locked_endpoint(work, command.endpoint_id), Problems()
    kept = problems.check(("overlap",), overlap, command.overlap)
    problems.raise_if_any()
    assert kept is not None
    secret = new_secret()
    after = rotated(await work.webhooks.secrets(endpoint.id), sealed(deps, secret), kept, deps.now())
    await work.webhooks.save_secrets(endpoint._replace(secret_prefix=secret_prefix(secret)), after)
    work.record(_event(EventType.WEBHOOK_ENDPOINT_SECRET_ROTATED, endpoint, caller, deps))
    return Outcome((endpoint.ref,), secret=None if command.dry_run else secret)


@use_case
async def delete_webhook_endpoint(
    work: UnitOfWork, deps: Dependencies, caller: Caller, command: DeleteWebhookEndpoint
) -> Outcome:
    """Delete an endpoint with its deliveries, for good. Raises: InvalidInput, NotFound."""
    endpoint = await locked_endpoint(work, command.endpoint_id)
    await work.webhooks.remove(endpoint)
    deleted = _event(EventType.WEBHOOK_ENDPOINT_DELETED, endpoint, caller, deps)
    work.record(replace(deleted, field_changes=field_changes([endpoint], [])))
    return Outcome((endpoint.ref,))


async def _checked(
    deps: Dependencies, caller: Caller, endpoint: WebhookEndpoint, details: EndpointDetails
) -> WebhookEndpoint:
    """The endpoint with these details. Raises: InvalidInput."""
    problems = Problems()
    changed = changed_endpoint(endpoint, details, scopes_of(caller), problems, deps.webhooks.loopback)
    if (changed.query, changed.scopes) != (endpoint.query, endpoint.scopes):
        await check_query(deps, changed, problems)
    problems.raise_if_any()
    return changed


def _blank(
    deps: Dependencies, caller: Caller, command: CreateWebhookEndpoint, tenant_id: int, last_event: int
) -> WebhookEndpoint:
    """A new endpoint before its details are known."""
    now = deps.now()
    return WebhookEndpoint(
        id=deps.new_id(),
        tenant_id=tenant_id,
        url="",
        events=(),
        description=None,
        format=command.format,
        query=None,
        scopes=(),
        secret_prefix="",
        is_active=True,
        disabled_reason=None,
        actor_kind=caller.actor.kind,
        actor_id=caller.actor.id,
        actor_name=caller.actor.name,
        last_event=last_event,
        consecutive_failures=0,
        failing_since=None,
        paused_until=None,
        created_at=now,
        updated_at=now,
    )


def _event(kind: EventType, endpoint: WebhookEndpoint, caller: Caller, deps: Dependencies) -> NewEvent:
    return NewEvent(kind, endpoint.tenant_id, endpoint.ref, caller.actor, deps.now())
