"""Use cases of members: invite, set the role, remove (docs/domain.md#members)."""

from dataclasses import dataclass, replace

from domain.history.field_changes import field_changes
from domain.members.members import Member, MemberStatus, email_key, invited, removed, with_role
from domain.members.roles import Role, beyond
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.shared.access import Caller
from domain.shared.errors import ErrorCode, InvalidInput, NotFound, Path, Problem, Problems
from domain.shared.events import EventType, NewEvent, status_change
from domain.shared.ids import parse_reference
from domain.shared.parsers import NAME_LENGTH, email, optional_text
from domain.use_cases.companies.tenants import tenant_of
from domain.use_cases.frame import Command, use_case

MEMBER: Path = ("memberId",)
ROLE: Path = ("role",)


@dataclass(frozen=True, slots=True)
class InviteMember(Command):
    """Invite a person. With a platform key, `company_id` is required."""

    email: str
    role: Role
    name: str | None = None
    company_id: str | None = None


@dataclass(frozen=True, slots=True)
class MemberCommand(Command):
    """A command for the member that the input field `memberId` names."""

    member_id: str

    @property
    def subject(self) -> Path:
        return MEMBER


@dataclass(frozen=True, slots=True)
class SetMemberRole(MemberCommand):
    """Give a member another role."""

    role: Role


@dataclass(frozen=True, slots=True)
class RemoveMember(MemberCommand):
    """Take all access from a member."""


@use_case
async def invite_member(work: UnitOfWork, deps: Dependencies, caller: Caller, command: InviteMember) -> Outcome:
    """Invite a person by e-mail, or invite them again. Raises: InvalidInput, AlreadyMember."""
    tenant_id = await tenant_of(work, caller, command.company_id)
    problems = Problems()
    address = problems.check(("email",), email, command.email)
    name = problems.check(("name",), optional_text, command.name, NAME_LENGTH)
    _check_grant(caller, command.role, problems)
    problems.raise_if_any()
    assert address is not None
    await work.tenants.lock(tenant_id)
    before = await work.members.with_email(tenant_id, email_key(address))
    if before is not None and before.status == MemberStatus.INVITED:
        _check_reach(caller, before, ("email",))
    blank = _blank(deps, caller, tenant_id, address, command.role)
    after = invited(before, blank, name, command.role, caller.actor, deps.now())
    await (work.members.add(after) if before is None else work.members.save(after))
    work.record(_event(EventType.MEMBER_INVITED, before, after, caller, deps))
    return Outcome((after.ref,), () if before is None else status_change(before, after))


@use_case
async def set_member_role(work: UnitOfWork, deps: Dependencies, caller: Caller, command: SetMemberRole) -> Outcome:
    """Give a member another role, which applies at once. Raises: InvalidInput, NotFound, MemberRemoved, LastAdmin."""
    before, other_admins = await _locked(work, command)
    problems = Problems()
    _check_grant(caller, command.role, problems)
    problems.raise_if_any()
    _check_reach(caller, before)
    after = with_role(before, command.role, other_admins)
    if after != before:
        await work.members.save(after)
        work.record(_event(EventType.MEMBER_UPDATED, before, after, caller, deps))
    return Outcome((after.ref,))


@use_case
async def remove_member(work: UnitOfWork, deps: Dependencies, caller: Caller, command: RemoveMember) -> Outcome:
    """Take all access from a member, at once; an invitation is withdrawn. Raises: InvalidInput, NotFound, LastAdmin."""
    before, other_admins = await _locked(work, command)
    _check_reach(caller, before)
    after = removed(before, other_admins, deps.now())
    if after != before:
        await work.members.save(after)
        work.record(_event(EventType.MEMBER_REMOVED, before, after, caller, deps))
    return Outcome((after.ref,), status_change(before, after))


async def _locked(work: UnitOfWork, command: MemberCommand) -> tuple[Member, int]:
    """The member that a command names, locked, and how many other active admins there are, which stays so until the
    end of the unit of work. Raises: InvalidInput, NotFound."""
    given = parse_reference(MEMBER, command.member_id, "Member")
    found = await work.members.find(given)
    if found is None:
        raise NotFound("member", MEMBER)
    # Everybody who changes the members of a company waits here, so that of two admins one stays.
    await work.tenants.lock(found.tenant_id)
    member = await work.members.lock(given)
    assert member is not None, "members are never deleted"
    return member, await work.members.other_admins(member)


def _check_grant(caller: Caller, role: Role, problems: Problems) -> None:
    """Note a role that is wider than what the caller may do."""
    if missing := beyond(role, caller.scopes):
        message = f"{role} may do more than you: it has {', '.join(missing)}. Choose a role within your own scopes."
        problems.add(ROLE, ErrorCode.NOT_ALLOWED, message)


def _check_reach(caller: Caller, member: Member, path: Path = MEMBER) -> None:
    """Raises: InvalidInput, for a member whose role is wider than what the caller may do."""
    if missing := beyond(Role(member.role), caller.scopes):
        message = f"This member is {member.role}, who may do more than you: the role has {', '.join(missing)}."
        raise InvalidInput(Problem(ErrorCode.NOT_ALLOWED, message, path))


def _blank(deps: Dependencies, caller: Caller, tenant_id: int, address: str, role: Role) -> Member:
    """A new member before the name is known."""
    return Member(
        id=deps.new_id(),
        tenant_id=tenant_id,
        email=address,
        email_key=email_key(address),
        name=None,
        role=role,
        status=MemberStatus.INVITED,
        issuer=None,
        subject=None,
        actor_kind=caller.actor.kind,
        actor_id=caller.actor.id,
        actor_name=caller.actor.name,
        invited_at=deps.now(),
        joined_at=None,
        removed_at=None,
        last_seen_at=None,
    )


def _event(kind: EventType, before: Member | None, after: Member, caller: Caller, deps: Dependencies) -> NewEvent:
    event = NewEvent(kind, after.tenant_id, after.ref, caller.actor, deps.now())
    if before is None:
        return event
    return replace(event, changes=status_change(before, after), field_changes=field_changes([before], [after]))
