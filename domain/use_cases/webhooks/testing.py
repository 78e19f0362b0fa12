"""Sends a test event to a webhook endpoint, and waits for the answer."""

from dataclasses import dataclass
from typing import Any

from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.ports.webhooks import WebhookAnswer
from domain.shared.access import Caller
from domain.shared.errors import ErrorCode, InvalidInput, Problem
from domain.shared.outbound_errors import NotConfigured
from domain.use_cases.webhooks.endpoints import EndpointCommand
from domain.use_cases.webhooks.steps import locked_endpoint
from domain.webhooks.endpoints import EndpointSecrets, WebhookEndpoint
from domain.webhooks.event_types import TEST
from domain.webhooks.payloads import body, envelope_of_test, sample_data
from domain.webhooks.retries import problem_of


@dataclass(frozen=True, slots=True)
class SendTestEvent(EndpointCommand):
    """Send a test event to an endpoint."""


async def send_test_event(deps: Dependencies, caller: Caller, command: SendTestEvent) -> Outcome:
    """Send a test event to an endpoint, also to a disabled one. It is not recorded and not tried again.

    The request is made between two units of work. Raises: IdempotencyClash, InvalidInput, NotFound.
    """
    async with deps.unit_of_work(caller.tenant_scope, caller.payer_id, caller.promise) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        endpoint = await locked_endpoint(work, command.endpoint_id)
        secrets = await work.webhooks.secrets(endpoint.id)
    if command.dry_run:
        return Outcome((endpoint.ref,))
    outcome = Outcome((endpoint.ref,), details=_details(await _answer(deps, endpoint, secrets)))
    if caller.idempotency is None:
        return outcome
    async with deps.unit_of_work(caller.tenant_scope, caller.payer_id, caller.promise) as work:
        return await _kept(work, outcome)


async def _kept(work: UnitOfWork, outcome: Outcome) -> Outcome:
    """Store the outcome with the idempotency key. If the mutation was sent twice at once, both have the first one."""
    if (earlier := await work.replayed()) is not None:
        return earlier
    await work.commit(outcome)
    return outcome


async def _answer(deps: Dependencies, endpoint: WebhookEndpoint, secrets: EndpointSecrets) -> WebhookAnswer:
    """Raises: InvalidInput, if the secret cannot be decrypted."""
    now, delivery_id = deps.now(), deps.new_id()
    content = body(envelope_of_test(deps.new_id(), now), endpoint.format, {"data": sample_data(TEST)}).encode()
    try:
        keys = [deps.secret_box.open(it) for it in secrets.signing(now)]
        headers = deps.webhooks.signer.headers(delivery_id, TEST, content, keys, now)
        return await deps.webhooks.sender.post(endpoint.url, headers, content)
    except NotConfigured as missing:
        raise InvalidInput(Problem(ErrorCode.NOT_CONFIGURED, str(missing), ())) from None


def _details(answer: WebhookAnswer) -> dict[str, Any]:
    return {
        "is_delivered": problem_of(answer.status, answer.error) is None,
        "response_status": answer.status,
        "latency_ms": answer.latency_ms,
        "error": answer.error,
        "response_body": answer.body,
    }
