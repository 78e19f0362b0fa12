"""Reading jobs that fail or were given up."""

import strawberry

from domain.shared.access import Scope
from resolvers.jobs import dead_jobs as jobs
from schema.declare import list_root
from schema.jobs.types import JobConnection


@strawberry.type
class JobQueries:
    dead_jobs: JobConnection = list_root(
        "Jobs that were given up, the latest first.",
        Scope.JOBS_MANAGE,
        jobs.dead_jobs,
    )

    failing_jobs: JobConnection = list_root(
        "Jobs that have failed since they last did their part and will be tried again, the next one first. The next "
        "success takes a job off this list.",
        Scope.JOBS_MANAGE,
        jobs.failing_jobs,
    )
