"""The subscriptions that groups consist of, and what is counted of them."""

from dataclasses import dataclass
from typing import Protocol

from app.server.live.outlets import Outlet
from resolvers.events import Watch, encode_cursor


@dataclass(slots=True)
class Counts:
    """What was done for subscriptions since the process began."""

    # How often the log was read.
    reads: int = 0
    # How many events were answered, and how many results were sent.
    answers: int = 0
    deliveries: int = 0
    # How many subscriptions ended because their clients did not read.
    cut_off: int = 0


class Members(Protocol):
    """What a subscription is a member of."""

    def remove(self, member: "Member") -> None: ...


class Member:
    """One subscription: a `Membership`."""

    __slots__ = ("_counts", "_tenant_id", "group", "has_left", "outlet", "position")

    def __init__(self, outlet: Outlet, watch: Watch, counts: Counts) -> None:
        self.outlet = outlet
        # The number of the last event that it has, or does not want.
        self.position = watch.after
        self.group: Members | None = None
        self.has_left = False
        self._tenant_id = watch.tenant_id
        self._counts = counts

    @property
    def cursor(self) -> str:
        return encode_cursor(self._tenant_id, self.position)

    def leave(self) -> None:
        self.has_left = True
        if self.group is not None:
            self.group.remove(self)

    def cut_off(self) -> None:
        if not self.has_left:
            self._counts.cut_off += 1
            self.leave()
