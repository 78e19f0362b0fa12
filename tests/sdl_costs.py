"""The cost of an operation as anybody computes it who has the SDL only, by IBM's cost specification."""

from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_leaf_type,
)
from graphql.utilities import value_from_ast_untyped


def applied(node: Any, directive: str) -> dict[str, Any] | None:
    """The arguments of a directive in the SDL; None where it is not applied."""
    for it in node.directives or ():
        if it.name.value == directive:
            return {argument.name.value: value_from_ast_untyped(argument.value) for argument in it.arguments}
    return None


def cost_by_sdl(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> int:
    """The largest possible cost, apart from introspection."""
    fragments = {it.name.value: it for it in document.definitions if isinstance(it, FragmentDefinitionNode)}
    defaults = {
        it.variable.name.value: value_from_ast_untyped(it.default_value)
        for it in operation.variable_definitions or ()
        if it.default_value
    }
    root = schema.get_root_type(operation.operation)
    assert root is not None
    return _Costs(schema, fragments, {**defaults, **variables}).of(root, operation.selection_set, {})


class _Costs:
    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._variables = variables

    def of(self, type_: GraphQLNamedType, selected: SelectionSetNode, sizes: Mapping[str, int]) -> int:
        """`sizes` are those of the fields that are sized by the field around them."""
        total = 0
        for node in selected.selections:
            if isinstance(node, FragmentSpreadNode):
                fragment = self._fragments[node.name.value]
                within = self._schema.type_map[fragment.type_condition.name.value]
                total += self.of(within, fragment.selection_set, sizes)
            elif not isinstance(node, FieldNode):
                condition = node.type_condition  # type: ignore[attr-defined]
                within = self._schema.type_map[condition.name.value] if condition else type_
                total += self.of(within, node.selection_set, sizes)  # type: ignore[attr-defined]
            elif not node.name.value.startswith("__"):
                total += self._field(type_.fields[node.name.value], node, sizes)  # type: ignore[attr-defined]
        return total

    def _field(self, field: GraphQLField, node: FieldNode, sizes: Mapping[str, int]) -> int:
        given = get_named_type(field.type)
        if is_leaf_type(given):
            return 0
        assert node.selection_set is not None
        weight = applied(field.ast_node, "cost") or applied(given.ast_node, "cost") or {"weight": 1}
        list_size = applied(field.ast_node, "listSize") or {}
        size = self._size(list_size, node) if list_size else sizes.get(node.name.value, 1)
        if sized := list_size.get("sizedFields"):
            return int(weight["weight"]) + self.of(given, node.selection_set, dict.fromkeys(sized, size))
        return size * (int(weight["weight"]) + self.of(given, node.selection_set, {}))

    def _size(self, list_size: Mapping[str, Any], node: FieldNode) -> int:
        slicing = list_size.get("slicingArguments", ())
        nodes = [it.value for it in node.arguments or () if it.name.value in slicing]
        given = [value_from_ast_untyped(it, dict(self._variables)) for it in nodes]
        sizes = [len(it) if isinstance(it, list) else int(it) for it in given if isinstance(it, list | int)]
        return max(sizes, default=int(list_size["assumedSize"]))
