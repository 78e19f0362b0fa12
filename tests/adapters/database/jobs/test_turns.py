"""Tenants take turns: 100,000 due jobs of one company hold back no other company, and no other service."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import text

from adapters.database.core.engine import Database, open_database
from adapters.database.jobs.claiming import LEASE_FIRST, turns_of
from adapters.database.jobs.queue import SqlJobQueue
from domain.shared.access import Environment
from domain.shared.jobs import JobType, NewJob
from domain.shared.lanes import SLOTS, Lane, Service, free_slots
from tests.builders import LATER, NOW
from tests.databases import a_company, put_in_queue, rows_of

LEASE = timedelta(seconds=30)
EMAIL, COPY, ORDER = JobType.SEND_QUOTE, JobType.SEND_SIGNED_COPY, JobType.PLACE_VENDOR_ORDER
MAIL = Service(Lane.MAIL, Environment.LIVE)
MANY = 100_000


async def put(database: Database, tenant_id: int, kind: JobType, number: int = 1, at=NOW) -> None:
    """Have a tenant that many jobs of a kind, copied by the database."""
    name = f"{kind}:{tenant_id}"
    copies = text(
        "WITH RECURSIVE numbers(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < :number) "
        "INSERT INTO jobs (id, tenant_id, kind, dedupe_key, payload, status, attempts, run_at, created_at) "
        "SELECT substr(id, 1, 28) || CAST(10000000 + n AS VARCHAR(8)), tenant_id, kind, "
        "dedupe_key || CAST(n AS VARCHAR(8)), payload, status, attempts, run_at, created_at "
        "FROM jobs, numbers WHERE dedupe_key = :name"
    )
    await put_in_queue(database, [(tenant_id, NewJob(kind, name, {}))], at)
    async with database.write.begin() as connection:
        if number > 1:
            await connection.execute(copies, {"number": number, "name": name})


async def three_companies(database: Database, number: int = 1_000) -> list[int]:
    """The live tenants of three companies, of which the second has that many e-mails that have been due for long."""
    small, large, other = [(await a_company(database, code)).live for code in ("AUSTRAL", "NORDLICHT", "TERRA")]
    await put(database, large, EMAIL, number)
    return [small, large, other]


async def claimed(queue: SqlJobQueue, free: dict[Service, int], times: int = 1) -> list[int]:
    """The tenants whose jobs are claimed, one claim after the other."""
    return [job.tenant_id for _ in range(times) for job in await queue.claim("w", LATER, free)]


async def test_very_many_jobs_of_one_company_hold_back_no_other_company(database):
    small, large, other = await three_companies(database, MANY)
    for tenant_id in (small, other):
        await put(database, tenant_id, EMAIL, 2, NOW + timedelta(minutes=1))
    queue = SqlJobQueue(database, LEASE)
    assert await claimed(queue, {MAIL: 1}, times=6) == [small, large, other, small, large, other]
    assert await claimed(queue, {MAIL: 1}, times=2) == [large, large]


async def test_several_slots_are_shared_by_the_companies_in_one_claim(database):
    small, large, other = await three_companies(database)
    for tenant_id in (small, other):
        await put(database, tenant_id, EMAIL, 2, NOW + timedelta(minutes=1))
    queue = SqlJobQueue(database, LEASE)
    assert Counter(await claimed(queue, {MAIL: 6})) == {small: 2, large: 2, other: 2}
    assert await claimed(queue, {MAIL: 4}) == [large] * 4


async def test_very_many_jobs_of_one_service_hold_back_no_other_service(database):
    *_, other = await three_companies(database)
    await put(database, other, ORDER, 1, NOW + timedelta(minutes=1))
    jobs = await SqlJobQueue(database, LEASE).claim("w", LATER, free_slots(()))
    assert Counter(it.kind for it in jobs) == {EMAIL: SLOTS[Lane.MAIL], ORDER: 1}


async def test_very_many_jobs_of_one_kind_hold_back_no_other_kind_of_the_same_company(database):
    _, large, _ = await three_companies(database)
    await put(database, large, COPY, 1, NOW + timedelta(minutes=1))
    jobs = await SqlJobQueue(database, LEASE).claim("w", LATER, {MAIL: 2})
    assert [it.kind for it in jobs] == [EMAIL, COPY]


async def test_very_many_jobs_that_are_not_due_yet_hold_back_none(database):
    small, _, other = await three_companies(database)
    await put(database, small, EMAIL, MANY, LATER + timedelta(days=1))
    await put(database, other, EMAIL)
    assert other in await claimed(SqlJobQueue(database, LEASE), {MAIL: 2})


async def test_several_workers_share_the_jobs_of_one_company_and_none_has_a_job_of_another(database):
    _, large, other = await three_companies(database)
    await put(database, other, EMAIL)
    second = open_database(database.url.render_as_string(hide_password=False))
    try:
        queues = [SqlJobQueue(database, LEASE), SqlJobQueue(second, LEASE)]
        jobs = [job for _ in range(5) for queue in queues for job in await queue.claim("w", LATER, {MAIL: 4})]
    finally:
        await second.close()
    assert len({it.id for it in jobs}) == len(jobs) == 39
    assert Counter(it.tenant_id for it in jobs) == {large: 38, other: 1}


async def test_live_and_test_data_have_slots_of_their_own(database):
    company = await a_company(database)
    await put(database, company.live, EMAIL, 3)
    await put(database, company.test, EMAIL, 3)
    queue = SqlJobQueue(database, LEASE)
    sandbox = Service(Lane.MAIL, Environment.TEST)
    assert Counter(await claimed(queue, {MAIL: 1, sandbox: 2})) == {company.live: 1, company.test: 2}
    assert await claimed(queue, {sandbox: 2}) == [company.test]


@pytest.mark.parametrize("statement", [turns_of("sqlite"), LEASE_FIRST], ids=["turns", "lease"])
async def test_no_statement_reads_the_queue_from_one_end_to_the_other(database, statement):
    if database.dialect == "postgresql":
        pytest.skip("Its plans depend on statistics.")
    sql = str(statement.compile(dialect=database.write.dialect))
    for name in ("keys", "now", "of_kind", "of_tenant", "number", "owner", "until"):
        sql = sql.replace(f":{name}", "NULL")
    plan = [row[-1] for row in await rows_of(database, f"EXPLAIN QUERY PLAN {sql.replace('?', 'NULL')}")]
    of_jobs = [it for it in plan if " jobs" in it]
    assert of_jobs
    assert all("SEARCH jobs" in it for it in of_jobs), plan
