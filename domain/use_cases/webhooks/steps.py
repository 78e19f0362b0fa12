"""What several use cases of webhooks do: lock an endpoint, seal a secret, check a document, wake the job."""

from datetime import timedelta

from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import UnitOfWork
from domain.shared.access import Caller, Scope
from domain.shared.errors import ErrorCode, InvalidInput, NotFound, Path, Problem, Problems
from domain.shared.ids import parse_reference
from domain.shared.jobs import JobType, NewJob
from domain.shared.outbound_errors import NotConfigured
from domain.webhooks.endpoints import WebhookEndpoint

ENDPOINT: Path = ("endpointId",)


async def locked_endpoint(work: UnitOfWork, given: str) -> WebhookEndpoint:
    """The endpoint that the input field `endpointId` names, locked. Raises: InvalidInput, NotFound."""
    endpoint = await work.webhooks.lock(parse_reference(ENDPOINT, given, "WebhookEndpoint"))
    if endpoint is None:
        raise NotFound("webhook endpoint", ENDPOINT)
    return endpoint


def scopes_of(caller: Caller) -> frozenset[Scope]:
    """The scopes of the caller's key."""
    return frozenset(it for it in Scope if it in caller.scopes)


def sealed(deps: Dependencies, secret: str) -> str:
    """A secret as it is stored. Raises: InvalidInput, if there is no key to encrypt it with."""
    try:
        return deps.secret_box.seal(secret)
    except NotConfigured as missing:
        raise InvalidInput(Problem(ErrorCode.NOT_CONFIGURED, str(missing), ())) from None


async def check_query(deps: Dependencies, endpoint: WebhookEndpoint, problems: Problems) -> None:
    """Note what is wrong with the document of an endpoint, for its scopes."""
    if endpoint.query is None or problems.found:
        return
    scopes = frozenset(Scope(it) for it in endpoint.scopes)
    try:
        found = await deps.webhooks.queries.problems(endpoint.query, scopes)
    except NotConfigured as missing:
        problems.add(("query",), ErrorCode.NOT_CONFIGURED, str(missing))
        return
    for it in found:
        problems.add(("query",), it.code, it.message)


def wake(work: UnitOfWork, endpoint: WebhookEndpoint, delay: timedelta = timedelta()) -> None:
    """Have the deliveries of an endpoint sent after a delay."""
    payload, key = {"endpointId": endpoint.id}, f"webhooks:{endpoint.id}"
    work.enqueue(endpoint.tenant_id, NewJob(JobType.DELIVER_WEBHOOKS, key, payload, wakes=True, delay=delay))
