"""Caches of prepared documents and of introspection results, limited by their size."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from functools import cached_property

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    OperationType,
)

from app.server.live.variables import variables_of_selection
from app.server.refusals import Refusal
from resolvers.costs import Cost
from resolvers.execution.executor import Operation
from resolvers.refused_fields import RefusedFields
from resolvers.scopes import RequiredScopes

# The memory for prepared documents and their plans.
CACHE_BYTES = 64 * 1024 * 1024
# Longer documents are not cached.
LONGEST_CACHED = 20_000
# For how many sets of scopes an operation is kept without the fields that they do not allow.
MAX_PARTIAL = 8
# Of how many runs, about, it is remembered how much of the estimate they cost.
OBSERVED = 4
# And of how many payers of one document.
OBSERVED_PAYERS = 16
# The field of Query that says what is left.
RATE_LIMIT = "rateLimit"
# What a refused document takes in memory beside its text, in bytes.
OF_A_REFUSAL = 2_000
# The result of a full introspection query has 500 kB.
MAX_CACHED_INTROSPECTIONS = 20
MAX_INTROSPECTION_BYTES = 4 * 1024 * 1024


class Load:
    """How much of its estimated cost an operation has really had for each payer, lately. Pages are rarely full, and
    those of one company are not as full as those of another."""

    __slots__ = ("_parts",)

    def __init__(self) -> None:
        # The one that was observed last comes last.
        self._parts: dict[str, float] = {}

    def expected(self, payer: str, estimate: int) -> float:
        """What it is likely to cost this time."""
        return estimate * self._parts.get(payer, 1.0)

    def observe(self, payer: str, estimate: int, actual: int) -> None:
        part = self._parts.pop(payer, 1.0)
        self._parts[payer] = part + (actual / max(estimate, 1) - part) / OBSERVED
        if len(self._parts) > OBSERVED_PAYERS:
            del self._parts[next(iter(self._parts))]


@dataclass(frozen=True)
class Prepared:
    """A valid document, what its operation needs, and what it may cost: kept, with what follows from it."""

    operation: Operation
    required_scopes: RequiredScopes
    cost: Cost
    # Number of mutations of the operation.
    mutations: int = 0
    # The document with its `@defer` and `@stream`, which `operation` is without.
    incremental: DocumentNode | None = None
    # The operation without the fields that callers with these scopes may not select.
    partial: dict[frozenset[str], "Prepared"] = field(default_factory=dict)
    load: Load = field(default_factory=Load, compare=False)

    def without(self, refused: RefusedFields, scopes: frozenset[str]) -> "Prepared":
        """Returns the operation with some fields refused, for callers with these scopes, and keeps it."""
        while len(self.partial) >= MAX_PARTIAL:
            self.partial.pop(next(iter(self.partial)))
        # Its parts do not come later: the refused fields are those of the document without `@defer`.
        made = replace(self, operation=self.operation.refusing(refused.errors), partial={}, incremental=None)
        return self.partial.setdefault(scopes, made)

    @cached_property
    def kind(self) -> OperationType:
        return self.operation.node.operation

    @cached_property
    def variables_of_selection(self) -> frozenset[str]:
        """The variables of a subscription on which its results depend."""
        return variables_of_selection(self.operation.document, self.operation.node)

    @cached_property
    def may_owe(self) -> bool:
        """Whether it only asks how many points are left, and so is answered also when none is."""
        selected = self.operation.node.selection_set.selections
        return all(isinstance(it, FieldNode) and it.name.value == RATE_LIMIT for it in selected)

    @cached_property
    def introspects(self) -> bool:
        """Whether the operation selects introspection fields only, so that its answer is always the same."""
        node, names = self.operation.node, {"__schema", "__type", "__typename"}
        if node.variable_definitions or node.operation is not OperationType.QUERY:
            return False
        return all(isinstance(it, FieldNode) and it.name.value in names for it in node.selection_set.selections)


@dataclass(frozen=True, slots=True)
class CacheSizes:
    """How the memory for prepared documents is divided, in bytes: what requests without a key send must not evict the
    documents of callers with a key. A plan counts with its document, so that the sum holds whatever is dropped."""

    documents: int
    plans: int
    public_documents: int
    public_plans: int

    @classmethod
    def of(cls, total: int) -> "CacheSizes":
        return cls(*(total * percent // 100 for percent in (30, 55, 5, 10)))


class DocumentCache:
    """A least-recently-used cache of prepared documents, limited by what they take in memory, as estimated."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._entries: OrderedDict[tuple[str, str | None], Prepared] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: tuple[str, str | None]) -> Prepared | None:
        found = self._entries.get(key)
        if found is not None:
            self._entries.move_to_end(key)
        return found

    def put(self, key: tuple[str, str | None], prepared: Prepared) -> None:
        if len(key[0]) > LONGEST_CACHED or key in self._entries:
            return
        self._entries[key] = prepared
        self._bytes += prepared.operation.document_bytes
        while self._bytes > self._most_bytes:
            _, dropped = self._entries.popitem(last=False)
            self._bytes -= dropped.operation.document_bytes


class RefusedDocuments:
    """A least-recently-used cache of what is wrong with documents, so that nothing is spent on them again."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._entries: OrderedDict[Hashable, tuple[tuple[GraphQLError, ...], int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Hashable) -> Refusal | None:
        if key not in self._entries:
            return None
        self._entries.move_to_end(key)
        return Refusal(*self._entries[key][0])

    def put(self, key: Hashable, text: str, refusal: Refusal) -> None:
        # The nodes of an error would keep the whole document in memory.
        errors = tuple(
            GraphQLError(it.message, None, it.source, it.positions, it.path, extensions=it.extensions)
            for it in refusal.errors
        )
        size = OF_A_REFUSAL + 2 * len(text) + sum(len(it.message) for it in errors)
        _, before = self._entries.pop(key, ((), 0))
        self._entries[key] = errors, size
        self._bytes += size - before
        while self._bytes > self._most_bytes:
            _, (_, dropped) = self._entries.popitem(last=False)
            self._bytes -= dropped


class IntrospectionCache:
    """A least-recently-used cache of introspection results as JSON."""

    def __init__(self, most: int = MAX_INTROSPECTION_BYTES) -> None:
        self._most = most
        self._entries: OrderedDict[tuple[str, str | None], bytes] = OrderedDict()

    def get(self, key: tuple[str, str | None]) -> bytes | None:
        if key in self._entries:
            self._entries.move_to_end(key)
        return self._entries.get(key)

    def put(self, key: tuple[str, str | None], text: bytes) -> bytes:
        self._entries[key] = text
        while len(self._entries) > MAX_CACHED_INTROSPECTIONS or (
            len(self._entries) > 1 and sum(map(len, self._entries.values())) > self._most
        ):
            self._entries.popitem(last=False)
        return text
