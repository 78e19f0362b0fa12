"""Which scopes an operation needs: computed once for a document from what the schema declares
(docs/domain.md#scopes)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
)
from graphql.language import FragmentDefinitionNode

from domain.shared.access import Caller, Scope
from resolvers.nodes import NODE_SCOPES

MOST_PUBLIC_FIELDS = 5

# A key that may change objects may read which ones it changed and their status (ADR 7).
_WRITERS: dict[Scope, frozenset[Scope]] = {
    Scope.QUOTES_READ: frozenset({Scope.CUSTOM_FIELDS_MANAGE, Scope.QUOTES_WRITE, Scope.QUOTES_MANAGE}),
    Scope.ASSETS_READ: frozenset({Scope.ASSETS_WRITE}),
    Scope.DEVICE_ACTIONS_READ: frozenset({Scope.DEVICE_ACTIONS_WRITE, Scope.LOGISTICS_MANAGE}),
    Scope.PRODUCTS_READ: frozenset({Scope.CATALOGUE_MANAGE}),
    Scope.KITS_READ: frozenset({Scope.KITS_WRITE}),
    Scope.CUSTOMERS_READ: frozenset({Scope.CUSTOMERS_WRITE}),
}
# Fields that identify an object and say its status, without its contents.
RECEIPT = frozenset(
    {
        *("__typename", "id", "orderId", "actionId", "createdAt", "updatedAt", "active"),
        *("status", "offerStatus", "decisionStatus", "fulfilmentStatus", "decision", "statusTimestamps"),
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
        has_receipt = self.mutation and _WRITERS.get(scope, frozenset()) & caller.scopes
        return self.beyond_receipt.get(scope, ()) if has_receipt else self.fields[scope]


def required_scopes(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    scope_of: Callable[[GraphQLField], Scope | None],
    is_public: Callable[[GraphQLField], bool],
) -> RequiredScopes:
    """The scopes that a valid operation requires. A field requires its own and that of its node type (ADR 7)."""
    fragments = {it.name.value: it for it in document.definitions if isinstance(it, FragmentDefinitionNode)}
    walk = _Walk(schema, fragments, scope_of)
    root = schema.get_root_type(operation.operation)
    assert root is not None
    walk.selections(root.name, operation.selection_set, "")
    fields, beyond_receipt = (
        {scope: tuple(sorted(paths)) for scope, paths in sorted(found.items())}
        for found in (walk.found, walk.beyond_receipt)
    )
    public = _Walk(schema, fragments, lambda _field: None).only_public(root, operation.selection_set, is_public)
    return RequiredScopes(fields, beyond_receipt, operation.operation is OperationType.MUTATION, public)


class _Walk:
    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        scope_of: Callable[[GraphQLField], Scope | None],
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._scope_of = scope_of
        self._seen: set[str] = set()
        self._public = 0
        self.found: dict[Scope, set[str]] = {}
        self.beyond_receipt: dict[Scope, set[str]] = {}

    def selections(self, type_name: str, selected: SelectionSetNode, path: str) -> None:
        for node in selected.selections:
            if isinstance(node, FieldNode):
                self._field(type_name, node, path)
            elif isinstance(node, InlineFragmentNode):
                within = node.type_condition.name.value if node.type_condition else type_name
                self._fragment(within, node.selection_set, path)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in self._seen:
                # Visited once, so that nested fragments do not multiply.
                self._seen.add(node.name.value)
                fragment = self._fragments[node.name.value]
                self._fragment(fragment.type_condition.name.value, fragment.selection_set, path)

    def only_public(
        self, root: GraphQLObjectType, selected: SelectionSetNode, is_public: Callable[[GraphQLField], bool]
    ) -> bool:
        """Whether no selected root field requires an API key, as introspection does, and there are at most
        MOST_PUBLIC_FIELDS of them, since no key limits what a customer requests."""
        for node in selected.selections:
            if isinstance(node, FieldNode):
                field = root.fields.get(node.name.value)
                self._public += 1
                if field is None or not is_public(field) or self._public > MOST_PUBLIC_FIELDS:
                    return False
            elif isinstance(node, InlineFragmentNode):
                if not self.only_public(root, node.selection_set, is_public):
                    return False
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in self._seen:
                self._seen.add(node.name.value)
                if not self.only_public(root, self._fragments[node.name.value].selection_set, is_public):
                    return False
        return True

    def _fragment(self, type_name: str, selected: SelectionSetNode, path: str) -> None:
        self._require(self._type_scope(type_name), path)
        self.selections(type_name, selected, path)

    def _field(self, type_name: str, node: FieldNode, path: str) -> None:
        parent = self._schema.type_map[type_name]
        field = getattr(parent, "fields", {}).get(node.name.value)
        if field is None:
            return
        here = f"{path}.{node.name.value}" if path else node.name.value
        given = get_named_type(field.type)
        if (own := self._scope_of(field)) is not None:
            self._require(own, here)
            self.beyond_receipt.setdefault(own, set()).add(here)
        inner = self._type_scope(given.name)
        self._require(inner, here)
        type_scope = self._type_scope(type_name)
        # An object within this one that requires the same scope is part of the receipt too.
        if type_scope is not None and node.name.value not in RECEIPT and inner != type_scope:
            self.beyond_receipt.setdefault(type_scope, set()).add(here)
        if node.selection_set is not None:
            self.selections(given.name, node.selection_set, here)

    def _type_scope(self, type_name: str) -> Scope | None:
        """The scope that reading a type requires; of an interface, the one that all its types share."""
        type_ = self._schema.type_map[type_name]
        if not isinstance(type_, GraphQLInterfaceType):
            return NODE_SCOPES.get(type_name)
        scopes = {NODE_SCOPES.get(it.name) for it in self._schema.get_possible_types(type_)}
        return scopes.pop() if len(scopes) == 1 else None

    def _require(self, scope: Scope | None, path: str) -> None:
        if scope is not None:
            self.found.setdefault(scope, set()).add(path)
