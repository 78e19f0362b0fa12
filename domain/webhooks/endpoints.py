"""Webhook endpoints: the addresses of a company that are told of its events."""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlsplit

from domain.shared.access import Actor, ActorType
from domain.shared.errors import Conflict, ErrorCode, NodeRef


class WebhookFormat(StrEnum):
    """The shape of the body that an endpoint receives (docs/domain.md#webhook-payloads)."""

    QUIPTEAMS = "QUIPTEAMS"
    STANDARD = "STANDARD"


class EndpointStatus(StrEnum):
    """Whether deliveries are sent to an endpoint."""

    ACTIVE = "ACTIVE"
    DISABLED = "DISABLED"


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

    @staticmethod
    def derived() -> dict[str, tuple[str, ...]]:
        """The columns that the properties need, for readers that load only the requested columns."""
        return {"created_by": ("actor_kind", "actor_id", "actor_name")}


class EndpointSecrets(NamedTuple):
    """The sealed secrets of an endpoint. During a rotation, both sign until `previous_secret_until`."""

    secret: str
    previous_secret: str | None = None
    previous_secret_until: datetime | None = None

    def signing(self, now: datetime) -> tuple[str, ...]:
        """The sealed secrets that sign at this time, the newest first."""
        until = self.previous_secret_until
        if self.previous_secret is None or until is None or until <= now:
            return (self.secret,)
        return (self.secret, self.previous_secret)


class EndpointDisabled(Conflict):
    """Nothing is delivered to a disabled endpoint."""

    code = ErrorCode.ENDPOINT_DISABLED


def check_active(endpoint: WebhookEndpoint) -> None:
    """Raises: EndpointDisabled."""
    if not endpoint.is_active:
        message = "The endpoint is disabled. Enable it first: `updateWebhookEndpoint` with `isActive: true`."
        raise EndpointDisabled(message, endpoint.ref, EndpointStatus.DISABLED, EndpointStatus.ACTIVE)


def outdates_payloads(before: WebhookEndpoint, after: WebhookEndpoint) -> bool:
    """Whether bodies that were written before a change may have more in them than the endpoint may be sent, or than
    its readers need scopes for, after it."""
    return not set(before.scopes) <= set(after.scopes) or (before.query is not None and after.query is None)


def without_failures(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    """The endpoint, as if it had not failed: it is sent to at once."""
    return endpoint._replace(consecutive_failures=0, failing_since=None, paused_until=None)


def enabled(endpoint: WebhookEndpoint, last_event: int) -> WebhookEndpoint:
    """The endpoint as it is enabled: without its failures. After it was disabled, only new events are sent to it."""
    healthy = without_failures(endpoint)
    if endpoint.is_active:
        return healthy
    return healthy._replace(is_active=True, disabled_reason=None, last_event=last_event)


def new_secret() -> str:
    """A random secret of 64 hexadecimal characters."""
    return secrets.token_hex(32)


def secret_prefix(secret: str) -> str:
    """The part of a secret that may be shown, to tell secrets apart."""
    return secret[:8]


def rotated(before: EndpointSecrets, sealed: str, overlap: timedelta, at: datetime) -> EndpointSecrets:
    """The secrets after a rotation: until the end of `overlap`, the secret before it signs too, and no older one."""
    return EndpointSecrets(sealed, before.secret, at + overlap) if overlap else EndpointSecrets(sealed)


def host_of(endpoint: WebhookEndpoint) -> str:
    """The host of an endpoint, which may be shown where the rest of its address may be secret."""
    return urlsplit(endpoint.url).hostname or ""
