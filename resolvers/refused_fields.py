"""Which fields of an operation a caller may not select, for callers that take an answer without them: each is null,
with an error at its path, and is not run (ADR 7)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
)

from domain.shared.access import Caller, Scope
from resolvers.errors import forbidden
from resolvers.scopes import has_receipt, is_beyond_receipt, scope_of_type


@dataclass(slots=True)
class RefusedFields:
    """The error of each field that is refused, by the identity of its node; `roots` are the names of root fields."""

    errors: dict[int, GraphQLError] = field(default_factory=dict)
    roots: list[str] = field(default_factory=list)


def refused_fields(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    scope_of: Callable[[GraphQLField], Scope | None],
    caller: Caller,
) -> RefusedFields:
    """The fields of a valid operation that a caller may not select. What is below a refused field is not looked at. A
    fragment that may be read in one place and not in another is refused in both."""
    fragments = {it.name.value: it for it in document.definitions if isinstance(it, FragmentDefinitionNode)}
    walk = _Walk(schema, fragments, scope_of, caller, operation.operation is OperationType.MUTATION)
    root = schema.get_root_type(operation.operation)
    assert root is not None
    walk.selections(root.name, operation.selection_set, "", queried=False)
    return walk.found


class _Walk:
    """`queried` is whether a selection is below the `query` of a payload, where a mutation's receipt does not apply."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        scope_of: Callable[[GraphQLField], Scope | None],
        caller: Caller,
        mutation: bool,
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._scope_of = scope_of
        self._caller = caller
        self._mutation = mutation
        self._seen: set[tuple[str, bool]] = set()
        self.found = RefusedFields()

    def selections(self, type_name: str, selected: SelectionSetNode, path: str, queried: bool) -> None:
        for node in selected.selections:
            if isinstance(node, FieldNode):
                self._field(type_name, node, path, queried)
            elif isinstance(node, InlineFragmentNode):
                within = node.type_condition.name.value if node.type_condition else type_name
                self.selections(within, node.selection_set, path, queried)
            elif isinstance(node, FragmentSpreadNode) and (node.name.value, queried) not in self._seen:
                self._seen.add((node.name.value, queried))
                fragment = self._fragments[node.name.value]
                self.selections(fragment.type_condition.name.value, fragment.selection_set, path, queried)

    def _field(self, type_name: str, node: FieldNode, path: str, queried: bool) -> None:
        field = getattr(self._schema.type_map[type_name], "fields", {}).get(node.name.value)
        if field is None:
            return
        here = f"{path}.{node.name.value}" if path else node.name.value
        if lacking := self._lacking(type_name, node.name.value, field, queried):
            message = f"This key lacks {', '.join(lacking)}, which {here} requires."
            error = forbidden(message, scopes=[str(scope) for scope in lacking], fields=[here])
            self.found.errors.setdefault(id(node), error)
            if not path:
                self.found.roots.append(here)
        elif node.selection_set is not None:
            given = get_named_type(field.type)
            self.selections(given.name, node.selection_set, here, queried or given is self._schema.query_type)

    def _lacking(self, type_name: str, name: str, field: GraphQLField, queried: bool) -> list[Scope]:
        """The scopes that selecting a field takes and the caller lacks: its own, that of the type it gives, and that of
        the type it belongs to."""
        given = scope_of_type(self._schema, get_named_type(field.type))
        owner = scope_of_type(self._schema, self._schema.type_map[type_name])
        beyond = queried or is_beyond_receipt(name, given, owner)
        taken = ((self._scope_of(field), True), (given, queried), (owner, beyond))
        return sorted({scope for scope, beyond in taken if scope is not None and self._lacks(scope, beyond)})

    def _lacks(self, scope: Scope, beyond_receipt: bool) -> bool:
        covered = self._mutation and not beyond_receipt and has_receipt(self._caller, scope)
        return scope not in self._caller.scopes and not covered
