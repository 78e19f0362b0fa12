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
from domain.use_cases.frame import MOST_RUNS, Command, use_case
from tests.builders import NOW, a_caller

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
