"""Resolvers for failing jobs and dead jobs, for operators."""

from typing import Any

from domain.shared.jobs import JobStatus
from resolvers.connections import Connection, PageArguments, page_key
from resolvers.context import Context


async def dead_jobs(context: Context, page: PageArguments) -> Any:
    """Dead jobs, newest first."""
    key = page_key("jobs", page, "FINISHED_AT", True, filters=[("status", (str(JobStatus.DEAD),))])
    return Connection("jobs", key, await context.load("jobs", key))


async def failing_jobs(context: Context, page: PageArguments) -> Any:
    """Failing jobs, by the time of their next attempt."""
    filters = [("status", (str(JobStatus.WAITING),)), ("failures", 1)]
    key = page_key("jobs", page, "RUN_AT", False, filters=filters)
    return Connection("jobs", key, await context.load("jobs", key))
