"""Reading members and roles."""

import strawberry

from domain.members.roles import all_roles
from domain.shared.access import Scope
from resolvers.nodes import node_by_id
from schema.declare import list_root, one_root, root
from schema.members.inputs import MemberBy
from schema.members.lists import MEMBERS
from schema.members.types import Member, MemberConnection, Role


@strawberry.type
class MemberQueries:
    member: Member | None = one_root(
        "Returns a member, or null if there is none.", Scope.MEMBERS_MANAGE, node_by_id("Member"), MemberBy
    )

    members: MemberConnection | None = list_root(
        "Returns members, by default by name. Removed members are among them.",
        Scope.MEMBERS_MANAGE,
        "members",
        MEMBERS,
    )

    @root("Returns the roles that members can have, with their scopes. Requires no scope.")
    def roles() -> list[Role]:
        return list(all_roles())  # type: ignore[arg-type]
