"""What the tests of webhooks begin with: an installation that can seal secrets, and that receives what it sends."""

from dataclasses import dataclass, field, replace
from typing import Any

from domain.ports.dependencies import Dependencies
from domain.ports.webhooks import Webhooks
from domain.shared.access import Caller
from domain.shared.ids import global_id
from domain.use_cases.webhooks.endpoints import (
    CreateWebhookEndpoint,
    UpdateWebhookEndpoint,
    create_webhook_endpoint,
    update_webhook_endpoint,
)
from domain.webhooks.endpoints import WebhookEndpoint, WebhookFormat
from tests.builders import a_caller
from tests.fakes.storage import World
from tests.fakes.webhooks import FakeQueries, NamingSigner, PlainSecretBox, Receiver

URL = "https://hooks.example/quotegraph"
CUSTOMER = a_caller()


@dataclass
class WebhookWorld(World):
    """An installation with everything that webhooks need."""

    receiver: Receiver = field(default_factory=Receiver)

    @property
    def deps(self) -> Dependencies:
        webhooks = Webhooks(self.receiver, signer=NamingSigner(), queries=FakeQueries())
        return replace(super().deps, secret_box=PlainSecretBox(), webhooks=webhooks)

    async def endpoint(self, caller: Caller = CUSTOMER, **given: Any) -> str:
        """The global id of a new endpoint."""
        outcome = await create_webhook_endpoint(self.deps, caller, creation(**given))
        return global_id("WebhookEndpoint", outcome.id_of("WebhookEndpoint") or "")

    async def update(self, endpoint: str, caller: Caller = CUSTOMER, **given: Any) -> WebhookEndpoint:
        """The endpoint after an update."""
        await update_webhook_endpoint(self.deps, caller, UpdateWebhookEndpoint(endpoint, given))
        return self.stored(endpoint)

    def stored(self, endpoint: str) -> WebhookEndpoint:
        return self.memory.webhook_endpoints[endpoint.partition("_")[2]]


def creation(format_: WebhookFormat = WebhookFormat.QUIPTEAMS, **given: Any) -> CreateWebhookEndpoint:
    return CreateWebhookEndpoint({"url": URL, "events": ["quote.*"], **given}, format_)
