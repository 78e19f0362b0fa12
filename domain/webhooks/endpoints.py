"""Webhook endpoints: the addresses of a company that are told of its events."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from domain.shared.access import Actor, ActorType
from domain.shared.errors import NodeRef


class WebhookFormat(StrEnum):
    """The shape of the body that an endpoint receives (docs/domain.md#webhook-payloads)."""

    QUIPTEAMS = "QUIPTEAMS"
    STANDARD = "STANDARD"


class DisabledReason(StrEnum):
    """Why quotegraph itself disabled an endpoint."""

    GONE = "GONE"
    FAILING = "FAILING"


class WebhookEndpoint(NamedTuple):
    """One address and the events it wants. Its secrets are not part of the row (`EndpointSecrets`).

    `scopes` are those of the key that saved it last: it is told of no event that the key may not read. `last_event` is
    the number of the tenant's last event that was considered for it. `failing_since` is the first failure since the
    last success; nothing is sent before `paused_until`.
    """

    id: str
    tenant_id: int
    url: str
    events: tuple[str, ...]
    description: str | None
    format: WebhookFormat
    query: str | None
    scopes: tuple[str, ...]
    secret_prefix: str
    is_active: bool
    disabled_reason: DisabledReason | None
    actor_kind: ActorType
    actor_id: str
    actor_name: str
    last_event: int
    consecutive_failures: int
    failing_since: datetime | None
    paused_until: datetime | None
    created_at: datetime
    updated_at: datetime

    @property
    def ref(self) -> NodeRef:
        return NodeRef("WebhookEndpoint", self.id)

    @property
    def created_by(self) -> Actor:
        return Actor(ActorType(self.actor_kind), self.actor_id, self.actor_name)


class EndpointSecrets(NamedTuple):
    """The sealed secrets of an endpoint. During a rotation, both sign until `previous_secret_until`."""

    secret: str
    previous_secret: str | None = None
    previous_secret_until: datetime | None = None
