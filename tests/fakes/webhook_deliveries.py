"""Deliveries of webhooks in memory, and an endpoint that answers as it is told."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from domain.ports.webhook_stores import BehindEndpoint, LoggedEvent, WebhookBacklog
from domain.ports.webhooks import WebhookAnswer, Webhooks
from domain.shared.access import Scope, TenantScope
from domain.shared.errors import Invalid
from domain.shared.events import Event, EventType
from domain.shared.jobs import Job, LeaseLost
from domain.webhooks.deliveries import DeliveryStatus, WebhookAttempt, WebhookDelivery
from domain.webhooks.endpoints import EndpointSecrets, WebhookEndpoint
from tests.fakes.webhooks import recorded_event

if TYPE_CHECKING:
    from tests.fakes.storage import Memory, MemoryUnitOfWork

OK = WebhookAnswer(204, 1)


def answer(status: int, retry_after: timedelta | None = None) -> WebhookAnswer:
    """An answer with a status."""
    return WebhookAnswer(status, 1, retry_after=retry_after)


@dataclass
class Sent:
    """A request to an endpoint."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class FakeReceiver:
    """A `WebhookSender` whose endpoints answer by address; without answers, each request succeeds. It signs with the
    plain secrets, and describes an event by its number."""

    answers: dict[str, list[WebhookAnswer]] = field(default_factory=lambda: defaultdict(list))
    defaults: dict[str, WebhookAnswer] = field(default_factory=dict)
    default: WebhookAnswer = OK
    sent: list[Sent] = field(default_factory=list)
    rendered: list[str] = field(default_factory=list)
    # What happens while a request is made.
    meanwhile: Callable[[], None] = lambda: None

    def webhooks(self, backlog: WebhookBacklog) -> Webhooks:
        return Webhooks(sender=self, signer=self, queries=self, data=self, backlog=backlog, random=lambda: 0.5)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> WebhookAnswer:
        self.sent.append(Sent(url, headers, body))
        self.meanwhile()
        return self.answers[url].pop(0) if self.answers[url] else self.defaults.get(url, self.default)

    def headers(
        self, delivery_id: str, event_type: str, body: bytes, secrets: Sequence[str], at: datetime
    ) -> dict[str, str]:
        return {"webhook-id": delivery_id, "type": event_type, "secrets": " ".join(secrets), "at": at.isoformat()}

    async def problems(self, document: str, scopes: frozenset[Scope]) -> Sequence[Invalid]:
        return ()

    async def render(
        self, document: str, event: Event, tenant_scope: TenantScope, scopes: frozenset[Scope]
    ) -> dict[str, Any]:
        self.rendered.append(event.id)
        return {"data": {"document": document, "number": event.number}, "errors": [{"message": "gone"}]}

    async def describe(self, events: Sequence[Event], tenant_scope: TenantScope) -> Sequence[dict[str, Any]]:
        self.rendered += [it.id for it in events]
        return [{"number": it.number} for it in events]


@dataclass
class MemoryWebhookBacklog:
    """A `WebhookBacklog` over `Memory`."""

    memory: "Memory"

    async def behind(self, limit: int) -> Sequence[BehindEndpoint]:
        active = [it for it in self.memory.webhook_endpoints.values() if it.is_active]
        return [
            BehindEndpoint(it.id, TenantScope(self.memory.tenants[it.tenant_id].environment, it.tenant_id))
            for it in active
            if len(events_of(self.memory, it.tenant_id)) > it.last_event
        ][:limit]

    async def endpoint(self, endpoint_id: str) -> tuple[WebhookEndpoint, EndpointSecrets] | None:
        found = self.memory.webhook_endpoints.get(endpoint_id)
        return None if found is None else (found, self.memory.webhook_secrets[endpoint_id])

    async def due(self, endpoint_id: str, now: datetime, limit: int) -> Sequence[WebhookDelivery]:
        due = [it for it in self._pending(endpoint_id) if it.next_attempt_at is None or it.next_attempt_at <= now]
        return sorted(due, key=lambda it: it.sequence)[:limit]

    async def next_due(self, endpoint_id: str) -> datetime | None:
        times = (it.next_attempt_at for it in self._pending(endpoint_id))
        return min((it for it in times if it is not None), default=None)

    async def events(self, event_ids: Sequence[str]) -> Mapping[str, Event]:
        tenants = self.memory.tenants
        found = [it for tenant_id in tenants for it in events_of(self.memory, tenant_id)]
        return {it.id: it for it in found if it.id in event_ids}

    def _pending(self, endpoint_id: str) -> list[WebhookDelivery]:
        deliveries = self.memory.webhook_deliveries.values()
        return [it for it in deliveries if it.endpoint_id == endpoint_id and it.status == DeliveryStatus.PENDING]


def events_of(memory: "Memory", tenant_id: int) -> list[Event]:
    """The events of a tenant, as the log has them."""
    mine = [it for it in memory.events if it.tenant_id == tenant_id]
    return [recorded_event(it, number) for number, it in enumerate(mine, 1)]


@dataclass
class MemoryWebhookDeliveries:
    """A `WebhookDeliveryStore` over `Memory`."""

    work: "MemoryUnitOfWork"

    @property
    def memory(self) -> "Memory":
        return self.work.memory

    async def lock_behind(self, endpoint_id: str) -> tuple[WebhookEndpoint, int] | None:
        endpoint = self.memory.webhook_endpoints.get(endpoint_id)
        if endpoint is None or not endpoint.is_active:
            return None
        last_event = len(events_of(self.memory, endpoint.tenant_id))
        return (endpoint, last_event) if last_event > endpoint.last_event else None

    async def events_after(
        self, tenant_id: int, number: int, types: Collection[EventType], limit: int
    ) -> Sequence[LoggedEvent]:
        found = [it for it in events_of(self.memory, tenant_id) if it.number > number and it.type in types]
        return [LoggedEvent(it.id, it.number, it.type) for it in found[:limit]]

    async def add(self, deliveries: Sequence[WebhookDelivery]) -> None:
        known = {(it.endpoint_id, it.event_id) for it in self.memory.webhook_deliveries.values()}
        await self.save([it for it in deliveries if (it.endpoint_id, it.event_id) not in known], ())

    async def move_on(self, endpoint_id: str, last_event: int) -> None:
        endpoint = self.memory.webhook_endpoints[endpoint_id]._replace(last_event=last_event)
        self.work.at_commit(lambda: self.memory.webhook_endpoints.update({endpoint_id: endpoint}))

    async def lock(self, delivery_ids: Sequence[str]) -> Mapping[str, WebhookDelivery]:
        return {it: self.memory.webhook_deliveries[it] for it in delivery_ids if it in self.memory.webhook_deliveries}

    async def hold(self, job: Job) -> None:
        if self.memory.jobs[job.id].attempts != job.attempts:
            raise LeaseLost

    async def keep_payloads(self, payloads: Mapping[str, str]) -> None:
        deliveries = self.memory.webhook_deliveries
        await self.save([deliveries[it]._replace(payload=payload) for it, payload in payloads.items()], ())

    async def save(self, deliveries: Sequence[WebhookDelivery], attempts: Sequence[WebhookAttempt]) -> None:
        self.work.at_commit(lambda: self.memory.webhook_deliveries.update({it.id: it for it in deliveries}))
        self.work.at_commit(lambda: self.memory.webhook_attempts.extend(attempts))
