"""Lanes: how many jobs of which kind a worker runs at a time, and whose jobs come next.

Each external service has a lane of its own, and so has its sandbox: while one is slow, the jobs of the others go on.
Placing orders and following them are two lanes, so that neither waits for the other. In a lane the tenants take turns
(docs/domain.md#turns).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from domain.shared.access import Environment
from domain.shared.jobs import EMAILS, Job, JobType


class Lane(StrEnum):
    """What a job uses: an external service, or a part of one."""

    PLACING = "PLACING"
    FOLLOWING = "FOLLOWING"
    TASKS = "TASKS"
    MAIL = "MAIL"
    WEBHOOKS = "WEBHOOKS"
    CONNECTIONS = "CONNECTIONS"
    CHANGES = "CHANGES"


LANES: dict[JobType, Lane] = {
    **dict.fromkeys(EMAILS, Lane.MAIL),
    JobType.CREATE_TASK: Lane.TASKS,
    JobType.PLACE_VENDOR_ORDER: Lane.PLACING,
    JobType.PLACE_MOVEMENT: Lane.PLACING,
    JobType.FOLLOW_VENDOR_ORDER: Lane.FOLLOWING,
    JobType.FOLLOW_MOVEMENT: Lane.FOLLOWING,
    JobType.DELIVER_WEBHOOKS: Lane.WEBHOOKS,
    JobType.SYNC_CONNECTION: Lane.CONNECTIONS,
    JobType.SEND_ORIGIN_CHANGE: Lane.CHANGES,
    JobType.READ_NOTICE: Lane.CHANGES,
    JobType.CREATE_ACTION_THERE: Lane.CHANGES,
    JobType.DELETE_QUOTES: Lane.CONNECTIONS,
}


class Service(NamedTuple):
    """A lane of live or test data."""

    lane: Lane
    environment: Environment


# How many jobs a worker runs at a time in a lane, for each environment.
SLOTS: Mapping[Lane, int] = {
    Lane.PLACING: 4,
    Lane.FOLLOWING: 2,
    Lane.TASKS: 2,
    Lane.MAIL: 4,
    Lane.WEBHOOKS: 16,
    Lane.CONNECTIONS: 4,
    Lane.CHANGES: 4,
}


def service_of(kind: JobType, environment: Environment) -> Service:
    return Service(LANES[kind], environment)


def free_slots(running: Iterable[Job], slots: Mapping[Lane, int] = SLOTS) -> dict[Service, int]:
    """The slots that are free beside the running jobs, of the services that have any."""
    taken = Counter(service_of(it.kind, it.environment) for it in running)
    services = [Service(lane, environment) for lane in slots for environment in Environment]
    return {it: free for it in services if (free := slots[it.lane] - taken[it]) > 0}


class Turn(NamedTuple):
    """The due jobs of one tenant and one kind; the first of them is due `since`."""

    kind: JobType
    tenant_id: int
    environment: Environment
    since: datetime


def shares(turns: Iterable[Turn], free: int, last_tenant: int) -> dict[Turn, int]:
    """How many jobs to take of which turn, for turns of one service.

    The tenants take turns, beginning with the one after `last_tenant`, and so do the kinds of each tenant, beginning
    with the one that is due for the longest. The last of the result is the last that was served.
    """
    by_tenant: dict[int, list[Turn]] = {}
    for turn in sorted(turns, key=lambda it: (it.tenant_id <= last_tenant, it.tenant_id, it.since, it.kind)):
        by_tenant.setdefault(turn.tenant_id, []).append(turn)
    order, taken = list(by_tenant.values()), dict[Turn, int]()
    for number in range(free if order else 0):
        round_, place = divmod(number, len(order))
        kinds = order[place]
        turn = kinds[round_ % len(kinds)]
        # Moved to the end, as the last one served.
        taken[turn] = taken.pop(turn, 0) + 1
    return taken
