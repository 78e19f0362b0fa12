"""The kinds of jobs that have nothing but failures, and who is told of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from domain.shared.job_health import JobAlarm, KindHealth
from domain.shared.jobs import JobType


class JobAlarms(Protocol):
    """The stored alarms, which all workers share."""

    async def note(self, health: Mapping[JobType, KindHealth]) -> None:
        """Store which kinds fail, and forget those that have succeeded."""

    async def claim_due(self, now: datetime) -> Sequence[JobAlarm]:
        """The alarms whose e-mail this worker is to send. If it is not done within a minute, another worker may."""

    async def mark_mailed(self, alarm: JobAlarm, now: datetime) -> None:
        """Mark the e-mail of an alarm as sent. The next is sent after the kind has succeeded and failed again."""


class NoJobAlarms:
    """`JobAlarms` for processes that run no jobs."""

    async def note(self, health: Mapping[JobType, KindHealth]) -> None:
        pass

    async def claim_due(self, now: datetime) -> Sequence[JobAlarm]:
        return ()

    async def mark_mailed(self, alarm: JobAlarm, now: datetime) -> None:
        pass
