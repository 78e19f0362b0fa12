"""Reading jobs that fail or were given up."""

import strawberry

from domain.shared.access import Scope
from resolvers.jobs import jobs
from schema.declare import list_root
from schema.jobs.lists import JOBS
from schema.jobs.types import JobConnection


@strawberry.type
class JobQueries:
    dead_jobs: JobConnection | None = list_root(
        "Returns dead jobs, by default most recently failed first. There are no more attempts until a job is retried.",
        Scope.JOBS_MANAGE,
        "jobs",
        JOBS,
        jobs.MOST_RECENTLY_FAILED,
        jobs.DEAD,
    )

    failing_jobs: JobConnection | None = list_root(
        "Returns jobs whose last attempt failed and that will be tried again, by default by the time of "
        "the next attempt. A job leaves this list with its next success.",
        Scope.JOBS_MANAGE,
        "jobs",
        JOBS,
        jobs.NEXT_ATTEMPT,
        jobs.FAILING,
    )
