"""Webhook endpoints for tests of the API, complete inputs for their mutations."""

from dataclasses import replace
from typing import Any

from adapters.webhooks.signing import StandardSigner
from domain.ports.webhooks import WebhookAnswer
from tests.api.support.running import Running, company_id
from tests.fakes.webhooks import Receiver

URL = "https://hooks.example/quotegraph"
EVER = "2000-01-01"

WEBHOOK_INPUTS: dict[str, Any] = {
    "createWebhookEndpoint": {
        "companyId": company_id("AUSTRAL"),
        "url": URL,
        "events": ["quote.*"],
        "description": "Orders in our ERP",
        "query": "subscription { events { type } }",
        "format": "STANDARD",
    },
    "updateWebhookEndpoint": {
        "endpointId": "<endpoint id>",
        "url": URL,
        "events": ["quote.pending"],
        "description": "Orders in our ERP",
        "query": "subscription { events { type } }",
        "isActive": True,
    },
    "rotateWebhookSecret": {"endpointId": "<endpoint id>", "overlap": "PT1H"},
    "deleteWebhookEndpoint": {"endpointId": "<endpoint id>"},
    "testWebhookEndpoint": {"endpointId": "<endpoint id>"},
    "redeliverWebhook": {"deliveryId": "<delivery id>"},
    "replayWebhookEvents": {
        "endpointId": "<endpoint id>",
        "since": EVER,
        "until": "2099-01-01T00:00:00Z",
        "types": ["quote.created"],
    },
}


async def a_webhook_endpoint(api: Running, key: str | None = None, **given: Any) -> str:
    """The id of a new endpoint."""
    input_ = {"url": URL, "events": ["quote.*"], **given}
    made = await api.act("createWebhookEndpoint", input_, "endpoint { id }", key=key)
    assert made["userErrors"] == []
    found: str = made["endpoint"]["id"]
    return found


async def its_deliveries(api: Running, endpoint: str, key: str | None = None) -> list[str]:
    """The ids of the deliveries of everything that has happened to an endpoint, by a replay."""
    await api.act("replayWebhookEvents", {"endpointId": endpoint, "since": EVER}, "queued", key=key)
    query = "query($id: ID!) { webhookEndpoint(by: {id: $id}) { deliveries { nodes { id } } } }"
    shown = await api.data(query, {"id": endpoint}, key)
    return [it["id"] for it in shown["webhookEndpoint"]["deliveries"]["nodes"]]


def received_by(api: Running, *answers: WebhookAnswer) -> Receiver:
    """Have all webhooks of an application received by the test."""
    receiver = Receiver(list(answers)) if answers else Receiver()
    deps = api.parts.deps
    object.__setattr__(deps, "webhooks", replace(deps.webhooks, sender=receiver, signer=StandardSigner()))
    return receiver
