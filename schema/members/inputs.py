"""What one sends to manage members."""

import strawberry

from domain.use_cases.members.managing import InviteMember, RemoveMember, SetMemberRole
from schema.members.enums import Role
from schema.shared.inputs import company_id_field, dry_run_field
from schema.shared.scalars import EmailAddress

_ROLE = "The role. It must not have a scope that the caller lacks."


@strawberry.input(one_of=True, description="Identifies the member.")
class MemberBy:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Global ID.")


@strawberry.input(description="Input for `inviteMember`.")
class InviteMemberInput:
    email: EmailAddress = strawberry.field(
        description="E-mail address that the invitation is sent to. The person joins by signing in with it."
    )
    role: Role = strawberry.field(description=_ROLE)
    name: str | None = strawberry.field(
        default=None, description="Name, at most 200 characters. Signing in replaces it by the person's own."
    )
    company_id: strawberry.ID | None = company_id_field()
    dry_run: bool = dry_run_field()

    def command(self) -> InviteMember:
        return InviteMember(self.email, self.role, self.name, self.company_id)


@strawberry.input(description="Input for `setMemberRole`.")
class SetMemberRoleInput:
    member_id: strawberry.ID = strawberry.field(description="The member.")
    role: Role = strawberry.field(description=_ROLE)
    dry_run: bool = dry_run_field()

    def command(self) -> SetMemberRole:
        return SetMemberRole(self.member_id, self.role)


@strawberry.input(description="Input for `removeMember`.")
class RemoveMemberInput:
    member_id: strawberry.ID = strawberry.field(description="The member.")
    dry_run: bool = dry_run_field()

    def command(self) -> RemoveMember:
        return RemoveMember(self.member_id)
