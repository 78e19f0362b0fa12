"""The storage of webhooks: what is due, read beside everything else, and what changes in a unit of work."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from domain.shared.access import TenantScope
from domain.shared.events import Event, EventType
from domain.shared.ids import RowId
from domain.shared.jobs import Job
from domain.webhooks.deliveries import WebhookAttempt, WebhookDelivery
from domain.webhooks.endpoints import EndpointSecrets, WebhookEndpoint


class WebhookStore(Protocol):
    """Endpoints and deliveries in the tenant scope, as those who manage them change them. The endpoint is locked before
    its deliveries."""

    async def count(self, tenant_id: int) -> int:
        """How many endpoints a tenant has. The caller has locked the tenant."""

    async def lock(self, endpoint_id: str) -> WebhookEndpoint | None: ...

    async def secrets(self, endpoint_id: str) -> EndpointSecrets: ...

    async def add(self, endpoint: WebhookEndpoint, secrets: EndpointSecrets) -> None: ...

    async def save(self, endpoint: WebhookEndpoint) -> None: ...

    async def save_secrets(self, endpoint: WebhookEndpoint, secrets: EndpointSecrets) -> None: ...

    async def remove(self, endpoint: WebhookEndpoint) -> None:
        """Delete an endpoint with its deliveries and their attempts."""

    async def fail_pending(self, endpoint: WebhookEndpoint, error: str) -> None:
        """Mark the pending deliveries of an endpoint as failed."""

    async def drop_payloads(self, endpoint: WebhookEndpoint) -> None:
        """Forget the bodies of the deliveries of an endpoint; one that is sent again is rendered anew."""

    async def endpoint_of_delivery(self, delivery_id: RowId) -> str | None:
        """The endpoint of a delivery, which is locked before it."""

    async def lock_delivery(self, delivery_id: str) -> WebhookDelivery | None: ...

    async def save_delivery(self, delivery: WebhookDelivery) -> None: ...

    async def events(
        self, tenant_id: int, types: Collection[EventType], since: datetime, until: datetime, limit: int
    ) -> Sequence[Event]:
        """The tenant's events of these types that occurred from `since` to `until`, both included, the earliest
        first. Transactions that end at the same time can number events in another order."""

    async def queue(self, deliveries: Sequence[WebhookDelivery]) -> None:
        """Add deliveries. One of the same event and endpoint becomes as the new one, but keeps its id and its
        attempts."""


class BehindEndpoint(NamedTuple):
    """An endpoint whose tenant has events that were not considered for it."""

    endpoint_id: str
    tenant_scope: TenantScope


class LoggedEvent(NamedTuple):
    """An event of the log, as far as it takes to decide who is told of it."""

    id: str
    number: int
    type: EventType


class WebhookBacklog(Protocol):
    """What is to be delivered. It is read without locks."""

    async def behind(self, limit: int) -> Sequence[BehindEndpoint]:
        """Some of the active endpoints whose tenants have events that were not considered for them, any of them in its
        turn."""

    async def endpoint(self, endpoint_id: str) -> tuple[WebhookEndpoint, EndpointSecrets] | None: ...

    async def due(self, endpoint_id: str, now: datetime, limit: int) -> Sequence[WebhookDelivery]:
        """The endpoint's pending deliveries whose next attempt is due, in the order of their events."""

    async def next_due(self, endpoint_id: str) -> datetime | None:
        """When the next attempt of any of the endpoint's pending deliveries is due."""

    async def events(self, event_ids: Sequence[str]) -> Mapping[str, Event]:
        """Events by id, without those that were deleted."""


class NoWebhookBacklog:
    """A `WebhookBacklog` for processes without webhooks."""

    async def behind(self, limit: int) -> Sequence[BehindEndpoint]:
        return ()

    async def endpoint(self, endpoint_id: str) -> tuple[WebhookEndpoint, EndpointSecrets] | None:
        return None

    async def due(self, endpoint_id: str, now: datetime, limit: int) -> Sequence[WebhookDelivery]:
        return ()

    async def next_due(self, endpoint_id: str) -> datetime | None:
        return None

    async def events(self, event_ids: Sequence[str]) -> Mapping[str, Event]:
        return {}


class WebhookDeliveryStore(Protocol):
    """Deliveries as the worker adds and sends them. Their endpoint is locked first; ids come from the backlog."""

    async def lock_behind(self, endpoint_id: str) -> tuple[WebhookEndpoint, int] | None:
        """The endpoint, if it is active and behind, with the number of its tenant's last event; None also if another
        process has locked it."""

    async def events_after(
        self, tenant_id: int, number: int, types: Collection[EventType], limit: int
    ) -> Sequence[LoggedEvent]:
        """The tenant's events of these types with a higher number, in order."""

    async def add(self, deliveries: Sequence[WebhookDelivery]) -> None:
        """Store deliveries, except those of events that the endpoint already has."""

    async def move_on(self, endpoint_id: str, last_event: int) -> None:
        """Store the number of the last event that was considered for the endpoint."""

    async def lock(self, delivery_ids: Sequence[str]) -> Mapping[str, WebhookDelivery]: ...

    async def hold(self, job: Job) -> None:
        """Check that the job still belongs to this attempt. Raises: LeaseLost."""

    async def keep_payloads(self, payloads: Mapping[str, str]) -> None:
        """Store the bodies of deliveries that have none, by the id of the delivery."""

    async def save(self, deliveries: Sequence[WebhookDelivery], attempts: Sequence[WebhookAttempt]) -> None:
        """Store changed deliveries and new attempts."""
