"""Objects by what they are in the connected system that they come from."""

from dataclasses import dataclass
from typing import Any

from domain.connections.origins import lookup_key
from domain.connections.systems import System
from domain.shared.ids import parse_id
from resolvers.context import Context
from resolvers.lists import Narrowing
from resolvers.nodes import NODE_LOADERS, single_match


@dataclass(frozen=True, slots=True)
class ExternalId:
    """What an object is called in a connected system, as entered."""

    system: System
    id: str


async def by_external(context: Context, type_name: str, given: ExternalId) -> Any:
    """The object of a type that a connected system knows by an id; None if there is none in the tenant scope.

    Raises: GraphQLError with VALIDATION_ERROR, if there are several.
    """
    origins = await context.load("origins_by_lookup", lookup_key(given.system, type_name, given.id))
    # Several connections may have the same object under the same id.
    ids = dict.fromkeys(it.node_id for it in origins)
    found = [await context.load(NODE_LOADERS[type_name], it, type_name) for it in ids]
    return single_match(type_name, [it for it in found if it is not None], ("by", "external"))


def narrow_origin(given: Any, narrowing: Narrowing) -> None:
    """The conditions of a list by where its objects come from."""
    if given is not None:
        narrowing.equals("origin_system", given.system)
        narrowing.parsed("origin_connection", ("origin", "connectionId"), _connection_id, given.connection_id)


def _connection_id(given: str) -> str:
    return parse_id(given, "Connection")[1]
