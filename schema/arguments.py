"""Calling resolvers by hand: their arguments become Python objects by functions made once for each field.

Strawberry looks at the types of the arguments anew for each call, a quarter of the time of a small query
(docs/performance.md). What is made here gives the same objects; what it does not know is left to Strawberry.

In the inputs of mutations an optional text with nothing to see in it is null, whatever it is the text of: an id, a
date, a currency. This is the one place that says so. Members of which exactly one is given are not optional, and where
a list is narrowed, a blank is refused (`MUST_HOLD` in schema/shared/filters.py).
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import MISSING, replace
from functools import partial
from typing import Any

import strawberry
from graphql import GraphQLObjectType, GraphQLSchema
from strawberry.schema.name_converter import NameConverter
from strawberry.types.base import StrawberryList, StrawberryOptional, has_object_definition
from strawberry.types.enum import StrawberryEnumDefinition, has_enum_definition
from strawberry.types.field import StrawberryField
from strawberry.types.info import Info
from strawberry.types.lazy_type import LazyType
from strawberry.types.scalar import ScalarDefinition

from domain.shared.invisible_characters import is_blank
from resolvers.execution.declarations import Declaration, PagedEdge

Convert = Callable[[Any], Any]


_PLAIN = (str, int, float, bool, strawberry.ID)


class _Unknown(Exception):
    """A type of argument that is left to Strawberry."""


def compile_argument_converters(
    core: GraphQLSchema, names: NameConverter, scalars: Mapping[Any, ScalarDefinition]
) -> None:
    """Give every field with a resolver by hand one that converts its arguments by itself."""
    reading, writing = (_Converters(names, scalars, blank_is_null) for blank_is_null in (False, True))
    for type_ in core.type_map.values():
        if not isinstance(type_, GraphQLObjectType) or type_ is core.subscription_type:
            continue
        for field in type_.fields.values():
            definition = field.extensions.get("strawberry-definition")
            if isinstance(definition, StrawberryField) and definition.base_resolver and not definition.extensions:
                with suppress(_Unknown):
                    field.resolve = _resolver(definition, writing if type_ is core.mutation_type else reading)


def with_converted_arguments(
    declaration_of: Callable[[Any], Declaration | None],
    names: NameConverter,
    scalars: Mapping[Any, ScalarDefinition],
) -> Callable[[Any], Declaration | None]:
    """The declarations of fields, of which those with a page take their arguments as graphql-core gives them."""
    made = _Converters(names, scalars, blank_is_null=False)

    def declaration(field: Any) -> Declaration | None:
        found = declaration_of(field)
        if not isinstance(found, PagedEdge):
            return found
        arguments = _arguments(field.extensions["strawberry-definition"], made)
        pages = found.pages
        return replace(found, pages=lambda context, **given: pages(context, **_converted(arguments, given)))

    return declaration


_Arguments = Mapping[str, tuple[str, Convert]]


def _arguments(definition: StrawberryField, made: "_Converters") -> _Arguments:
    """The name in Python of each argument, and what makes its value."""
    return {made.names.from_argument(it): (it.python_name, made.of(it.type)) for it in definition.arguments}


def _converted(arguments: _Arguments, given: Mapping[str, Any]) -> dict[str, Any]:
    converted = {}
    for name, value in given.items():
        python_name, convert = arguments[name]
        converted[python_name] = convert(value)
    return converted


def _resolver(definition: StrawberryField, made: "_Converters") -> Callable[..., Any]:
    called = definition.base_resolver
    assert called is not None
    if called.self_parameter:
        raise _Unknown
    arguments = _arguments(definition, made)
    sources = [it.name for it in (called.parent_parameter, called.root_parameter) if it is not None]
    info_name = called.info_parameter.name if called.info_parameter is not None else None
    function: Callable[..., Any] = called.wrapped_func  # type: ignore[assignment]

    def resolve(source: Any, info: Any, **given: Any) -> Any:
        converted = _converted(arguments, given)
        for name in sources:
            converted[name] = source
        if info_name is not None:
            converted[info_name] = Info(_raw_info=info, _field=definition)
        return function(**converted)

    return resolve


class _Converters:
    def __init__(self, names: NameConverter, scalars: Mapping[Any, ScalarDefinition], blank_is_null: bool) -> None:
        self.names = names
        self._scalars = scalars
        self._blank_is_null = blank_is_null
        self._inputs: dict[Any, Convert] = {}

    def of(self, type_: Any) -> Convert:
        """What makes a value of a type out of what graphql-core gives. Raises: _Unknown."""
        if isinstance(type_, StrawberryOptional):
            convert = self.of(type_.of_type)
            return _seen if self._blank_is_null and convert is _as_it_is else convert
        if isinstance(type_, StrawberryList):
            convert = self.of(type_.of_type)
            return lambda values: None if values is None else [convert(value) for value in values]
        if isinstance(type_, LazyType):
            return self.of(type_.resolve_type())
        if has_object_definition(type_):
            if type_ not in self._inputs:
                # Known before it is made, for inputs that contain themselves.
                self._inputs[type_] = partial(self._later, type_)
                self._inputs[type_] = self._input(type_)
            return self._inputs[type_]
        if isinstance(type_, StrawberryEnumDefinition | ScalarDefinition) or has_enum_definition(type_):
            return _as_it_is
        if type_ in _PLAIN or type_ in self._scalars:
            return _as_it_is
        raise _Unknown

    def _later(self, type_: Any, value: Any) -> Any:
        return self._inputs[type_](value)

    def _input(self, type_: Any) -> Convert:
        definition = type_.__strawberry_definition__
        if definition.from_input is not None:
            raise _Unknown
        types = [(it, it.resolve_type(type_definition=definition)) for it in definition.fields]
        if definition.is_one_of:
            types = [(it, type_.of_type if isinstance(type_, StrawberryOptional) else type_) for it, type_ in types]
        fields = [(self.names.from_field(it), it.python_name, self.of(type_)) for it, type_ in types]
        absent = {
            it.python_name: None
            for it in definition.fields
            if it.default_value is MISSING and it.default_factory is MISSING
        }

        def convert(value: Any) -> Any:
            if value is None:
                return None
            given = dict(absent)
            for name, python_name, convert in fields:
                if name in value:
                    given[python_name] = convert(value[name])
            return type_(**given)

        return convert


def _as_it_is(value: Any) -> Any:
    return value


def _seen(value: Any) -> Any:
    return None if isinstance(value, str) and is_blank(value) else value
