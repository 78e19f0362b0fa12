"""What mutations of members answer."""

from resolvers.pages import BY_NAME
from schema.declare import new_edge
from schema.members.types import Member
from schema.shared.connections import Edge
from schema.shared.payloads import CHANGES, joined, payload, subject

_MEMBER = "The member after the mutation. Null if the mutation was refused."


@payload(changes=CHANGES)
class InviteMemberPayload:
    """For `inviteMember`."""

    member: Member | None = subject(_MEMBER, "member")
    member_edge: Edge[Member] | None = new_edge(joined("member", "members"), "Member", "members", BY_NAME)


@payload()
class SetMemberRolePayload:
    """For `setMemberRole`."""

    member: Member | None = subject(_MEMBER, "member")


@payload(changes=CHANGES)
class RemoveMemberPayload:
    """For `removeMember`."""

    member: Member | None = subject(_MEMBER, "member")
