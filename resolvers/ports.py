"""What the API needs for reading. Adapters implement these protocols structurally, without importing them.

Everything is read through named loaders: a loader takes many keys at once and returns one value for each, in order.
A paged loader's key is a `PageKey`; its value is a `Page`.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from domain.portal.public_keys import ClientInfo, KeyGrant
from domain.shared.access import Caller, Environment, TenantScope
from domain.shared.events import Event
from domain.shared.paging import PageKey
from resolvers.execution.json_subtrees import EdgeNode


class Reader(Protocol):
    """Reads for loaders."""

    async def load(
        self, loader: str, keys: Sequence[Any], tenant_scope: TenantScope, attributes: frozenset[str] | None = None
    ) -> Sequence[Any]:
        """One value for each key, in order; None or an empty list where there is nothing in scope.

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
    """Finds the grant of a public key, before the caller is known."""

    async def find(self, key: str) -> KeyGrant | None:
        """The grant of a key, or None where there is none or it was revoked."""


class NoKeyring:
    """A `PublicKeyring` without keys."""

    async def find(self, key: str) -> KeyGrant | None:
        return None


class PointsLeft(NamedTuple):
    """The bucket of a caller: what it holds when it is full, and now; what is restored each second, and when it is full
    again."""

    limit: int
    available: int
    restore_rate: int
    reset_at: datetime


class Spending(Protocol):
    """What callers may spend, in points."""

    maximum_cost: int

    def left(self, caller: Caller, client: ClientInfo) -> PointsLeft | None:
        """The bucket of a caller; None where nothing limits it. Never waits."""


class UnlimitedSpending:
    """A `Spending` without buckets."""

    maximum_cost = 5_000

    def left(self, caller: Caller, client: ClientInfo) -> PointsLeft | None:
        return None


class EventLog(Protocol):
    """The log of events, as subscriptions read it."""

    async def last_number(self, tenant_id: int) -> int: ...

    async def last_numbers(self, environment: Environment) -> Mapping[int, int]:
        """The number of the last event of each tenant of an environment."""

    async def companies(self, environment: Environment) -> Mapping[int, str]:
        """The company of each tenant of an environment, the oldest tenant first."""

    async def first_numbers(self, tenant_ids: Sequence[int]) -> Mapping[int, int]:
        """The number of the oldest event of each tenant that is still kept; without those of which none is."""

    async def first_number(self, tenant_id: int) -> int:
        """The number of the oldest event that is still kept; of the next one, if none is."""

    async def after(self, tenant_id: int, number: int, node_id: str | None, limit: int) -> Sequence[Event]:
        """Events after a number, oldest first; of one node if `node_id` is given."""


class EventListener(Protocol):
    """Wakes one subscriber."""

    async def wait(self) -> None:
        """Returns once there may be new events since the last call, including those written between the calls."""


class AllTenantsListener(Protocol):
    """Wakes one subscriber to the events of all tenants."""

    async def wait(self) -> frozenset[int]:
        """Returns the tenants that may have new events since the last call, once there are some."""


class EventNotifications(Protocol):
    """Wakes subscribers when a tenant has new events, whichever process wrote them."""

    def listen(self, tenant_id: int) -> AbstractContextManager[EventListener]: ...

    def listen_to_all(self) -> AbstractContextManager[AllTenantsListener]:
        """Of both environments: who listens to all tenants skips those it does not reach."""
