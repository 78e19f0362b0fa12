"""Webhook endpoints of a world in memory, events for them, and the rounds of the worker that deliver them."""

from typing import Any

from domain.shared.errors import NodeRef
from domain.shared.events import EventType, NewEvent
from domain.shared.ids import new_id
from domain.shared.jobs import JobType
from domain.use_cases.webhooks.fan_out import fan_out
from domain.webhooks.deliveries import WebhookDelivery
from domain.webhooks.endpoints import EndpointSecrets, WebhookEndpoint
from tests.builders import ANA, TENANT, an_endpoint
from tests.fakes.storage import World
from tests.following import run

SECRET = "5ec7e7" * 8


def with_endpoint(world: World, **given: Any) -> WebhookEndpoint:
    """An endpoint of the world that wants all events of quotes."""
    endpoint = an_endpoint(**given)
    world.memory.webhook_endpoints[endpoint.id] = endpoint
    world.memory.webhook_secrets[endpoint.id] = EndpointSecrets(f"sealed {SECRET}")
    return endpoint


def happen(world: World, *types: EventType, tenant_id: int = TENANT) -> None:
    """Put events into the log."""
    for type_ in types:
        world.memory.events.append(NewEvent(type_, tenant_id, NodeRef("Quote", new_id()), ANA, world.clock()))


async def deliver(world: World) -> None:
    """Fan out, and run what is due once."""
    await fan_out(world.deps)
    await run(world, JobType.DELIVER_WEBHOOKS)


def endpoint_of(world: World) -> WebhookEndpoint:
    [endpoint] = world.memory.webhook_endpoints.values()
    return endpoint


def deliveries_of(world: World, endpoint: WebhookEndpoint | None = None) -> list[WebhookDelivery]:
    """Deliveries in the order of their events, of one endpoint or of all."""
    found = [it for it in world.memory.webhook_deliveries.values() if endpoint is None or it.endpoint_id == endpoint.id]
    return sorted(found, key=lambda it: it.sequence)
