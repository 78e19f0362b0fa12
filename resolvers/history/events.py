"""The filters of the history of an object, of a company or of the catalogue; and the causes of events."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.history.catalogue_events import CatalogueEventType
from domain.shared.access import ActorType
from domain.shared.events import READ_SCOPES, Event, EventType
from domain.shared.parsers import NAME_LENGTH, text
from resolvers.context import Context
from resolvers.lists import Narrowing, TimeRange


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilters:
    """The filters of a history, as entered."""

    type: Sequence[EventType] | Sequence[CatalogueEventType] | None = None
    actor_type: Sequence[ActorType] | None = None
    actor_name: str | None = None
    occurred_at: TimeRange | None = None


def narrow(given: EventFilters, narrowing: Narrowing) -> None:
    """The conditions of a history."""
    narrowing.one_of("type", given.type)
    narrowing.one_of("actor_type", given.actor_type)
    narrowing.parsed("actor_name", ("actorName",), text, given.actor_name, NAME_LENGTH)
    narrowing.times("occurred_at", given.occurred_at)


async def cause(context: Context, event: Event) -> Event | None:
    """The event that caused this one, or None for callers that may not read events of its type, which streams and
    histories omit too."""
    found: Event | None = None if event.cause_id is None else await context.load("event", event.cause_id)
    return found if found is not None and READ_SCOPES[found.type] in context.caller.scopes else None
