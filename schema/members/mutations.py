"""Managing members."""

import strawberry

from domain.shared.access import Scope
from domain.use_cases.members import managing
from schema.declare import mutation
from schema.members.inputs import InviteMemberInput, RemoveMemberInput, SetMemberRoleInput
from schema.members.payloads import InviteMemberPayload, RemoveMemberPayload, SetMemberRolePayload


@strawberry.type
class MemberMutations:
    invite_member = mutation(
        "Invites a person to a company by e-mail. A person who has not signed in yet, or who was removed, can be "
        "invited again.",
        Scope.MEMBERS_MANAGE,
        InviteMemberInput,
        managing.invite_member,
        InviteMemberPayload,
    )
    set_member_role = mutation(
        "Gives a member another role, which applies at once. The last active admin of a company keeps the role.",
        Scope.MEMBERS_MANAGE,
        SetMemberRoleInput,
        managing.set_member_role,
        SetMemberRolePayload,
    )
    remove_member = mutation(
        "Removes a member, or withdraws an invitation. Access ends at once, also that of open connections. The last "
        "active admin of a company cannot be removed.",
        Scope.MEMBERS_MANAGE,
        RemoveMemberInput,
        managing.remove_member,
        RemoveMemberPayload,
    )
