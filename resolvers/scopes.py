"""Which scopes an operation needs: computed once for a document from what the schema declares
(docs/domain.md#scopes)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    get_named_type,
)
from graphql.language import FragmentDefinitionNode

from domain.shared.access import Caller, Scope
from resolvers.nodes import NODE_SCOPES
from resolvers.selection_walk import SelectedField, SelectionWalk

MOST_PUBLIC_FIELDS = 5

# A key that may change objects may read which ones it changed and their status (ADR 7).
_WRITERS: dict[Scope, frozenset[Scope]] = {
    Scope.QUOTES_READ: frozenset(
        {Scope.CUSTOM_FIELDS_MANAGE, Scope.QUOTES_WRITE, Scope.QUOTES_DECIDE, Scope.QUOTES_MANAGE}
    ),
    Scope.ASSETS_READ: frozenset({Scope.ASSETS_WRITE}),
    Scope.DEVICE_ACTIONS_READ: frozenset({Scope.DEVICE_ACTIONS_WRITE, Scope.LOGISTICS_MANAGE}),
    Scope.PRODUCTS_READ: frozenset({Scope.CATALOGUE_MANAGE}),
    Scope.KITS_READ: frozenset({Scope.KITS_WRITE}),
    Scope.CUSTOMERS_READ: frozenset({Scope.CUSTOMERS_WRITE}),
}
# Fields that identify an object and say its status, without its contents.
RECEIPT = frozenset(
    {
        *("__typename", "id", "orderId", "actionId", "createdAt", "updatedAt", "isActive"),
        *("status", "displayStatus", "statusTimestamps"),
        *("offerStatus", "decisionStatus", "fulfilmentStatus", "decision"),
    }
)


@dataclass(frozen=True, slots=True)
class RequiredScopes:
    """The scopes that an operation requires, each with the fields that require it. `beyond_receipt` are the fields that
    a mutation's receipt does not cover. A `public` operation selects no field that requires an API key."""

    fields: Mapping[Scope, tuple[str, ...]]
    beyond_receipt: Mapping[Scope, tuple[str, ...]]
    mutation: bool
    public: bool = False

    def missing(self, caller: Caller) -> dict[Scope, tuple[str, ...]]:
        """The required scopes that a caller lacks, each with the fields that require it."""
        needed = {scope: self._fields_requiring(caller, scope) for scope in self.fields if scope not in caller.scopes}
        return {scope: fields for scope, fields in needed.items() if fields}

    def _fields_requiring(self, caller: Caller, scope: Scope) -> tuple[str, ...]:
        covered = self.mutation and has_receipt(caller, scope)
        return self.beyond_receipt.get(scope, ()) if covered else self.fields[scope]


def has_receipt(caller: Caller, scope: Scope) -> bool:
    """Whether a caller may read the receipts of its mutations that otherwise require this scope."""
    return bool(_WRITERS.get(scope, frozenset()) & caller.scopes)


def is_beyond_receipt(field_name: str, given: Scope | None, owner: Scope | None) -> bool:
    """Whether a field is not part of a receipt, by the scopes of the type it gives and of the type it belongs to. An
    object within another that requires the same scope is part of the receipt too."""
    return owner is not None and field_name not in RECEIPT and given != owner


def required_scopes(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    scope_of: Callable[[GraphQLField], Scope | None],
    is_public: Callable[[GraphQLField], bool],
) -> RequiredScopes:
    """The scopes that a valid operation requires. A field requires its own and that of its node type (ADR 7)."""
    fragments = {it.name.value: it for it in document.definitions if isinstance(it, FragmentDefinitionNode)}
    walk = _Walk(schema, document, scope_of)
    walk.walk(operation)
    root = schema.get_root_type(operation.operation)
    assert root is not None
    fields, beyond_receipt = (
        {scope: tuple(sorted(paths)) for scope, paths in sorted(found.items())}
        for found in (walk.found, walk.beyond_receipt)
    )
    public = _PublicFields(schema, fragments, is_public).of(root, operation.selection_set) <= MOST_PUBLIC_FIELDS
    return RequiredScopes(fields, beyond_receipt, operation.operation is OperationType.MUTATION, public)


class _Walk(SelectionWalk):
    """Collects what a document's fields require. No receipt covers what is below the `query` of a payload."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        scope_of: Callable[[GraphQLField], Scope | None],
    ) -> None:
        super().__init__(schema, document)
        self._scope_of = scope_of
        self.found: dict[Scope, set[str]] = {}
        self.beyond_receipt: dict[Scope, set[str]] = {}

    def visit_fragment(self, type_: GraphQLNamedType, path: str, queried: bool) -> None:
        self._require(scope_of_type(self.schema, type_), path, queried)

    def visit_field(self, selected: SelectedField) -> bool:
        here = selected.path
        self._require(self._scope_of(selected.field), here, beyond_receipt=True)
        given, owner = scope_of_type(self.schema, selected.given), scope_of_type(self.schema, selected.owner)
        self._require(given, here, selected.queried)
        if owner is not None and is_beyond_receipt(selected.node.name.value, given, owner):
            self.beyond_receipt.setdefault(owner, set()).add(here)
        return True

    def _require(self, scope: Scope | None, path: str, beyond_receipt: bool) -> None:
        if scope is not None:
            self.found.setdefault(scope, set()).add(path)
            if beyond_receipt:
                self.beyond_receipt.setdefault(scope, set()).add(path)


class _PublicFields:
    """Counts the root fields that a document selects, those below the `query` of a payload too: no key limits what a
    customer requests."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        is_public: Callable[[GraphQLField], bool],
    ) -> None:
        self._roots = {it for operation in OperationType if (it := schema.get_root_type(operation)) is not None}
        self._types = schema.type_map
        self._fragments = fragments
        self._is_public = is_public
        self._known: dict[str, float] = {}

    def of(self, type_: GraphQLNamedType, selected: SelectionSetNode) -> float:
        """How many there are; infinitely many where one requires an API key, as introspection does."""
        return sum(self._of_node(type_, node) for node in selected.selections)

    def _of_node(self, type_: GraphQLNamedType, node: SelectionNode) -> float:
        if isinstance(node, FieldNode):
            return self._of_field(type_, node)
        if isinstance(node, InlineFragmentNode):
            within = self._types[node.type_condition.name.value] if node.type_condition else type_
            return self.of(within, node.selection_set)
        assert isinstance(node, FragmentSpreadNode)
        name = node.name.value
        if name not in self._known:
            fragment = self._fragments[name]
            self._known[name] = self.of(self._types[fragment.type_condition.name.value], fragment.selection_set)
        return self._known[name]

    def _of_field(self, type_: GraphQLNamedType, node: FieldNode) -> float:
        if node.name.value == "__typename":
            return 0
        field = getattr(type_, "fields", {}).get(node.name.value)
        is_root = type_ in self._roots
        if is_root and (field is None or not self._is_public(field)):
            return inf
        if field is None or node.selection_set is None:
            return int(is_root)
        return is_root + self.of(get_named_type(field.type), node.selection_set)


def scope_of_type(schema: GraphQLSchema, type_: GraphQLNamedType) -> Scope | None:
    """The scope that reading a type requires; of an interface, the one that all its types share."""
    if not isinstance(type_, GraphQLInterfaceType):
        return NODE_SCOPES.get(type_.name)
    scopes = {NODE_SCOPES.get(it.name) for it in schema.get_possible_types(type_)}
    return scopes.pop() if len(scopes) == 1 else None
