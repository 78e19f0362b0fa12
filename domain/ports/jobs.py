"""The job queue as the worker sees it, and what time alone moves."""

from datetime import datetime
from typing import Protocol

from domain.shared.jobs import Again, Job


class JobQueue(Protocol):
    """Jobs as the worker sees them. Changing a job that another attempt has taken over raises LeaseLost."""

    async def idle(self, now: datetime, urgent: bool = False) -> bool:
        """Whether nothing is due, or nothing `urgent`: asked before claiming, which takes a lock."""

    async def claim(self, owner: str, now: datetime, urgent: bool = False) -> Job | None:
        """The next job that is due, leased to `owner`: an urgent one if there is one, and with `urgent` no other."""

    async def mark_sent(self, job: Job, at: datetime | None) -> None:
        """Remember that a call which must not happen twice is being made, or with None that it was not made."""

    async def finish(self, job: Job, now: datetime) -> None: ...

    async def repeat(self, job: Job, again: Again) -> None:
        """Run the job again later; one that was woken while it ran is due already."""

    async def postpone(self, job: Job, error: str, until: datetime) -> None:
        """Try again at `until`."""


class ExpiryCheck(Protocol):
    """What time alone moves."""

    async def overdue(self, now: datetime) -> bool:
        """Whether a quote's time is over that still says otherwise: asked before moving it, which takes a lock."""


class NoExpiryCheck:
    """A `ExpiryCheck` where nothing waits for its time."""

    async def overdue(self, now: datetime) -> bool:
        return False
