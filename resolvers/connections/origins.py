"""Objects by what they are in the connected system that they come from."""

from dataclasses import dataclass
from typing import Any

from domain.connections.origins import lookup_key
from domain.connections.systems import System
from domain.shared.ids import parse_id
from resolvers.context import Context
from resolvers.lists import Narrowing
from resolvers.nodes import NODE_LOADERS, row_id, single_match


@dataclass(frozen=True, slots=True)
class ExternalId:
    """What an object is called in a connected system, as entered."""

    system: System
    id: str
    connection_id: str | None = None


async def by_external(context: Context, type_name: str, given: ExternalId) -> Any:
    """The object of a type that a connected system knows by an id; None if there is none in the tenant scope.

    Raises: GraphQLError with VALIDATION_ERROR, if there are several.
    """
    origins = await context.load("origins_by_lookup", lookup_key(given.system, type_name, given.id))
    if given.connection_id is not None:
        mine = row_id(given.connection_id, ("by", "external", "connectionId"), "Connection")[1]
        origins = [it for it in origins if it.connection_id == mine]
    # Several connections may have the same object under the same id.
    ids = dict.fromkeys(it.node_id for it in origins)
    found = [await context.load(NODE_LOADERS[type_name], it, type_name) for it in ids]
    return single_match(type_name, [it for it in found if it is not None], ("by", "external"))


def narrow_origin(given: Any, narrowing: Narrowing) -> None:
    """The conditions of a list by where its objects come from."""
    if given is not None:
        narrowing.one_of("origin_system", given.system)
        narrowing.parsed("origin_connection", ("origin", "connectionId"), _connection_id, given.connection_id)
        narrowing.holds("origin_stale", "origin_fresh", given.is_stale)


def narrow_shared_origin(given: Any, narrowing: Narrowing) -> None:
    """The conditions of a list of what all companies share, by where the caller's company has it from."""
    tenant = narrowing.tenant_id
    if given is None or tenant is None:
        narrow_origin(given, narrowing)
        return

    def connection(it: str) -> tuple[int, tuple[str, ...]]:
        return tenant, (_connection_id(it),)

    if given.system is not None:
        narrowing.equals("own_origin_system", (tenant, tuple(given.system)))
    narrowing.parsed("own_origin_connection", ("origin", "connectionId"), connection, given.connection_id)
    if given.is_stale is not None:
        narrowing.equals("own_origin_stale" if given.is_stale else "own_origin_fresh", (tenant, ("",)))


def _connection_id(given: str) -> str:
    return parse_id(given, "Connection")[1]
