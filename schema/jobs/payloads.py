"""What mutations of jobs answer."""

from schema.jobs.types import Job
from schema.shared.payloads import payload, subject


@payload(
    changes="Status changes of vendor orders.", errors="Reasons why the mutation was refused. Empty if it succeeded."
)
class RetryJobPayload:
    """For `retryJob`."""

    job: Job | None = subject("The job after the mutation.", "job")


@payload(changes="The status change of the job.", errors="Reasons why the mutation was refused. Empty if it succeeded.")
class DiscardJobPayload:
    """For `discardJob`."""

    job: Job | None = subject("The job after the mutation.", "job")
