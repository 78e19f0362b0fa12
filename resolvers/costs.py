"""Estimates the size of the largest possible answer before an operation runs: pages within pages multiply (ADR 11)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
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

from resolvers.connections import DEFAULT_SIZE, LARGEST_SIZE
from resolvers.execution.budget import VALUES_PER_OBJECT
from resolvers.introspection import FIELDS as INTROSPECTION
from resolvers.introspection import Introspection
from resolvers.list_sizes import is_connection, list_size_of

# What a mutation costs, in objects: it is a transaction.
MUTATION_WEIGHT = 10
# Lists in lists multiply beyond what numbers in JSON can say exactly.
MOST_ESTIMATED = 10**15


class Variable(NamedTuple):
    """A number that depends on a variable: its value, or the length of its list."""

    name: str
    default: Any


@dataclass(frozen=True, slots=True)
class CountedField:
    """A field that gives objects: how many, or with `paged` as many as the surrounding page has. `page` is the size of
    the page that begins with this field; `weight` is what each of the objects costs."""

    times: int | Variable
    paged: bool
    page: int | Variable | None
    inner: "CountedSelection"
    weight: int = 1


@dataclass(frozen=True, slots=True)
class CountedSelection:
    """A selection: how many values it has, its fields that give objects, and its fragments by name."""

    values: int
    fields: tuple[CountedField, ...]
    fragments: tuple[str, ...]


class Cost:
    """The cost of an operation, by its variables."""

    def __init__(
        self, parts: CountedSelection, fragments: Mapping[str, CountedSelection], varies: bool, introspected: int = 0
    ) -> None:
        # How many objects of the estimate are introspection.
        self.introspected = introspected // VALUES_PER_OBJECT
        self._parts = parts
        self._fragments = fragments
        self._fixed = None if varies else self._estimate({})

    def estimate(self, variables: Mapping[str, Any] | None) -> int:
        """The largest possible number of objects; ten values count as one."""
        return self._estimate(variables or {}) if self._fixed is None else self._fixed

    def _estimate(self, variables: Mapping[str, Any]) -> int:
        # A fragment is estimated once for each page size, however often it is spread.
        known: dict[tuple[str, int], int] = {}

        def number(given: int | Variable) -> int:
            return given if isinstance(given, int) else _number(variables.get(given.name, given.default))

        def fragment(name: str, page: int) -> int:
            if (name, page) not in known:
                known[name, page] = selection(self._fragments[name], page)
            return known[name, page]

        def selection(parts: CountedSelection, page: int) -> int:
            total = parts.values + sum(fragment(name, page) for name in parts.fragments)
            for part in parts.fields:
                times = page if part.paged else number(part.times)
                total += times * (
                    part.weight * VALUES_PER_OBJECT
                    + selection(part.inner, 1 if part.page is None else number(part.page))
                )
            return total

        return min(selection(self._parts, 1) // VALUES_PER_OBJECT, MOST_ESTIMATED)

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
    return Cost(reader.parts(root, operation.selection_set), fragments, reader.varies, reader.introspected)


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
        self._defaults = {
            it.variable.name.value: None if it.default_value is None else value_from_ast_untyped(it.default_value)
            for it in operation.variable_definitions or ()
        }
        self.varies = False

    def parts(self, type_: GraphQLNamedType, selected: SelectionSetNode) -> CountedSelection:
        values, fields, fragments = 0, list[CountedField](), list[str]()
        for node in selected.selections:
            if isinstance(node, FragmentSpreadNode):
                fragments.append(node.name.value)
            elif isinstance(node, FieldNode) and node.name.value in INTROSPECTION:
                introspected = self._introspect(node)
                self.introspected += introspected
                values += introspected
            elif isinstance(node, FieldNode):
                field = self._schema.get_field(type_, node.name.value)  # type: ignore[arg-type]
                if field is None or is_leaf_type(get_named_type(field.type)):
                    values += 1
                else:
                    fields.append(self._part(type_, field, node))
            else:
                condition = node.type_condition  # type: ignore[attr-defined]
                within = self._schema.type_map[condition.name.value] if condition else type_
                inner = self.parts(within, node.selection_set)  # type: ignore[attr-defined]
                values += inner.values
                fields += inner.fields
                fragments += inner.fragments
        return CountedSelection(values, tuple(fields), tuple(fragments))

    def _introspect(self, node: FieldNode) -> int:
        self._introspection = self._introspection or Introspection(self._schema)
        return self._introspection.values(node, self._fragments)

    def _part(self, parent: GraphQLNamedType, field: GraphQLField, node: FieldNode) -> CountedField:
        assert node.selection_set is not None
        inner = self.parts(get_named_type(field.type), node.selection_set)
        given = {it.name.value: it.value for it in node.arguments or ()}
        size = list_size_of(parent, field)
        if size is None:
            paged = is_connection(parent) and is_list_type(get_nullable_type(field.type))
            return CountedField(1, paged, None, inner, weight_of(self._schema, parent))
        if size.sized_fields:
            return CountedField(1, False, self._page([given.get(it) for it in size.slicing_arguments]), inner)
        return CountedField(self._size(given["ids"]) if "ids" in given else size.assumed, False, None, inner)

    def _page(self, given: Sequence[ValueNode | None]) -> int | Variable:
        return next((self._size(value) for value in given if value is not None), DEFAULT_SIZE)

    def _size(self, value: ValueNode) -> int | Variable:
        match value:
            case VariableNode():
                self.varies = True
                return Variable(value.name.value, self._defaults.get(value.name.value))
            case IntValueNode():
                # Python reads no integer of thousands of digits, which an ID may be.
                return _number(int(value.value[:20]))
            case ListValueNode():
                return len(value.values)
        return DEFAULT_SIZE


def weight_of(schema: GraphQLSchema, parent: GraphQLNamedType) -> int:
    """What an object costs that a field of this type gives."""
    return MUTATION_WEIGHT if parent is schema.mutation_type else 1


def _number(value: Any) -> int:
    """A page size or list length. One that is out of range is refused later, when the argument is read."""
    if isinstance(value, list):
        return len(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return int(min(max(value, 0), LARGEST_SIZE))
    return DEFAULT_SIZE
