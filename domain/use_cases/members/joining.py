"""The first sign-in of a member, and what a later one may change."""

from domain.history.field_changes import field_changes
from domain.members.access import Membership, admit_member
from domain.members.members import Identity, Member, MemberStatus, joined, recognises
from domain.ports.dependencies import Dependencies
from domain.shared.events import EventType, NewEvent, status_change


async def note_sign_in(deps: Dependencies, membership: Membership, identity: Identity) -> Member | None:
    """Note that a person has signed in as a member: the first time they join.

    Returns the member as it is now; None if the person is not this member (any more).
    """
    async with deps.unit_of_work(membership.tenant_scope) as work:
        before = await work.members.lock(membership.member.id)
        if before is None or not recognises(before, identity):
            return None
        after = joined(before, identity, deps.now())
        if after == before:
            return before
        await work.members.save(after)
        kind = EventType.MEMBER_JOINED if before.status == MemberStatus.INVITED else EventType.MEMBER_UPDATED
        event = NewEvent(
            kind,
            after.tenant_id,
            after.ref,
            admit_member(membership._replace(member=after)).actor,
            deps.now(),
            status_change(before, after),
            field_changes=field_changes([before], [after]),
        )
        work.record(event)
        await work.commit()
        return after
