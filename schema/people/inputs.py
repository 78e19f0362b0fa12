"""What employees are found by."""

import strawberry

from schema.shared.origins import ExternalBy, external_field
from schema.shared.scalars import EmailAddress


@strawberry.input(one_of=True, description="Identifies the employee.")
class EmployeeBy:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Global ID.")
    email: EmailAddress | None = strawberry.field(
        default=strawberry.UNSET,
        description="E-mail address, ignoring case. If several companies have an employee with it, a platform key "
        "gets an `AMBIGUOUS` error that lists their IDs.",
    )
    external: ExternalBy | None = external_field()
