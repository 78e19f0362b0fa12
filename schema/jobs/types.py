"""Jobs that fail or were given up, for operators."""

import strawberry

from domain.shared.jobs import Job as JobRow
from schema.companies.types import Company
from schema.declare import column, edge, identity, type_of
from schema.jobs.enums import JobStatus, JobType
from schema.shared.connections import Connection
from schema.shared.enums import Environment
from schema.shared.nodes import Node
from schema.shared.scalars import JSON, DateTime
from schema.shared.statuses import HasStatus


@type_of(JobRow)
class Job(Node, HasStatus):
    """Work that follows from an event, such as sending an e-mail or placing a vendor order."""

    id: strawberry.ID = identity("Job")
    type: JobType = column("Type of the job.", attribute="kind")
    status: JobStatus = column("Status.")
    environment: Environment = column("Environment of the job.")
    company: Company = edge("The company that the job belongs to.", loader="company_by_tenant", key="tenant_id")
    payload: JSON = column("Parameters of the job.")
    attempts: int = column("Number of attempts.")
    last_error: str | None = column("Error of the last attempt, or what the job waits for.")
    failures: int = column("Number of failed attempts since the last success.")
    run_at: DateTime = column("Date and time when the job was last due.")
    next_run_at: DateTime | None = column("Date and time of the next attempt. Null unless the job is waiting.")
    created_at: DateTime = column("Date and time when the job was created.")
    updated_at: DateTime = column("Date and time when the object was last updated.")
    finished_at: DateTime | None = column("Date and time when the job was done, became dead or was discarded.")


@strawberry.type(description="A page of jobs.")
class JobConnection(Connection[Job]):
    pass
