"""Nodes by global id, with the loader and the scope of each type."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from domain.shared.access import Scope
from domain.shared.errors import ErrorCode, InvalidInput, Path, Problem
from domain.shared.events import READ_SCOPES, Event
from domain.shared.ids import global_id, parse_id
from resolvers.context import Context
from resolvers.errors import checked, exceeded, forbidden, validation_error

# For every type of node, the loader by id, and the scope that reading it requires; that of an event is its type's.
NODE_LOADERS: dict[str, str] = {
    "AccessToken": "access_token",
    "Alternative": "alternative",
    "ApiKey": "api_key",
    "Asset": "asset",
    "CatalogueEvent": "catalogue_event",
    "Company": "company",
    "Configuration": "configuration",
    "Connection": "connection",
    "ConnectionProblem": "connection_problem",
    "CustomField": "custom_field",
    "Customer": "customer",
    "DeviceAction": "device_action",
    "DeviceActionComment": "device_action_comment",
    "Employee": "employee",
    "Event": "event",
    "Job": "job",
    "Kit": "kit",
    "KitDevice": "kit_device",
    "Member": "member",
    "OriginChange": "origin_change",
    "PriceOption": "price_option",
    "Product": "product",
    "Quote": "quote",
    "QuoteAttachment": "attachment",
    "QuoteItem": "item",
    "Recipient": "recipient",
    "Signature": "signature",
    "VendorOrder": "vendor_order",
    "WebhookDelivery": "webhook_delivery",
    "WebhookEndpoint": "webhook_endpoint",
}
NODE_SCOPES: dict[str, Scope] = {
    "AccessToken": Scope.KEYS_MANAGE,
    "Alternative": Scope.QUOTES_READ,
    "ApiKey": Scope.KEYS_MANAGE,
    "Asset": Scope.ASSETS_READ,
    "CatalogueEvent": Scope.CATALOGUE_MANAGE,
    "Configuration": Scope.PRODUCTS_READ,
    "Connection": Scope.CONNECTIONS_MANAGE,
    "ConnectionProblem": Scope.CONNECTIONS_MANAGE,
    "CustomField": Scope.QUOTES_READ,
    "Customer": Scope.CUSTOMERS_READ,
    "DeviceAction": Scope.DEVICE_ACTIONS_READ,
    "DeviceActionComment": Scope.DEVICE_ACTIONS_READ,
    "Employee": Scope.EMPLOYEES_READ,
    "Job": Scope.JOBS_MANAGE,
    "Kit": Scope.KITS_READ,
    "KitDevice": Scope.KITS_READ,
    "Member": Scope.MEMBERS_MANAGE,
    "OriginChange": Scope.QUOTES_READ,
    "PriceOption": Scope.QUOTES_READ,
    "Product": Scope.PRODUCTS_READ,
    "Quote": Scope.QUOTES_READ,
    "QuoteAttachment": Scope.QUOTES_READ,
    "QuoteItem": Scope.QUOTES_READ,
    "Recipient": Scope.QUOTES_READ,
    "Signature": Scope.QUOTES_READ,
    "VendorOrder": Scope.QUOTES_READ,
    "WebhookDelivery": Scope.WEBHOOKS_MANAGE,
    "WebhookEndpoint": Scope.WEBHOOKS_MANAGE,
}
MOST_NODES = 100


def row_id(given: str, path: Path, *types: str) -> tuple[str | None, str]:
    """The type and row id of an id in an argument. Raises: GraphQLError with VALIDATION_ERROR."""
    return checked(path, parse_id, given, *types)


def single_match(type_name: str, found: Sequence[Any], path: Path) -> Any:
    """The only row in scope with a number or name; None where there is none.

    Raises: GraphQLError with VALIDATION_ERROR, where there are several.
    """
    if len(found) > 1:
        ids = ", ".join(global_id(type_name, row.id) for row in found)
        message = f"Several match: {ids}. Name it by its id."
        raise validation_error(InvalidInput(Problem(ErrorCode.AMBIGUOUS, message, path)))
    return found[0] if found else None


async def node(context: Context, given: str, path: Path = ("id",)) -> Any:
    """The node with a global id, or None where there is none in scope.

    Raises: GraphQLError with VALIDATION_ERROR, and FORBIDDEN where the type requires a scope that the key lacks.
    """
    type_name, id_ = row_id(given, path)
    loader = NODE_LOADERS.get(type_name or "")
    if type_name is None or loader is None:
        return None
    _check_scope(context, type_name, NODE_SCOPES.get(type_name), path)
    row = await context.load(loader, id_)
    # What an event requires depends on what happened.
    if isinstance(row, Event):
        _check_scope(context, type_name, READ_SCOPES[row.type], path)
    return row


def _check_scope(context: Context, type_name: str, scope: Scope | None, path: Path) -> None:
    if scope is not None and scope not in context.caller.scopes:
        raise forbidden(f"Reading {type_name} takes the scope {scope}.", scopes=[scope], fields=[".".join(path)])


def node_by_id(type_name: str) -> Callable[[Context, str], Awaitable[Any]]:
    """Reads a node of one type by the id of an argument `by`, or None where there is none in scope."""

    async def read(context: Context, id_: str) -> Any:
        return await context.load(NODE_LOADERS[type_name], row_id(id_, ("by", "id"), type_name)[1])

    return read


async def nodes(context: Context, given: Sequence[str]) -> list[Any]:
    """The nodes with these ids, in order: None where there is none in scope, and an error where it cannot be read."""
    if len(given) > MOST_NODES:
        message = f"At most {MOST_NODES} ids, not {len(given)}."
        details = exceeded("ids", MOST_NODES, None, found=len(given))
        raise validation_error(InvalidInput(Problem(ErrorCode.TOO_MANY, message, ("ids",))), **details)
    each = (node(context, it, ("ids", str(index))) for index, it in enumerate(given))
    # An exception in a list is the error of its index only.
    return list(await asyncio.gather(*each, return_exceptions=True))
