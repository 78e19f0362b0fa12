"""Jobs: work that runs after a commit, at least once, on any worker."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from domain.shared.access import Environment, TenantScope


class JobType(StrEnum):
    """The kind of work of a job."""

    SEND_QUOTE_CREATED = "SEND_QUOTE_CREATED"
    SEND_ITEM_ACCEPTED = "SEND_ITEM_ACCEPTED"
    SEND_QUOTE = "SEND_QUOTE"
    SEND_QUOTE_DECLINED = "SEND_QUOTE_DECLINED"
    SEND_SIGNED_COPY = "SEND_SIGNED_COPY"
    SEND_DEVICE_ACTION = "SEND_DEVICE_ACTION"
    SEND_WEBHOOK_DISABLED = "SEND_WEBHOOK_DISABLED"
    SEND_INVITATION = "SEND_INVITATION"
    CREATE_TASK = "CREATE_TASK"
    PLACE_VENDOR_ORDER = "PLACE_VENDOR_ORDER"
    FOLLOW_VENDOR_ORDER = "FOLLOW_VENDOR_ORDER"
    PLACE_MOVEMENT = "PLACE_MOVEMENT"
    FOLLOW_MOVEMENT = "FOLLOW_MOVEMENT"
    DELIVER_WEBHOOKS = "DELIVER_WEBHOOKS"
    SYNC_CONNECTION = "SYNC_CONNECTION"
    SEND_ORIGIN_CHANGE = "SEND_ORIGIN_CHANGE"
    READ_NOTICE = "READ_NOTICE"
    CREATE_ACTION_THERE = "CREATE_ACTION_THERE"
    DELETE_QUOTES = "DELETE_QUOTES"


EMAILS = frozenset(it for it in JobType if it.startswith("SEND_") and it != JobType.SEND_ORIGIN_CHANGE)


class JobStatus(StrEnum):
    """The status of a job. A dead job is not run again until an operator retries it. A discarded one never is, unless
    a new event wakes it."""

    WAITING = "WAITING"
    DONE = "DONE"
    DEAD = "DEAD"
    DISCARDED = "DISCARDED"


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to enqueue, due after `delay`. Of two jobs with the same `dedupe_key` only the first is stored. With
    `wakes`, the stored one becomes due again, even if it is done or dead."""

    kind: JobType
    dedupe_key: str
    payload: dict[str, Any]
    wakes: bool = False
    delay: timedelta = timedelta()


class Job(NamedTuple):
    """A stored job. `attempts` includes the running attempt; another worker may take the job at `lease_until`.

    `sent_at` is set while a call that must not be repeated may be in progress at the other side. `failures` counts the
    failed attempts since the last successful one.
    """

    id: str
    tenant_id: int
    environment: Environment
    kind: JobType
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
    updated_at: datetime | None = None

    @staticmethod
    def derived() -> dict[str, tuple[str, ...]]:
        """The columns that the properties need, for readers that load only the requested columns."""
        return {"next_run_at": ("status", "run_at")}

    @property
    def next_run_at(self) -> datetime | None:
        """When the next attempt is due; None unless the job is waiting."""
        return self.run_at if self.status == JobStatus.WAITING else None

    @property
    def tenant_scope(self) -> TenantScope:
        return TenantScope(self.environment, self.tenant_id)


class Again(NamedTuple):
    """The result of an attempt after which the job runs again at `at`: because of an `error`, because it `waits` for
    something, or to continue polling."""

    at: datetime
    error: str | None = None
    waits: str | None = None


class JobResult(StrEnum):
    """The result of one attempt. AGAIN succeeded and runs again; WAITS has neither failed nor made progress; OVERTAKEN
    was taken over by another attempt."""

    DONE = "DONE"
    AGAIN = "AGAIN"
    WAITS = "WAITS"
    FAILED = "FAILED"
    DEAD = "DEAD"
    OVERTAKEN = "OVERTAKEN"


class LeaseLost(Exception):
    """Another worker has taken over the job because its lease ended; this attempt must stop."""


class RetryPolicy(NamedTuple):
    """When failed jobs are retried, and how often vendor orders are polled.

    `retry_delays` are the seconds before the 2nd, 3rd, … attempt; after the last one the job is dead. `lease` is how
    long a job stays with a worker that no longer renews it. A call with unknown outcome is repeated after
    `resend_after` at the earliest. A vendor order is polled every `poll_interval` while it changes, and less often, up
    to `max_poll_interval`, while it does not.
    """

    retry_delays: tuple[float, ...] = (2, 5, 15, 60, 300, 900, 3600, 4 * 3600, 12 * 3600)
    lease: timedelta = timedelta(seconds=30)
    resend_after: timedelta = timedelta(seconds=60)
    poll_interval: timedelta = timedelta(minutes=2)
    max_poll_interval: timedelta = timedelta(hours=1)

    def next_attempt(self, attempts: int, now: datetime) -> datetime | None:
        """When a job is retried after it failed for the `attempts`-th time; None if it is dead."""
        within = attempts <= len(self.retry_delays)
        return now + timedelta(seconds=self.retry_delays[attempts - 1]) if within else None

    def next_poll(self, last_change: datetime, now: datetime) -> datetime:
        """When to poll next something that last changed at `last_change`."""
        return now + min(max(self.poll_interval, (now - last_change) / 8), self.max_poll_interval)


DEFAULT_RETRY_POLICY = RetryPolicy()
