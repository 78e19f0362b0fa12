"""What employees are found by."""

import strawberry

from resolvers.people.employees import EmployeeFilters
from schema.people.enums import EmployeeStatus
from schema.shared.filters import MUST_HOLD, WORDS
from schema.shared.scalars import EmailAddress


@strawberry.input(description=f"Which employees. {MUST_HOLD}")
class EmployeeFilter:
    status: list[EmployeeStatus] | None = strawberry.field(default=None, description="With one of these statuses.")
    search: str | None = strawberry.field(default=None, description=f"In name or address: {WORDS}")
    has_assets: bool | None = strawberry.field(
        default=None,
        description="Who has a device in use, or with false who has none.",
    )

    def filters(self) -> EmployeeFilters:
        return EmployeeFilters(self.status, self.search, self.has_assets)


@strawberry.input(one_of=True, description="How to name an employee.")
class EmployeeBy:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="By id.")
    email: EmailAddress | None = strawberry.field(
        default=strawberry.UNSET,
        description="By address, in any case. If several companies have one, a platform key is told their ids.",
    )
