"""Jobs that fail or were given up, for operators."""

import json
from typing import Any

import strawberry

from domain.shared import jobs as rows
from domain.shared.access import Scope
from domain.shared.jobs import JobKind, JobStatus
from domain.use_cases.jobs import dead_jobs as use_cases
from domain.use_cases.jobs.dead_jobs import RetryJob
from resolvers.jobs import dead_jobs as jobs
from schema.companies.company import Company
from schema.declare import column, edge, identity, list_root, mutation, type_of
from schema.shared.common import Connection, Node
from schema.shared.enums import Environment, describe
from schema.shared.payloads import payload, subject
from schema.shared.scalars import DateTime

describe(
    JobKind,
    "What a job does.",
    SEND_QUOTE_CREATED="Tells one address that a quote was asked for.",
    SEND_ITEM_ACCEPTED="Tells one address what was accepted in one go.",
    SEND_QUOTE="Sends a quote to one address.",
    SEND_QUOTE_DECLINED="Tells one address that the customer has declined a quote.",
    SEND_SIGNED_COPY="Gives whoever has signed a quote what they have signed.",
    SEND_DEVICE_ACTION="Tells one address how a device action stands.",
    CREATE_TASK="Puts a new quote before the people who price it, in Asana.",
    PLACE_VENDOR_ORDER="Places an order at Tecspal.",
    PLACE_MOVEMENT="Asks Tecspal to bring or fetch a device.",
    FOLLOW_MOVEMENT="Looks how a movement stands at Tecspal.",
    FOLLOW_VENDOR_ORDER="Looks how an order stands at Tecspal, and asks for what is still to be asked.",
)
describe(
    JobStatus,
    "Where a job stands.",
    WAITING="It will be tried, or tried again.",
    DONE="It was done.",
    DEAD="It was given up; an operator can retry it.",
)


def _payload(root: strawberry.Parent[Any]) -> str:
    return json.dumps(root.payload, sort_keys=True)


@type_of(rows.Job)
class Job(Node):
    """Work that follows from an event, such as a letter or an order at the vendor."""

    id: strawberry.ID = identity("Job")
    kind: JobKind = column("What it does.")
    status: JobStatus = column("Where it stands.")
    environment: Environment = column("Of which set of data.")
    company: Company = edge("Of which company.", loader="company_by_tenant", key="tenant_id")
    payload: str = strawberry.field(resolver=_payload, description="What it works on, as JSON.")
    attempts: int = column("How often it was tried.")
    last_error: str | None = column("How the last attempt failed, or what it waits for.")
    failures: int = column("How many attempts have failed since the last that did its part.")
    run_at: DateTime = column("When it was last due.")
    next_run_at: DateTime | None = column("When it is tried next; null when it is done or was given up.")
    created_at: DateTime = column("Since when it exists.")
    finished_at: DateTime | None = column("When it was done or given up.")


@strawberry.type(description="A page of jobs.")
class JobConnection(Connection[Job]):
    pass


@strawberry.input(description="Which job to retry.")
class RetryJobInput:
    id: strawberry.ID = strawberry.field(description="The job.")

    def command(self) -> RetryJob:
        return RetryJob(self.id)


@payload(changes="Every status of a vendor order that moved.", errors="Why nothing was done.")
class RetryJobPayload:
    """What came of retrying a job."""

    job: Job | None = subject("The job as it is now.", "job")


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


@strawberry.type
class JobMutations:
    retry_job: RetryJobPayload | None = mutation(
        "Try a dead job again. What it may have done before is looked for first.",
        Scope.JOBS_MANAGE,
        RetryJobInput,
        use_cases.retry_job,
    )
