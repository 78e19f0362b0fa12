"""What sending webhooks needs of the outside. Adapters implement these protocols structurally."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from domain.shared.access import Scope, TenantScope
from domain.shared.errors import Invalid
from domain.shared.events import Event


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
        """The result of a document for an event: `data`, and `errors` if there are any."""
