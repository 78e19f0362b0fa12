"""What a sign-in makes of a member, and the e-mail before it."""

from typing import Any

from domain.members.access import Membership
from domain.members.members import INVITATION_LASTS, Identity, Member, MemberStatus
from domain.members.roles import Role
from domain.shared.access import ActorType, Environment
from domain.shared.jobs import JobStatus, JobType
from domain.shared.times import printed
from domain.use_cases.members.joining import note_sign_in
from domain.use_cases.members.managing import InviteMember, RemoveMember, invite_member, remove_member
from domain.use_cases.worker.dispatch import run
from tests.builders import a_member
from tests.fakes.storage import World
from tests.use_cases.members.test_managing import ADMIN, a_world

IDENTITY = Identity("https://id.example", "mira-1", "mira@austral.example", "Mira Sol")


def membership(member: Member) -> Membership:
    return Membership(member, "c", "AUSTRAL", Environment.LIVE)


def an_invited_member(**given: Any) -> Member:
    return a_member(status=MemberStatus.INVITED, issuer=None, subject=None, joined_at=None, name=None, **given)


async def test_the_first_sign_in_joins_by_the_person_themselves_and_the_next_is_no_event():
    invited = an_invited_member()
    world = a_world(invited)
    first = await note_sign_in(world.deps, membership(invited), IDENTITY)
    world.clock.move(hours=1)
    second = await note_sign_in(world.deps, membership(invited), IDENTITY)
    assert first == second == world.memory.members[invited.id]
    assert (first.status, first.subject, first.name) == (MemberStatus.ACTIVE, "mira-1", "Mira Sol")
    [event] = world.memory.events
    assert (event.type, event.actor) == ("MEMBER_JOINED", (ActorType.PERSON, "mira@austral.example", "Mira Sol"))


async def test_who_was_removed_meanwhile_or_is_somebody_else_does_not_join():
    invited, gone = an_invited_member(), an_invited_member(email="leo@austral.example")
    world = a_world(invited, gone._replace(status=MemberStatus.REMOVED))
    assert await note_sign_in(world.deps, membership(gone), IDENTITY._replace(email=gone.email)) is None
    assert await note_sign_in(world.deps, membership(invited), IDENTITY._replace(email="eva@austral.example")) is None
    assert world.memory.events == []


async def run_invitations(world: World) -> None:
    for job in list(world.memory.jobs.values()):
        if job.kind == JobType.SEND_INVITATION and job.status == JobStatus.WAITING:
            await run(world.deps, job)


async def test_the_invitation_says_who_invites_to_what_and_where_to_sign_in():
    world = a_world()
    await invite_member(world.deps, ADMIN, InviteMember("mira@austral.example", Role.APPROVER))
    await run_invitations(world)
    [email] = world.external.mail.letters
    assert (email.to, email.company) == ("mira@austral.example", "Austral")
    assert email.link == "http://127.0.0.1:8000/graphql?company=AUSTRAL"
    facts = {it.label: it.value for it in email.facts}
    [member] = world.memory.members.values()
    assert facts["Sign in until"] == printed(member.invited_at + INVITATION_LASTS)
    assert (facts["Role"], facts["Invited by"], facts["Company"]) == ("Approver", ADMIN.name, "Austral")


async def test_nothing_is_sent_to_who_was_removed_before():
    world = a_world()
    outcome = await invite_member(world.deps, ADMIN, InviteMember("mira@austral.example", Role.APPROVER))
    await remove_member(world.deps, ADMIN, RemoveMember(outcome.id_of("Member") or ""))
    await run_invitations(world)
    assert world.external.mail.letters == []
