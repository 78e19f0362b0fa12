"""What sending webhooks needs of the outside. Adapters implement these protocols structurally."""

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from domain.ports.webhook_stores import NoWebhookBacklog, WebhookBacklog
from domain.shared.access import Scope, TenantScope
from domain.shared.errors import Invalid
from domain.shared.events import Event
from domain.shared.outbound_errors import NotConfigured


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """The answer of an endpoint, or the `error` for which there is none. `body` is its first kilobyte as text;
    `retry_after` is how long it asks to wait."""

    status: int | None
    latency_ms: int
    error: str | None = None
    body: str | None = None
    retry_after: timedelta | None = None


class WebhookSender(Protocol):
    """Sends a request to an address that a tenant has chosen, but to no address inside. Never raises for what the
    other side does: the answer has the error."""

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> WebhookAnswer: ...


class WebhookSigner(Protocol):
    """Signs a delivery with one or two secrets."""

    def headers(
        self, delivery_id: str, event_type: str, body: bytes, secrets: Sequence[str], at: datetime
    ) -> dict[str, str]: ...


class WebhookQueries(Protocol):
    """The documents by which endpoints select their payload (docs/domain.md#webhook-payloads)."""

    async def problems(self, document: str, scopes: frozenset[Scope]) -> Sequence[Invalid]:
        """What is wrong with a document, for a key with these scopes."""

    async def render(
        self, document: str, event: Event, tenant_scope: TenantScope, scopes: frozenset[Scope]
    ) -> dict[str, Any]:
        """The result of a document for an event: `data`, and `errors` if there are any.

        Raises: an outage of the database, so that no errors are delivered that are gone a moment later.
        """


class WebhookData(Protocol):
    """The default data of payloads (docs/domain.md#webhook-payloads)."""

    async def describe(self, events: Sequence[Event], tenant_scope: TenantScope) -> Sequence[dict[str, Any]]:
        """The data of each event, in the order of the events, by the present state of what they are about. Each event
        has a name in webhooks. The number of statements does not depend on the number of events."""


class AttemptResult(StrEnum):
    """The result of one attempt to deliver: FAILED ones are tried again, after GIVEN_UP the delivery has failed."""

    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    GIVEN_UP = "GIVEN_UP"


class NoWebhooks:
    """The ports of webhooks for processes that send none."""

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> WebhookAnswer:
        raise NotConfigured("Webhooks are not sent from here.")

    def headers(
        self, delivery_id: str, event_type: str, body: bytes, secrets: Sequence[str], at: datetime
    ) -> dict[str, str]:
        raise NotConfigured("Webhooks are not signed here.")

    async def problems(self, document: str, scopes: frozenset[Scope]) -> Sequence[Invalid]:
        raise NotConfigured("Documents of webhooks are not checked here.")

    async def render(
        self, document: str, event: Event, tenant_scope: TenantScope, scopes: frozenset[Scope]
    ) -> dict[str, Any]:
        raise NotConfigured("Documents of webhooks are not executed here.")

    async def describe(self, events: Sequence[Event], tenant_scope: TenantScope) -> Sequence[dict[str, Any]]:
        raise NotConfigured("Events are not described here.")


@dataclass(frozen=True, slots=True)
class Webhooks:
    """What sending webhooks needs. `random` is uniform in [0, 1). `results` counts the attempts of this process.
    `loopback` is what `tenant_url` is given when an endpoint is saved."""

    sender: WebhookSender = field(default_factory=NoWebhooks)
    loopback: bool = False
    signer: WebhookSigner = field(default_factory=NoWebhooks)
    queries: WebhookQueries = field(default_factory=NoWebhooks)
    data: WebhookData = field(default_factory=NoWebhooks)
    backlog: WebhookBacklog = field(default_factory=NoWebhookBacklog)
    random: Callable[[], float] = random.random
    results: Counter[AttemptResult] = field(default_factory=Counter)
