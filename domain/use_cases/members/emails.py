"""The e-mail that invites a person to sign in."""

from domain.members.members import Member, MemberStatus
from domain.ports.dependencies import Dependencies
from domain.shared.jobs import Job
from domain.shared.messages import Email, EmailKind, Fact


async def send_invitation(deps: Dependencies, job: Job) -> None:
    """Invite a person by e-mail. Nothing is sent to who has joined or was removed since. Raises: OutboundFailure."""
    async with deps.unit_of_work(job.tenant_scope) as work:
        member = await work.members.lock(job.payload["memberId"])
        if member is None or member.status != MemberStatus.INVITED:
            return
        company = (await work.tenants.by_id(job.tenant_id)).company_name
    email = Email(
        kind=EmailKind.MEMBER_INVITED,
        message_id=f"<{job.id}@quotegraph>",
        to=member.email,
        company=company,
        number=member.role.capitalize(),
        written_at=deps.now(),
        facts=tuple(_facts(member, company)),
        link=deps.links.sign_in(),
    )
    await deps.external.mailer(job.environment).send(email)


def _facts(member: Member, company: str) -> list[Fact]:
    facts = (
        ("Company", company),
        ("Role", member.role.capitalize()),
        ("Sign in as", member.email),
        ("Invited by", member.actor_name),
    )
    return [Fact(label, value) for label, value in facts]
