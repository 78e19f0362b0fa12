"""Claims jobs one at a time, which is all that most tests need."""

from datetime import datetime
from typing import Any

from domain.ports.jobs import JobQueue
from domain.shared.access import Environment
from domain.shared.lanes import Lane, Service


async def claim_one(queue: JobQueue, owner: str, now: datetime) -> Any:
    """The next due job of the first lane that has any, or None."""
    for service in (Service(lane, environment) for lane in Lane for environment in Environment):
        for job in await queue.claim(owner, now, {service: 1}):
            return job
    return None
