"""The declarations of fields, and the resolvers generated from them.

A declaration is attached to its field once and is the only place that knows how the field is answered. `bind` gives
graphql-core a resolver for each; a plan that runs breadth first can read the same declarations.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema, get_nullable_type, is_list_type

EXTENSION = "declaration"


@dataclass(frozen=True, slots=True)
class Column:
    """The value of an attribute of the row."""

    attribute: str


@dataclass(frozen=True, slots=True)
class Identity:
    """The global id of the row: its id after a prefix for the type."""

    prefix: str


@dataclass(frozen=True, slots=True)
class IdentityOf:
    """The global id of another row, of which an attribute has the id: null where that is None."""

    prefix: str
    attribute: str


@dataclass(frozen=True, slots=True)
class SameRow:
    """The row itself, seen as another type."""


@dataclass(frozen=True, slots=True)
class Edge:
    """What a loader gives for the row's key. Where the key is None, nothing is loaded: the value is null or empty."""

    loader: str
    key: str
    many: bool


@dataclass(frozen=True, slots=True)
class PagedEdge:
    """A page of what belongs to the row. `pages` takes the context and the field's arguments, and gives a function from
    the row's key to the loader's; `connect` makes the answer of loader, key and page."""

    loader: str
    key: str
    pages: Callable[..., Callable[[Any], Any]]
    connect: Callable[[str, Any, Any], Any]


@dataclass(frozen=True, slots=True)
class ReferenceEdge:
    """The node that an attribute refers to by type and id, through the loader of that type."""

    attribute: str
    loaders: dict[str, str]


Declaration = Column | Identity | IdentityOf | SameRow | Edge | PagedEdge | ReferenceEdge


def bind(schema: GraphQLSchema, declaration_of: Callable[[Any], Declaration | None]) -> None:
    """Give every declared field of a schema its resolver, and its declaration as an extension of the field.

    Raises: TypeError, for an edge that leads to many where its field is no list, or the other way round.
    """
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for name, field in type_.fields.items():
                declaration = declaration_of(field)
                if isinstance(declaration, Edge) and declaration.many != is_list_type(get_nullable_type(field.type)):
                    raise TypeError(
                        f"{type_.name}.{name} is of type {field.type}; its edge says many={declaration.many}."
                    )
                if declaration is not None:
                    field.extensions = {**field.extensions, EXTENSION: declaration}
                    field.resolve = resolver(declaration)


def resolver(declaration: Declaration) -> Callable[..., Any]:
    """What graphql-core calls for a declared field."""
    return _RESOLVERS[type(declaration)](declaration)


def _column(column: Column) -> Callable[..., Any]:
    attribute = column.attribute

    def resolve(source: Any, _info: Any) -> Any:
        return getattr(source, attribute)

    return resolve


def _identity(identity: Identity) -> Callable[..., Any]:
    prefix = identity.prefix

    def resolve(source: Any, _info: Any) -> Any:
        return prefix + source.id

    return resolve


def _identity_of(identity: IdentityOf) -> Callable[..., Any]:
    prefix, attribute = identity.prefix, identity.attribute

    def resolve(source: Any, _info: Any) -> Any:
        row_id = getattr(source, attribute)
        return None if row_id is None else prefix + row_id

    return resolve


def _same_row(_declaration: SameRow) -> Callable[..., Any]:
    return lambda source, _info: source


def _edge(edge: Edge) -> Callable[..., Any]:
    def resolve(source: Any, info: Any) -> Any:
        key = getattr(source, edge.key)
        if key is None:
            return [] if edge.many else None
        return info.context.load(edge.loader, key)

    return resolve


def _paged_edge(edge: PagedEdge) -> Callable[..., Any]:
    async def resolve(source: Any, info: Any, **arguments: Any) -> Any:
        key = edge.pages(info.context, **arguments)(getattr(source, edge.key))
        return edge.connect(edge.loader, key, await info.context.load(edge.loader, key))

    return resolve


def _reference(edge: ReferenceEdge) -> Callable[..., Any]:
    def resolve(source: Any, info: Any) -> Any:
        reference = getattr(source, edge.attribute)
        loader = None if reference is None else edge.loaders.get(reference.type)
        return None if loader is None else info.context.load(loader, reference.id)

    return resolve


_RESOLVERS: dict[type[Any], Callable[[Any], Callable[..., Any]]] = {
    Column: _column,
    Identity: _identity,
    IdentityOf: _identity_of,
    SameRow: _same_row,
    Edge: _edge,
    PagedEdge: _paged_edge,
    ReferenceEdge: _reference,
}
