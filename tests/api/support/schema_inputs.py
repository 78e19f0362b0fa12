"""Inputs made from the schema: whatever arguments a field has, and every place in them where a value can be put."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    Undefined,
    get_named_type,
    get_nullable_type,
)

Path = tuple[str | int, ...]

# What a value of a scalar may be; of all others, a text.
VALUES: Mapping[str, Any] = {
    "Boolean": False,
    "CountryCode": "UY",
    "CurrencyCode": "USD",
    "Date": "2026-12-01",
    "DateTime": "2026-12-01T00:00:00Z",
    "Decimal": "1.00",
    "Duration": "PT1H",
    "EmailAddress": "carla@customer.example",
    "Float": 1.0,
    "Int": 1,
    "URL": "https://shop.example/terms.pdf",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the arguments of a field for one value, the scalar or enum of that value, and the input that declares
    it; empty for an argument."""

    path: Path
    type_name: str
    input_name: str = ""

    @property
    def name(self) -> str:
        """The last name on the way, without the number of an entry."""
        return next(it for it in reversed(self.path) if isinstance(it, str))

    def __str__(self) -> str:
        return ".".join(map(str, self.path))


def places(arguments: Mapping[str, Any], type_names: set[str]) -> list[Place]:
    """Every place of these types in the arguments of a field, down through lists and input objects."""
    return [
        place
        for name, argument in arguments.items()
        for place in _places(argument.type, (name,), ())
        if place.type_name in type_names
    ]


def _places(type_: GraphQLInputType, path: Path, above: tuple[GraphQLNamedType, ...]) -> Iterator[Place]:
    plain = get_nullable_type(type_)
    if isinstance(plain, GraphQLList):
        yield from _places(plain.of_type, (*path, 0), above)
    elif not isinstance(plain, GraphQLInputObjectType):
        yield Place(path, get_named_type(plain).name, above[-1].name if above else "")
    elif plain not in above:
        for name, field in plain.fields.items():
            yield from _places(field.type, (*path, name), (*above, plain))


def with_value(arguments: Mapping[str, Any], given: Mapping[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """The arguments that are given with another value at a place. What is missing on the way is made from the schema,
    and what a oneOf input has beside the way is left out."""
    name = path[0]
    assert isinstance(name, str)
    return {**given, name: _with(arguments[name].type, given.get(name), path[1:], value)}


def _with(type_: GraphQLInputType, given: Any, path: Sequence[str | int], value: Any) -> Any:
    if not path:
        return value
    plain = get_nullable_type(type_)
    if isinstance(plain, GraphQLList):
        entries = list(given or ())
        return [_with(plain.of_type, entries[0] if entries else None, path[1:], value), *entries[1:]]
    assert isinstance(plain, GraphQLInputObjectType)
    name = str(path[0])
    beside = given if given is not None else {} if plain.is_one_of else sample(plain)
    kept = {} if plain.is_one_of else beside
    return {**kept, name: _with(plain.fields[name].type, beside.get(name), path[1:], value)}


def samples(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The required arguments of a field."""
    return {name: sample(it.type) for name, it in arguments.items() if _is_required(it)}


def sample(type_: GraphQLInputType) -> Any:
    """A value of a type: of an input what is required of it, of a oneOf input its first member."""
    plain = get_nullable_type(type_)
    if isinstance(plain, GraphQLList):
        return [sample(plain.of_type)]
    if isinstance(plain, GraphQLEnumType):
        return next(iter(plain.values))
    if not isinstance(plain, GraphQLInputObjectType):
        return VALUES.get(get_named_type(plain).name, "Text")
    if plain.is_one_of:
        name, field = next(iter(plain.fields.items()))
        return {name: sample(field.type)}
    return {name: sample(it.type) for name, it in plain.fields.items() if _is_required(it)}


def _is_required(it: Any) -> bool:
    return isinstance(it.type, GraphQLNonNull) and it.default_value is Undefined
