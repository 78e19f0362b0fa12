"""The events that programs print, and those that they are to receive."""

import json
from collections.abc import Mapping
from typing import Any

from resolvers.events import encode_cursor
from tests.api.support.running import Running
from tests.clients.programs import Program
from tests.e2e.processes import eventually


def received(client: Program) -> list[Any]:
    """The cursors of the events after the first, which is the state at the start, and what is no event as it is."""
    return [it.get("cursor", it) for it in map(json.loads, client.lines[1:])]


async def all_received(clients: Mapping[str, Program], expected: list[str]) -> None:
    """Returns once every client has received as many events as are expected."""
    await eventually(lambda: all(len(received(it)) >= len(expected) for it in clients.values()))


async def log(api: Running, before: int) -> list[str]:
    """The cursors of the events in the log after the first so many."""
    numbers = sorted((int(it.number), int(it.tenant_id)) for it in await api.rows("events"))
    return [encode_cursor(tenant_id, number) for number, tenant_id in numbers[before:]]
