"""Compiles a valid operation to a plan: a tree of selections that says how every field is answered.

A plan depends only on the operation and on the values of the variables in its `@skip` and `@include`: it is compiled
once and run by `run.py` as often as the operation is sent.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLError,
    GraphQLID,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    GraphQLUnionType,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    is_abstract_type,
)
from graphql.language import visit
from graphql.language.visitor import Visitor
from graphql.type.directives import GraphQLDisableErrorPropagationDirective

from resolvers.execution.arguments import arguments_of
from resolvers.execution.budget import object_overhead
from resolvers.execution.declarations import (
    EXTENSION,
    Column,
    Edge,
    Identity,
    IdentityOf,
    PagedEdge,
    ReferenceEdge,
    SameRow,
)
from resolvers.execution.refusals import refusal, refusing_field
from resolvers.execution.shapes import Abstract, Field, Leaf, ListOf, NonNull, Object, Selection, Shape
from resolvers.execution.subtree_compiler import json_subtree
from resolvers.weights import weight_of


class NotCovered(Exception):
    """The operation has something that plans do not support; the message names it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A compiled operation.

    For each loader, and for each type of the graph, it has every attribute that the operation reads of the rows. Left
    out are those of which anything may be read, because a resolver written by hand or an abstract type takes them.
    """

    schema: GraphQLSchema
    document: DocumentNode
    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    root: Selection
    serial: bool
    attributes_by_loader: Mapping[str, frozenset[str]]
    attributes_by_type: Mapping[str, frozenset[str]]


class Compiler:
    """Compiles one operation, for one combination of the variables that its conditions depend on. `refused` are the
    errors of fields that are not run, by the identity of their node."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        conditions: Mapping[str, bool],
        refused: Mapping[int, GraphQLError] = MappingProxyType({}),
    ) -> None:
        self._refused = refused
        self._schema = schema
        self._document = document
        self._operation = operation
        self._conditions = conditions
        self._fragments = {it.name.value: it for it in document.definitions if isinstance(it, FragmentDefinitionNode)}
        self._below_abstract = False

    def compile(self) -> Plan:
        """The plan. Raises: NotCovered."""
        root_type = self._schema.get_root_type(self._operation.operation)
        if root_type is None:
            raise NotCovered(f"a schema without {self._operation.operation.value}")
        visit(self._document, _Unsupported())
        root = self._select(root_type, [self._operation.selection_set], 0)
        # What is compiled from here on is selected of abstract types, by `_LazySelections`.
        self._below_abstract = True
        serial = self._operation.operation is OperationType.MUTATION
        by_loader, by_type = _attributes_by_loader(root), self._attributes_by_type(root)
        return Plan(self._schema, self._document, self._operation, self._fragments, root, serial, by_loader, by_type)

    def _attributes_by_type(self, root: Selection) -> Mapping[str, frozenset[str]]:
        """The attributes read of each type whose objects are read by declared fields only."""
        found: dict[str, frozenset[str] | None] = {}
        for shape in _shapes(root):
            if isinstance(shape, Object):
                name, read = shape.selection.type.name, _attributes(shape)
                known = found.get(name, frozenset())
                found[name] = None if read is None or known is None else known | read
            elif isinstance(shape, Abstract):
                found.update((it.name, None) for it in self._schema.get_possible_types(shape.type))
        return {name: read for name, read in found.items() if read is not None}

    def _select(self, type_: GraphQLObjectType, sets: list[SelectionSetNode], weight: int) -> Selection:
        grouped: dict[str, list[FieldNode]] = {}
        visited: set[str] = set()
        for selected in sets:
            for node in self._flatten(type_, selected, visited):
                grouped.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
        fields = tuple(self._field(type_, name, nodes) for name, nodes in grouped.items())
        names = tuple(field.name for field in fields)
        return Selection(type_, fields, names, weight, object_overhead(names), builder(names))

    def _flatten(self, type_: GraphQLObjectType, selected: SelectionSetNode, visited: set[str]) -> Iterator[FieldNode]:
        """The fields that apply to an object type, through its fragments, as far as they are included."""
        for node in selected.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition.name.value if node.type_condition else type_.name
                if self._applies(condition, type_):
                    yield from self._flatten(type_, node.selection_set, visited)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in visited:
                visited.add(node.name.value)
                fragment = self._fragments[node.name.value]
                if self._applies(fragment.type_condition.name.value, type_):
                    yield from self._flatten(type_, fragment.selection_set, visited)

    def _applies(self, condition: str, type_: GraphQLObjectType) -> bool:
        if condition == type_.name:
            return True
        named = self._schema.type_map[condition]
        return is_abstract_type(named) and self._schema.is_sub_type(named, type_)

    def _included(self, node: SelectionNode) -> bool:
        for directive in node.directives or ():
            name = directive.name.value
            if name in ("skip", "include"):
                value: Any = (directive.arguments or ())[0].value
                included = self._conditions[value.name.value] if isinstance(value, VariableNode) else value.value
                if bool(included) == (name == "skip"):
                    return False
        return True

    def _field(self, parent: GraphQLObjectType, name: str, nodes: list[FieldNode]) -> Field:
        asked = nodes[0].name.value
        if asked == "__typename":
            definition = self._schema.get_field(parent, asked)
            assert definition is not None
            shape = self._shape(parent, definition.type, nodes)
            return Field(name, definition, parent, tuple(nodes), None, shape, lambda _: {}, constant=parent.name)
        if asked.startswith("__"):
            raise NotCovered("introspection")
        definition = parent.fields[asked]
        shape = self._shape(parent, definition.type, nodes)
        if (error := refusal(self._refused, nodes)) is not None:
            refusing = refusing_field(definition, error)
            return Field(name, refusing, parent, tuple(nodes), None, shape, lambda _: {})
        declaration = definition.extensions.get(EXTENSION)
        subtree = json_subtree(declaration, shape) if isinstance(declaration, Edge) else None
        arguments, whole_rows = arguments_of(definition, nodes[0]), self._below_abstract
        return Field(name, definition, parent, tuple(nodes), declaration, shape, arguments, None, whole_rows, subtree)

    def _shape(self, parent: GraphQLObjectType, type_: GraphQLOutputType, nodes: list[FieldNode]) -> Shape:
        if isinstance(type_, GraphQLNonNull):
            return NonNull(self._shape(parent, type_.of_type, nodes))
        if isinstance(type_, GraphQLList):
            return ListOf(self._shape(parent, type_.of_type, nodes))
        if isinstance(type_, GraphQLScalarType | GraphQLEnumType):
            return _leaf(type_)
        sets = [node.selection_set for node in nodes if node.selection_set is not None]
        if isinstance(type_, GraphQLObjectType):
            return Object(self._select(type_, sets, weight_of(self._schema, parent, type_)))
        assert isinstance(type_, GraphQLInterfaceType | GraphQLUnionType)

        def selected(concrete: GraphQLObjectType) -> Selection:
            return self._select(concrete, sets, weight_of(self._schema, parent, concrete))

        return Abstract(type_, _LazySelections(selected))


@dataclass(slots=True)
class _LazySelections:
    """Selections of an abstract type, compiled once for each type that is met."""

    compile: Callable[[GraphQLObjectType], Selection]
    known: dict[str, Selection] = field(default_factory=dict)

    def __call__(self, type_: GraphQLObjectType) -> Selection:
        if type_.name not in self.known:
            self.known[type_.name] = self.compile(type_)
        return self.known[type_.name]


def _attributes_by_loader(root: Selection) -> Mapping[str, frozenset[str]]:
    """The attributes read of each loader whose rows are read by declared fields only."""
    found: dict[str, frozenset[str] | None] = {}
    for edge, shape in _edges(root):
        read = _attributes(shape)
        known = found.get(edge.loader, frozenset())
        found[edge.loader] = None if read is None or known is None else known | read
    return {loader: attributes for loader, attributes in found.items() if attributes is not None}


def _edges(selection: Selection) -> Iterator[tuple[Edge, Shape]]:
    for it in selection.fields:
        if isinstance(it.declaration, Edge):
            yield it.declaration, it.shape
        elif isinstance(it.declaration, ReferenceEdge):
            for loader in it.declaration.loaders.values():
                yield Edge(loader, "id", many=False), it.shape
        below = _object(it.shape)
        if isinstance(below, Object):
            yield from _edges(below.selection)


def _shapes(selection: Selection) -> Iterator[Object | Abstract]:
    """All objects below a selection."""
    for it in selection.fields:
        below = _object(it.shape)
        if not isinstance(below, Leaf):
            yield below
        if isinstance(below, Object):
            yield from _shapes(below.selection)


def _attributes(shape: Shape) -> frozenset[str] | None:
    """What is read of the rows of a shape, or None for anything."""
    below = _object(shape)
    if isinstance(below, Leaf):
        return frozenset()
    if isinstance(below, Abstract):
        return None
    read: set[str] = set()
    for it in below.selection.fields:
        match it.declaration:
            case Column(attribute) | IdentityOf(_, attribute) | ReferenceEdge(attribute, _):
                read.add(attribute)
            case Identity():
                read.add("id")
            case Edge(_, key, _) | PagedEdge(_, key, _, _):
                read.add(key)
            case SameRow():
                nested = _attributes(it.shape)
                if nested is None:
                    return None
                read |= nested
            case None if it.constant is None:
                return None
    return frozenset(read)


def _object(shape: Shape) -> Leaf | Object | Abstract:
    while isinstance(shape, NonNull | ListOf):
        shape = shape.of
    return shape


def builder(names: tuple[str, ...]) -> Callable[[Sequence[Sequence[Any]]], list[dict[str, Any]]]:
    """A function that makes a dict with these names of each row across some columns.

    It is generated: a dict display takes a third of the time of `dict(zip(…))`, and this is where most of the time of a
    large answer goes. Names are GraphQL names, which are identifiers.
    """
    if not names:
        # Conditions can exclude all fields of a selection; without columns there are no dicts to make.
        return lambda _columns: []
    values = [f"v{index}" for index in range(len(names))]
    shown = ", ".join(f'"{name}": {value}' for name, value in zip(names, values, strict=True))
    return eval(f"lambda columns: [{{{shown}}} for {', '.join(values)}, in zip(*columns)]")  # type: ignore[no-any-return]  # noqa: S307


def condition_variables(document: DocumentNode, operation: OperationDefinitionNode) -> tuple[str, ...]:
    """The variables of an operation that `@skip` and `@include` depend on, in a fixed order.

    Other operations of the document may have variables of the same names, and other types.
    """
    fragments = {it.name.value: it for it in document.definitions if isinstance(it, FragmentDefinitionNode)}
    found: set[str] = set()
    reached: set[str] = set()
    waiting: list[Node] = [operation]

    class Conditions(Visitor):
        def enter_directive(self, node: Any, *_: Any) -> None:
            if node.name.value in ("skip", "include"):
                found.update(it.value.name.value for it in node.arguments if isinstance(it.value, VariableNode))

        def enter_fragment_spread(self, node: Any, *_: Any) -> None:
            if node.name.value not in reached:
                reached.add(node.name.value)
                waiting.append(fragments[node.name.value])

    while waiting:
        visit(waiting.pop(), Conditions())
    return tuple(sorted(found))


class _Unsupported(Visitor):
    """Raises NotCovered for what plans do not support. The whole document is visited beforehand, since selections of
    abstract types are compiled while the operation runs, when it is too late to fall back."""

    def enter_directive(self, node: Any, *_: Any) -> None:
        if node.name.value in ("defer", "stream", GraphQLDisableErrorPropagationDirective.name):
            raise NotCovered(f"@{node.name.value}")

    def enter_fragment_definition(self, node: Any, *_: Any) -> None:
        if node.variable_definitions:
            raise NotCovered("fragments with variables")


def _leaf(type_: GraphQLScalarType | GraphQLEnumType) -> Leaf:
    convert = type_.coerce_output_value
    if isinstance(type_, GraphQLEnumType):
        try:
            # Of two names, the first. A value without one raises KeyError and is then serialized as graphql-core does.
            convert = {value.value: name for name, value in reversed(type_.values.items())}.__getitem__
        except TypeError:
            return Leaf(type_, frozenset(), convert)
    text = type_ in (GraphQLString, GraphQLID) or convert is str
    return Leaf(type_, frozenset({str} if text else {bool} if type_ is GraphQLBoolean else ()), convert)
