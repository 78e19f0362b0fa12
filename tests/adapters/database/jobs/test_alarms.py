"""Alarms are kept for all workers: one e-mail, until the kind of job recovers."""

from datetime import timedelta

import pytest

from adapters.database.core.engine import open_database
from adapters.database.jobs.alarms import SqlJobAlarms
from adapters.database.jobs.queue import SqlJobQueue
from domain.shared.job_health import ALARM_AFTER, KindHealth
from domain.shared.jobs import JobType, NewJob
from tests.builders import NOW
from tests.claiming import claim_one
from tests.counting import written
from tests.databases import a_company, put_in_queue, rows_of

TASK, SECOND = JobType.CREATE_TASK, timedelta(seconds=1)
DUE = NOW + ALARM_AFTER


def failed(job_id: str, *, failures: int = 2, at=NOW, succeeded_at=None):
    return {TASK: KindHealth(succeeded_at, at, at, failures, job_id)}


def succeeded(at=NOW):
    return {TASK: KindHealth(at)}


@pytest.fixture
async def job(database):
    """A live job that failed and is tried again."""
    company, queue = await a_company(database), SqlJobQueue(database, timedelta(seconds=30))
    await put_in_queue(database, [(company.live, NewJob(TASK, "1", {}))], NOW)
    job = await claim_one(queue, "w", NOW)
    await queue.postpone(job, "Uncertain: 401", NOW + timedelta(hours=1))
    return job


async def test_one_worker_sends_the_alarm_once(database, job):
    second = open_database(database.url.render_as_string(hide_password=False))
    try:
        ours, theirs = SqlJobAlarms(database), SqlJobAlarms(second)
        await ours.note(failed(job.id, failures=1))
        await theirs.note(failed(job.id, failures=2, at=NOW + SECOND))
        assert await ours.claim_due(DUE - SECOND) == []
        [alarm] = await ours.claim_due(DUE)
        assert await theirs.claim_due(DUE) == []
        await ours.mark_mailed(alarm, DUE)
        await theirs.note(failed(job.id, at=DUE))
        assert await theirs.claim_due(DUE + timedelta(days=1)) == []
    finally:
        await second.close()
    assert (alarm.kind, alarm.failing_since, alarm.last_failed_at) == (TASK, NOW, NOW + SECOND)
    assert (alarm.failures, alarm.last_error, alarm.is_retried) == (3, "Uncertain: 401", True)


async def test_an_alarm_that_its_worker_did_not_send_is_sent_by_another(database, job):
    alarms = SqlJobAlarms(database)
    await alarms.note(failed(job.id))
    first = await alarms.claim_due(DUE)
    assert await alarms.claim_due(DUE + timedelta(seconds=59)) == []
    assert await alarms.claim_due(DUE + timedelta(minutes=1)) == first


async def test_a_success_ends_the_alarm_and_the_next_failures_raise_another(database, job):
    alarms = SqlJobAlarms(database)
    await alarms.note(failed(job.id))
    [alarm] = await alarms.claim_due(DUE)
    await alarms.mark_mailed(alarm, DUE)
    await alarms.note(succeeded(DUE))
    assert await rows_of(database, "SELECT * FROM job_alarms") == []
    await alarms.note(failed(job.id, at=DUE + SECOND))
    assert [it.failing_since for it in await alarms.claim_due(DUE + SECOND + ALARM_AFTER)] == [DUE + SECOND]


async def test_a_success_within_the_ten_minutes_starts_them_again(database, job):
    alarms = SqlJobAlarms(database)
    await alarms.note(failed(job.id))
    await alarms.note(failed(job.id, at=NOW + 60 * SECOND, succeeded_at=NOW + 59 * SECOND))
    assert await alarms.claim_due(DUE) == []
    assert len(await alarms.claim_due(DUE + 60 * SECOND)) == 1


async def test_a_success_from_before_the_failures_that_is_noted_late_does_not_end_the_alarm(database, job):
    alarms = SqlJobAlarms(database)
    await alarms.note(failed(job.id))
    await alarms.note(succeeded(NOW - SECOND))
    assert len(await alarms.claim_due(DUE)) == 1


async def test_a_success_where_nothing_fails_writes_nothing(database):
    with written(database) as statements:
        await SqlJobAlarms(database).note(succeeded())
        await SqlJobAlarms(database).note({})
    assert statements == []
