"""The e-mail that tells a company that one of its webhook endpoints was disabled."""

from domain.ports.dependencies import Dependencies
from domain.shared.jobs import Job
from domain.shared.messages import Email, EmailKind, Fact
from domain.shared.times import printed
from domain.webhooks.endpoints import DisabledReason, WebhookEndpoint, host_of


async def send_webhook_disabled(deps: Dependencies, job: Job) -> None:
    """Tell the contact of a company that an endpoint was disabled because it failed for days. Nothing is sent if it was
    enabled again or deleted since, or if the company has no contact.

    Raises: OutboundFailure.
    """
    async with deps.unit_of_work(job.tenant_scope) as work:
        endpoint = await work.webhooks.lock(job.payload["endpointId"])
        if endpoint is None or endpoint.disabled_reason != DisabledReason.FAILING:
            return
        tenant = await work.tenants.by_id(job.tenant_id)
        address = await work.tenants.contact_email(job.tenant_id)
    if address is None:
        return
    email = Email(
        kind=EmailKind.WEBHOOK_DISABLED,
        message_id=f"<{job.id}@quotegraph>",
        to=address,
        company=tenant.company_name,
        number=host_of(endpoint),
        written_at=deps.now(),
        facts=tuple(_facts(endpoint, tenant.time_zone)),
    )
    await deps.external.mailer(job.environment).send(email)


def _facts(endpoint: WebhookEndpoint, time_zone: str) -> list[Fact]:
    since = endpoint.failing_since
    facts = (
        ("Address", endpoint.url),
        ("Description", endpoint.description),
        ("Events", ", ".join(endpoint.events)),
        ("Failing since", since and printed(since, time_zone)),
    )
    return [Fact(label, value) for label, value in facts if value]
