"""The context of one operation: its caller, its loaders, and the services of the process."""

from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from domain.portal.public_keys import UNKNOWN_VISITOR, ClientInfo
from domain.ports.dependencies import Dependencies
from domain.shared.access import Caller
from domain.shared.errors import TooManyRows
from resolvers.budgets import CustomerBudgets, WrongKeys
from resolvers.execution.budget import ROWS, OverBudget
from resolvers.execution.json_subtrees import EdgeNode
from resolvers.loaders import BulkLoader, Loaders
from resolvers.ports import EventLog, EventNotifications, NoKeyring, PublicKeyring, Reader, Spending, UnlimitedSpending


@dataclass(frozen=True, slots=True)
class Services:
    """The services that all operations of a process share."""

    reader: Reader
    event_log: EventLog
    event_notifications: EventNotifications
    deps: Dependencies
    # Whether the server is shutting down, which ends every subscription.
    closing: Callable[[], bool] = field(default=lambda: False)
    keyring: PublicKeyring = field(default_factory=NoKeyring)
    wrong_keys: WrongKeys = field(default_factory=WrongKeys)
    customer_budgets: CustomerBudgets = field(default_factory=CustomerBudgets)
    spending: Spending = field(default_factory=UnlimitedSpending)


class Context:
    """The context of one operation, or of one event of a subscription: its loaders cache what they load. Given ones are
    shared with others who answer the same event."""

    def __init__(
        self,
        services: Services,
        caller: Caller,
        idempotency_key: str | None = None,
        json_subtrees: bool = False,
        client_info: ClientInfo = UNKNOWN_VISITOR,
        resume_after: str | None = None,
        loaders: Loaders | None = None,
    ) -> None:
        self.services = services
        self.client_info = client_info
        self.caller = caller
        self.idempotency_key = idempotency_key
        # Whether a mutation of the operation was answered by what an earlier execution of it did.
        self.has_replay = False
        self.resume_after = resume_after
        self._json_subtrees = json_subtrees
        self._loaders: Loaders = {} if loaders is None else loaders
        self._attributes_by_type: Mapping[str, frozenset[str]] = {}

    def expect(self, attributes_by_type: Mapping[str, frozenset[str]]) -> None:
        """Remember which attributes this operation reads of the rows of each type of the graph, where that is known."""
        self._attributes_by_type = attributes_by_type

    def load(self, loader: str, key: Any, shown_as: str | None = None) -> Awaitable[Any]:
        """What a loader gives for a key, batched with all other keys that are requested at this level.

        Rows that are only `shown_as` a type of the graph may lack attributes that this operation does not read of it.
        """
        return self._loader(loader, self._attributes_by_type.get(shown_as) if shown_as else None).load(key)

    async def load_bulk(self, loader: str, keys: Sequence[Any], attributes: frozenset[str] | None = None) -> list[Any]:
        """What a loader gives for each of many keys. The rows need only have `attributes`; None stands for all."""
        return await self._loader(loader, attributes).load_bulk(keys)

    async def load_json_subtrees(self, edge: EdgeNode, keys: Sequence[Any]) -> Mapping[Any, str] | None:
        """What is selected below an edge as finished JSON for each key; None where it is to be loaded as rows."""
        if not self._json_subtrees:
            return None
        with _row_limit_as_budget():
            return await self.services.reader.json_subtrees(edge, keys, self.caller.tenant_scope)

    def count(self, loader: str, key: Any) -> Awaitable[int]:
        """The total number of rows of the list that a page belongs to."""
        name = f"count of {loader}"
        if name not in self._loaders:
            self._loaders[name] = BulkLoader(self._counts(loader))
        return self._loaders[name].load(key)

    def reset_loaders(self) -> None:
        """Drop all loaders with their caches, after a mutation."""
        self._loaders.clear()

    def _loader(self, loader: str, attributes: frozenset[str] | None = None) -> BulkLoader:
        # Rows with some of their attributes are cached apart from whole rows.
        name = (loader, attributes)
        if name not in self._loaders:
            self._loaders[name] = BulkLoader(self._batch(loader, attributes))
        return self._loaders[name]

    def _batch(
        self, loader: str, attributes: frozenset[str] | None
    ) -> Callable[[list[Any]], Coroutine[Any, Any, list[Any]]]:
        # Does not close over `self`, which holds the loaders: such a cycle would keep all that was loaded in memory
        # until the next garbage collection.
        reader, tenant_scope = self.services.reader, self.caller.tenant_scope

        async def load(keys: list[Any]) -> list[Any]:
            with _row_limit_as_budget():
                return list(await reader.load(loader, keys, tenant_scope, attributes))

        return load

    def _counts(self, loader: str) -> Callable[[list[Any]], Coroutine[Any, Any, list[int]]]:
        reader, tenant_scope = self.services.reader, self.caller.tenant_scope

        async def count(keys: list[Any]) -> list[int]:
            return list(await reader.count(loader, keys, tenant_scope))

        return count


@contextmanager
def _row_limit_as_budget() -> Iterator[None]:
    """Too many rows for one statement are too many for one answer. Raises: OverBudget."""
    try:
        yield
    except TooManyRows as many:
        raise OverBudget(ROWS, many.limit + 1, many.limit) from None
