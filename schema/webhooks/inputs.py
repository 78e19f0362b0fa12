"""What one sends to manage webhook endpoints."""

from typing import Any

import strawberry

from domain.use_cases.webhooks.endpoints import (
    CreateWebhookEndpoint,
    DeleteWebhookEndpoint,
    RotateWebhookSecret,
    UpdateWebhookEndpoint,
)
from domain.use_cases.webhooks.redelivering import MAX_REPLAYED, RedeliverWebhook, ReplayWebhookEvents
from domain.use_cases.webhooks.testing import SendTestEvent
from domain.webhooks.drafts import MAX_EVENTS
from domain.webhooks.queries import LONGEST_QUERY
from schema.shared.inputs import company_id_field, dry_run_field
from schema.shared.scalars import URL, DateTime, Duration
from schema.webhooks.enums import WebhookFormat

_URL = "`https` URL that the events are sent to. The port is 443, or 1024 or higher. Redirects are not followed."
_EVENTS = (
    f"Names of events, 1 to {MAX_EVENTS}: those of `webhookEventTypes`, `quote.*` for all of a group, or `*` for all "
    "that the API key may read."
)
_QUERY = (
    "The endpoint's own selection, as the document of a subscription of `events`, whose result is the `data` of each "
    f"delivery; at most {LONGEST_QUERY:,} characters. It is executed with the scopes of this API key."
)
_DESCRIPTION = "Description, for the people who manage the endpoint. At most 5,000 characters."


@strawberry.input(one_of=True, description="Identifies the webhook endpoint.")
class WebhookEndpointBy:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Global ID.")


@strawberry.input(description="Input for `createWebhookEndpoint`.")
class CreateWebhookEndpointInput:
    url: URL = strawberry.field(description=_URL)
    events: list[str] = strawberry.field(description=_EVENTS)
    description: str | None = strawberry.field(default=None, description=_DESCRIPTION)
    query: str | None = strawberry.field(default=None, description=f"{_QUERY} Default: the documented data.")
    format: WebhookFormat = strawberry.field(
        default=WebhookFormat.QUIPTEAMS, description="Format of the bodies. It cannot be changed."
    )
    company_id: strawberry.ID | None = company_id_field()
    dry_run: bool = dry_run_field()

    def command(self) -> CreateWebhookEndpoint:
        return CreateWebhookEndpoint(_details(self), self.format, self.company_id)


@strawberry.input(
    description="Input for `updateWebhookEndpoint`. Omitted fields stay unchanged; null clears the description or the "
    "query. A change of the URL, the events or the query requires the scopes to read the events."
)
class UpdateWebhookEndpointInput:
    endpoint_id: strawberry.ID = strawberry.field(description="The endpoint.")
    url: URL | None = strawberry.field(default=None, description=_URL)
    events: list[str] | None = strawberry.field(default=None, description=_EVENTS)
    description: str | None = strawberry.field(default=strawberry.UNSET, description=_DESCRIPTION)
    query: str | None = strawberry.field(default=strawberry.UNSET, description=f"{_QUERY} Null: the documented data.")
    is_active: bool | None = strawberry.field(
        default=None,
        description="Whether deliveries are sent. If false, pending deliveries fail. If true, earlier failures are "
        "forgotten; events since the endpoint was disabled are not sent, unless with `replayWebhookEvents`.",
    )
    dry_run: bool = dry_run_field()

    def command(self) -> UpdateWebhookEndpoint:
        kept = {} if self.is_active is None else {"is_active": self.is_active}
        return UpdateWebhookEndpoint(self.endpoint_id, {**_details(self), **kept})


@strawberry.input(description="Input for `rotateWebhookSecret`.")
class RotateWebhookSecretInput:
    endpoint_id: strawberry.ID = strawberry.field(description="The endpoint.")
    overlap: Duration | None = strawberry.field(
        default=None,
        description="How long deliveries are signed with the previous secret too: up to 7 days, by default `PT24H`. "
        "`PT0S` if the secret has leaked.",
    )
    dry_run: bool = dry_run_field()

    def command(self) -> RotateWebhookSecret:
        return RotateWebhookSecret(self.endpoint_id, self.overlap)  # type: ignore[arg-type]


@strawberry.input(description="Input for `deleteWebhookEndpoint`.")
class DeleteWebhookEndpointInput:
    endpoint_id: strawberry.ID = strawberry.field(description="The endpoint.")
    dry_run: bool = dry_run_field()

    def command(self) -> DeleteWebhookEndpoint:
        return DeleteWebhookEndpoint(self.endpoint_id)


@strawberry.input(description="Input for `testWebhookEndpoint`.")
class TestWebhookEndpointInput:
    endpoint_id: strawberry.ID = strawberry.field(description="The endpoint. It may be disabled.")
    dry_run: bool = dry_run_field()

    def command(self) -> SendTestEvent:
        return SendTestEvent(self.endpoint_id)


@strawberry.input(description="Input for `redeliverWebhook`.")
class RedeliverWebhookInput:
    delivery_id: strawberry.ID = strawberry.field(description="The delivery.")
    dry_run: bool = dry_run_field()

    def command(self) -> RedeliverWebhook:
        return RedeliverWebhook(self.delivery_id)


@strawberry.input(
    description=f"Input for `replayWebhookEvents`. At most {MAX_REPLAYED:,} events are queued; repeat the mutation "
    "with `nextSince` as `since` for the following ones."
)
class ReplayWebhookEventsInput:
    endpoint_id: strawberry.ID = strawberry.field(description="The endpoint.")
    since: DateTime = strawberry.field(description="Only events at this time or later.")
    until: DateTime | None = strawberry.field(
        default=None, description="Only events at this time or earlier. Default: now."
    )
    types: list[str] | None = strawberry.field(
        default=None,
        description="Only events with these names, of those that the endpoint receives. Default: all of them.",
    )
    dry_run: bool = dry_run_field()

    def command(self) -> ReplayWebhookEvents:
        types = None if self.types is None else tuple(self.types)
        return ReplayWebhookEvents(self.endpoint_id, self.since, self.until, types)  # type: ignore[arg-type]


def _details(given: CreateWebhookEndpointInput | UpdateWebhookEndpointInput) -> dict[str, Any]:
    """The given details of an endpoint, by attribute of the row."""
    required = {name: value for name in ("url", "events") if (value := getattr(given, name)) is not None}
    optional = {name: getattr(given, name) for name in ("description", "query")}
    return required | {name: value for name, value in optional.items() if value is not strawberry.UNSET}
