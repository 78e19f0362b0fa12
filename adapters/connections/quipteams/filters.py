"""The filters of quipteams' lists, and how they are written in a query."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

LIMIT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteFilter:
    """Quotes of a status, to a country (in part), created between two times."""

    status: str | None = None
    country: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    sort: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetFilter:
    """Devices; those in storage if `status` is not `in_use` or `all`. `item_id` is the id of one in storage."""

    status: str | None = None
    serial_number: str | None = None
    item_id: str | None = None
    country: str | None = None
    device_type: str | None = None
    search: str | None = None
    sort: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceActionFilter:
    """Device actions. A part of a serial number is enough; with `include_asset`, each has its asset."""

    status: str | None = None
    action_type: str | None = None
    serial_number: str | None = None
    include_asset: bool | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    sort: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFilter:
    """Products. Several values of a part of a configuration are alternatives."""

    product_type: str | None = None
    brand: str | None = None
    search: str | None = None
    cpu: tuple[str, ...] = ()
    ram: tuple[str, ...] = ()
    storage: tuple[str, ...] = ()
    screen_size: tuple[str, ...] = ()
    resolution: tuple[str, ...] = ()
    connection_type: tuple[str, ...] = ()
    include_inactive: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KitFilter:
    """Kits, by a part of their name, a tag, and their region."""

    search: str | None = None
    tag: str | None = None
    region: str | None = None
    sort: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EmployeeFilter:
    """Employees of a status, by a part of their name or address."""

    status: str | None = None
    search: str | None = None


AnyFilter = QuoteFilter | AssetFilter | DeviceActionFilter | ProductFilter | KitFilter | EmployeeFilter


def query_of(wanted: AnyFilter, cursor: str | None = None, limit: int | None = None) -> Mapping[str, str]:
    """The query of a list."""
    given = {it.name: getattr(wanted, it.name) for it in fields(wanted)} | {"limit": limit, "cursor": cursor}
    return {name: _written(value) for name, value in given.items() if value is not None and value != ()}


def _written(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        case tuple():
            return ",".join(value)
        case _:
            return str(value)
