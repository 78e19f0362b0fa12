"""What mutations of jobs answer."""

from schema.jobs.types import Job
from schema.shared.payloads import payload, subject


@payload(changes="Every status of a vendor order that moved.", errors="Why nothing was done.")
class RetryJobPayload:
    """What came of retrying a job."""

    job: Job | None = subject("The job as it is now.", "job")
