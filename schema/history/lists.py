"""How histories are narrowed and ordered."""

import strawberry

from resolvers.history import events
from resolvers.history.events import EventFilters
from schema.catalogue.enums import CatalogueEventType
from schema.declare import ListOf
from schema.history.enums import EventType
from schema.shared.enums import ActorType, OrderDirection
from schema.shared.filters import MUST_HOLD, DateTimeRange, Filter
from schema.shared.ordering import order_input


@strawberry.input
class HistoryFilter(Filter):
    """The filters that every history has."""

    kind = EventFilters

    actor_type: list[ActorType] | None = strawberry.field(
        default=None, description="Only events that were caused by actors of these types."
    )
    actor_name: str | None = strawberry.field(
        default=None, description="Only events that were caused by actors with exactly this name."
    )
    occurred_at: DateTimeRange | None = strawberry.field(default=None, description="Only events in this range of time.")


@strawberry.input(description=f"Filters for events. {MUST_HOLD}")
class EventFilter(HistoryFilter):
    type: list[EventType] | None = strawberry.field(default=None, description="Only events of these types.")


@strawberry.input(description=f"Filters for catalogue events. {MUST_HOLD}")
class CatalogueEventFilter(HistoryFilter):
    type: list[CatalogueEventType] | None = strawberry.field(default=None, description="Only events of these types.")


EVENTS = ListOf(
    "events",
    EventFilter,
    order_input(
        "Event",
        "events",
        OrderDirection.DESC,
        {"COMMITTED": "NUMBER"},
        COMMITTED="Order in which the events were committed.",
    ),
    events.narrow,
)
CATALOGUE_EVENTS = ListOf(
    "catalogue events",
    CatalogueEventFilter,
    order_input("CatalogueEvent", "catalogue events", OrderDirection.DESC, OCCURRED_AT="Date and time of the event."),
    events.narrow,
)
