"""Jobs: work to be done after a commit, at least once, by whichever worker gets to it first."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from domain.shared.access import Environment, TenantScope


class JobKind(StrEnum):
    """What a worker can be asked to do."""

    SEND_QUOTE_CREATED = "SEND_QUOTE_CREATED"
    SEND_ITEM_ACCEPTED = "SEND_ITEM_ACCEPTED"
    SEND_QUOTE = "SEND_QUOTE"
    SEND_QUOTE_DECLINED = "SEND_QUOTE_DECLINED"
    SEND_SIGNED_COPY = "SEND_SIGNED_COPY"
    SEND_DEVICE_ACTION = "SEND_DEVICE_ACTION"
    CREATE_TASK = "CREATE_TASK"
    PLACE_VENDOR_ORDER = "PLACE_VENDOR_ORDER"
    FOLLOW_VENDOR_ORDER = "FOLLOW_VENDOR_ORDER"
    PLACE_MOVEMENT = "PLACE_MOVEMENT"
    FOLLOW_MOVEMENT = "FOLLOW_MOVEMENT"


EMAILS = frozenset(kind for kind in JobKind if kind.startswith("SEND_"))
# What somebody waits for and what costs money comes before letters, tasks and looking how things stand.
URGENT = frozenset({JobKind.PLACE_VENDOR_ORDER, JobKind.PLACE_MOVEMENT})


class JobStatus(StrEnum):
    """A job waits, is done, or is dead: given up on until an operator retries it."""

    WAITING = "WAITING"
    DONE = "DONE"
    DEAD = "DEAD"


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to enqueue, due after `delay`. Of two with the same `dedupe_key` only the first is kept; with `wakes`, the
    one that is there becomes due again, even if it was done or dead."""

    kind: JobKind
    dedupe_key: str
    payload: dict[str, Any]
    wakes: bool = False
    delay: timedelta = timedelta()


class Job(NamedTuple):
    """A job as stored. `attempts` counts the one under way; `lease_until` is when another worker may take it.

    `sent_at` is set while a call that must not happen twice may be under way at the other side. `failures` counts the
    attempts that have failed since the last that did its part.
    """

    id: str
    tenant_id: int
    environment: Environment
    kind: JobKind
    dedupe_key: str
    payload: dict[str, Any]
    status: JobStatus
    attempts: int
    run_at: datetime
    lease_owner: str | None
    lease_until: datetime | None
    sent_at: datetime | None
    last_error: str | None
    created_at: datetime
    finished_at: datetime | None
    failures: int = 0

    @staticmethod
    def derived() -> dict[str, tuple[str, ...]]:
        """What the properties are made of, for readers that load no more than is asked for."""
        return {"next_run_at": ("status", "run_at")}

    @property
    def next_run_at(self) -> datetime | None:
        """When it is tried next; None when it is not."""
        return self.run_at if self.status == JobStatus.WAITING else None

    @property
    def tenant_scope(self) -> TenantScope:
        return TenantScope(self.environment, self.tenant_id)


class Again(NamedTuple):
    """A job is to run again: it did its part for now, it failed with an `error`, or something has to come first."""

    at: datetime
    error: str | None = None
    waits: str | None = None


class JobResult(StrEnum):
    """How one attempt of a job ended. AGAIN did its part for now; OVERTAKEN was left to another attempt."""

    DONE = "DONE"
    AGAIN = "AGAIN"
    FAILED = "FAILED"
    DEAD = "DEAD"
    OVERTAKEN = "OVERTAKEN"


class LeaseLost(Exception):
    """The job was taken over after its lease ended: whatever this attempt was about to do, it must not."""


class RetryPolicy(NamedTuple):
    """When a failed job is retried, and how often orders at a vendor are polled.

    `retry_delays` are the seconds before the 2nd, 3rd, … attempt; after the last, the job is dead. `lease` is longer
    than a vendor's timeout. A call whose outcome is unknown is not repeated before `resend_after` has passed. A vendor
    order is polled every `poll_interval` while it changes, and less often, up to `max_poll_interval`, while it does
    not.
    """

    retry_delays: tuple[float, ...] = (2, 5, 15, 60, 300, 900, 3600, 4 * 3600, 12 * 3600)
    lease: timedelta = timedelta(seconds=30)
    resend_after: timedelta = timedelta(seconds=60)
    poll_interval: timedelta = timedelta(minutes=2)
    max_poll_interval: timedelta = timedelta(hours=1)

    def next_attempt(self, attempts: int, now: datetime) -> datetime | None:
        """When a job that failed for the `attempts`-th time is tried again; None when it is dead."""
        within = attempts <= len(self.retry_delays)
        return now + timedelta(seconds=self.retry_delays[attempts - 1]) if within else None

    def next_poll(self, last_news: datetime, now: datetime) -> datetime:
        """When to poll again something that last changed at `last_news`."""
        return now + min(max(self.poll_interval, (now - last_news) / 8), self.max_poll_interval)


DEFAULT_RETRY_POLICY = RetryPolicy()
