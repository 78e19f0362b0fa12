"""Reading jobs that fail or were given up."""

import strawberry

from domain.shared.access import Scope
from resolvers.jobs import dead_jobs as jobs
from schema.declare import list_root
from schema.jobs.types import JobConnection


@strawberry.type
class JobQueries:
    dead_jobs: JobConnection = list_root(
        "Returns dead jobs, most recently failed first. There are no more attempts until a job is retried.",
        Scope.JOBS_MANAGE,
        jobs.dead_jobs,
    )

    failing_jobs: JobConnection = list_root(
        "Returns jobs whose last attempt failed and that will be tried again, by the time of the next "
        "attempt. A job leaves this list with its next success.",
        Scope.JOBS_MANAGE,
        jobs.failing_jobs,
    )
