"""Loaders that all who answer the same event at the same time share, so that they read its node once."""

from collections import OrderedDict
from time import monotonic
from typing import NamedTuple

from domain.shared.access import TenantScope
from domain.shared.events import Event, EventType
from resolvers.loaders import Loaders

# For how long after the first answer others share its loaders, in seconds. What is read is never older than the event,
# and what happens later is an event of its own.
FRESH_SECONDS = 1.0
MOST_EVENTS = 64


class _Kept(NamedTuple):
    loaders: Loaders
    until: float


class SharedLoaders:
    """The loaders of the events that are being answered."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, TenantScope], _Kept] = OrderedDict()

    def of(self, event: Event, tenant_scope: TenantScope) -> Loaders:
        """Returns the loaders with which an event is answered to those who see these rows."""
        if event.type is EventType.CURRENT_STATE:
            return {}
        now, key = monotonic(), (event.id, tenant_scope)
        kept = self._kept.get(key)
        if kept is not None and now < kept.until:
            return kept.loaders
        self._kept[key] = made = _Kept({}, now + FRESH_SECONDS)
        self._kept.move_to_end(key)
        while self._kept and (len(self._kept) > MOST_EVENTS or next(iter(self._kept.values())).until <= now):
            self._kept.popitem(last=False)
        return made.loaders
