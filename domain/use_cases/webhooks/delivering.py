"""Sends the due deliveries of webhook endpoints (docs/domain.md#webhook-deliveries).

An endpoint has one job, so it gets one request at a time. Attempts are recorded in batches: what was sent and not
recorded, because the process was killed, is sent again with the same id.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import UnitOfWork
from domain.ports.webhooks import AttemptResult, WebhookAnswer
from domain.shared.access import SYSTEM
from domain.shared.events import EventType, NewEvent
from domain.shared.jobs import Again, Job
from domain.use_cases.webhooks.rendering import with_payloads
from domain.webhooks.deliveries import DISABLED_ERROR, DeliveryStatus, WebhookAttempt, WebhookDelivery
from domain.webhooks.endpoints import DisabledReason, EndpointSecrets, WebhookEndpoint
from domain.webhooks.retries import Answered, attempted, noted

# Deliveries that are recorded together, unless sending them takes longer than RECORDED_AFTER.
BATCH, RECORDED_AFTER = 50, timedelta(seconds=1)
# After this time other endpoints get their turn.
TURN = timedelta(seconds=5)


class _Attempt(NamedTuple):
    """One attempt of a delivery that is to be recorded."""

    row: WebhookAttempt
    answered: Answered


async def deliver_webhooks(deps: Dependencies, job: Job) -> Again | None:
    """Send the due deliveries of one endpoint, in order. That an endpoint fails is no failure of the job.

    Raises: LeaseLost, NotConfigured.
    """
    endpoint_id, end = job.payload["endpointId"], deps.now() + TURN
    backlog = deps.webhooks.backlog
    while True:
        found, now = await backlog.endpoint(endpoint_id), deps.now()
        if found is None or not found[0].is_active:
            return None
        endpoint, secrets = found
        if endpoint.paused_until is not None and now < endpoint.paused_until:
            return Again(endpoint.paused_until, waits="The endpoint fails; it is tried again then.")
        if now >= end:
            return Again(now)
        # One that fails is sent a single one, so that no bodies are written and read in vain.
        number = 1 if endpoint.consecutive_failures else BATCH
        if not (due := await backlog.due(endpoint_id, now, number)):
            following = await backlog.next_due(endpoint_id)
            return None if following is None else Again(following)
        rendered = await with_payloads(deps, job, endpoint, due)
        attempts = await _send(deps, endpoint, secrets, rendered)
        await _record(deps, job, endpoint, attempts)


async def _send(
    deps: Dependencies, endpoint: WebhookEndpoint, secrets: EndpointSecrets, deliveries: Sequence[WebhookDelivery]
) -> Sequence[_Attempt]:
    """Send deliveries one after the other, until one fails or what was sent should be recorded."""
    keys, begun, attempts = _keys(deps, secrets), deps.now(), list[_Attempt]()
    for delivery in deliveries:
        attempts.append(await _attempt(deps, endpoint.url, delivery, keys))
        if attempts[-1].answered.problem is not None or deps.now() - begun >= RECORDED_AFTER:
            break
    return attempts


def _keys(deps: Dependencies, secrets: EndpointSecrets) -> Sequence[str]:
    """The secrets that sign now: also the previous one, until a rotation has ended. Raises: NotConfigured."""
    return [deps.secret_box.open(it) for it in secrets.signing(deps.now())]


async def _attempt(deps: Dependencies, url: str, delivery: WebhookDelivery, keys: Sequence[str]) -> _Attempt:
    at, content = deps.now(), (delivery.payload or "").encode()
    headers = deps.webhooks.signer.headers(delivery.id, delivery.event_type, content, keys, at)
    answer: WebhookAnswer = await deps.webhooks.sender.post(url, headers, content)
    answered = Answered(deps.now(), answer.status, answer.error, answer.retry_after)
    row = WebhookAttempt(
        delivery.tenant_id, delivery.id, 0, at, answer.status, answer.latency_ms, answered.problem, answer.body
    )
    return _Attempt(row, answered)


async def _record(deps: Dependencies, job: Job, endpoint: WebhookEndpoint, attempts: Sequence[_Attempt]) -> None:
    """Store attempts, and what they change, in one unit of work. An endpoint that was deleted meanwhile has nothing to
    store, and one that has another URL by now is not judged by the answers of the previous one. Raises: LeaseLost."""
    if not attempts:
        return
    async with deps.unit_of_work(job.tenant_scope) as work:
        await work.webhook_deliveries.hold(job)
        if (before := await work.webhooks.lock(endpoint.id)) is None:
            return
        known = dict(await work.webhook_deliveries.lock([it.row.delivery_id for it in attempts]))
        after, rows, results = before, list[WebhookAttempt](), list[AttemptResult]()
        for row, answered in attempts:
            if (delivery := known.get(row.delivery_id)) is None:
                continue
            changed = attempted(delivery, answered, deps.webhooks.random())
            known[changed.id] = changed
            after = noted(after, changed, answered) if before.url == endpoint.url else after
            rows.append(row._replace(number=changed.attempt_count))
            results.append(_result(changed, answered))
        await work.webhook_deliveries.save(list(known.values()), rows)
        if after != before:
            await work.webhooks.save(after)
        if before.is_active and not after.is_active:
            await _disable(work, deps, after)
        await work.commit()
    deps.webhooks.results.update(results)


def _result(delivery: WebhookDelivery, answered: Answered) -> AttemptResult:
    if answered.problem is None:
        return AttemptResult.SUCCESS
    return AttemptResult.FAILED if delivery.status == DeliveryStatus.PENDING else AttemptResult.GIVEN_UP


async def _disable(work: UnitOfWork, deps: Dependencies, endpoint: WebhookEndpoint) -> None:
    """Fail what an endpoint was still to get, and tell of it: the company, if the endpoint failed for days."""
    await work.webhooks.fail_pending(endpoint, DISABLED_ERROR)
    facts = {"mailed": endpoint.disabled_reason == DisabledReason.FAILING}
    kind = EventType.WEBHOOK_ENDPOINT_DISABLED
    work.record(NewEvent(kind, endpoint.tenant_id, endpoint.ref, SYSTEM, deps.now(), facts=facts))
