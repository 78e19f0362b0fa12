"""Answers about jobs that were given up, for operators."""

from dataclasses import dataclass
from typing import Any

from domain.access import Caller
from domain.errors import Conflict, InvalidInput, NotFound
from domain.jobs import JobStatus
from domain.ports import House
from domain.use_cases.jobs import retry_job as retry
from resolvers.connections import Connection, PageArguments, page_key
from resolvers.context import Context
from resolvers.errors import UserError, user_errors


@dataclass(frozen=True, slots=True)
class Retried:
    """What the payload of a retry is read from."""

    job_id: str | None
    user_errors: tuple[UserError, ...] = ()


async def dead_jobs(context: Context, page: PageArguments) -> Any:
    """Jobs that were given up, the latest first."""
    key = page_key("jobs", page, "FINISHED_AT", True, filters=[("status", (str(JobStatus.DEAD),))])
    return Connection("jobs", key, await context.load("jobs", key))


async def retry_job(info: Any, given: str) -> Any:
    """Try a dead job again."""
    context: Context = info.context
    house: House = context.services.house
    caller: Caller = context.caller
    try:
        return Retried(await retry(house, caller, given))
    except (InvalidInput, NotFound, Conflict) as refused:
        return Retried(None, user_errors(refused, ("id",)))
    finally:
        context.renew()
