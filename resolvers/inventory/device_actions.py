"""Resolvers for device actions."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain.inventory.device_actions import DeviceActionStatus, DeviceActionType
from domain.inventory.serial_numbers import given_serial
from domain.shared.parsers import NAME_LENGTH, given_text, text
from resolvers.connections.origins import by_external, narrow_origin
from resolvers.context import Context
from resolvers.errors import checked
from resolvers.lists import DatedFilters, Narrowing
from resolvers.nodes import row_id, single_match


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceActionFilters(DatedFilters):
    """The filters of a list of device actions, as entered."""

    status: Sequence[DeviceActionStatus] | None = None
    type: Sequence[DeviceActionType] | None = None
    serial_number: str | None = None
    batch_id: str | None = None
    origin: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentFilters(DatedFilters):
    """The filters of a list of comments, as entered."""

    author_email: str | None = None


async def device_action(context: Context, id_: str | None, action_id: str | None, external: Any = None) -> Any:
    """A device action by id or by number, or None if there is none in the tenant scope.

    Raises: GraphQLError with VALIDATION_ERROR.
    """
    if external is not None:
        return await by_external(context, "DeviceAction", external.parsed())
    if id_ is not None:
        return await context.load("device_action", row_id(id_, ("by", "id"), "DeviceAction")[1])
    path = ("by", "actionId")
    number = checked(path, text, action_id or "", NAME_LENGTH).upper()
    return single_match("DeviceAction", await context.load("device_actions_by_action_id", number), path)


def narrow(given: DeviceActionFilters, narrowing: Narrowing) -> None:
    """The conditions of a list of device actions (docs/domain.md#lists)."""
    narrowing.one_of("status", given.status)
    narrowing.one_of("action_type", given.type)
    narrowing.parsed("serial_number", ("serialNumber",), given_serial, given.serial_number)
    narrowing.parsed("batch_id", ("batchId",), given_text, given.batch_id, NAME_LENGTH)
    narrow_origin(given.origin, narrowing)
    narrowing.dates(given)


def narrow_comments(given: CommentFilters, narrowing: Narrowing) -> None:
    """The conditions of a list of comments."""
    narrowing.parsed("user_email", ("authorEmail",), text, given.author_email)
    narrowing.dates(given)


async def problem_of(context: Context, action_id: str) -> str | None:
    """The problem of a device action's movement, if there is one."""
    movement = await context.load("movement_by_device_action", action_id)
    return movement.problem if movement is not None else None


async def created(context: Context, ids: Sequence[str]) -> list[Any]:
    """The device actions that a mutation created."""
    return list(await asyncio.gather(*(context.load("device_action", it) for it in ids)))
