"""How much there is to do, and what fails, by kind of job: for metrics and for operators."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, not_, or_, select

from adapters.database.core.engine import Database
from adapters.database.jobs.tables import IS_WAITING, jobs
from domain.shared.jobs import JobStatus, JobType


class JobFigures(NamedTuple):
    """The jobs of one kind. `due` ones wait for a worker, the oldest since `due_since`; `scheduled` ones are due later.
    `failing` ones are among those three."""

    due: int = 0
    running: int = 0
    scheduled: int = 0
    due_since: datetime | None = None
    failing: int = 0
    dead: int = 0

    def age(self, now: datetime) -> float:
        """For how many seconds the oldest due job has been due."""
        return max((now - self.due_since).total_seconds(), 0) if self.due_since else 0


class SqlJobFigures:
    """Reads the figures of all kinds by one statement."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, now: datetime) -> dict[JobType, JobFigures]:
        """Returns the figures of each kind, also of those without jobs."""
        running = and_(IS_WAITING, jobs.c.lease_until > now)
        free = and_(IS_WAITING, not_(func.coalesce(jobs.c.lease_until > now, False)))
        due = and_(free, jobs.c.run_at <= now)
        figures = (
            _count(due),
            _count(running),
            _count(and_(free, jobs.c.run_at > now)),
            func.min(case((due, jobs.c.run_at))),
            _count(and_(IS_WAITING, jobs.c.failures > 0)),
            _count(jobs.c.status == str(JobStatus.DEAD)),
        )
        open_ = or_(IS_WAITING, jobs.c.status == str(JobStatus.DEAD))
        statement = select(jobs.c.kind, *figures).where(open_).group_by(jobs.c.kind)
        async with self._database.read.connect() as connection:
            found = {JobType(kind): JobFigures(*rest) for kind, *rest in await connection.execute(statement)}
        return {kind: found.get(kind, JobFigures()) for kind in JobType}


def _count(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.count(case((condition, 1)))
