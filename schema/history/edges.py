"""The history of an object: the events of it, latest first."""

from typing import Any

from domain.shared.access import Scope
from resolvers import events
from schema.declare import paged


def history_of(scope: Scope) -> Any:
    """The edge from an object to its events."""
    told = "Everything that happened to it, the latest first: who did what, which statuses moved, what was changed."
    return paged(told, loader="events_by_node", key="id", page=events.history_key, scope=scope)
