"""Resolvers for device actions."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.inventory.device_actions import DeviceActionStatus, DeviceActionType
from domain.inventory.serial_numbers import given_serial
from domain.shared.errors import InvalidInput, Problems
from domain.shared.paging import PageKey
from domain.shared.parsers import NAME_LENGTH, given_text, text
from domain.shared.times import SPAN, UTC_ZONE
from resolvers.connections import NEWEST_FIRST, Connection, ListOrder, PageArguments, page_key
from resolvers.context import Context
from resolvers.errors import checked, validation_error
from resolvers.nodes import row_id, single_match


@dataclass(frozen=True, slots=True)
class DeviceActionFilters:
    """The filters of a list of device actions, as entered."""

    status: Sequence[DeviceActionStatus] | None = None
    action_type: Sequence[DeviceActionType] | None = None
    serial_number: str | None = None
    batch_id: str | None = None
    created_after: str | None = None
    created_before: str | None = None


async def device_action(context: Context, id_: str | None, action_id: str | None) -> Any:
    """A device action by id or by number, or None if there is none in the tenant scope.

    Raises: GraphQLError with VALIDATION_ERROR.
    """
    if id_ is not None:
        return await context.load("device_action", row_id(id_, ("by", "id"), "DeviceAction")[1])
    path = ("by", "actionId")
    number = checked(path, text, action_id or "", NAME_LENGTH).upper()
    return single_match("DeviceAction", await context.load("device_actions_by_action_id", number), path)


def device_actions_key(
    parent: int | None,
    page: PageArguments,
    given: DeviceActionFilters,
    order: ListOrder = NEWEST_FIRST,
    zone: str = UTC_ZONE,
) -> PageKey:
    """The page of a company's device actions, or with None of the tenant scope (docs/domain.md#lists).

    Raises: GraphQLError with VALIDATION_ERROR.
    """
    problems = Problems()
    found: dict[str, Any] = {
        "status": tuple(given.status) if given.status is not None else None,
        "action_type": tuple(given.action_type) if given.action_type is not None else None,
        "serial_number": problems.check(("filter", "serialNumber"), given_serial, given.serial_number),
        "batch_id": problems.check(("filter", "batchId"), given_text, given.batch_id, NAME_LENGTH),
        "created_after": _parsed_time(given.created_after, "after", zone, problems),
        "created_before": _parsed_time(given.created_before, "before", zone, problems),
    }
    try:
        problems.raise_if_any()
    except InvalidInput as invalid:
        raise validation_error(invalid) from None
    filters = [(name, value) for name, value in found.items() if value is not None]
    return page_key("device_actions", page, order.field, order.descending, parent, filters)


async def device_actions(context: Context, page: PageArguments, given: DeviceActionFilters, order: ListOrder) -> Any:
    """Device actions in the tenant scope."""
    key = device_actions_key(None, page, given, order, context.caller.time_zone)
    return Connection("device_actions", key, await context.load("device_actions", key))


def of_asset_key(parent: str, **page: Any) -> PageKey:
    """The page of a device's actions, newest first."""
    return page_key("device_actions_by_serial", PageArguments(**page), "CREATED_AT", True, parent)


def of_person_key(parent: str, **page: Any) -> PageKey:
    """The page of a person's device actions, newest first."""
    return page_key("device_actions_by_person", PageArguments(**page), "CREATED_AT", True, parent)


def comments_key(parent: str, **page: Any) -> PageKey:
    """The page of a device action's comments, oldest first."""
    return page_key("comments_by_device_action", PageArguments(**page), "CREATED_AT", False, parent)


async def problem_of(context: Context, action_id: str) -> str | None:
    """The problem of a device action's movement, if there is one."""
    movement = await context.load("movement_by_device_action", action_id)
    return movement.problem if movement is not None else None


async def created(context: Context, ids: Sequence[str]) -> list[Any]:
    """The device actions that a mutation created."""
    return list(await asyncio.gather(*(context.load("device_action", it) for it in ids)))


def _parsed_time(given: str | None, end: str, zone: str, problems: Problems) -> datetime | None:
    return None if given is None else problems.check(("filter", "createdAt", end), SPAN[end], given, zone)
