"""Refuses declarations that no query could answer, when the schema is built: each names its type and field."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from inspect import get_annotations
from typing import assert_never

from graphql import (
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_list_type,
)
from graphql.pyutils import did_you_mean, suggestion_list

from resolvers.execution.declarations import (
    EXTENSION,
    Column,
    Declaration,
    Edge,
    Identity,
    IdentityOf,
    PagedEdge,
    ReferenceEdge,
    SameRow,
)

RowsOf = Callable[[GraphQLNamedType], Sequence[type]]


class LoaderKind(Enum):
    """What a loader gives for one key."""

    ONE = "at most one row"
    MANY = "a list of all rows"
    PAGE = "a page of rows"


def check_declarations(schema: GraphQLSchema, rows_of: RowsOf, loaders: Mapping[str, LoaderKind]) -> None:
    """Check every declaration that is bound to a schema against the rows of its type and the loaders there are.

    Raises: TypeError, with every field whose attribute or loader does not exist or does not fit.
    """
    faults = [
        f"{type_.name}.{name}: {fault}"
        for type_ in schema.type_map.values()
        # Fields of an interface are answered by the types that implement it.
        if isinstance(type_, GraphQLObjectType)
        for name, field in type_.fields.items()
        if (declaration := field.extensions.get(EXTENSION)) is not None
        for fault in _faults(declaration, field, rows_of(type_), rows_of, loaders)
    ]
    if faults:
        raise TypeError("Declarations that cannot be answered:\n" + "\n".join(faults))


def _faults(
    declaration: Declaration,
    field: GraphQLField,
    rows: Sequence[type],
    rows_of: RowsOf,
    loaders: Mapping[str, LoaderKind],
) -> Iterator[str]:
    match declaration:
        case SameRow():
            pass
        case Column(attribute) | IdentityOf(_, attribute):
            yield from _unknown_attribute("attribute", attribute, rows)
        case Identity():
            yield from _unknown_attribute("attribute", "id", rows)
        case Edge(loader, key, many):
            yield from _unknown_attribute("key", key, rows)
            yield from _wrong_loader(loader, LoaderKind.MANY if many else LoaderKind.ONE, loaders)
        case PagedEdge(loader, key):
            yield from _unknown_attribute("key", key, rows)
            yield from _wrong_loader(loader, LoaderKind.PAGE, loaders)
            yield from _no_connection(declaration, field, rows_of)
        case ReferenceEdge(attribute, by_type):
            yield from _unknown_attribute("attribute", attribute, rows)
            if is_list_type(get_nullable_type(field.type)):
                yield f"a reference leads to one node, its type is {field.type}"
            for loader in by_type.values():
                yield from _wrong_loader(loader, LoaderKind.ONE, loaders)
        case _:
            assert_never(declaration)


def _unknown_attribute(what: str, attribute: str, rows: Sequence[type]) -> Iterator[str]:
    if not rows:
        yield f"{what} {attribute!r} is read from rows, but the type does not say of which class"
    for row in rows:
        known = attributes(row)
        if attribute not in known:
            yield f"{row.__name__} has no {what} {attribute!r}.{did_you_mean(suggestion_list(attribute, known))}"


def attributes(row: type) -> list[str]:
    """The attributes that rows of a class have: its fields and properties, not its methods."""
    found = {name: True for base in row.__mro__ for name in get_annotations(base)}
    for name in dir(row):
        found.setdefault(name, not name.startswith("_") and not callable(getattr(row, name)))
    return [name for name, readable in found.items() if readable]


def _wrong_loader(loader: str, wanted: LoaderKind, loaders: Mapping[str, LoaderKind]) -> Iterator[str]:
    kind = loaders.get(loader)
    if kind is None:
        yield f"there is no loader {loader!r}.{did_you_mean(suggestion_list(loader, list(loaders)))}"
    elif kind != wanted:
        yield f"the loader {loader!r} gives {kind.value} for a key, the field takes {wanted.value}"


def _no_connection(edge: PagedEdge, field: GraphQLField, rows_of: RowsOf) -> Iterator[str]:
    if is_list_type(get_nullable_type(field.type)) or edge.connect not in rows_of(get_named_type(field.type)):
        yield f"a paged edge leads to a connection, its type is {field.type}"
