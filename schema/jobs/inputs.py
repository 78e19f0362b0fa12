"""What one sends to act on jobs."""

import strawberry

from domain.use_cases.jobs.dead_jobs import RetryJob


@strawberry.input(description="Which job to retry.")
class RetryJobInput:
    id: strawberry.ID = strawberry.field(description="The job.")

    def command(self) -> RetryJob:
        return RetryJob(self.id)
