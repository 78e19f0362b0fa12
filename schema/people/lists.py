"""How lists of employees are narrowed and ordered."""

import strawberry

from resolvers.people import employees
from resolvers.people.employees import EmployeeFilters
from schema.declare import ListOf
from schema.people.enums import EmployeeStatus
from schema.shared.enums import OrderDirection
from schema.shared.filters import MUST_HOLD, WORDS, DatedFilter, status_field
from schema.shared.ordering import CREATED, UPDATED, order_input
from schema.shared.origins import OriginFilter, origin_field


@strawberry.input(description=f"Filters for employees. {MUST_HOLD}")
class EmployeeFilter(DatedFilter):
    kind = EmployeeFilters

    status: list[EmployeeStatus] | None = status_field()
    search: str | None = strawberry.field(default=None, description=f"Searches the name and e-mail address. {WORDS}")
    has_assets: bool | None = strawberry.field(
        default=None,
        description="True for employees who have an asset assigned, false for employees who have none.",
    )
    origin: OriginFilter | None = origin_field()


EMPLOYEES = ListOf(
    "employees",
    EmployeeFilter,
    order_input(
        "Employee",
        "employees",
        OrderDirection.ASC,
        NAME="Name, ignoring case.",
        CREATED_AT=CREATED,
        UPDATED_AT=UPDATED,
    ),
    employees.narrow,
    shown_as="Employee",
)
