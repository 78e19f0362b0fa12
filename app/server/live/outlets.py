"""Where the results of a subscription go: a socket or a stream implements `Outlet`."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from graphql import GraphQLError

from app.server.live.results import LiveResult


class Outlet(Protocol):
    """Where the results of one subscription are written.

    Its methods are called in the event loop, for one subscriber after another: they never wait, and raise nothing. An
    outlet whose client does not read closes itself and leaves; nobody else notices.
    """

    def send(self, results: Sequence[LiveResult]) -> None:
        """Writes the results of successive events: several at once are one write."""

    def end(self, errors: Sequence[GraphQLError]) -> None:
        """Writes that the subscription has ended, with these errors. Not called after `leave`, and not at shutdown:
        who opened the outlet closes it."""


@runtime_checkable
class WaitingOutlet(Protocol):
    """An outlet that knows when its client reads. Who reads the log for one subscription waits for that."""

    async def read(self) -> None:
        """Returns once the client has read most of what was sent."""


class Membership(Protocol):
    """A subscription that runs."""

    @property
    def cursor(self) -> str:
        """The cursor of the last event that was sent, to resume after it."""

    def leave(self) -> None:
        """Ends it at once: its outlet is not called any more. Leaving again does nothing."""

    def cut_off(self) -> None:
        """Leaves because the client does not read, which is counted."""
