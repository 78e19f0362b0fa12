"""The events that programs print, and those that they are to receive."""

import json
from collections.abc import Mapping
from typing import Any

from domain.shared.ids import global_id
from tests.api.support.running import Running
from tests.clients.programs import Program
from tests.e2e.processes import eventually


def received(client: Program) -> list[Any]:
    """The ids of the events after the first, which is the state at the start; what is no event is shown as it is."""
    return [it.get("id", it) for it in map(json.loads, client.lines[1:])]


async def all_received(clients: Mapping[str, Program], expected: list[str]) -> None:
    """Returns once every client has received as many events as are expected."""
    await eventually(lambda: all(len(received(it)) >= len(expected) for it in clients.values()))


async def log(api: Running, before: int) -> list[str]:
    """The ids of the events in the log after the first so many."""
    rows = sorted(await api.rows("events"), key=lambda it: int(it.number))
    return [global_id("Event", it.id) for it in rows[before:]]
