"""The documents in examples/ work, and both executors answer them alike, to the order of the keys."""

from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest
import pytest_asyncio

from adapters.database.engine import Database
from adapters.database.events import SqlEventLog
from adapters.database.jobs import SqlJobQueue
from adapters.database.reader import SqlReader
from adapters.database.unit_of_work import SqlLedger
from adapters.signals import Signals
from app.engine import Engine, Request
from app.outside import Nowhere
from app.seed import seed
from app.wiring import LOADERS, utc_now
from domain.access import Caller, Environment, Scope
from domain.ids import new_id
from domain.jobs import DEFAULT_PATIENCE
from domain.ports import House
from resolvers.context import Services

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.graphql"))
OPERATOR = Caller("test", "Test", Environment.LIVE, None, None, frozenset(map(str, Scope)))


@pytest_asyncio.fixture
async def services(database: Database) -> AsyncIterator[Services]:
    async with Signals(database) as signals:
        ledger = SqlLedger(database, lambda _event: [], utc_now)
        queue = SqlJobQueue(database, DEFAULT_PATIENCE.lease)
        house = House(ledger.begin, queue, Nowhere(), utc_now, new_id)
        yield Services(SqlReader(database, LOADERS), SqlEventLog(database), signals, house)


async def test_every_example_is_answered_alike_by_both_executors(services, database):
    await seed(database)
    planned, core = Engine(services, planned=True), Engine(services, planned=False)
    for file in EXAMPLES:
        for variables in ({}, {"first": 3, "status": ["PENDING"], "withRecipients": False, "search": "mac"}):
            request = Request(file.read_text(), variables)

            by_plan = await planned.execute(request, OPERATOR)
            by_core = await core.execute(request, OPERATOR)

            assert by_plan.errors is None, (file.name, by_plan.errors)
            assert by_core.errors is None, (file.name, by_core.errors)
            assert orjson.dumps(by_plan.data) == orjson.dumps(by_core.data), file.name
            assert len(orjson.dumps(by_plan.data)) > 50, file.name
    assert planned.executor.counts["fallback"] == 0
    assert planned.executor.counts["miss"] > 0
    assert core.executor.counts == {}


@pytest.mark.parametrize("planned", [True, False])
async def test_a_plan_is_made_once_and_found_again(services, planned):
    engine = Engine(services, planned=planned)
    for _ in range(3):
        await engine.execute(Request("{ viewer { environment } }"), OPERATOR)
        await engine.execute(Request("{ __schema { queryType { name } } }"), OPERATOR)
    assert engine.executor.counts == ({"miss": 1, "hit": 2, "fallback": 3} if planned else {})
