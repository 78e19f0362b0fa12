"""What a normalised cache makes of answers: an object for each `__typename` and `id`, with a value for each field."""

from collections.abc import Iterator
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    NameNode,
    OperationDefinitionNode,
    SelectionSetNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    is_leaf_type,
    print_ast,
    visit,
)
from graphql.type import get_named_type

TYPENAME, ID = "typename_of_it", "id_of_it"


def identified(schema: GraphQLSchema, document: DocumentNode) -> DocumentNode:
    """The document, asking every object for its type and, where it has one, its id: what caches add to documents."""
    types = TypeInfo(schema)

    class Adding(Visitor):
        def leave_selection_set(
            self, node: SelectionSetNode, _key: Any, parent: Any, *_: Any
        ) -> SelectionSetNode | None:
            if isinstance(parent, OperationDefinitionNode):
                return None
            type_ = types.get_parent_type()
            added = [_field(TYPENAME, "__typename")]
            if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) and "id" in type_.fields:
                added.append(_field(ID, "id"))
            return SelectionSetNode(selections=(*node.selections, *added))

    found: DocumentNode = visit(document, TypeInfoVisitor(types, Adding()))
    return found


def _field(alias: str, name: str) -> FieldNode:
    return FieldNode(alias=NameNode(value=alias), name=NameNode(value=name), arguments=(), directives=())


class Cache:
    """The scalars of all objects with an id, from the answers so far. `clashes` are those with two values."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self.objects: dict[tuple[str, str], dict[str, Any]] = {}
        self.clashes: list[tuple[str, str, str, Any, Any]] = []

    def learn(self, document: DocumentNode, data: Any, variables: dict[str, Any] | None = None) -> None:
        """Take in the answer to an `identified` document."""
        fragments = {it.name.value: it for it in document.definitions if isinstance(it, FragmentDefinitionNode)}
        [operation] = [it for it in document.definitions if isinstance(it, OperationDefinitionNode)]
        self._object([operation.selection_set], data, fragments, variables or {})

    def _object(self, sets: list[SelectionSetNode], data: Any, fragments: Any, variables: dict[str, Any]) -> None:
        if isinstance(data, list):
            for it in data:
                self._object(sets, it, fragments, variables)
        if not isinstance(data, dict):
            return
        type_name, id_ = data.get(TYPENAME), data.get(ID)
        type_ = self._schema.get_type(type_name) if type_name else None
        below: dict[str, list[FieldNode]] = {}
        for field in (it for selected in sets for it in _fields(selected, fragments)):
            key = field.alias.value if field.alias else field.name.value
            if key in data:
                below.setdefault(key, []).append(field)
        for key, fields in below.items():
            if isinstance(type_, GraphQLObjectType) and id_ is not None:
                self._note(type_, id_, fields[0], data[key], variables)
            selected = [it.selection_set for it in fields if it.selection_set is not None]
            if selected:
                self._object(selected, data[key], fragments, variables)

    def _note(
        self, type_: GraphQLObjectType, id_: str, field: FieldNode, value: Any, variables: dict[str, Any]
    ) -> None:
        declared = type_.fields.get(field.name.value)
        if declared is None or not is_leaf_type(get_named_type(declared.type)):
            return
        given = f"({', '.join(map(print_ast, field.arguments))}) {variables}" if field.arguments else ""
        name = f"{field.name.value}{given}"
        known = self.objects.setdefault((type_.name, id_), {})
        if name in known and known[name] != value:
            self.clashes.append((type_.name, id_, name, known[name], value))
        known[name] = value


def _fields(selected: SelectionSetNode, fragments: Any) -> Iterator[FieldNode]:
    for node in selected.selections:
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, InlineFragmentNode):
            yield from _fields(node.selection_set, fragments)
        elif isinstance(node, FragmentSpreadNode):
            yield from _fields(fragments[node.name.value].selection_set, fragments)
