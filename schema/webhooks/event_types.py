"""The events that webhooks are sent for."""

from typing import Any

import strawberry

from domain.shared.access import Scope
from domain.webhooks import event_types
from domain.webhooks.payloads import sample
from schema.declare import column, root, type_of
from schema.shared.scalars import JSON


def _sample(root: strawberry.Parent[Any]) -> JSON:
    return JSON(sample(root.name))


@type_of(event_types.WebhookEventType)
class WebhookEventType:
    """A type of event that webhooks are sent for."""

    name: str = column(
        "Name to subscribe to, such as `quote.pending`. `quote.*` is every name of that group, and `*` every name."
    )
    description: str = column("When the event is sent.")
    sample: JSON = strawberry.field(
        resolver=_sample, description="Example of the body, in the default format and with the default `data`."
    )


@strawberry.type
class WebhookEventTypeQueries:
    @root("Returns the types of events that webhooks are sent for, with an example of each.", Scope.WEBHOOKS_MANAGE)
    def webhook_event_types() -> list[WebhookEventType]:
        return list(event_types.CATALOGUE)  # type: ignore[arg-type]
