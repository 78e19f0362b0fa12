"""Computes the size of the answer to introspection from the schema.

Lists of types and fields have known lengths, and under aliases they can be requested again and again. Objects are
counted level by level, deprecated ones included, without computing their values.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from types import SimpleNamespace
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    SelectionSetNode,
    StringValueNode,
    get_introspection_query,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    parse,
)

SCHEMA, TYPE = "__schema", "__type"
FIELDS = (SCHEMA, TYPE)
# This many values count as one object.
VALUES_PER_OBJECT = 10
# One operation may request this many times the size of the standard introspection query.
TIMES = 2


class Introspection:
    """Computes sizes for one schema."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._info = SimpleNamespace(schema=schema)
        everything = parse(get_introspection_query(True, True, True, True, True))
        fragments = {it.name.value: it for it in everything.definitions if isinstance(it, FragmentDefinitionNode)}
        [asked] = everything.definitions[0].selection_set.selections  # type: ignore[attr-defined]
        self._most = 10**9
        self._most = TIMES * self.values(asked, fragments)

    @property
    def most_objects(self) -> int:
        """The most objects that one operation may request; ten values count as one object."""
        return self._most // VALUES_PER_OBJECT

    def values(self, node: FieldNode, fragments: Mapping[str, FragmentDefinitionNode]) -> int:
        """The number of values of `__schema` or `__type`; counting stops once it exceeds the limit."""
        if node.selection_set is None:
            return 1
        name = "__Schema" if node.name.value == SCHEMA else "__Type"
        type_ = self._schema.type_map[name]
        assert isinstance(type_, GraphQLObjectType)
        return self._below(type_, [node.selection_set], self._asked_about(node), fragments)

    def _asked_about(self, node: FieldNode) -> list[Any]:
        if node.name.value == SCHEMA:
            return [self._schema]
        given = next((it.value for it in node.arguments or () if it.name.value == "name"), None)
        if isinstance(given, StringValueNode):
            found = self._schema.type_map.get(given.value)
            return [] if found is None else [found]
        # Of a variable nothing is known yet, so that the largest type is taken.
        return [max(self._schema.type_map.values(), key=lambda it: len(getattr(it, "fields", ())))]

    def _below(
        self,
        type_: GraphQLObjectType,
        sets: Sequence[SelectionSetNode],
        objects: Sequence[Any],
        fragments: Mapping[str, FragmentDefinitionNode],
    ) -> int:
        nodes = [node for selected in sets for node in _flat(selected, fragments, set())]
        total = len(objects) * (VALUES_PER_OBJECT + len(nodes))
        for node in nodes:
            field = type_.fields.get(node.name.value)
            given = None if field is None else get_named_type(field.type)
            if field is None or given is None or is_leaf_type(given) or node.selection_set is None:
                continue
            if total > self._most:
                break
            hidden = {"includeDeprecated": True} if "includeDeprecated" in field.args else {}
            assert field.resolve is not None
            assert isinstance(given, GraphQLObjectType)
            answers = [it for one in objects if (it := field.resolve(one, self._info, **hidden)) is not None]
            many = is_list_type(get_nullable_type(field.type))
            found = list(chain.from_iterable(answers)) if many else answers
            total += self._below(given, [node.selection_set], found, fragments)
        return total


def _flat(
    selected: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode], spread: set[str]
) -> Iterator[FieldNode]:
    """The fields of a selection and of its fragments, each fragment once."""
    for node in selected.selections:
        if isinstance(node, FieldNode):
            yield node
        elif not isinstance(node, FragmentSpreadNode):
            yield from _flat(node.selection_set, fragments, spread)  # type: ignore[attr-defined]
        elif node.name.value not in spread:
            spread.add(node.name.value)
            yield from _flat(fragments[node.name.value].selection_set, fragments, spread)
