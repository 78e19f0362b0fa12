"""The e-mail that invites a person to sign in."""

from domain.companies.company import Tenant
from domain.members.members import Member, MemberStatus
from domain.ports.dependencies import Dependencies
from domain.shared.jobs import Job
from domain.shared.messages import Email, EmailKind, Fact
from domain.shared.times import printed


async def send_invitation(deps: Dependencies, job: Job) -> None:
    """Invite a person by e-mail. Nothing is sent to who has joined or was removed since. Raises: OutboundFailure."""
    async with deps.unit_of_work(job.tenant_scope) as work:
        member = await work.members.lock(job.payload["memberId"])
        if member is None or member.status != MemberStatus.INVITED:
            return
        tenant = await work.tenants.by_id(job.tenant_id)
    email = Email(
        kind=EmailKind.MEMBER_INVITED,
        message_id=f"<{job.id}@quotegraph>",
        to=member.email,
        company=tenant.company_name,
        number=member.role.capitalize(),
        written_at=deps.now(),
        facts=tuple(_facts(member, tenant)),
        link=deps.links.sign_in(tenant.company_code, tenant.environment),
    )
    await deps.external.mailer(job.environment).send(email)


def _facts(member: Member, tenant: Tenant) -> list[Fact]:
    expires_at = member.invitation_expires_at
    facts = (
        ("Company", tenant.company_name),
        ("Role", member.role.capitalize()),
        ("Sign in as", member.email),
        ("Invited by", member.actor_name),
        ("Sign in until", printed(expires_at, tenant.time_zone) if expires_at else ""),
    )
    return [Fact(label, value) for label, value in facts if value]
