"""Acting on jobs that were given up."""

import strawberry

from domain.shared.access import Scope
from domain.use_cases.jobs import dead_jobs as use_cases
from schema.declare import mutation
from schema.jobs.inputs import DiscardJobInput, RetryJobInput
from schema.jobs.payloads import DiscardJobPayload, RetryJobPayload


@strawberry.type
class JobMutations:
    retry_job = mutation(
        "Retries a dead job. If an earlier attempt may have taken effect, the job checks for that first.",
        Scope.JOBS_MANAGE,
        RetryJobInput,
        use_cases.retry_job,
        RetryJobPayload,
    )
    discard_job = mutation(
        "Discards a dead job, which leaves `deadJobs`. Its object, such as a failed vendor order, stays as it is.",
        Scope.JOBS_MANAGE,
        DiscardJobInput,
        use_cases.discard_job,
        DiscardJobPayload,
    )
