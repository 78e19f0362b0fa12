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

# Whoever may change something is told which objects those are and how they stand (ADR 7).
_WRITERS: dict[Scope, frozenset[Scope]] = {
    Scope.QUOTES_READ: frozenset({Scope.CUSTOM_FIELDS_MANAGE, Scope.QUOTES_WRITE, Scope.QUOTES_MANAGE}),
    Scope.ASSETS_READ: frozenset({Scope.ASSETS_WRITE}),
    Scope.DEVICE_ACTIONS_READ: frozenset({Scope.DEVICE_ACTIONS_WRITE, Scope.LOGISTICS_MANAGE}),
    Scope.PRODUCTS_READ: frozenset({Scope.CATALOGUE_MANAGE}),
    Scope.KITS_READ: frozenset({Scope.KITS_WRITE}),
    Scope.CUSTOMERS_READ: frozenset({Scope.CUSTOMERS_WRITE}),
}
# What tells which object something is and how it stands, and nothing of what is in it.
RECEIPT = frozenset(
    {
        *("__typename", "id", "orderId", "actionId", "createdAt", "updatedAt", "active"),
        *("status", "offerStatus", "decisionStatus", "fulfilmentStatus", "decision", "statusTimestamps"),
    }
)


@dataclass(frozen=True, slots=True)
class Needs:
    """The scopes an operation needs, each with the fields that need it; `beyond` are those that a mutation's receipt
    does not cover. A `public` operation asks for nothing that takes an API key."""

    fields: Mapping[Scope, tuple[str, ...]]
    beyond: Mapping[Scope, tuple[str, ...]]
    mutation: bool
    public: bool = False

    def lacking(self, caller: Caller) -> dict[Scope, tuple[str, ...]]:
        """The scopes that a caller lacks for the operation, each with the fields that need it."""
        needed = {scope: self._needing(caller, scope) for scope in self.fields if scope not in caller.scopes}
        return {scope: fields for scope, fields in needed.items() if fields}

    def _needing(self, caller: Caller, scope: Scope) -> tuple[str, ...]:
        has_receipt = self.mutation and _WRITERS.get(scope, frozenset()) & caller.scopes
        return self.beyond.get(scope, ()) if has_receipt else self.fields[scope]


def needs_of(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    scope_of: Callable[[GraphQLField], Scope | None],
    is_public: Callable[[GraphQLField], bool],
) -> Needs:
    """What a valid operation needs. A field needs its own scope and that of the node type it gives (ADR 7)."""
    fragments = {it.name.value: it for it in document.definitions if isinstance(it, FragmentDefinitionNode)}
    walk = _Walk(schema, fragments, scope_of)
    root = schema.get_root_type(operation.operation)
    assert root is not None
    walk.selections(root.name, operation.selection_set, "")
    fields, beyond = (
        {scope: tuple(sorted(paths)) for scope, paths in sorted(found.items())} for found in (walk.found, walk.beyond)
    )
    public = _Walk(schema, fragments, lambda _field: None).only_public(root, operation.selection_set, is_public)
    return Needs(fields, beyond, operation.operation is OperationType.MUTATION, public)


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
        self.beyond: dict[Scope, set[str]] = {}

    def selections(self, type_name: str, selected: SelectionSetNode, path: str) -> None:
        for node in selected.selections:
            if isinstance(node, FieldNode):
                self._field(type_name, node, path)
            elif isinstance(node, InlineFragmentNode):
                within = node.type_condition.name.value if node.type_condition else type_name
                self._fragment(within, node.selection_set, path)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in self._seen:
                # Once is enough, and keeps fragments within fragments from growing without bound.
                self._seen.add(node.name.value)
                fragment = self._fragments[node.name.value]
                self._fragment(fragment.type_condition.name.value, fragment.selection_set, path)

    def only_public(
        self, root: GraphQLObjectType, selected: SelectionSetNode, is_public: Callable[[GraphQLField], bool]
    ) -> bool:
        """Whether every field of the root that is selected needs no API key, which introspection does; and whether
        there are few of them, since nobody else bounds what a customer asks for."""
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
        self._need(self._guard(type_name), path)
        self.selections(type_name, selected, path)

    def _field(self, type_name: str, node: FieldNode, path: str) -> None:
        parent = self._schema.type_map[type_name]
        field = getattr(parent, "fields", {}).get(node.name.value)
        if field is None:
            return
        here = f"{path}.{node.name.value}" if path else node.name.value
        given = get_named_type(field.type)
        if (own := self._scope_of(field)) is not None:
            self._need(own, here)
            self.beyond.setdefault(own, set()).add(here)
        inner = self._guard(given.name)
        self._need(inner, here)
        guard = self._guard(type_name)
        # A part of the object under the same guard is told of by a receipt too, as far as receipts go.
        if guard is not None and node.name.value not in RECEIPT and inner != guard:
            self.beyond.setdefault(guard, set()).add(here)
        if node.selection_set is not None:
            self.selections(given.name, node.selection_set, here)

    def _guard(self, type_name: str) -> Scope | None:
        """The scope that reading anything of a type takes; of an interface, what all its types have in common."""
        type_ = self._schema.type_map[type_name]
        if not isinstance(type_, GraphQLInterfaceType):
            return NODE_SCOPES.get(type_name)
        scopes = {NODE_SCOPES.get(it.name) for it in self._schema.get_possible_types(type_)}
        return scopes.pop() if len(scopes) == 1 else None

    def _need(self, scope: Scope | None, path: str) -> None:
        if scope is not None:
            self.found.setdefault(scope, set()).add(path)
