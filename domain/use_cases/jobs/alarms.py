"""Mails operators when a kind of job has nothing but failures."""

from domain.ports.dependencies import Dependencies
from domain.shared.access import Environment
from domain.shared.job_health import JobAlarm
from domain.shared.messages import Email, EmailKind, Fact
from domain.shared.outbound_errors import OutboundFailure

LONGEST_ERROR = 500


async def mail_alarms(deps: Dependencies) -> None:
    """Mail the operators the alarms that are due. One that reaches none of them is tried again later.

    Raises: ExceptionGroup of OutboundFailure.
    """
    if not deps.operators:
        return
    failures: list[Exception] = []
    for alarm in await deps.alarms.claim_due(deps.now()):
        failed = await _failures_of_mailing(deps, alarm)
        failures += failed
        if len(failed) < len(deps.operators):
            await deps.alarms.mark_mailed(alarm, deps.now())
    if failures:
        raise ExceptionGroup("Not all operators were reached.", failures)


async def _failures_of_mailing(deps: Dependencies, alarm: JobAlarm) -> list[OutboundFailure]:
    failures: list[OutboundFailure] = []
    for address in deps.operators:
        try:
            await deps.external.mailer(Environment.LIVE).send(_email(deps, alarm, address))
        except OutboundFailure as failure:
            failures.append(failure)
    return failures


def _email(deps: Dependencies, alarm: JobAlarm, address: str) -> Email:
    since = alarm.failing_since
    place = address.replace("@", ".at.") if address.isascii() else str(deps.operators.index(address))
    return Email(
        EmailKind.JOBS_FAIL,
        message_id=f"<{alarm.kind}.{since:%Y%m%d%H%M%S%f}.{place}@quotegraph>",
        to=address,
        company="",
        number=str(alarm.kind),
        written_at=deps.now(),
        facts=(
            Fact("Since", f"{since:%Y-%m-%d %H:%M:%S} UTC"),
            Fact("Failures", f"{alarm.failures:,}"),
            Fact("Last error", alarm.last_error[:LONGEST_ERROR]),
        ),
    )
