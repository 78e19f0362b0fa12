"""The walk through the fields of an operation by which its scopes are found: those that it requires, and the fields
that a caller may not select."""

from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
)


@dataclass(frozen=True, slots=True)
class SelectedField:
    """A selected field, the type it belongs to and the type it gives. `path` names it within the operation; `queried`
    is whether it is below the `query` of a payload."""

    node: FieldNode
    field: GraphQLField
    owner: GraphQLNamedType
    given: GraphQLNamedType
    path: str
    queried: bool


class SelectionWalk:
    """Visits each selected field of a valid operation, and each fragment once, so that nested ones do not multiply."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self.schema = schema
        self._fragments = {it.name.value: it for it in document.definitions if isinstance(it, FragmentDefinitionNode)}
        self._seen: set[tuple[str, bool]] = set()

    def visit_field(self, selected: SelectedField) -> bool:
        """Visits a field. Returns whether what is selected below it is visited too."""
        raise NotImplementedError

    def visit_fragment(self, type_: GraphQLNamedType, path: str, queried: bool) -> None:
        """Visits a fragment on a type, before its fields."""

    def walk(self, operation: OperationDefinitionNode) -> None:
        """Visits all fields of an operation."""
        root = self.schema.get_root_type(operation.operation)
        assert root is not None
        self._selections(root, operation.selection_set, "", queried=False)

    def _selections(self, owner: GraphQLNamedType, selected: SelectionSetNode, path: str, queried: bool) -> None:
        for node in selected.selections:
            if isinstance(node, FieldNode):
                self._field(owner, node, path, queried)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                within = self.schema.type_map[condition.name.value] if condition else owner
                self._fragment(within, node.selection_set, path, queried)
            elif isinstance(node, FragmentSpreadNode) and (node.name.value, queried) not in self._seen:
                self._seen.add((node.name.value, queried))
                fragment = self._fragments[node.name.value]
                within = self.schema.type_map[fragment.type_condition.name.value]
                self._fragment(within, fragment.selection_set, path, queried)

    def _fragment(self, type_: GraphQLNamedType, selected: SelectionSetNode, path: str, queried: bool) -> None:
        self.visit_fragment(type_, path, queried)
        self._selections(type_, selected, path, queried)

    def _field(self, owner: GraphQLNamedType, node: FieldNode, path: str, queried: bool) -> None:
        field = getattr(owner, "fields", {}).get(node.name.value)
        if field is None:
            return
        here = f"{path}.{node.name.value}" if path else node.name.value
        given = get_named_type(field.type)
        below = self.visit_field(SelectedField(node, field, owner, given, here, queried))
        if below and node.selection_set is not None:
            self._selections(given, node.selection_set, here, queried or given is self.schema.query_type)
