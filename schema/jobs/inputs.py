"""What one sends to act on jobs."""

import strawberry

from domain.use_cases.jobs.dead_jobs import DiscardJob, RetryJob
from schema.shared.inputs import dry_run_field


@strawberry.input(description="Input for `retryJob`.")
class RetryJobInput:
    job_id: strawberry.ID = strawberry.field(description="Global ID of the job.")
    dry_run: bool = dry_run_field()

    def command(self) -> RetryJob:
        return RetryJob(self.job_id)


@strawberry.input(description="Input for `discardJob`.")
class DiscardJobInput:
    job_id: strawberry.ID = strawberry.field(description="Global ID of the job.")
    dry_run: bool = dry_run_field()

    def command(self) -> DiscardJob:
        return DiscardJob(self.job_id)
