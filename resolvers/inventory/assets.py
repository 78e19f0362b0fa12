"""Resolvers for assets."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain.catalogue.products import ProductType
from domain.inventory.assets import STATUS_AT, serial_key
from domain.inventory.locations import LocationType
from domain.inventory.serial_numbers import given_serial, parse_serial
from domain.shared.paging import PageKey
from domain.shared.parsers import NAME_LENGTH, countries_named, given_text, optional_text
from resolvers.connections import NEWEST_FIRST, Connection, ListOrder, PageArguments, page_key
from resolvers.context import Context
from resolvers.errors import checked
from resolvers.nodes import row_id, single_match


@dataclass(frozen=True, slots=True)
class AssetFilters:
    """The filters of a list of assets, as entered."""

    status: str | None = None
    serial_number: str | None = None
    country: str | None = None
    device_type: ProductType | None = None
    search: str | None = None
    location_kind: Sequence[LocationType] | None = None
    location_name: str | None = None


async def asset(context: Context, id_: str | None, serial_number: str | None) -> Any:
    """An asset by id or by case-insensitive serial number; None if there is none in the tenant scope.

    Raises: GraphQLError with VALIDATION_ERROR.
    """
    if id_ is not None:
        return await context.load("asset", row_id(id_, ("by", "id"), "Asset")[1])
    path = ("by", "serialNumber")
    serial, tenant_id = checked(path, parse_serial, serial_number or ""), context.caller.tenant_id
    if tenant_id is not None:
        return await context.load("asset_by_serial", serial_key(tenant_id, serial))
    key = page_key("assets", PageArguments(first=2), "CREATED_AT", True, filters=[("serial_number", serial)])
    return single_match("Asset", (await context.load("assets", key)).rows, path)


def assets_key(
    parent: int | None, page: PageArguments, given: AssetFilters, order: ListOrder = NEWEST_FIRST
) -> PageKey:
    """The page of a company's assets, or with None of the tenant scope (docs/domain.md#lists).

    Raises: GraphQLError with VALIDATION_ERROR.
    """
    where = ("filter", "country")
    kinds, statuses = given.location_kind, [given.status] if given.status is not None else None
    if kinds is not None and statuses is None:
        # The status follows from the kinds of location, and unlike them it has an index.
        statuses = sorted({str(STATUS_AT[kind]) for kind in kinds})
    found = {
        "status": tuple(statuses) if statuses is not None else None,
        "serial_number": checked(("filter", "serialNumber"), given_serial, given.serial_number),
        "country": checked(where, countries_named, given.country) if given.country is not None else None,
        "device_type": (given.device_type,) if given.device_type is not None else None,
        "search": checked(("filter", "search"), optional_text, given.search, NAME_LENGTH),
        "location_kind": tuple(sorted(set(kinds))) if kinds is not None else None,
        "location_name": checked(("filter", "location", "name"), given_text, given.location_name, NAME_LENGTH),
    }
    filters = [(name, value) for name, value in found.items() if value is not None]
    return page_key("assets", page, order.field, order.descending, parent, filters)


async def assets(context: Context, page: PageArguments, given: AssetFilters, order: ListOrder) -> Any:
    """Assets in the tenant scope."""
    key = assets_key(None, page, given, order)
    return Connection("assets", key, await context.load("assets", key))


def held_key(parent: str, **page: Any) -> PageKey:
    """The page of an employee's assets, newest first."""
    return page_key("assets_by_employee", PageArguments(**page), "CREATED_AT", True, parent)


async def added(context: Context, ids: tuple[str, ...]) -> list[Any]:
    """The assets that a mutation added."""
    return list(await asyncio.gather(*(context.load("asset", it) for it in ids)))
