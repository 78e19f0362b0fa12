"""Compiling: from a valid operation to a plan, a tree of selections that says how every field is answered.

A plan depends on the operation and on the truth of the conditions in its `@skip` and `@include`, on nothing else: it is
made once and run by `run.py` as often as the operation comes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    is_abstract_type,
)
from graphql.language import visit
from graphql.language.visitor import Visitor

from resolvers.execution.declarations import (
    EXTENSION,
    Column,
    Declaration,
    Edge,
    Identity,
    Itself,
    PagedEdge,
    ReferenceEdge,
)


class NotCovered(Exception):
    """The operation has something that a plan cannot do; the text names it."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar or an enum."""

    type: GraphQLScalarType | GraphQLEnumType


@dataclass(frozen=True, slots=True)
class Many:
    """A list."""

    of: "Shape"


@dataclass(frozen=True, slots=True)
class Required:
    """A value that must not be null."""

    of: "Shape"


@dataclass(frozen=True, slots=True)
class Object:
    """An object of one type."""

    selection: "Selection"


@dataclass(frozen=True, slots=True)
class Abstract:
    """An object of one of several types. What is selected of a type is compiled when one of it first turns up."""

    type: GraphQLInterfaceType | GraphQLUnionType
    select: Callable[[GraphQLObjectType], "Selection"]


Shape = Leaf | Many | Required | Object | Abstract


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a selection. `arguments` are the nodes whose values are known only when it is run."""

    name: str
    definition: GraphQLField
    parent: GraphQLObjectType
    nodes: tuple[FieldNode, ...]
    declaration: Declaration | None
    shape: Shape
    constant: str | None = None
    varies: bool = False

    @property
    def label(self) -> str:
        """The field as messages name it."""
        return f"{self.parent.name}.{self.nodes[0].name.value}"


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked of the objects of one type, in the order of the answer."""

    type: GraphQLObjectType
    fields: tuple[Field, ...]
    names: tuple[str, ...]
    build: Callable[[Sequence[Sequence[Any]]], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Plan:
    """A compiled operation."""

    schema: GraphQLSchema
    document: DocumentNode
    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    root: Selection
    serial: bool
    attributes: Mapping[str, frozenset[str]]


class Compiler:
    """Compiles one operation for one set of truths."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        truths: Mapping[str, bool],
    ) -> None:
        self._schema = schema
        self._document = document
        self._operation = operation
        self._truths = truths
        self._fragments = {it.name.value: it for it in document.definitions if isinstance(it, FragmentDefinitionNode)}

    def compile(self) -> Plan:
        """The plan. Raises: NotCovered."""
        root_type = self._schema.get_root_type(self._operation.operation)
        if root_type is None:
            raise NotCovered(f"a schema without {self._operation.operation.value}")
        root = self._select(root_type, [self._operation.selection_set])
        serial = self._operation.operation is OperationType.MUTATION
        attributes = _attributes_of_loaders(root)
        return Plan(self._schema, self._document, self._operation, self._fragments, root, serial, attributes)

    def _select(self, type_: GraphQLObjectType, sets: list[SelectionSetNode]) -> Selection:
        grouped: dict[str, list[FieldNode]] = {}
        visited: set[str] = set()
        for selected in sets:
            for node in self._flatten(type_, selected, visited):
                grouped.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
        fields = tuple(self._field(type_, name, nodes) for name, nodes in grouped.items())
        names = tuple(field.name for field in fields)
        return Selection(type_, fields, names, builder(names))

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
            if name in ("defer", "stream"):
                raise NotCovered(f"@{name}")
            if name in ("skip", "include"):
                value: Any = (directive.arguments or ())[0].value
                truth = self._truths[value.name.value] if isinstance(value, VariableNode) else value.value
                if bool(truth) == (name == "skip"):
                    return False
        return True

    def _field(self, parent: GraphQLObjectType, name: str, nodes: list[FieldNode]) -> Field:
        asked = nodes[0].name.value
        if asked == "__typename":
            definition = self._schema.get_field(parent, asked)
            assert definition is not None
            shape = self._shape(definition.type, nodes)
            return Field(name, definition, parent, tuple(nodes), None, shape, constant=parent.name)
        if asked.startswith("__"):
            raise NotCovered("introspection")
        definition = parent.fields[asked]
        varies = any(_has_variable(argument.value) for argument in nodes[0].arguments or ())
        shape = self._shape(definition.type, nodes)
        declaration = definition.extensions.get(EXTENSION)
        return Field(name, definition, parent, tuple(nodes), declaration, shape, varies=varies)

    def _shape(self, type_: GraphQLOutputType, nodes: list[FieldNode]) -> Shape:
        if isinstance(type_, GraphQLNonNull):
            return Required(self._shape(type_.of_type, nodes))
        if isinstance(type_, GraphQLList):
            return Many(self._shape(type_.of_type, nodes))
        if isinstance(type_, GraphQLScalarType | GraphQLEnumType):
            return Leaf(type_)
        sets = [node.selection_set for node in nodes if node.selection_set is not None]
        if isinstance(type_, GraphQLObjectType):
            return Object(self._select(type_, sets))
        assert isinstance(type_, GraphQLInterfaceType | GraphQLUnionType)
        return Abstract(type_, _Later(lambda concrete: self._select(concrete, sets)))


@dataclass(slots=True)
class _Later:
    """Selections of an abstract type, compiled once for each type that turns up."""

    compile: Callable[[GraphQLObjectType], Selection]
    known: dict[str, Selection] = field(default_factory=dict)

    def __call__(self, type_: GraphQLObjectType) -> Selection:
        if type_.name not in self.known:
            self.known[type_.name] = self.compile(type_)
        return self.known[type_.name]


def _attributes_of_loaders(root: Selection) -> Mapping[str, frozenset[str]]:
    """For each loader whose rows are seen by declared fields only, every attribute that is read of them.

    A loader is left out, and gives whole rows, where a resolver by hand or an abstract type may read anything.
    """
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
            case Column(attribute) | ReferenceEdge(attribute, _):
                read.add(attribute)
            case Identity():
                read.add("id")
            case Edge(_, key, _) | PagedEdge(_, key, _, _):
                read.add(key)
            case Itself():
                nested = _attributes(it.shape)
                if nested is None:
                    return None
                read |= nested
            case None if it.constant is None:
                return None
    return frozenset(read)


def _object(shape: Shape) -> Leaf | Object | Abstract:
    while isinstance(shape, Required | Many):
        shape = shape.of
    return shape


def builder(names: tuple[str, ...]) -> Callable[[Sequence[Sequence[Any]]], list[dict[str, Any]]]:
    """A function that makes a dict with these names of each row across some columns.

    It is generated: a dict displayed in one expression takes a third of the time of one made by `dict(zip(…))`, and
    this is where most of a large answer's time goes. Names are GraphQL names, which are identifiers.
    """
    if not names:
        # All of a selection can be left out by conditions; without columns there is nothing to make dicts of.
        return lambda _columns: []
    values = [f"v{index}" for index in range(len(names))]
    shown = ", ".join(f'"{name}": {value}' for name, value in zip(names, values, strict=True))
    return eval(f"lambda columns: [{{{shown}}} for {', '.join(values)}, in zip(*columns)]")  # type: ignore[no-any-return]  # noqa: S307


def condition_variables(document: DocumentNode) -> tuple[str, ...]:
    """The variables that `@skip` and `@include` of a document depend on, in a fixed order."""
    found: set[str] = set()

    class Conditions(Visitor):
        def enter_directive(self, node: Any, *_: Any) -> None:
            if node.name.value in ("skip", "include"):
                found.update(it.value.name.value for it in node.arguments if isinstance(it.value, VariableNode))

    visit(document, Conditions())
    return tuple(sorted(found))


def _has_variable(value: Any) -> bool:
    if isinstance(value, VariableNode):
        return True
    parts = getattr(value, "values", None) or [it.value for it in getattr(value, "fields", None) or ()]
    return any(_has_variable(part) for part in parts)
