"""Members of companies, and the roles they have."""

from typing import Any

import strawberry

from domain.members.members import Member as MemberRow
from domain.members.roles import RoleScopes
from domain.shared.access import Scope
from schema.companies.types import Company
from schema.declare import column, edge, identity, type_of
from schema.history.types import history_of
from schema.members.enums import MemberStatus
from schema.members.enums import Role as RoleName
from schema.shared.actors import Actor
from schema.shared.connections import Connection
from schema.shared.enums import descriptions
from schema.shared.lazy import LazyEventConnection
from schema.shared.nodes import Node
from schema.shared.scalars import DateTime, EmailAddress
from schema.shared.statuses import HasStatus


def _description(root: strawberry.Parent[Any]) -> str:
    return descriptions(RoleName)[root.name]


@type_of(RoleScopes)
class Role:
    """A role that members can have: a named set of scopes."""

    name: RoleName = column("Name of the role.")
    description: str = strawberry.field(resolver=_description, description="What the role is for.")
    scopes: list[str] = column("Scopes of the role, such as `quotes:read`.")


@type_of(MemberRow)
class Member(Node, HasStatus):
    """A person of a company who signs in, in one environment."""

    id: strawberry.ID = identity("Member")
    email: EmailAddress = column("E-mail address that the person was invited by, and signs in with at first.")
    name: str | None = column("Name. Null if it was not given and the person has not signed in yet.")
    role: RoleName = column("Role.")
    scopes: list[str] = column("Scopes of the role, which the person has.")
    status: MemberStatus = column("Status.")
    invited_by: Actor = column("The person or program that sent the last invitation.")
    invited_at: DateTime = column("Date and time of the last invitation.")
    invitation_expires_at: DateTime | None = column(
        "Date and time until which the person can sign in for the first time, and after which to invite them again. "
        "Null unless the member is invited."
    )
    joined_at: DateTime | None = column("Date and time when the person signed in for the first time.")
    removed_at: DateTime | None = column("Date and time when the person was removed.")
    last_seen_at: DateTime | None = column("Date and time of the last request, to the minute.")
    company: Company = edge("The company that the person is a member of.", loader="company_by_tenant", key="tenant_id")
    history: LazyEventConnection = history_of(Scope.MEMBERS_MANAGE)
    created_at: DateTime = column("Date and time when the person was invited for the first time.")
    updated_at: DateTime = column("Date and time when the object was last updated.")


@strawberry.type(description="A page of members.")
class MemberConnection(Connection[Member]):
    pass
