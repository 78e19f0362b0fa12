"""Resolvers for connections: those of a company, and the filters of the lists of their problems."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain.connections.connections import Connection, ConnectionStatus
from domain.connections.systems import Capability, Collection, System
from domain.shared.errors import ErrorCode, InvalidInput, Problem
from domain.shared.outbound_errors import NotConfigured
from domain.shared.parsers import text
from resolvers.context import Context
from resolvers.errors import validation_error
from resolvers.lists import DatedFilters, Narrowing
from resolvers.nodes import row_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionProblemFilters(DatedFilters):
    """The filters of a list of problems of connections, as entered."""

    collection: Sequence[Collection] | None = None
    is_resolved: bool | None = None
    external_id: str | None = None


def narrow(given: ConnectionProblemFilters, narrowing: Narrowing) -> None:
    """The conditions of a list of problems of connections."""
    narrowing.one_of("collection", given.collection)
    narrowing.holds("is_resolved", "is_open", given.is_resolved)
    narrowing.parsed("external_id", ("externalId",), text, given.external_id)
    narrowing.dates(given)


async def inbound_url(context: Context, connection: Connection) -> str | None:
    """The address to which a connected system sends; None if it sends nothing."""
    sends = Capability.WEBHOOKS in connection.capabilities
    if not sends or connection.status == ConnectionStatus.DISCONNECTED:
        return None
    deps, hook = context.services.deps, await context.load("connection_hook", connection.id)
    try:
        return None if hook is None else deps.links.hook(deps.secret_box.open(hook.hook_token_sealed))
    except NotConfigured:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionFilters:
    """The filters of the connections of a company, as entered."""

    system: Sequence[System] | None = None
    status: Sequence[ConnectionStatus] | None = None


async def connections(context: Context, company_id: str | None, given: ConnectionFilters) -> Any:
    """The connections of a company, in the order in which they were made: those that have ended only if their status is
    asked for. Raises: GraphQLError with VALIDATION_ERROR."""
    loader = "connected_by_tenant" if given.status is None else "connections_by_tenant"
    found = await context.load(loader, await _tenant(context, company_id))
    return [
        it
        for it in found
        if (given.system is None or it.system in given.system) and (given.status is None or it.status in given.status)
    ]


async def _tenant(context: Context, company_id: str | None) -> int:
    own = context.caller.tenant_id
    if company_id is None:
        if own is not None:
            return own
        raise _refused(ErrorCode.REQUIRED, "A platform key names the company.")
    tenant = await context.load("tenant_of_company", row_id(company_id, ("companyId",), "Company")[1])
    if tenant is None or own not in (None, tenant.id):
        raise _refused(ErrorCode.UNKNOWN_REFERENCE, "There is no such company.")
    found: int = tenant.id
    return found


def _refused(code: ErrorCode, message: str) -> Exception:
    return validation_error(InvalidInput(Problem(code, message, ("companyId",))))
