"""The store of webhooks in memory, a receiver of webhooks, and a secret box that encrypts nothing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from domain.ports.webhooks import WebhookAnswer
from domain.shared.access import Scope, TenantScope
from domain.shared.errors import ErrorCode, Invalid
from domain.shared.events import Event, EventType, NewEvent
from domain.webhooks.deliveries import DeliveryStatus, WebhookDelivery
from domain.webhooks.endpoints import EndpointSecrets, WebhookEndpoint

if TYPE_CHECKING:
    from tests.fakes.storage import Memory, MemoryUnitOfWork


@dataclass
class MemoryWebhooks:
    work: "MemoryUnitOfWork"

    @property
    def memory(self) -> "Memory":
        return self.work.memory

    async def count(self, tenant_id: int) -> int:
        return sum(it.tenant_id == tenant_id for it in self.memory.webhook_endpoints.values())

    async def lock(self, endpoint_id: str) -> WebhookEndpoint | None:
        found = self.memory.webhook_endpoints.get(endpoint_id)
        return found if found is not None and self.work.sees(found.tenant_id) else None

    async def secrets(self, endpoint_id: str) -> EndpointSecrets:
        return self.memory.webhook_secrets[endpoint_id]

    async def add(self, endpoint: WebhookEndpoint, secrets: EndpointSecrets) -> None:
        await self.save(endpoint)
        await self.save_secrets(endpoint, secrets)

    async def save(self, endpoint: WebhookEndpoint) -> None:
        self.work.at_commit(lambda: self.memory.webhook_endpoints.update({endpoint.id: endpoint}))

    async def save_secrets(self, endpoint: WebhookEndpoint, secrets: EndpointSecrets) -> None:
        await self.save(endpoint)
        self.work.at_commit(lambda: self.memory.webhook_secrets.update({endpoint.id: secrets}))

    async def remove(self, endpoint: WebhookEndpoint) -> None:
        self.work.at_commit(lambda: self._remove(endpoint.id))

    def _remove(self, endpoint_id: str) -> None:
        deliveries = self.memory.webhook_deliveries
        del self.memory.webhook_endpoints[endpoint_id], self.memory.webhook_secrets[endpoint_id]
        for gone in [it.id for it in deliveries.values() if it.endpoint_id == endpoint_id]:
            del deliveries[gone]

    async def fail_pending(self, endpoint: WebhookEndpoint, error: str) -> None:
        self.work.at_commit(lambda: self._fail_pending(endpoint.id, error))

    def _fail_pending(self, endpoint_id: str, error: str) -> None:
        for it in self.memory.webhook_deliveries.values():
            if it.endpoint_id == endpoint_id and it.status == DeliveryStatus.PENDING:
                failed = it._replace(status=DeliveryStatus.FAILED, last_error=error, next_attempt_at=None)
                self.memory.webhook_deliveries[it.id] = failed

    async def drop_payloads(self, endpoint: WebhookEndpoint) -> None:
        deliveries = self.memory.webhook_deliveries
        mine = [it for it in deliveries.values() if it.endpoint_id == endpoint.id]
        self.work.at_commit(lambda: deliveries.update({it.id: it._replace(payload=None) for it in mine}))

    async def endpoint_of_delivery(self, delivery_id: str) -> str | None:
        found = await self.lock_delivery(delivery_id)
        return None if found is None else found.endpoint_id

    async def lock_delivery(self, delivery_id: str) -> WebhookDelivery | None:
        found = self.memory.webhook_deliveries.get(delivery_id)
        return found if found is not None and self.work.sees(found.tenant_id) else None

    async def save_delivery(self, delivery: WebhookDelivery) -> None:
        self.work.at_commit(lambda: self.memory.webhook_deliveries.update({delivery.id: delivery}))

    async def events(
        self, tenant_id: int, types: Collection[EventType], since: datetime, until: datetime, limit: int
    ) -> Sequence[Event]:
        recorded = [
            recorded_event(it, number)
            for number, it in enumerate(self.memory.events, 1)
            if it.tenant_id == tenant_id and it.type in types and since <= it.occurred_at <= until
        ]
        return sorted(recorded, key=lambda it: (it.occurred_at, it.number))[:limit]

    async def queue(self, deliveries: Sequence[WebhookDelivery]) -> None:
        known = {(it.endpoint_id, it.event_id): it for it in self.memory.webhook_deliveries.values()}
        for it in deliveries:
            same = known.get((it.endpoint_id, it.event_id))
            kept = it if same is None else it._replace(id=same.id, attempt_count=same.attempt_count)
            await self.save_delivery(kept)


def recorded_event(event: NewEvent, number: int) -> Event:
    """The event as the log has it."""
    where = (event.node.type, event.node.id, *event.actor, event.occurred_at)
    return Event(
        str(UUID(int=(event.tenant_id << 64) + number)),
        number,
        event.type,
        event.tenant_id,
        *where,
        event.changes,
        event.field_changes,
    )


@dataclass
class Receiver:
    """A `WebhookSender` that keeps what is sent, and gives the answers in turn; the last one stays."""

    answers: list[WebhookAnswer] = field(default_factory=lambda: [WebhookAnswer(204, 7)])
    received: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> WebhookAnswer:
        self.received.append((url, headers, body))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class PlainSecretBox:
    """A `SecretBox` that marks what it has sealed."""

    def seal(self, secret: str) -> str:
        return f"sealed {secret}"

    def open(self, sealed: str) -> str:
        assert sealed.startswith("sealed ")
        return sealed.removeprefix("sealed ")


class NamingSigner:
    """A `WebhookSigner` whose signature names the secrets."""

    def headers(
        self, delivery_id: str, event_type: str, body: bytes, secrets: Sequence[str], at: datetime
    ) -> dict[str, str]:
        return {"webhook-id": delivery_id, "type": event_type, "signature": " ".join(secrets)}


class FakeQueries:
    """`WebhookQueries` to which a document is wrong that contains `wrong`, or that needs a scope it names."""

    async def problems(self, document: str, scopes: frozenset[Scope]) -> Sequence[Invalid]:
        found = [Invalid(ErrorCode.INVALID_TEXT, "This is wrong.")] if "wrong" in document else []
        missing = [it for it in Scope if it in document and it not in scopes]
        return [*found, *(Invalid(ErrorCode.NOT_ALLOWED, f"This requires {it}.") for it in missing)]

    async def render(
        self, document: str, event: Event, tenant_scope: TenantScope, scopes: frozenset[Scope]
    ) -> dict[str, Any]:
        return {"data": {"document": document}}
