"""Inviting people, giving them roles, and removing them."""

import pytest

from domain.members.members import AlreadyMember, LastAdmin, Member, MemberStatus
from domain.members.roles import SCOPES, Role
from domain.shared.access import Caller, Scope
from domain.shared.errors import ErrorCode, InvalidInput, NotFound
from domain.shared.ids import new_id
from domain.shared.jobs import JobType
from domain.use_cases.members.managing import (
    InviteMember,
    RemoveMember,
    SetMemberRole,
    invite_member,
    remove_member,
    set_member_role,
)
from tests.builders import TENANT, a_caller, a_member
from tests.fakes.storage import World

ADMIN = a_caller(scopes=frozenset(map(str, SCOPES[Role.ADMIN])))
HELP_DESK = a_caller(scopes=frozenset({*SCOPES[Role.VIEWER], Scope.MEMBERS_MANAGE}))
PLATFORM = a_caller(None, scopes=frozenset(map(str, Scope)))
MIRA = InviteMember("Mira@Austral.example", Role.REQUESTER, " Mira Sol ")


def a_world(*members: Member) -> World:
    world = World()
    world.memory.members.update({it.id: it for it in members})
    return world


async def test_an_invitation_makes_a_member_an_event_and_an_email():
    world = a_world()
    outcome = await invite_member(world.deps, ADMIN, MIRA)
    [member] = world.memory.members.values()
    assert outcome.subjects == (member.ref,)
    assert (member.email, member.email_key) == ("Mira@austral.example", "mira@austral.example")
    assert (member.name, member.role, member.status) == ("Mira Sol", Role.REQUESTER, MemberStatus.INVITED)
    assert member.invited_by == ADMIN.actor
    assert world.memory.event_types == ["MEMBER_INVITED"]
    [job] = world.memory.jobs.values()
    assert (job.kind, job.payload) == (JobType.SEND_INVITATION, {"memberId": member.id})


async def test_who_has_not_joined_is_invited_again_with_another_role_and_another_email():
    world = a_world()
    await invite_member(world.deps, ADMIN, MIRA)
    world.clock.move(hours=1)
    await invite_member(world.deps, ADMIN, InviteMember("mira@austral.example", Role.BUYER))
    [member] = world.memory.members.values()
    assert (member.role, member.name, member.invited_at) == (Role.BUYER, "Mira Sol", world.clock())
    assert len(world.memory.jobs) == 2


async def test_an_active_member_is_not_invited_again():
    world = a_world(a_member())
    with pytest.raises(AlreadyMember):
        await invite_member(world.deps, ADMIN, MIRA)
    assert world.memory.events == []


async def test_the_same_address_may_be_a_member_of_two_companies():
    world = a_world(a_member(tenant_id=TENANT + 1))
    await invite_member(world.deps, ADMIN, MIRA)
    assert {it.tenant_id for it in world.memory.members.values()} == {TENANT, TENANT + 1}


async def test_everything_that_is_wrong_with_an_invitation_is_said_at_once():
    with pytest.raises(InvalidInput) as refused:
        await invite_member(a_world().deps, HELP_DESK, InviteMember("nobody", Role.APPROVER, "x" * 201))
    assert [(it.path, it.code) for it in refused.value.problems] == [
        (("email",), ErrorCode.INVALID_EMAIL),
        (("name",), ErrorCode.TOO_LONG),
        (("role",), ErrorCode.NOT_ALLOWED),
    ]


@pytest.mark.parametrize(
    ("caller", "role", "lacking"),
    [(ADMIN, Role.OPERATOR, "quotes:manage"), (HELP_DESK, Role.REQUESTER, "quotes:write")],
)
async def test_nobody_grants_a_role_wider_than_their_own(caller: Caller, role: Role, lacking: str):
    member = a_member(Role.VIEWER)
    world = a_world(member)
    with pytest.raises(InvalidInput, match=lacking):
        await invite_member(world.deps, caller, InviteMember("new@austral.example", role))
    with pytest.raises(InvalidInput, match=lacking):
        await set_member_role(world.deps, caller, SetMemberRole(member.id, role))
    assert world.memory.events == []


async def test_nobody_changes_or_removes_or_invites_anew_who_may_do_more():
    member = a_member(Role.BUYER)
    invited = a_member(Role.BUYER, email="leo@austral.example", status=MemberStatus.INVITED)
    world = a_world(member, invited)
    with pytest.raises(InvalidInput, match="BUYER"):
        await set_member_role(world.deps, HELP_DESK, SetMemberRole(member.id, Role.VIEWER))
    with pytest.raises(InvalidInput, match="BUYER"):
        await remove_member(world.deps, HELP_DESK, RemoveMember(member.id))
    with pytest.raises(InvalidInput, match="BUYER"):
        await invite_member(world.deps, HELP_DESK, InviteMember(invited.email, Role.VIEWER))


async def test_a_platform_key_gives_a_company_its_first_admin():
    world = a_world()
    company = world.memory.tenants[TENANT].company_id
    await invite_member(world.deps, PLATFORM, InviteMember("mira@austral.example", Role.ADMIN, company_id=company))
    assert [(it.tenant_id, it.role) for it in world.memory.members.values()] == [(TENANT, Role.ADMIN)]
    with pytest.raises(InvalidInput, match="names the company"):
        await invite_member(world.deps, PLATFORM, InviteMember("mira@austral.example", Role.ADMIN))


async def test_a_role_that_is_set_is_in_the_history_and_the_same_role_is_not():
    member = a_member(Role.VIEWER)
    world = a_world(member)
    await set_member_role(world.deps, ADMIN, SetMemberRole(member.id, Role.APPROVER))
    await set_member_role(world.deps, ADMIN, SetMemberRole(member.id, Role.APPROVER))
    assert world.memory.members[member.id].role == Role.APPROVER
    [event] = world.memory.events
    [change] = event.field_changes
    assert (event.type, change.field, change.before, change.after) == ("MEMBER_UPDATED", "role", "VIEWER", "APPROVER")


async def test_a_removed_member_is_in_the_changes_and_removing_again_changes_nothing():
    member = a_member()
    world = a_world(member)
    outcome = await remove_member(world.deps, ADMIN, RemoveMember(member.id))
    again = await remove_member(world.deps, ADMIN, RemoveMember(member.id))
    [change] = outcome.changes
    assert (change.from_status, change.to_status, again.changes) == ("ACTIVE", "REMOVED", ())
    assert world.memory.event_types == ["MEMBER_REMOVED"]


async def test_of_two_admins_one_stays():
    first, second = a_member(Role.ADMIN), a_member(Role.ADMIN, email="leo@austral.example")
    invited = a_member(Role.ADMIN, email="eva@austral.example", status=MemberStatus.INVITED)
    elsewhere = a_member(Role.ADMIN, tenant_id=TENANT + 1)
    world = a_world(first, second, invited, elsewhere)
    await remove_member(world.deps, ADMIN, RemoveMember(first.id))
    with pytest.raises(LastAdmin):
        await remove_member(world.deps, ADMIN, RemoveMember(second.id))
    with pytest.raises(LastAdmin):
        await set_member_role(world.deps, PLATFORM, SetMemberRole(second.id, Role.BUYER))


async def test_another_companys_member_is_answered_as_one_that_does_not_exist():
    other = a_member(tenant_id=TENANT + 1)
    world = a_world(other)
    for member_id in (other.id, new_id()):
        with pytest.raises(NotFound, match="no member"):
            await remove_member(world.deps, ADMIN, RemoveMember(member_id))
        with pytest.raises(NotFound, match="no member"):
            await set_member_role(world.deps, ADMIN, SetMemberRole(member_id, Role.VIEWER))


async def test_a_dry_run_invites_nobody():
    world = a_world()
    await invite_member(world.deps, ADMIN, InviteMember("mira@austral.example", Role.VIEWER, dry_run=True))
    assert (world.memory.members, world.memory.jobs) == ({}, {})
