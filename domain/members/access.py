"""What a signed-in member may do (docs/domain.md#members)."""

from typing import NamedTuple

from domain.members.members import Member, MemberStatus
from domain.shared.access import ActorType, Caller, CredentialType, Environment, Forbidden, Person, TenantScope
from domain.shared.times import UTC_ZONE


class Membership(NamedTuple):
    """A member, and the company and environment that they are a member of."""

    member: Member
    company_id: str
    company_code: str
    environment: Environment
    api_enabled: bool = True
    time_zone: str = UTC_ZONE
    company_name: str = ""

    @property
    def tenant_scope(self) -> TenantScope:
        return TenantScope(self.environment, self.member.tenant_id)


def person_of(member: Member) -> Person:
    """The person that a member is, who is the actor of what they do."""
    return Person(member.name or member.email, member.email)


def admit_member(membership: Membership | None) -> Caller:
    """The caller that a member is, with the scopes of their role.

    Raises: Forbidden, for a person who is not a member (any more), or if access of the company is switched off.
    """
    if membership is None or membership.member.status == MemberStatus.REMOVED:
        raise Forbidden("You are not a member of this company. Ask one of its admins to invite you.")
    if not membership.api_enabled:
        raise Forbidden("API access is switched off for this company.")
    member = membership.member
    return Caller(
        member.id,
        member.name or member.email,
        membership.environment,
        membership.company_id,
        member.tenant_id,
        frozenset(member.scopes),
        kind=ActorType.PERSON,
        time_zone=membership.time_zone,
        credential=CredentialType.IDENTITY_TOKEN,
        person=person_of(member),
    )
