"""The job queue of the worker, and the check for expired quotes."""

from datetime import datetime
from typing import Protocol

from domain.shared.jobs import Again, Job


class JobQueue(Protocol):
    """The job queue of the worker. Raises: LeaseLost, when changing a job that another attempt has taken over."""

    async def idle(self, now: datetime, urgent: bool = False) -> bool:
        """Whether no job (or no `urgent` one) is due. Called before `claim`, which takes a lock."""

    async def claim(self, owner: str, now: datetime, urgent: bool = False) -> Job | None:
        """The next due job, leased to `owner`: urgent jobs first, with `urgent` no others."""

    async def mark_sent(self, job: Job, at: datetime | None) -> None:
        """Store that a call which must not be repeated is in progress, or with None that it was not made."""

    async def finish(self, job: Job, now: datetime) -> None:
        """Mark the job as done; if it was woken while it ran, it is due at once."""

    async def repeat(self, job: Job, again: Again) -> None:
        """Run the job again later; if it was woken while it ran, it is due at once."""

    async def postpone(self, job: Job, error: str, until: datetime) -> None:
        """Retry the job at `until`."""


class ExpiryCheck(Protocol):
    """The check for quotes that have expired."""

    async def overdue(self, now: datetime) -> bool:
        """Whether a quote is past its expiry without being EXPIRED. Called before expiring it, which takes a lock."""


class NoExpiryCheck:
    """An `ExpiryCheck` for processes that expire no quotes."""

    async def overdue(self, now: datetime) -> bool:
        return False
