"""Where the results of a subscription go: a socket or a stream implements `Outlet`."""

from collections.abc import Sequence
from typing import Protocol

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
        """The subscription has ended by itself: with errors, or else because the server shuts down. Not called after
        `leave`."""


class Membership(Protocol):
    """A subscription that runs."""

    def leave(self) -> None:
        """Ends it at once: its outlet is not called any more. Leaving again does nothing."""
