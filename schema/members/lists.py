"""How lists of members are narrowed and ordered."""

import strawberry

from resolvers.members import members
from resolvers.members.members import MemberFilters
from schema.declare import ListOf
from schema.members.enums import MemberStatus, Role
from schema.shared.enums import OrderDirection
from schema.shared.filters import MUST_HOLD, WORDS, DatedFilter, status_field
from schema.shared.ordering import CREATED, UPDATED, order_input


@strawberry.input(description=f"Filters for members. {MUST_HOLD}")
class MemberFilter(DatedFilter):
    kind = MemberFilters

    status: list[MemberStatus] | None = status_field()
    role: list[Role] | None = strawberry.field(default=None, description="Only members with one of these roles.")
    search: str | None = strawberry.field(default=None, description=f"Searches the name and e-mail address. {WORDS}")


MEMBERS = ListOf(
    "members",
    MemberFilter,
    order_input(
        "Member",
        "members",
        OrderDirection.ASC,
        NAME="Name, or else the e-mail address, ignoring case.",
        CREATED_AT=CREATED,
        UPDATED_AT=UPDATED,
    ),
    members.narrow,
)
