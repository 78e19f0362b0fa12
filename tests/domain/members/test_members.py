"""Who a member is, and what may become of one."""

from typing import Any

import pytest

from domain.members.access import Membership, admit_member
from domain.members.members import (
    AlreadyMember,
    Identity,
    LastAdmin,
    Member,
    MemberRemoved,
    MemberStatus,
    invited,
    joined,
    recognises,
    removed,
    with_role,
)
from domain.members.roles import SCOPES, Role
from domain.shared.access import ActorType, Environment, Forbidden
from tests.builders import ANA, LATER, a_member

ISSUER = "https://id.example"


def an_identity(**given: Any) -> Identity:
    return Identity(ISSUER, "mira-1", "mira@austral.example", "Mira Sol")._replace(**given)


def an_invited_member(**given: Any) -> Member:
    waiting: dict[str, Any] = {"status": MemberStatus.INVITED, "issuer": None, "subject": None, "joined_at": None}
    return a_member(**{**waiting, **given})


def test_an_active_member_is_not_invited_and_keeps_the_role():
    member = a_member()
    with pytest.raises(AlreadyMember, match="setMemberRole"):
        invited(member, member, None, Role.ADMIN, ANA, LATER)


def test_who_was_removed_is_invited_as_the_same_member_and_must_sign_in_again():
    gone = a_member(status=MemberStatus.REMOVED, removed_at=LATER)
    again = invited(gone, a_member(email="Mira@austral.example"), None, Role.BUYER, ANA, LATER)
    assert (again.id, again.email, again.name) == (gone.id, "Mira@austral.example", gone.name)
    assert (again.role, again.status, again.invited_at) == (Role.BUYER, MemberStatus.INVITED, LATER)
    assert (again.issuer, again.subject, again.joined_at, again.removed_at) == (None, None, None, None)


def test_the_last_active_admin_neither_gets_another_role_nor_is_removed():
    admin = a_member(Role.ADMIN)
    with pytest.raises(LastAdmin):
        with_role(admin, Role.BUYER, other_admins=0)
    with pytest.raises(LastAdmin):
        removed(admin, other_admins=0, at=LATER)
    assert with_role(admin, Role.ADMIN, other_admins=0) == admin
    assert with_role(admin, Role.BUYER, other_admins=1).role == Role.BUYER
    assert removed(admin, other_admins=1, at=LATER).status == MemberStatus.REMOVED


def test_an_admin_who_never_signed_in_can_be_removed_by_whoever_mistyped_the_address():
    mistyped = an_invited_member(role=Role.ADMIN)
    assert removed(mistyped, other_admins=0, at=LATER).removed_at == LATER


def test_a_removed_member_has_no_role_and_is_removed_once():
    gone = removed(a_member(), other_admins=1, at=LATER)
    assert removed(gone, other_admins=0, at=LATER.replace(year=2027)) == gone
    with pytest.raises(MemberRemoved, match="inviteMember"):
        with_role(gone, Role.VIEWER, other_admins=1)


def test_an_invited_person_is_known_by_the_verified_address_in_any_case():
    member = an_invited_member()
    assert recognises(member, an_identity(email="MIRA@austral.example"))
    assert not recognises(member, an_identity(email="other@austral.example"))
    assert not recognises(member, an_identity(email=None))


def test_who_has_joined_is_known_by_the_subject_whatever_the_address_is_now():
    member = a_member()
    assert recognises(member, an_identity(email="mira.new@austral.example"))
    assert not recognises(member, an_identity(subject="successor-at-the-same-address"))
    assert recognises(member, an_identity(issuer="https://new-provider.example", subject="other"))


def test_a_removed_member_is_recognised_by_nothing():
    assert not recognises(a_member(status=MemberStatus.REMOVED), an_identity())


def test_the_first_sign_in_joins_and_later_ones_only_take_over_the_name():
    first = joined(an_invited_member(name=None), an_identity(), LATER)
    assert (first.status, first.subject, first.name, first.joined_at) == ("ACTIVE", "mira-1", "Mira Sol", LATER)
    later = joined(first, an_identity(name="Mira Luna"), LATER.replace(year=2027))
    assert later == first._replace(name="Mira Luna")
    assert joined(first, an_identity(name=None), LATER) == first


def test_a_member_calls_as_a_person_with_the_scopes_of_the_role():
    member = a_member(Role.APPROVER)
    caller = admit_member(Membership(member, "c", "AUSTRAL", Environment.LIVE, time_zone="America/Montevideo"))
    assert caller.actor == (ActorType.PERSON, "mira@austral.example", "Mira Sol")
    assert caller.scopes == SCOPES[Role.APPROVER]
    assert caller.tenant_scope == (Environment.LIVE, member.tenant_id)
    assert (caller.company_id, caller.time_zone) == ("c", "America/Montevideo")


def test_who_is_no_member_or_removed_or_of_a_company_without_access_is_refused():
    for membership in (None, Membership(a_member(status=MemberStatus.REMOVED), "c", "A", Environment.LIVE)):
        with pytest.raises(Forbidden, match="not a member"):
            admit_member(membership)
    with pytest.raises(Forbidden, match="switched off"):
        admit_member(Membership(a_member(), "c", "A", Environment.LIVE, api_enabled=False))
