"""Coerces variables and arguments as graphql-core does, and computes once what is the same for each request.

graphql-core examines types and documents again for each request, which takes a third of the time of a small query
(docs/performance.md). Only simple cases are handled here; all others, and every error, fall back to graphql-core.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLError,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLSchema,
    ObjectValueNode,
    Undefined,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    get_nullable_type,
    is_leaf_type,
    is_non_null_type,
)
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import (
    VariableValues,
    VariableValueSource,
    get_argument_values,
    get_variable_values,
)
from graphql.utilities.coerce_input_value import coerce_default_value, coerce_input_literal, coerce_input_value

MOST_ERRORS = 50

Arguments = Callable[[VariableValues], dict[str, Any]]

# Makes a value of the coerced variables. Raises: FallBack.
_Read = Callable[[Mapping[str, Any]], Any]

Named = tuple[str, _Read]

# The types of constants that may be shared between requests, since they are immutable.
_FIXED = (str, int, float, bool, type(None), Decimal, date, Enum)


class FallBack(Exception):
    """A case that graphql-core has to handle."""


class Variables:
    """The variables of one operation."""

    def __init__(self, schema: GraphQLSchema, definitions: Sequence[VariableDefinitionNode]) -> None:
        self._schema = schema
        self._definitions = definitions
        found = [get_variable_signature(schema, it) for it in definitions]
        plain = all(
            isinstance(it, GraphQLVariableSignature) and is_leaf_type(get_nullable_type(it.type)) for it in found
        )
        self._signatures: Sequence[Any] | None = found if plain else None

    def coerced(self, given: Mapping[str, Any]) -> VariableValues | list[GraphQLError]:
        """Their values, or the errors of those that were sent."""
        if self._signatures is not None and (values := _plainly(self._signatures, given)) is not None:
            return values
        return get_variable_values(self._schema, self._definitions, dict(given), max_errors=MOST_ERRORS)


def _plainly(signatures: Sequence[GraphQLVariableSignature], given: Mapping[str, Any]) -> VariableValues | None:
    coerced: dict[str, Any] = {}
    for signature in signatures:
        if signature.name in given:
            value = coerce_input_value(given[signature.name], signature.type)
            if value is Undefined:
                return None
            coerced[signature.name] = value
        elif signature.default is not None or is_non_null_type(signature.type):
            return None
    sources = {it.name: VariableValueSource(it, given.get(it.name, Undefined)) for it in signatures}
    return VariableValues(sources, coerced)


def arguments_of(definition: GraphQLField, node: FieldNode) -> Arguments:
    """A function from the values of the variables to the arguments of a resolver. It raises GraphQLError."""
    if not definition.args:
        return lambda _: {}
    try:
        reads = _reads(definition, node)
    except FallBack:
        return lambda variables: get_argument_values(definition, node, variables)

    def arguments(variables: VariableValues) -> dict[str, Any]:
        try:
            return {name: read(variables.coerced) for name, read in reads}
        except FallBack:
            return get_argument_values(definition, node, variables)

    return arguments


def _reads(definition: GraphQLField, node: FieldNode) -> list[Named]:
    return _named(definition.args, {it.name.value: it.value for it in node.arguments or ()})


def _named(inputs: Mapping[str, GraphQLArgument | GraphQLInputField], given: Mapping[str, ValueNode]) -> list[Named]:
    reads = []
    for name, of in inputs.items():
        if name in given:
            reads.append((of.out_name or name, _read(given[name], of.type)))
        elif (default := coerce_default_value(of)) is not Undefined:
            reads.append((of.out_name or name, _constant(default)))
        elif is_non_null_type(of.type):
            raise FallBack
    return reads


def _read(node: ValueNode, type_: GraphQLInputType) -> _Read:
    if isinstance(node, VariableNode):
        return _variable(node.name.value)
    if not _has_variables(node):
        return _constant(coerce_input_literal(node, type_))
    below = get_nullable_type(type_)
    if isinstance(node, ObjectValueNode) and isinstance(below, GraphQLInputObjectType):
        return _object(node, below)
    raise FallBack


def _variable(name: str) -> _Read:
    def read(coerced: Mapping[str, Any]) -> Any:
        value = coerced.get(name)
        # Whether null is allowed there, and which default replaces it, is for graphql-core to decide.
        if value is None:
            raise FallBack
        return value

    return read


def _constant(value: Any) -> _Read:
    if not isinstance(value, _FIXED):
        raise FallBack
    return lambda _: value


def _object(node: ObjectValueNode, type_: GraphQLInputObjectType) -> _Read:
    reads, out = _named(type_.fields, {it.name.value: it.value for it in node.fields}), type_.out_type
    if type_.is_one_of and len(reads) != 1:
        raise FallBack
    return lambda coerced: out({name: read(coerced) for name, read in reads})


def _has_variables(node: ValueNode) -> bool:
    if isinstance(node, ObjectValueNode):
        return any(_has_variables(it.value) for it in node.fields)
    return isinstance(node, VariableNode) or any(_has_variables(it) for it in getattr(node, "values", ()))
