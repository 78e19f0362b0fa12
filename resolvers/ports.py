"""What the graph needs to read. Adapters fit these protocols by shape.

Everything is read through named loaders: a loader takes many keys at once and gives back one value for each, in order.
A paged loader's key is a `PageKey`; its value is a `Page`.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from domain.portal.public_keys import KeyGrant
from domain.shared.access import TenantScope
from domain.shared.events import Event
from domain.shared.paging import PageKey
from resolvers.execution.json_subtrees import EdgeNode


class Reader(Protocol):
    """Answers loaders."""

    async def load(
        self, loader: str, keys: Sequence[Any], tenant_scope: TenantScope, attributes: frozenset[str] | None = None
    ) -> Sequence[Any]:
        """One value for each key, in order; None or an empty list where there is nothing within reach.

        Rows may lack what is not among `attributes`; None asks for whole rows.
        """

    async def json_subtrees(
        self, edge: EdgeNode, keys: Sequence[Any], tenant_scope: TenantScope
    ) -> Mapping[Any, str] | None:
        """What is selected below an edge as finished JSON, for each key that has something in scope.

        None where this is not supported, and `load` has to give the rows.
        """

    async def count(self, loader: str, keys: Sequence[PageKey], tenant_scope: TenantScope) -> Sequence[int]:
        """How many rows the whole list of each paged key has."""


class PublicKeyring(Protocol):
    """Finds what a public key opens, before anything is known of who asks."""

    async def find(self, key: str) -> KeyGrant | None:
        """What a key opens, unless it was revoked."""


class NoKeyring:
    """A `PublicKeyring` where no quote has a key."""

    async def find(self, key: str) -> KeyGrant | None:
        return None


class EventLog(Protocol):
    """The record of what happened, as subscriptions read it."""

    async def last_number(self, tenant_id: int) -> int: ...

    async def first_number(self, tenant_id: int) -> int:
        """The oldest event that is still kept; the next one to come, when none is."""

    async def after(self, tenant_id: int, number: int, node_id: str | None, limit: int) -> Sequence[Event]:
        """Events after a number, oldest first, of one node when it is named."""


class Ticker(Protocol):
    """Tells one subscriber that there may be news."""

    async def wait(self) -> None:
        """Returns once there may be events since the last call; what came in between is not missed."""


class News(Protocol):
    """Wakes subscribers when a tenant has new events, whichever process wrote them."""

    def listen(self, tenant_id: int) -> AbstractContextManager[Ticker]: ...
