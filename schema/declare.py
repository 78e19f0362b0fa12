"""How the schema's types declare their fields: a column of the row, an edge over a loader, or a resolver by hand.

A declaration is the only place that knows how a field is answered; `schema/build.py` binds it to the field.
"""

from collections.abc import Callable
from inspect import cleandoc
from typing import Any, TypeVar, dataclass_transform

import strawberry
from graphql import GraphQLNamedType

from domain.shared.access import Scope
from domain.shared.ids import global_id
from domain.use_cases.frame import Command, UseCase
from resolvers.connections import Connection
from resolvers.context import Context
from resolvers.execution.declarations import Column, Declaration, Edge, Identity, Itself, PagedEdge, ReferenceEdge
from resolvers.mutations import Input, Result, run_command
from resolvers.nodes import NODE_LOADERS

T = TypeVar("T", bound=type)
C = TypeVar("C", bound=Command)

Info = strawberry.Info[Context, None]

DECLARATION = "declaration"
SCOPE = "scope"
PUBLIC = "public"
ROWS = "__rows__"


@dataclass_transform(kw_only_default=True)
def type_of(*rows: type, description: str | None = None) -> Callable[[T], T]:
    """A type of the graph over rows of these classes. Its docstring is its description."""

    def decorate(cls: T) -> T:
        cls.is_type_of = classmethod(lambda _cls, value, _info: isinstance(value, rows))  # type: ignore[attr-defined]
        read_from(*rows)(cls)
        return strawberry.type(cls, description=description or cleandoc(cls.__doc__ or ""))

    return decorate


def read_from(*rows: type) -> Callable[[T], T]:
    """Says which rows a type is read from that Strawberry tells apart by itself, such as each page of a connection."""

    def decorate(cls: T) -> T:
        setattr(cls, ROWS, rows)
        return cls

    return decorate


def column(
    description: str,
    *,
    attribute: str | None = None,
    name: str | None = None,
    scope: Scope | None = None,
    deprecated: str | None = None,
) -> Any:
    """A field with the value of an attribute of the row, by default the one of its own name."""
    metadata = {DECLARATION: (Column, attribute), SCOPE: scope}
    return strawberry.field(name=name, description=description, metadata=metadata, deprecation_reason=deprecated)


def identity(type_name: str) -> Any:
    """The field `id` of a node."""
    return strawberry.field(
        description="The id of this object in the whole graph. Opaque.",
        metadata={DECLARATION: Identity(global_id(type_name, ""))},
    )


def itself(description: str) -> Any:
    """A field with the row itself, seen as another type."""
    return strawberry.field(description=description, metadata={DECLARATION: Itself()})


def edge(
    description: str,
    *,
    loader: str,
    key: str = "id",
    many: bool = False,
    scope: Scope | None = None,
    deprecated: str | None = None,
) -> Any:
    """A field that a loader answers, keyed by an attribute of the row."""
    metadata = {DECLARATION: Edge(loader, key, many), SCOPE: scope}
    return strawberry.field(description=description, metadata=metadata, deprecation_reason=deprecated)


def reference(description: str, *, attribute: str = "node", deprecated: str | None = None) -> Any:
    """A field with the node that an attribute refers to by type and id."""
    metadata = {DECLARATION: ReferenceEdge(attribute, NODE_LOADERS)}
    return strawberry.field(description=description, metadata=metadata, deprecation_reason=deprecated)


def paged(
    signature: Callable[..., Any],
    description: str,
    *,
    loader: str,
    key: str,
    page: Callable[..., Any],
    scope: Scope,
    deprecated: str | None = None,
) -> Any:
    """A connection to the rows that belong to this one. `signature` declares the field's arguments and type."""
    metadata = {DECLARATION: PagedEdge(loader, key, page, Connection), SCOPE: scope}
    return strawberry.field(
        resolver=signature, description=description, metadata=metadata, deprecation_reason=deprecated
    )


def root(
    description: str, scope: Scope | None = None, deprecated: str | None = None
) -> Callable[[Callable[..., Any]], Any]:
    """A field of Query or Mutation, answered by hand, for callers with a scope."""
    described = description if scope is None else f"{description} Scope: `{scope}`."
    return lambda resolver: strawberry.field(
        resolver=resolver, description=described, metadata={SCOPE: scope}, deprecation_reason=deprecated
    )


def mutation(
    description: str, scope: Scope, input_type: type[Input[C]], use_case: UseCase[C], deprecated: str | None = None
) -> Any:
    """A field of Mutation: it runs a use case with the command that its input stands for, for callers with a scope.

    The type of the payload is that of the attribute.
    """

    async def run(info: Info, input: Input[C]) -> Result:
        return await run_command(info._raw_info, input, use_case)

    run.__annotations__ = {"info": Info, "input": input_type}
    return root(description, scope, deprecated)(run)


def public_root(description: str, deprecated: str | None = None) -> Callable[[Callable[..., Any]], Any]:
    """A field of Query or Mutation, answered by hand, for anybody: it may be sent without an API key."""
    described = f"{description} No API key is needed."
    return lambda resolver: strawberry.field(
        resolver=resolver, description=described, metadata={PUBLIC: True}, deprecation_reason=deprecated
    )


def subscription(
    description: str, scope: Scope | None = None, deprecated: str | None = None
) -> Callable[[Callable[..., Any]], Any]:
    """A field of Subscription, for callers with a scope."""
    described = description if scope is None else f"{description} Scope: `{scope}`."
    return lambda resolver: strawberry.subscription(
        resolver=resolver, description=described, metadata={SCOPE: scope}, deprecation_reason=deprecated
    )


def declaration_of(field: Any) -> Declaration | None:
    """The declaration of a field of the built schema, if it has one."""
    definition = field.extensions.get("strawberry-definition")
    found = definition.metadata.get(DECLARATION) if definition is not None else None
    if isinstance(found, tuple):
        return Column(found[1] or definition.python_name)
    return found


def rows_of(type_: GraphQLNamedType) -> tuple[type, ...]:
    """The classes of the rows that a type of the built schema is read from; none where it declares none."""
    definition = type_.extensions.get("strawberry-definition")
    return getattr(definition.origin, ROWS, ()) if definition is not None else ()


def scope_of(field: Any) -> Scope | None:
    """The scope that a field of the built schema takes by itself."""
    definition = field.extensions.get("strawberry-definition")
    return definition.metadata.get(SCOPE) if definition is not None else None


def is_public(field: Any) -> bool:
    """Whether a root field of the built schema may be asked for without an API key."""
    definition = field.extensions.get("strawberry-definition")
    return definition is not None and bool(definition.metadata.get(PUBLIC))
