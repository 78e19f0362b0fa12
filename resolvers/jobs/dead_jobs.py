"""Answers about jobs that fail or were given up, for operators."""

from typing import Any

from domain.shared.jobs import JobStatus
from domain.use_cases.jobs import dead_jobs as use_cases
from resolvers.connections import Connection, PageArguments, page_key
from resolvers.context import Context
from resolvers.mutations import perform


async def dead_jobs(context: Context, page: PageArguments) -> Any:
    """Jobs that were given up, the latest first."""
    key = page_key("jobs", page, "FINISHED_AT", True, filters=[("status", (str(JobStatus.DEAD),))])
    return Connection("jobs", key, await context.load("jobs", key))


async def failing_jobs(context: Context, page: PageArguments) -> Any:
    """Jobs that have failed and will be tried again, the next one first."""
    filters = [("status", (str(JobStatus.WAITING),)), ("failures", 1)]
    key = page_key("jobs", page, "RUN_AT", False, filters=filters)
    return Connection("jobs", key, await context.load("jobs", key))


async def retry_job(info: Any, input_: Any, given: str) -> Any:
    """Try a dead job again."""
    return await perform(info, input_, lambda deps, caller: use_cases.retry_job(deps, caller, given), ("id",))
