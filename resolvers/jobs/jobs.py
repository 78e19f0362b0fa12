"""The lists of failing jobs and dead jobs, for operators."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.shared.jobs import JobStatus, JobType
from resolvers.lists import Conditions, DatedFilters, Narrowing
from resolvers.pages import ListOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFilters(DatedFilters):
    """The filters of a list of jobs, as entered."""

    type: Sequence[JobType] | None = None


DEAD: Conditions = (("status", (str(JobStatus.DEAD),)),)
FAILING: Conditions = (("status", (str(JobStatus.WAITING),)), ("failures", 1))
MOST_RECENTLY_FAILED = ListOrder("FINISHED_AT", True)
NEXT_ATTEMPT = ListOrder("RUN_AT", False)


def narrow(given: JobFilters, narrowing: Narrowing) -> None:
    """The conditions of a list of jobs."""
    narrowing.one_of("type", given.type)
    narrowing.dates(given)
