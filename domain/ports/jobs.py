"""The job queue of the worker, and the check for expired quotes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from domain.shared.jobs import Again, Job
from domain.shared.lanes import Service


class JobQueue(Protocol):
    """The job queue of the worker. Raises: LeaseLost, when changing a job that another attempt has taken over."""

    async def claim(self, owner: str, now: datetime, free: Mapping[Service, int]) -> list[Job]:
        """Due jobs, leased to `owner`: of each service at most as many as it has `free` slots, of its tenants in turn
        (domain/shared/lanes.py)."""

    async def renew(self, jobs: Sequence[Job], now: datetime) -> list[Job]:
        """Renew the leases of running jobs of one owner. Returns the jobs that another attempt has taken over."""

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
