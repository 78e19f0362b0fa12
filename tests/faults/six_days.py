"""An endpoint that is down for six days, on a clock of our own: `python -m tests.faults.six_days`.

Events happen all the time. One endpoint of the company answers 503 to everything, another one is well. The table says
when the first event was tried, and what became of the endpoints and their deliveries. The exit code tells whether that
is what the rules say (docs/domain.md#webhook-retries), and whether nothing is left unexplained.
"""

import asyncio
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, update

from adapters.database.companies.tables import companies
from adapters.database.core.engine import Database, open_database
from adapters.database.jobs.queue import SqlJobQueue
from adapters.database.jobs.tables import jobs
from adapters.database.migrator import migrate
from adapters.database.webhooks.deliveries import SqlWebhookBacklog
from adapters.database.webhooks.tables import webhook_attempts, webhook_deliveries, webhook_endpoints
from domain.ports.dependencies import Dependencies
from domain.shared.errors import NodeRef
from domain.shared.events import EventType, NewEvent
from domain.shared.ids import new_id
from domain.shared.jobs import JobStatus
from domain.use_cases.webhooks.fan_out import fan_out
from domain.use_cases.worker import dispatch
from domain.webhooks.deliveries import DISABLED_ERROR
from domain.webhooks.endpoints import DisabledReason, EndpointSecrets
from domain.webhooks.retries import DELAYS, DISABLED_AFTER, MAX_PAUSE
from tests.builders import ANA, NOW, an_endpoint
from tests.claiming import claim_one
from tests.databases import LIVE, a_company, dependencies_on, rows_of
from tests.fakes.external import FakeExternalServices
from tests.fakes.storage import Clock
from tests.fakes.webhook_deliveries import FakeReceiver, answer
from tests.fakes.webhooks import PlainSecretBox

DAYS = 6
DOWN, WELL = "https://down.example/", "https://well.example/"
CONTACT = "it@austral.example"


@dataclass(frozen=True)
class Report:
    """What became of six days."""

    first: tuple[datetime, ...]
    disabled_at: datetime | None
    reason: DisabledReason | None
    mails: tuple[str, ...]
    down: Counter[tuple[str, str | None]]
    well: Counter[tuple[str, str | None]]
    requests: Counter[str]
    attempts: int
    jobs: Counter[str]

    def problems(self) -> list[str]:
        """What is not as the rules say."""
        due = [NOW + sum(DELAYS[:it], timedelta()) for it in range(len(DELAYS) + 1)]
        late = [at - planned for at, planned in zip(self.first, due, strict=False)]
        checks = {
            "the first event is tried eight times": len(self.first) == len(due),
            # Its endpoint rests in between, and each delay begins where the attempt before it has ended.
            "each time when it is due": all(timedelta() <= it <= MAX_PAUSE * len(due) for it in late),
            "the endpoint is disabled because it fails": self.reason == DisabledReason.FAILING,
            "after five days": self.disabled_at is not None
            and DISABLED_AFTER <= self.disabled_at - NOW <= DISABLED_AFTER + timedelta(hours=12),
            "the company gets one e-mail": self.mails == (CONTACT,),
            "each of its deliveries has failed with a reason": set(self.down)
            <= {("FAILED", "The endpoint answered 503."), ("FAILED", DISABLED_ERROR)},
            "the other endpoint got every event": set(self.well) == {("SUCCESS", None)},
            "each request was recorded": self.attempts == sum(self.requests.values()),
            "no job is left": set(self.jobs) == {"DONE"},
        }
        return [name for name, holds in checks.items() if not holds]

    def __str__(self) -> str:
        gaps = [str(after - before).split(".")[0] for before, after in zip(self.first, self.first[1:], strict=False)]
        disabled = None if self.disabled_at is None else self.disabled_at - NOW
        return "\n".join(
            [
                f"the first event was tried {len(self.first)} times, after {', '.join(gaps)}",
                f"requests: {self.requests[DOWN]} to the endpoint that is down, {self.requests[WELL]} to the other",
                f"disabled after {disabled}: {self.reason}; e-mails: {len(self.mails)}",
                *(f"down: {count:4} {status}, {error}" for (status, error), count in sorted(self.down.items())),
                *(f"well: {count:4} {status}" for (status, _), count in self.well.items()),
            ]
        )


async def six_days(database: Database, every: timedelta) -> Report:
    """Let six days pass, with an event at the beginning and then in intervals."""
    clock, external, receiver = Clock(), FakeExternalServices(), FakeReceiver()
    queue = SqlJobQueue(database, timedelta(seconds=30))
    deps = replace(
        dependencies_on(database, clock),
        jobs=queue,
        external=external,
        secret_box=PlainSecretBox(),
        webhooks=receiver.webhooks(SqlWebhookBacklog(database)),
    )
    tenant_id = await _endpoints(database)
    receiver.defaults[DOWN] = answer(503)
    happening, disabled_at = NOW, None
    while (now := clock()) <= NOW + timedelta(days=DAYS):
        if now >= happening:
            await _happen(deps, tenant_id)
            happening += every
        await fan_out(deps)
        while (job := await claim_one(queue, "worker", clock())) is not None:
            await dispatch.run(deps, job)
        if disabled_at is None and "WEBHOOK_ENDPOINT_DISABLED" in await _happened(database):
            disabled_at = now
        due = await _next_due(database)
        clock.at = max(min(happening, due or happening), now)
    return await _report(database, disabled_at, external, receiver)


async def _endpoints(database: Database) -> int:
    """A company with both endpoints; its tenant."""
    company = await a_company(database)
    described = update(companies).where(companies.c.id == company.id).values(contact_email=CONTACT)
    async with database.write.begin() as connection:
        await connection.execute(described)
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        for url in (DOWN, WELL):
            await work.webhooks.add(an_endpoint(tenant_id=company.live, url=url), EndpointSecrets("sealed secret"))
        await work.commit()
    return company.live


async def _happened(database: Database) -> set[str]:
    return {type_ for (type_,) in await rows_of(database, "SELECT type FROM events")}


async def _happen(deps: Dependencies, tenant_id: int) -> None:
    async with deps.unit_of_work(LIVE) as work:
        work.record(NewEvent(EventType.QUOTE_PENDING, tenant_id, NodeRef("Quote", new_id()), ANA, deps.now()))
        await work.commit()


async def _report(
    database: Database, disabled_at: datetime | None, external: FakeExternalServices, receiver: FakeReceiver
) -> Report:
    attempts = await _attempts(database)
    joined = "webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id"
    outcomes = f"SELECT e.url, d.status, d.last_error FROM {joined}"
    deliveries = await rows_of(database, outcomes)
    [(reason,)] = await rows_of(database, f"SELECT disabled_reason FROM webhook_endpoints WHERE url = '{DOWN}'")
    return Report(
        first=tuple(at for url, sequence, at in attempts if (url, sequence) == (DOWN, 1)),
        disabled_at=disabled_at,
        reason=reason and DisabledReason(reason),
        mails=tuple(it.to for it in external.mail.letters),
        down=Counter((status, error) for url, status, error in deliveries if url == DOWN),
        well=Counter((status, error) for url, status, error in deliveries if url == WELL),
        requests=Counter(it.url for it in receiver.sent),
        attempts=len(attempts),
        jobs=Counter(status for (status,) in await rows_of(database, "SELECT status FROM jobs")),
    )


async def _attempts(database: Database) -> list[tuple[str, int, datetime]]:
    """The address, the number of the event and the time of each attempt, in the order of their times."""
    joined = webhook_attempts.join(webhook_deliveries).join(webhook_endpoints)
    columns = (webhook_endpoints.c.url, webhook_deliveries.c.sequence, webhook_attempts.c.at)
    async with database.read.connect() as connection:
        found = await connection.execute(select(*columns).select_from(joined).order_by(webhook_attempts.c.at))
        return [(url, sequence, at) for url, sequence, at in found]


async def _next_due(database: Database) -> datetime | None:
    """When the next job is due."""
    async with database.read.connect() as connection:
        due = select(func.min(jobs.c.run_at)).where(jobs.c.status == str(JobStatus.WAITING))
        return (await connection.execute(due)).scalar_one()  # type: ignore[no-any-return]


async def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        database = open_database(f"sqlite+aiosqlite:///{Path(directory) / 'six-days.db'}")
        await migrate(database)
        report = await six_days(database, timedelta(hours=1))
        await database.close()
    print(report)
    if problems := report.problems():
        sys.exit("Not as the rules say: " + "; ".join(problems))


if __name__ == "__main__":
    asyncio.run(main())
