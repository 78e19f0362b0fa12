"""Finds the deliveries that events cause, from the event log (docs/domain.md#webhook-deliveries).

Nothing is lost if the process crashes, and mutations do no work for it: each endpoint has the number of the last event
that was considered for it.
"""

from datetime import datetime, timedelta

from domain.ports.dependencies import Dependencies
from domain.ports.webhook_stores import BehindEndpoint
from domain.use_cases.webhooks.steps import wake
from domain.webhooks.deliveries import delivery_of
from domain.webhooks.endpoints import WebhookEndpoint
from domain.webhooks.event_types import wanted

# Endpoints that are looked for together, and events of one transaction.
ENDPOINTS, EVENTS = 20, 500


async def fan_out(deps: Dependencies) -> None:
    """Add the deliveries of new events for every endpoint that wants them.

    Several workers may do so: each takes the endpoints that no other has locked.

    Raises: ExceptionGroup of the failures.
    """
    failures = list[Exception]()
    for behind in await deps.webhooks.backlog.behind(ENDPOINTS):
        try:
            await _catch_up(deps, behind)
        except Exception as failure:  # noqa: BLE001 - it is raised again below, after the other endpoints
            failures.append(failure)
    if failures:
        raise ExceptionGroup("Not all webhook endpoints are told of new events.", failures)


async def _catch_up(deps: Dependencies, behind: BehindEndpoint) -> None:
    """Consider the next events for an endpoint, in one unit of work."""
    async with deps.unit_of_work(behind.tenant_scope) as work:
        if (found := await work.webhook_deliveries.lock_behind(behind.endpoint_id)) is None:
            return
        endpoint, last_event = found
        types = wanted(endpoint.events, endpoint.scopes)
        events = await work.webhook_deliveries.events_after(endpoint.tenant_id, endpoint.last_event, types, EVENTS)
        considered = events[-1].number if len(events) == EVENTS else last_event
        if events:
            now = deps.now()
            await work.webhook_deliveries.add([delivery_of(endpoint, it, deps.new_id(), now) for it in events])
            wake(work, endpoint, _rest(endpoint, now))
        await work.webhook_deliveries.move_on(endpoint.id, considered)
        await work.commit()


def _rest(endpoint: WebhookEndpoint, now: datetime) -> timedelta:
    """How long nothing is sent to an endpoint, because it has failed."""
    return timedelta() if endpoint.paused_until is None else max(endpoint.paused_until - now, timedelta())
