"""The largest possible cost of an operation in points, before it runs: pages within pages multiply (ADR 11).

An object costs a point, a mutation ten, a scalar nothing (`resolvers/weights.py`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
)
from graphql.utilities import value_from_ast_untyped

from resolvers.introspection import FIELDS as INTROSPECTION
from resolvers.introspection import VALUES_PER_OBJECT, Introspection
from resolvers.list_sizes import is_connection, list_size_of
from resolvers.pages import LARGEST_SIZE
from resolvers.weights import weight_of

# So many values of introspection cost a point: all of it costs some hundred.
VALUES_PER_POINT = 10 * VALUES_PER_OBJECT
# The most fields whose cost is told.
MOST_FIELDS = 500
# Lists in lists multiply beyond what numbers in JSON can say exactly.
MOST_ESTIMATED = 10**15


class Variable(NamedTuple):
    """A number that depends on a variable: its value, or the length of its list."""

    name: str
    default: Any


class Size(NamedTuple):
    """The number of objects of a list: the largest of those given, or else what is assumed."""

    assumed: int
    given: tuple[int | Variable, ...] = ()


_ONE = Size(1)


@dataclass(frozen=True, slots=True)
class CountedField:
    """A field that gives objects, each of which costs `weight`: a list of the given `size`, the connection of a page of
    this size, or with `is_paged` the rows of the page around it."""

    size: Size
    is_connection: bool
    is_paged: bool
    name: str
    inner: "CountedSelection"
    weight: int


@dataclass(frozen=True, slots=True)
class CountedSelection:
    """A selection: its values of introspection, its fields that give objects, and its fragments by name."""

    introspected: int
    fields: tuple[CountedField, ...]
    fragments: tuple[str, ...]


class FieldCost(NamedTuple):
    """What a field costs that gives objects: each of them, and all of them with and without what is selected of them.
    It is that of one object around it. `path` has no indexes of lists."""

    path: tuple[str, ...]
    weight: int
    total: int
    children: int


class Cost:
    """The cost of an operation, by its variables."""

    def __init__(
        self,
        parts: CountedSelection,
        fragments: Mapping[str, CountedSelection],
        varies: bool,
        introspected: int = 0,
        introspects: bool = False,
    ) -> None:
        # How many objects are introspection, and what they cost of the points.
        self.introspected = introspected // VALUES_PER_OBJECT
        self.introspection_points = introspected // VALUES_PER_POINT
        # Whether it reads the schema, be it of a type that does not exist.
        self.introspects = introspects
        self._parts = parts
        self._fragments = fragments
        self._fixed = None if varies else self._estimate({})

    def points(self, variables: Mapping[str, Any] | None) -> int:
        """The cost with these variables. Lists without pages may be longer than assumed, and cost more then."""
        return self._estimate(variables or {}) if self._fixed is None else self._fixed

    def _estimate(self, variables: Mapping[str, Any]) -> int:
        total = _Sum(self._fragments, variables).of(self._parts, 1)
        return min(total // VALUES_PER_POINT, MOST_ESTIMATED)

    def by_field(self, variables: Mapping[str, Any] | None) -> list[FieldCost]:
        """The cost of each field that gives objects, up to a number of them. Equal paths are added up."""
        found: dict[tuple[str, ...], FieldCost] = {}
        for it in islice(_Sum(self._fragments, variables or {}).by_field(self._parts, 1, ()), MOST_FIELDS):
            known = found.get(it.path, it._replace(total=0, children=0))
            found[it.path] = it._replace(total=known.total + it.total, children=known.children + it.children)
        return list(found.values())

    @cached_property
    def depth(self) -> int:
        """How many objects the operation selects within each other at most."""
        return self._depth(self._parts, {})

    def _depth(self, parts: CountedSelection, of_fragments: dict[str, int]) -> int:
        for name in parts.fragments:
            if name not in of_fragments:
                of_fragments[name] = self._depth(self._fragments[name], of_fragments)
        within = [1 + self._depth(field.inner, of_fragments) for field in parts.fields]
        return max([*within, *(of_fragments[name] for name in parts.fragments)], default=0)


class _Sum:
    """Adds up an operation with its variables. A fragment is added up once for each page size, however often it is
    spread."""

    def __init__(self, fragments: Mapping[str, CountedSelection], variables: Mapping[str, Any]) -> None:
        self._fragments = fragments
        self._variables = variables
        self._known: dict[tuple[str, int], int] = {}

    def of(self, parts: CountedSelection, page: int) -> int:
        """What a selection costs within a page of this size, in values."""
        total = parts.introspected + sum(self._fragment(name, page) for name in parts.fragments)
        for part in parts.fields:
            size = page if part.is_paged else self._number_of(part.size)
            times, within = (1, size) if part.is_connection else (size, 1)
            total += times * (part.weight * VALUES_PER_POINT + self.of(part.inner, within))
        return total

    def by_field(self, parts: CountedSelection, page: int, path: tuple[str, ...]) -> Iterator[FieldCost]:
        for part in parts.fields:
            size = page if part.is_paged else self._number_of(part.size)
            times, within = (1, size) if part.is_connection else (size, 1)
            children, below = times * self.of(part.inner, within) // VALUES_PER_POINT, (*path, part.name)
            yield FieldCost(below, part.weight, times * part.weight + children, children)
            yield from self.by_field(part.inner, within, below)
        for name in parts.fragments:
            # Of fragments without objects there is nothing to say, however many there are within each other.
            if self._fragment(name, 1):
                yield from self.by_field(self._fragments[name], page, path)

    def _fragment(self, name: str, page: int) -> int:
        if (name, page) not in self._known:
            self._known[name, page] = self.of(self._fragments[name], page)
        return self._known[name, page]

    def _number_of(self, size: Size) -> int:
        return max((it for given in size.given if (it := self._number(given)) is not None), default=size.assumed)

    def _number(self, given: int | Variable) -> int | None:
        return given if isinstance(given, int) else _number(self._variables.get(given.name, given.default))


def cost_of(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    introspection: Introspection | None = None,
) -> Cost:
    """The cost of a valid operation. Fields that `@skip` and `@include` exclude are counted."""
    definitions = [it for it in document.definitions if isinstance(it, FragmentDefinitionNode)]
    reader = _SelectionReader(schema, operation, {it.name.value: it for it in definitions}, introspection)
    root = schema.get_root_type(operation.operation)
    assert root is not None
    fragments = {
        it.name.value: reader.parts(schema.type_map[it.type_condition.name.value], it.selection_set)
        for it in definitions
    }
    parts = reader.parts(root, operation.selection_set)
    return Cost(parts, fragments, reader.varies, reader.introspected, reader.introspects)


class _SelectionReader:
    """Counts selections. `varies` is whether the cost depends on a variable; `introspected` the number of introspection
    values."""

    def __init__(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDefinitionNode],
        introspection: Introspection | None,
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._introspection = introspection
        self.introspected = 0
        self.introspects = False
        self._defaults = {
            it.variable.name.value: None if it.default_value is None else value_from_ast_untyped(it.default_value)
            for it in operation.variable_definitions or ()
        }
        self.varies = False

    def parts(self, type_: GraphQLNamedType, selected: SelectionSetNode) -> CountedSelection:
        introspected, fields, fragments = 0, list[CountedField](), list[str]()
        for node in selected.selections:
            if isinstance(node, FragmentSpreadNode):
                fragments.append(node.name.value)
            elif isinstance(node, FieldNode) and node.name.value in INTROSPECTION:
                values = self._introspect(node)
                self.introspects = True
                self.introspected += values
                introspected += values
            elif isinstance(node, FieldNode):
                field = self._schema.get_field(type_, node.name.value)  # type: ignore[arg-type]
                if field is not None and not is_leaf_type(get_named_type(field.type)):
                    fields.append(self._part(type_, field, node))
            else:
                condition = node.type_condition  # type: ignore[attr-defined]
                within = self._schema.type_map[condition.name.value] if condition else type_
                inner = self.parts(within, node.selection_set)  # type: ignore[attr-defined]
                introspected += inner.introspected
                fields += inner.fields
                fragments += inner.fragments
        return CountedSelection(introspected, tuple(fields), tuple(fragments))

    def _introspect(self, node: FieldNode) -> int:
        self._introspection = self._introspection or Introspection(self._schema)
        return self._introspection.values(node, self._fragments)

    def _part(self, parent: GraphQLNamedType, field: GraphQLField, node: FieldNode) -> CountedField:
        assert node.selection_set is not None
        given = get_named_type(field.type)
        inner, weight = self.parts(given, node.selection_set), weight_of(self._schema, parent, given)
        name = (node.alias or node.name).value
        arguments = {it.name.value: it.value for it in node.arguments or ()}
        listed = list_size_of(parent, field)
        if listed is None:
            is_paged = is_connection(parent) and is_list_type(get_nullable_type(field.type))
            return CountedField(_ONE, False, is_paged, name, inner, weight)
        sizes = [self._size(arguments[it]) for it in listed.slicing_arguments if it in arguments]
        size = Size(listed.assumed, tuple(it for it in sizes if it is not None))
        return CountedField(size, bool(listed.sized_fields), False, name, inner, weight)

    def _size(self, value: ValueNode) -> int | Variable | None:
        match value:
            case VariableNode():
                self.varies = True
                return Variable(value.name.value, self._defaults.get(value.name.value))
            case IntValueNode():
                # Python reads no integer of thousands of digits, which an ID may be.
                return _number(int(value.value[:20]))
            case ListValueNode():
                return len(value.values)
        return None


def _number(value: Any) -> int | None:
    """A page size or list length, if it is one. What is out of range is refused later, when it is read."""
    if isinstance(value, list):
        return len(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return int(min(max(value, 0), LARGEST_SIZE))
    return None
