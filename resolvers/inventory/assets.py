"""Resolvers for assets."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain.catalogue.products import ProductType
from domain.inventory.assets import STATUS_AT, AssetStatus, serial_key
from domain.inventory.locations import LocationType
from domain.inventory.serial_numbers import given_serial, parse_serial
from domain.shared.ids import parse_id
from domain.shared.parsers import NAME_LENGTH, countries_named, given_text
from resolvers.connections.origins import by_external, narrow_origin
from resolvers.context import Context
from resolvers.errors import checked
from resolvers.lists import DatedFilters, Narrowing
from resolvers.metadata import by_external_id, narrow_noted
from resolvers.nodes import row_id, single_match
from resolvers.pages import PageArguments, page_key


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetFilters(DatedFilters):
    """The filters of a list of assets, as entered."""

    status: Sequence[AssetStatus] | None = None
    serial_number: str | None = None
    asset_id: str | None = None
    country: str | None = None
    device_type: Sequence[ProductType] | None = None
    search: str | None = None
    location_kind: Sequence[LocationType] | None = None
    location_name: str | None = None
    origin: Any = None
    external_id: str | None = None
    metadata: Any = None


async def asset(
    context: Context,
    id_: str | None,
    serial_number: str | None,
    external: Any = None,
    external_id: str | None = None,
) -> Any:
    """An asset by id, case-insensitive serial number or external ID; None if there is none in the tenant scope.

    Raises: GraphQLError with VALIDATION_ERROR.
    """
    if external is not None:
        return await by_external(context, "Asset", external.parsed())
    if external_id is not None:
        return await by_external_id(context, "Asset", "assets", external_id)
    if id_ is not None:
        return await context.load("asset", row_id(id_, ("by", "id"), "Asset")[1])
    path = ("by", "serialNumber")
    serial, tenant_id = checked(path, parse_serial, serial_number or ""), context.caller.tenant_id
    if tenant_id is not None:
        return await context.load("asset_by_serial", serial_key(tenant_id, serial))
    key = page_key("assets", PageArguments(first=2), "CREATED_AT", True, filters=[("serial_number", serial)])
    return single_match("Asset", (await context.load("assets", key)).rows, path)


def narrow(given: AssetFilters, narrowing: Narrowing) -> None:
    """The conditions of a list of assets (docs/domain.md#lists)."""
    kinds, statuses = given.location_kind, given.status
    if kinds is not None and statuses is None:
        # The status follows from the kinds of location, and unlike them it has an index.
        statuses = sorted({STATUS_AT[kind] for kind in kinds})
    narrowing.one_of("status", statuses)
    narrowing.parsed("serial_number", ("serialNumber",), given_serial, given.serial_number)
    narrowing.parsed("id", ("assetId",), _asset_ids, given.asset_id)
    narrowing.parsed("country", ("country",), countries_named, given.country)
    narrowing.one_of("device_type", given.device_type)
    narrowing.search(given.search)
    narrowing.one_of("location_kind", None if kinds is None else sorted(set(kinds)))
    narrowing.parsed("location_name", ("location", "name"), given_text, given.location_name, NAME_LENGTH)
    narrow_origin(given.origin, narrowing)
    narrow_noted(given, narrowing)
    narrowing.dates(given)


async def added(context: Context, ids: tuple[str, ...]) -> list[Any]:
    """The assets that a mutation added."""
    return list(await asyncio.gather(*(context.load("asset", it) for it in ids)))


def _asset_ids(given: str) -> tuple[str, ...]:
    # As for every list, whose edges of new objects are found by their ids.
    return (parse_id(given, "Asset")[1],)
