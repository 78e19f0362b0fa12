"""Use cases that wait for each other in PostgreSQL: one is rolled back, and runs again."""

import asyncio
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import text

from adapters.database.core.engine import Database
from adapters.database.core.outages import outage
from adapters.database.unit_of_work import SqlUnitOfWorkFactory
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, RolledBack, UnitOfWork
from domain.shared.access import Caller
from domain.shared.email_limits import EmailBudget, TooManyEmails
from domain.shared.errors import NodeRef
from domain.shared.events import EventType, NewEvent
from domain.shared.ids import new_id
from domain.shared.jobs import JobType, NewJob
from domain.use_cases.frame import MOST_RUNS, Command, use_case
from tests.builders import ANA, NOW, a_caller
from tests.databases import a_company

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


@dataclass(frozen=True, slots=True)
class TakeTwo(Command):
    """Locks two things, one after the other."""

    first: int
    second: int


class Bodies:
    """Takes the second thing only when every body that begins has its first."""

    def __init__(self, database: Database, bodies: int) -> None:
        ledger = SqlUnitOfWorkFactory(database, lambda _event: [], lambda: NOW)
        self.deps = cast("Dependencies", SimpleNamespace(unit_of_work=ledger.begin))
        self.runs = 0
        self._together = asyncio.Barrier(bodies)
        self._bodies = bodies
        self.run = use_case(self.body)

    async def body(self, work: UnitOfWork, deps: Dependencies, caller: Caller, command: TakeTwo) -> Outcome:
        self.runs += 1
        is_first = self.runs <= self._bodies
        await _execute(work, f"SELECT pg_advisory_xact_lock({command.first})")
        if is_first:
            await self._together.wait()
        await _execute(work, f"SELECT pg_advisory_xact_lock({command.second})")
        return Outcome()


async def _execute(work: UnitOfWork, statement: str) -> None:
    await cast("Any", work)._connection.execute(text(statement))


async def test_of_two_that_wait_for_each_other_both_succeed(database):
    bodies, caller = Bodies(database, bodies=2), a_caller()
    commands = [TakeTwo(1, 2), TakeTwo(2, 1)]
    outcomes = await asyncio.gather(*(bodies.run(bodies.deps, caller, it) for it in commands))
    assert outcomes == [Outcome(), Outcome()]
    assert bodies.runs == 3


async def test_a_use_case_that_is_rolled_back_again_and_again_ends_as_an_outage(database):
    bodies = Failing(database)
    with pytest.raises(RolledBack) as raised:
        await bodies.run(bodies.deps, a_caller(), TakeTwo(1, 2))
    assert bodies.runs == MOST_RUNS
    assert outage(raised.value) is not None


class Failing(Bodies):
    """Cannot be serialised."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, bodies=1)

    async def body(self, work: UnitOfWork, deps: Dependencies, caller: Caller, command: TakeTwo) -> Outcome:
        self.runs += 1
        await _execute(work, "DO $$ BEGIN RAISE EXCEPTION 'not serialisable' USING ERRCODE = '40001'; END $$")
        return Outcome()


class Telling(Failing):
    """Causes an e-mail, and cannot be serialised when it is committed, but the last time."""

    def __init__(self, database: Database, emails: EmailBudget) -> None:
        super().__init__(database)
        jobs = [NewJob(JobType.SEND_QUOTE_CREATED, "email:1", {})]
        ledger = SqlUnitOfWorkFactory(database, lambda _event: jobs, lambda: NOW, emails=emails)
        self.deps = cast("Dependencies", SimpleNamespace(unit_of_work=ledger.begin))

    async def body(self, work: UnitOfWork, deps: Dependencies, caller: Caller, command: TakeTwo) -> Outcome:
        self.runs += 1
        refuses = "RAISE EXCEPTION 'not serialisable' USING ERRCODE = '40001'" if self.runs < MOST_RUNS else "NULL"
        await _execute(
            work,
            "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {refuses}; RETURN NULL; END $$",
        )
        await _execute(work, "CREATE TRIGGER refusing AFTER INSERT ON jobs EXECUTE FUNCTION refuse()")
        work.record(NewEvent(EventType.QUOTE_CREATED, command.first, NodeRef("Quote", new_id()), ANA, NOW, ()))
        return Outcome()


async def test_emails_of_a_use_case_that_runs_again_are_counted_once(database):
    company, emails = await a_company(database), EmailBudget(2, lambda: NOW)
    telling, caller = Telling(database, emails), a_caller()
    await telling.run(telling.deps, caller, TakeTwo(company.live, 0))
    assert telling.runs == MOST_RUNS
    emails.take(caller.key_id, 1)
    with pytest.raises(TooManyEmails):
        emails.take(caller.key_id, 1)
