"""Jobs that fail or were given up, for operators."""

import json
from typing import Any

import strawberry

from domain.shared.jobs import Job as JobRow
from schema.companies.types import Company
from schema.declare import column, edge, identity, type_of
from schema.jobs.enums import JobKind, JobStatus
from schema.shared.connections import Connection
from schema.shared.enums import Environment
from schema.shared.nodes import Node
from schema.shared.scalars import DateTime


def _payload(root: strawberry.Parent[Any]) -> str:
    return json.dumps(root.payload, sort_keys=True)


@type_of(JobRow)
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
