"""What employees are found by."""

import strawberry

from resolvers.people.employees import EmployeeFilters
from schema.people.enums import EmployeeStatus
from schema.shared.filters import MUST_HOLD, WORDS
from schema.shared.scalars import EmailAddress


@strawberry.input(description=f"Filters for employees. {MUST_HOLD}")
class EmployeeFilter:
    status: list[EmployeeStatus] | None = strawberry.field(
        default=None, description="Only objects with one of these statuses."
    )
    search: str | None = strawberry.field(default=None, description=f"Searches the name and e-mail address. {WORDS}")
    has_assets: bool | None = strawberry.field(
        default=None,
        description="True for employees who have an asset assigned, false for employees who have none.",
    )

    def filters(self) -> EmployeeFilters:
        return EmployeeFilters(self.status, self.search, self.has_assets)


@strawberry.input(one_of=True, description="Identifies the employee.")
class EmployeeBy:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Global ID.")
    email: EmailAddress | None = strawberry.field(
        default=strawberry.UNSET,
        description="E-mail address, ignoring case. If several companies have an employee with it, a platform key "
        "gets an `AMBIGUOUS` error that lists their IDs.",
    )
