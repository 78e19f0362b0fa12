"""The history of an object: the events of it, latest first."""

from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from domain.shared.access import Scope
from resolvers import events
from schema.declare import paged
from schema.shared.common import After, Before, First, Last

if TYPE_CHECKING:
    from schema.history.events import EventConnection

LazyEvents = Annotated["EventConnection", strawberry.lazy("schema.history.events")]


def _history(first: First = None, after: After = None, last: Last = None, before: Before = None) -> LazyEvents:
    raise NotImplementedError("declares the arguments; the paged edge answers")


def history_of(scope: Scope) -> Any:
    """The edge from an object to its events."""
    told = "Everything that happened to it, the latest first: who did what, which statuses moved, what was changed."
    return paged(_history, told, loader="events_by_node", key="id", page=events.history_key, scope=scope)
