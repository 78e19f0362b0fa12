"""How lists of jobs are narrowed and ordered. Which statuses their jobs have is what the lists are."""

import strawberry

from resolvers.jobs import jobs
from resolvers.jobs.jobs import JobFilters
from schema.declare import ListOf
from schema.jobs.enums import JobType
from schema.shared.enums import OrderDirection
from schema.shared.filters import MUST_HOLD, DatedFilter
from schema.shared.ordering import CREATED, order_input


@strawberry.input(description=f"Filters for jobs. {MUST_HOLD}")
class JobFilter(DatedFilter):
    kind = JobFilters

    type: list[JobType] | None = strawberry.field(default=None, description="Only jobs of these types.")


JOBS = ListOf(
    "jobs",
    JobFilter,
    order_input(
        "Job",
        "jobs",
        OrderDirection.DESC,
        CREATED_AT=CREATED,
        RUN_AT="Date and time when the job was last due or is next due.",
    ),
    jobs.narrow,
)
