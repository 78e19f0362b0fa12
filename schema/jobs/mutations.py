"""Acting on jobs that were given up."""

import strawberry

from domain.shared.access import Scope
from domain.use_cases.jobs import dead_jobs as use_cases
from schema.declare import mutation
from schema.jobs.inputs import RetryJobInput
from schema.jobs.payloads import RetryJobPayload


@strawberry.type
class JobMutations:
    retry_job = mutation(
        "Retries a dead job. If an earlier attempt may have taken effect, the job checks for that first.",
        Scope.JOBS_MANAGE,
        RetryJobInput,
        use_cases.retry_job,
        RetryJobPayload,
    )
