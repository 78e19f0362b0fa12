"""What mutations of jobs answer."""

from schema.jobs.types import Job
from schema.shared.payloads import payload, subject


@payload(
    changes="Status changes of vendor orders.", errors="Reasons why the mutation was refused. Empty if it succeeded."
)
class RetryJobPayload:
    """For `retryJob`."""

    job: Job | None = subject("The job after the mutation.", "job")
