"""Members: people of a company, from the invitation to the removal (docs/domain.md#members)."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from domain.members.roles import Role, scopes_of
from domain.shared.access import Actor, ActorType
from domain.shared.errors import Conflict, ErrorCode, NodeRef
from domain.shared.parsers import fold

# An invitation can be accepted for so long; inviting again begins anew.
INVITATION_LASTS = timedelta(days=7)


class MemberStatus(StrEnum):
    """Where a person stands: invited, signed in at least once, or removed."""

    INVITED = "INVITED"
    ACTIVE = "ACTIVE"
    REMOVED = "REMOVED"


class Member(NamedTuple):
    """A person in one company and environment; at most one for an e-mail address, `email_key` being its folded form.

    `issuer` and `subject` are who the identity provider says the person is, known since the first sign-in. The actor is
    who invited the person last.
    """

    id: str
    tenant_id: int
    email: str
    email_key: str
    name: str | None
    role: Role
    status: MemberStatus
    issuer: str | None
    subject: str | None
    actor_kind: ActorType
    actor_id: str
    actor_name: str
    invited_at: datetime
    joined_at: datetime | None
    removed_at: datetime | None
    last_seen_at: datetime | None
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def ref(self) -> NodeRef:
        return NodeRef("Member", self.id)

    @property
    def scopes(self) -> tuple[str, ...]:
        return scopes_of(Role(self.role))

    @property
    def invited_by(self) -> Actor:
        return Actor(ActorType(self.actor_kind), self.actor_id, self.actor_name)

    @property
    def invitation_expires_at(self) -> datetime | None:
        """Until when the person can accept the invitation; None unless the person is invited."""
        return self.invited_at + INVITATION_LASTS if self.status == MemberStatus.INVITED else None

    @staticmethod
    def derived() -> dict[str, tuple[str, ...]]:
        """The columns that the properties need, for readers that load only the requested columns."""
        return {
            "scopes": ("role",),
            "invited_by": ("actor_kind", "actor_id", "actor_name"),
            "invitation_expires_at": ("status", "invited_at"),
        }


class Identity(NamedTuple):
    """Who an identity provider says that a person is. `email` is given only if the provider has verified it."""

    issuer: str
    subject: str
    email: str | None
    name: str | None = None


class LastAdmin(Conflict):
    """A company that has an active admin keeps one."""

    code = ErrorCode.LAST_ADMIN


class AlreadyMember(Conflict):
    """The person with this address is a member already."""

    code = ErrorCode.ALREADY_EXISTS
    place = ("email",)


class MemberRemoved(Conflict):
    """A removed member has no role."""

    code = ErrorCode.WRONG_STATUS


def is_expired(member: Member, now: datetime) -> bool:
    """Whether the person was invited and has not accepted in time."""
    return member.invitation_expires_at is not None and member.invitation_expires_at <= now


def email_key(email: str) -> str:
    """An e-mail address as people are found by it."""
    return fold(email)


def invited(before: Member | None, blank: Member, name: str | None, role: Role, inviter: Actor, at: datetime) -> Member:
    """The member that an invitation makes: of `blank`, or of the earlier member with the same address. Whoever has not
    joined may be invited again, and whoever was removed. Raises: AlreadyMember."""
    if before is None:
        return blank._replace(name=name, role=role)
    if before.status == MemberStatus.ACTIVE:
        message = f"{before.email} is a member already. Change the role with `setMemberRole`."
        raise AlreadyMember(message, before.ref, before.status, MemberStatus.INVITED)
    return before._replace(
        email=blank.email,
        name=name or before.name,
        role=role,
        status=MemberStatus.INVITED,
        issuer=None,
        subject=None,
        actor_kind=inviter.kind,
        actor_id=inviter.id,
        actor_name=inviter.name,
        invited_at=at,
        joined_at=None,
        removed_at=None,
    )


def with_role(member: Member, role: Role, other_admins: int) -> Member:
    """The member with another role. `other_admins` is how many other active admins there are. Raises: MemberRemoved,
    LastAdmin."""
    if member.status == MemberStatus.REMOVED:
        message = "This member was removed. Invite the person again with `inviteMember`."
        raise MemberRemoved(message, member.ref, member.status)
    if role != Role.ADMIN:
        _check_last_admin(member, other_admins, None)
    return member._replace(role=role)


def removed(member: Member, other_admins: int, at: datetime) -> Member:
    """The member without access; one who was removed before stays as they are. Raises: LastAdmin."""
    if member.status == MemberStatus.REMOVED:
        return member
    _check_last_admin(member, other_admins, MemberStatus.REMOVED)
    return member._replace(status=MemberStatus.REMOVED, removed_at=at)


def joined(member: Member, identity: Identity, at: datetime) -> Member:
    """The member after the person has signed in: the first time they join, and later only their name may change."""
    first = member.status == MemberStatus.INVITED
    return member._replace(
        name=identity.name or member.name,
        status=MemberStatus.ACTIVE,
        issuer=identity.issuer,
        subject=identity.subject,
        joined_at=at if first else member.joined_at,
    )


def recognises(member: Member, identity: Identity) -> bool:
    """Whether a person who has signed in is this member: by the subject, or until it is known by the verified address.

    An address that was given to somebody else at the same provider is not the member any more.
    """
    if member.status == MemberStatus.REMOVED:
        return False
    if member.issuer == identity.issuer:
        return member.subject == identity.subject
    return identity.email is not None and email_key(identity.email) == member.email_key


def _check_last_admin(member: Member, other_admins: int, attempted: MemberStatus | None) -> None:
    """Raises: LastAdmin. An invited admin does not count: whether they ever sign in is not known."""
    if member.role == Role.ADMIN and member.status == MemberStatus.ACTIVE and not other_admins:
        message = "This is the last active admin of the company. Another member must be an admin first."
        raise LastAdmin(message, member.ref, member.status, attempted)
