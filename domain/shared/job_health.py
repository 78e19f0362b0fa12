"""Which kinds of jobs have nothing but failures, for which operators get one e-mail (docs/domain.md#failing-kinds)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from domain.shared.access import Environment
from domain.shared.jobs import Job, JobResult, JobType

# How long a kind fails before operators get an e-mail.
ALARM_AFTER = timedelta(minutes=10)
SUCCESSES = frozenset({JobResult.DONE, JobResult.AGAIN})
FAILURES = frozenset({JobResult.FAILED, JobResult.DEAD})


@dataclass(slots=True)
class KindHealth:
    """The attempts of one kind in a short time: the last success, and the failures since. `job_id` failed last."""

    succeeded_at: datetime | None = None
    failing_since: datetime | None = None
    last_failed_at: datetime | None = None
    failures: int = 0
    job_id: str = ""

    def add(self, job_id: str, failed: bool, at: datetime) -> None:
        if not failed:
            self.succeeded_at, self.failing_since, self.failures = at, None, 0
            return
        self.failing_since = self.failing_since or at
        self.last_failed_at, self.job_id = at, job_id
        self.failures += 1


class JobHealth:
    """Collects how the attempts of live jobs end, until `take`."""

    def __init__(self) -> None:
        self._kinds: dict[JobType, KindHealth] = {}

    def add(self, job: Job, result: JobResult, at: datetime) -> None:
        if job.environment == Environment.LIVE and result in SUCCESSES | FAILURES:
            self._kinds.setdefault(job.kind, KindHealth()).add(job.id, result in FAILURES, at)

    def take(self) -> dict[JobType, KindHealth]:
        """What was collected since the last call."""
        taken, self._kinds = self._kinds, {}
        return taken


class JobAlarm(NamedTuple):
    """A kind of job that has had nothing but failures since a time. `is_retried`: a job of it failed and is tried
    again."""

    kind: JobType
    failing_since: datetime
    last_failed_at: datetime
    failures: int
    last_error: str
    is_retried: bool

    def is_due(self, now: datetime) -> bool:
        """Whether operators are to know. A single failure is no reason, nor are failures that ended long ago."""
        goes_on = self.is_retried or self.last_failed_at >= self.failing_since + ALARM_AFTER
        return goes_on and self.failures > 1 and now >= self.failing_since + ALARM_AFTER
