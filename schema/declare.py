"""How the schema's types declare their fields: a column of the row, an edge over a loader, or a resolver by hand.

A declaration is the only place that knows how a field is answered; `schema/build.py` binds it to the field.
"""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields, replace
from inspect import cleandoc
from typing import Annotated, Any, TypeVar, dataclass_transform

import strawberry
from graphql import GraphQLNamedType

from domain.shared.access import Scope
from domain.shared.ids import global_id
from domain.use_cases.frame import Command, UseCase
from resolvers.context import Context
from resolvers.execution.declarations import (
    Column,
    Declaration,
    Edge,
    Identity,
    IdentityOf,
    PagedEdge,
    ReferenceEdge,
    SameRow,
)
from resolvers.lists import Conditions, Narrow, pages_of_list
from resolvers.mutations import Input, Result, run_command
from resolvers.nodes import NODE_LOADERS
from resolvers.pages import Connection, ConnectionEdge, ListOrder, PageArguments, edges_of
from schema.shared.enums import OrderDirection
from schema.shared.paging import After, Before, First, Last

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
        description="Global ID of the object. It is opaque.",
        metadata={DECLARATION: Identity(global_id(type_name, ""))},
    )


def identity_of(description: str, *, type_name: str, attribute: str) -> Any:
    """A field with the global id of a row, of which an attribute has the id; null where that is None."""
    return strawberry.field(
        description=description, metadata={DECLARATION: IdentityOf(global_id(type_name, ""), attribute)}
    )


def same_row(description: str) -> Any:
    """A field with the row itself, seen as another type."""
    return strawberry.field(description=description, metadata={DECLARATION: SameRow()})


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


@dataclass(frozen=True, slots=True)
class ListOf:
    """How lists of one kind of thing are narrowed and ordered, wherever they are.

    `narrow` gives the conditions of what the input's `filters()` gives. Both inputs are made without arguments where
    none is given. The rows of a list at the root may be read as those of the type that is `shown_as`.
    """

    things: str
    filter_input: type[Any]
    order_input: type[Any]
    narrow: Narrow
    shown_as: str | None = None

    def arguments(self) -> dict[str, Any]:
        """The types of the arguments of a list."""
        which = strawberry.argument(description=f"Filters for {self.things}.")
        order = strawberry.argument(description="Order of the list.")
        return {
            "filter": Annotated[self.filter_input | None, which],
            "order_by": Annotated[self.order_input | None, order],
        }

    def pages(
        self, loader: str, default_order: ListOrder | None = None, fixed: Conditions = ()
    ) -> Callable[..., Callable[[Any], Any]]:
        """A function from the context and the arguments to the keys of pages by their parent."""

        def keys(context: Context, filter: Any = None, order_by: Any = None, **page: Any) -> Callable[[Any], Any]:
            given = (filter or self.filter_input()).filters()
            order = default_order if order_by is None and default_order else self._order(order_by)
            return pages_of_list(context, loader, self.narrow, given, order, PageArguments(**page), fixed)

        return keys

    def _order(self, given: Any) -> ListOrder:
        order = given or self.order_input()
        return ListOrder(order.field.value, order.direction is OrderDirection.DESC)


def paged(description: str, *, loader: str, key: str, of: ListOf, scope: Scope, deprecated: str | None = None) -> Any:
    """A connection to the rows that belong to this one, with the arguments of a list."""

    def page_of(
        filter: Any = None,
        order_by: Any = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> None:
        raise NotImplementedError("declares the arguments; the edge answers")

    metadata = {DECLARATION: PagedEdge(loader, key, of.pages(loader), Connection), SCOPE: scope}
    return strawberry.field(
        resolver=_typed_by_attribute(page_of, **of.arguments()),
        description=description,
        metadata=metadata,
        deprecation_reason=deprecated,
    )


def new_edge(description: str, type_name: str, loader: str, order: ListOrder, parent: str | None = None) -> Any:
    """A field of a payload with the edge of the new object in a list, with a cursor of its default order.

    `parent` is the attribute with the key of a list that belongs to an object.
    """

    async def edge_of(root: strawberry.Parent[Any], info: Info) -> Any:
        found = await _edges(root, info, type_name, loader, order, parent)
        return found[0] if found else None

    return strawberry.field(resolver=_typed_by_attribute(edge_of), description=description)


def new_edges(description: str, type_name: str, loader: str, order: ListOrder) -> Any:
    """A field of a payload with the edges of new objects in a list, as `new_edge`."""

    async def edges_of_all(root: strawberry.Parent[Any], info: Info) -> Any:
        return await _edges(root, info, type_name, loader, order)

    return strawberry.field(resolver=_typed_by_attribute(edges_of_all), description=description)


async def _edges(
    result: Result, info: Info, type_name: str, loader: str, order: ListOrder, parent: str | None = None
) -> list[ConnectionEdge]:
    ids = result.outcome.ids_of(type_name)
    key = None if parent is None else getattr(result, parent)
    return await edges_of(info.context, loader, order, ids, type_name, key) if ids else []


def root(
    description: str, scope: Scope | None = None, deprecated: str | None = None
) -> Callable[[Callable[..., Any]], Any]:
    """A field of Query or Mutation, answered by hand, for callers with a scope."""
    described = description if scope is None else f"{description} Requires scope `{scope}`."
    return lambda resolver: strawberry.field(
        resolver=resolver, description=described, metadata={SCOPE: scope}, deprecation_reason=deprecated
    )


def one_root(description: str, scope: Scope | None, read: Callable[..., Awaitable[Any]], by_input: type[Any]) -> Any:
    """A field of Query with one object, named in one of the ways of a oneOf input, for callers with a scope.

    `read` takes the context and the members of the input in order, None for those that are left out.
    """
    members = [member.name for member in fields(by_input)]

    async def one(info: Info, by: Any) -> Any:
        given = (getattr(by, name) for name in members)
        return await read(info.context, *(None if it is strawberry.UNSET else it for it in given))

    return root(description, scope)(_typed_by_attribute(one, by=by_input))


def list_root(
    description: str,
    scope: Scope,
    loader: str,
    of: ListOf,
    default_order: ListOrder | None = None,
    fixed: Conditions = (),
    deprecated: str | None = None,
) -> Any:
    """A field of Query with a page of a list, for callers with a scope. The conditions that are `fixed` always hold."""
    pages = of.pages(loader, default_order, fixed)

    async def page_of(
        info: Info,
        filter: Any = None,
        order_by: Any = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Any:
        key = pages(info.context, filter, order_by, first=first, after=after, last=last, before=before)(None)
        return Connection(loader, key, await info.context.load(loader, key, of.shown_as))

    return root(description, scope, deprecated)(_typed_by_attribute(page_of, **of.arguments()))


def mutation(
    description: str,
    scope: Scope | None,
    input_type: type[Input[C]],
    use_case: UseCase[C],
    payload: type,
    deprecated: str | None = None,
) -> Any:
    """A field of Mutation: it runs a use case with the command that its input stands for, for callers with a scope, or
    with any API key if it is None.

    Its payload is a type of its own with the fields of `payload`.
    """

    async def run(info: Info, input: Input[C]) -> Result:
        command = replace(input.command(), dry_run=input.dry_run)
        return await run_command(info._raw_info, input, command, use_case)

    run.__annotations__ = {"info": Info, "input": input_type, "return": payload_of(input_type, payload) | None}
    return root(description, scope, deprecated)(run)


def payload_of(input_type: type, fields_of: type) -> type[Any]:
    """The payload type of the one mutation with this input, with the fields of a class that `@payload` declares."""
    mutation_name = input_type.__name__.removesuffix("Input")
    namespace = {"__module__": fields_of.__module__, "__annotations__": {}}
    made = type(f"{mutation_name}Payload", (fields_of,), namespace)
    described = f"Return type of `{mutation_name[0].lower()}{mutation_name[1:]}`."
    return type_of(*getattr(fields_of, ROWS), description=described)(made)


def public_root(description: str, deprecated: str | None = None) -> Callable[[Callable[..., Any]], Any]:
    """A field of Query or Mutation, answered by hand, for anybody: it may be sent without an API key."""
    described = f"{description} Does not require an API key."
    return lambda resolver: strawberry.field(
        resolver=resolver, description=described, metadata={PUBLIC: True}, deprecation_reason=deprecated
    )


def subscription(
    description: str, scope: Scope | None = None, deprecated: str | None = None
) -> Callable[[Callable[..., Any]], Any]:
    """A field of Subscription, for callers with a scope."""
    described = description if scope is None else f"{description} Requires scope `{scope}`."
    return lambda resolver: strawberry.subscription(
        resolver=resolver, description=described, metadata={SCOPE: scope}, deprecation_reason=deprecated
    )


def _typed_by_attribute(resolver: Callable[..., Any], **arguments: Any) -> Callable[..., Any]:
    """A resolver whose field has the type of its attribute, and these types of arguments; those without go."""
    signature = inspect.signature(resolver)
    typed = {
        name: it.replace(annotation=arguments.get(name, it.annotation)) for name, it in signature.parameters.items()
    }
    resolver.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[it for it in typed.values() if it.annotation is not None],
        return_annotation=inspect.Signature.empty,
    )
    return resolver


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
