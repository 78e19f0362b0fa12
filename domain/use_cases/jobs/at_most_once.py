"""Outbound calls that must not happen twice, from a job that can run any number of times (ADR 4)."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from domain.ports.dependencies import Dependencies
from domain.shared.jobs import Job
from domain.shared.outbound_errors import Refused, Unavailable, Uncertain

T = TypeVar("T")


async def call_at_most_once(
    deps: Dependencies, job: Job, find: Callable[[], Awaitable[T | None]], make: Callable[[], Awaitable[T]]
) -> T:
    """Make a call, unless `find` returns the effect of an earlier attempt.

    Raises: OutboundFailure; Uncertain as long as an earlier call may still be in progress.
    """
    if job.attempts > 1:
        settled = job.sent_at is None or deps.now() >= job.sent_at + deps.retry_policy.resend_after
        if (found := await _find_earlier(find)) is not None:
            return found
        if not settled:
            raise Uncertain("An earlier request may still be under way; it is looked for before another is made.")
    await deps.jobs.mark_sent(job, deps.now())
    try:
        return await make()
    except Unavailable:
        await deps.jobs.mark_sent(job, None)
        raise


async def _find_earlier(find: Callable[[], Awaitable[T | None]]) -> T | None:
    """The effect of an earlier attempt, if any. A refused search is not final: the call may have succeeded."""
    try:
        return await find()
    except Refused as refused:
        raise Uncertain(str(refused), refused.status, refused.reason) from None
