"""When operators are told that a kind of job has nothing but failures."""

from datetime import timedelta
from typing import Any

import pytest

from domain.shared.access import Environment
from domain.shared.job_health import ALARM_AFTER, JobAlarm, JobHealth
from domain.shared.jobs import JobResult, JobType, NewJob
from tests.builders import NOW, TENANT
from tests.fakes.storage import World

R, SECOND = JobResult, timedelta(seconds=1)


def a_job(kind: JobType = JobType.CREATE_TASK, environment: Environment = Environment.LIVE):
    return World().memory.enqueue(TENANT, NewJob(kind, "key", {}), NOW)._replace(environment=environment)


def collected(*results: JobResult, **job: Any):
    health = JobHealth()
    for second, result in enumerate(results):
        health.add(a_job(**job), result, NOW + second * SECOND)
    return health.take()


def test_failures_count_from_the_last_success_on():
    health = collected(R.FAILED, R.DONE, R.FAILED, R.DEAD)[JobType.CREATE_TASK]
    assert (health.succeeded_at, health.failing_since) == (NOW + SECOND, NOW + 2 * SECOND)
    assert (health.last_failed_at, health.failures) == (NOW + 3 * SECOND, 2)


def test_a_job_that_waits_or_was_overtaken_is_neither_a_success_nor_a_failure():
    assert collected(R.WAITS, R.OVERTAKEN) == {}
    assert collected(R.FAILED, R.WAITS, R.OVERTAKEN)[JobType.CREATE_TASK].failures == 1


def test_test_data_is_left_out():
    assert collected(R.FAILED, environment=Environment.TEST) == {}


def test_what_fails_of_deliveries_is_no_fault_of_an_endpoint_and_counts():
    assert collected(R.FAILED, kind=JobType.DELIVER_WEBHOOKS)[JobType.DELIVER_WEBHOOKS].failures == 1
    assert collected(R.WAITS, kind=JobType.DELIVER_WEBHOOKS) == {}


def test_what_was_taken_is_not_counted_again():
    health = JobHealth()
    health.add(a_job(), R.FAILED, NOW)
    assert len(health.take()) == 1
    assert health.take() == {}


@pytest.mark.parametrize(
    ("failed_for", "failures", "is_retried", "expected"),
    [
        (timedelta(), 1, True, False),
        (SECOND, 2, True, True),
        (SECOND, 2, False, False),
        (ALARM_AFTER - SECOND, 9, False, False),
        (ALARM_AFTER, 2, False, True),
    ],
)
def test_an_alarm_is_due_after_ten_minutes_if_the_failures_go_on(failed_for, failures, is_retried, expected):
    alarm = JobAlarm(JobType.CREATE_TASK, NOW, NOW + failed_for, failures, "503", is_retried)
    assert alarm.is_due(NOW + ALARM_AFTER) is expected
    assert not alarm.is_due(NOW + ALARM_AFTER - SECOND)
