"""Operators get one e-mail of a kind of job that has nothing but failures."""

from dataclasses import replace

import pytest

from domain.ports.alarms import NoJobAlarms
from domain.shared.job_health import JobAlarm
from domain.shared.jobs import JobType
from domain.shared.messages import EmailKind
from domain.shared.outbound_errors import Unavailable
from domain.use_cases.jobs.alarms import mail_alarms
from tests.builders import LATER, NOW
from tests.fakes.storage import World

ALARM = JobAlarm(JobType.PLACE_VENDOR_ORDER, NOW, LATER, 1_200, "Uncertain: 401 Unauthorized access", True)


class Due(NoJobAlarms):
    """One alarm that is due until its e-mail was sent."""

    def __init__(self) -> None:
        self.left = [ALARM]

    async def claim_due(self, now):
        return list(self.left)

    async def mark_mailed(self, alarm, now):
        self.left.remove(alarm)


def operated(world: World, *operators: str):
    return replace(world.deps, alarms=Due(), operators=operators)


async def test_every_operator_is_told_what_fails_since_when_and_why():
    world = World()
    deps = operated(world, "ops@quip.example", "ida@quip.example")
    await mail_alarms(deps)
    await mail_alarms(deps)
    assert [it.to for it in world.external.mail.letters] == ["ops@quip.example", "ida@quip.example"]
    email = world.external.mail.letters[0]
    assert (email.kind, email.number) == (EmailKind.JOBS_FAIL, "PLACE_VENDOR_ORDER")
    assert [it.value for it in email.facts] == ["2026-11-22 09:30:00 UTC", "1,200", ALARM.last_error]
    assert len({it.message_id for it in world.external.mail.letters}) == 2


async def test_without_operators_nothing_is_sent_and_nothing_is_claimed():
    world = World()
    deps = operated(world)
    await mail_alarms(deps)
    assert (world.external.mail.letters, len(deps.alarms.left)) == ([], 1)


async def test_an_alarm_that_reaches_nobody_is_sent_later_with_the_same_message_id():
    world = World()
    deps = operated(world, "ops@quip.example")
    world.external.mail.failures = [Unavailable("no connection")]
    with pytest.raises(ExceptionGroup):
        await mail_alarms(deps)
    world.clock.move(seconds=60)
    await mail_alarms(deps)
    [email] = world.external.mail.letters
    assert "20261122093000" in email.message_id
    assert deps.alarms.left == []


async def test_an_operator_whose_address_fails_does_not_have_the_others_told_twice():
    world = World()
    deps = operated(world, "gone@quip.example", "ops@quip.example")
    world.external.mail.failures = [Unavailable("no such mailbox")]
    with pytest.raises(ExceptionGroup):
        await mail_alarms(deps)
    await mail_alarms(deps)
    assert [it.to for it in world.external.mail.letters] == ["ops@quip.example"]
