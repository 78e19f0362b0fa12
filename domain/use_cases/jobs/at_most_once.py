"""A call that must not happen twice, made by a job that may run any number of times (ADR 4)."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from domain.ports.dependencies import Dependencies
from domain.shared.jobs import Job
from domain.shared.outbound_errors import Refused, Unavailable, Uncertain

T = TypeVar("T")


async def call_at_most_once(
    deps: Dependencies, job: Job, find: Callable[[], Awaitable[T | None]], make: Callable[[], Awaitable[T]]
) -> T:
    """Make a call that must not happen twice: look for its effect first whenever it may have been made before.

    Raises: OutboundFailure. While the fate of an earlier call is open, Uncertain.
    """
    if job.attempts > 1:
        settled = job.sent_at is None or deps.now() >= job.sent_at + deps.retry_policy.resend_after
        if (found := await _look(find)) is not None:
            return found
        if not settled:
            raise Uncertain("An earlier request may still be under way; it is looked for before another is made.")
    await deps.jobs.mark_sent(job, deps.now())
    try:
        return await make()
    except Unavailable:
        await deps.jobs.mark_sent(job, None)
        raise


async def _look(find: Callable[[], Awaitable[T | None]]) -> T | None:
    """What an earlier attempt may have left. A refusal to tell is not final: it says nothing of the order itself."""
    try:
        return await find()
    except Refused as refused:
        raise Uncertain(str(refused)) from None
