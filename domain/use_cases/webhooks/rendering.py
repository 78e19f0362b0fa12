"""Writes the bodies of deliveries before they are first sent (docs/domain.md#webhook-payloads)."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from domain.ports.dependencies import Dependencies
from domain.shared.access import Scope
from domain.shared.events import READ_SCOPES, Event
from domain.shared.jobs import Job
from domain.webhooks.deliveries import EVENT_DELETED_ERROR, NOT_READABLE_ERROR, DeliveryStatus, WebhookDelivery
from domain.webhooks.endpoints import WebhookEndpoint
from domain.webhooks.payloads import LARGEST, body, envelope_of

# Own selections are rendered together until that takes longer, or their bodies have more characters.
RENDERED_AFTER, RENDERED_TOGETHER = timedelta(seconds=1), 4 * LARGEST


async def with_payloads(
    deps: Dependencies, job: Job, endpoint: WebhookEndpoint, deliveries: Sequence[WebhookDelivery]
) -> Sequence[WebhookDelivery]:
    """The deliveries with their payloads, which are stored before they are first sent, so that they stay the same.

    Only the first of them if they take long to render, and none if the endpoint was changed meanwhile. Those whose
    event was deleted before, or may no longer be sent to the endpoint, have failed, and are left out.

    Raises: LeaseLost.
    """
    new = [it for it in deliveries if it.payload is None]
    if not new:
        return deliveries
    events = await deps.webhooks.backlog.events([it.event_id for it in new])
    failed = [given_up for it in new if (given_up := _given_up(it, endpoint, events)) is not None]
    lost = {it.id for it in failed}
    payloads = await _bodies(deps, job, endpoint, {it.id: events[it.event_id] for it in new if it.id not in lost})
    async with deps.unit_of_work(job.tenant_scope) as work:
        await work.webhook_deliveries.hold(job)
        if not _sends_the_same(await work.webhooks.lock(endpoint.id), endpoint):
            return ()
        await work.webhook_deliveries.keep_payloads(payloads)
        await work.webhook_deliveries.save(failed, ())
        await work.commit()
    return _ready([it for it in deliveries if it.id not in lost], payloads)


def _given_up(
    delivery: WebhookDelivery, endpoint: WebhookEndpoint, events: Mapping[str, Event]
) -> WebhookDelivery | None:
    """The failed delivery, if it can have no payload."""
    event = events.get(delivery.event_id)
    if event is not None and READ_SCOPES[event.type] in endpoint.scopes:
        return None
    error = EVENT_DELETED_ERROR if event is None else NOT_READABLE_ERROR
    return delivery._replace(status=DeliveryStatus.FAILED, last_error=error, next_attempt_at=None)


def _sends_the_same(now: WebhookEndpoint | None, then: WebhookEndpoint) -> bool:
    return now is not None and (now.query, now.scopes) == (then.query, then.scopes)


def _ready(deliveries: Sequence[WebhookDelivery], payloads: Mapping[str, str]) -> Sequence[WebhookDelivery]:
    """The deliveries up to the first that is not rendered yet."""
    ready = list[WebhookDelivery]()
    for it in deliveries:
        if (payload := payloads.get(it.id, it.payload)) is None:
            break
        ready.append(it._replace(payload=payload))
    return ready


async def _bodies(
    deps: Dependencies, job: Job, endpoint: WebhookEndpoint, events: Mapping[str, Event]
) -> Mapping[str, str]:
    """The bodies of the events, by the id of the delivery."""
    if endpoint.query is not None:
        return await _bodies_of_query(deps, job, endpoint, endpoint.query, events)
    described = await deps.webhooks.data.describe(list(events.values()), job.tenant_scope)
    return {
        delivery_id: _body(endpoint, event, {"data": data})
        for (delivery_id, event), data in zip(events.items(), described, strict=True)
    }


async def _bodies_of_query(
    deps: Dependencies, job: Job, endpoint: WebhookEndpoint, query: str, events: Mapping[str, Event]
) -> Mapping[str, str]:
    """The bodies with the endpoint's own selection: as many of the first as may be rendered together."""
    scopes, begun, bodies, length = frozenset(Scope(it) for it in endpoint.scopes), deps.now(), dict[str, str](), 0
    for delivery_id, event in events.items():
        content = await deps.webhooks.queries.render(query, event, job.tenant_scope, scopes)
        bodies[delivery_id] = _body(endpoint, event, content)
        length += len(bodies[delivery_id])
        if length >= RENDERED_TOGETHER or deps.now() - begun >= RENDERED_AFTER:
            break
    return bodies


def _body(endpoint: WebhookEndpoint, event: Event, content: Mapping[str, Any]) -> str:
    return body(envelope_of(event), endpoint.format, content)
