"""The documents in examples/ work, and both executors answer them alike, to the order of the keys."""

from collections.abc import AsyncIterator
from itertools import product
from pathlib import Path
from typing import Any

import orjson
import pytest
import pytest_asyncio

from adapters.database.core.engine import open_database
from app.server.engine import Engine
from app.server.requests import Request
from domain.shared.ids import global_id, new_id
from resolvers.context import Services
from tests.databases import DIALECTS
from tests.execution.conftest import Seeded
from tests.execution.product import OPERATOR, services_over

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.graphql"))


@pytest_asyncio.fixture(params=DIALECTS)
async def services(request: pytest.FixtureRequest, seeded: Seeded) -> AsyncIterator[Services]:
    database = open_database(await seeded(request.param))
    async with services_over(database) as found:
        yield found
    await database.close()


async def test_every_example_is_answered_alike_by_both_executors(services):
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

            with_subtrees = await planned.execute(request, OPERATOR, as_json=True)
            assert orjson.dumps(with_subtrees.data) == orjson.dumps(by_core.data), file.name
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


async def test_plans_are_kept_as_far_as_they_fit_into_memory_the_latest_used_first(services):
    engine = Engine(services, cache_bytes=1024 * 1024)
    # Each truth of its conditions takes a plan of its own, of a document that is long.
    conditions = [f"$c{number}: Boolean!" for number in range(6)]
    fields = [f"c{number}: __typename @skip(if: $c{number})" for number in range(6)]
    long = f"query({', '.join(conditions)}) {{ {' '.join(fields)} viewer {{ environment }} }} # {'x' * 19_000}"
    for truths in product((True, False), repeat=6):
        given = {f"c{number}": truth for number, truth in enumerate(truths)}
        assert (await engine.execute(Request(long, given), OPERATOR)).errors is None
    kept = engine.executor.plans
    assert 3 < len(kept) < 12
    assert engine.executor.counts == {"miss": 64}
    await engine.execute(Request(long, given), OPERATOR)
    assert engine.executor.counts == {"miss": 64, "hit": 1}


TWO = """
query Asked($x: [ID!]!, $more: Boolean!) { nodes(ids: $x) { id ...Named } viewer @include(if: $more) { environment } }
query Other($x: Boolean!) { viewer @skip(if: $x) { environment } }
fragment Named on Company { name @include(if: $more) }
"""


async def test_conditions_of_one_operation_are_nothing_to_another_of_its_document(services):
    planned, core = Engine(services, planned=True), Engine(services, planned=False)
    asked: list[tuple[str, dict[str, Any]]] = [
        *(("Asked", {"x": [global_id("Company", new_id())], "more": more}) for more in (True, False)),
        *(("Asked", {"x": [], "more": True}) for _ in range(3)),
        *(("Other", {"x": skipped}) for skipped in (True, False)),
    ]
    for name, variables in asked:
        request = Request(TWO, variables, name)
        by_plan, by_core = await planned.execute(request, OPERATOR), await core.execute(request, OPERATOR)
        assert (by_plan.errors, by_core.errors) == (None, None)
        assert by_plan.data == by_core.data
    assert planned.executor.counts == {"miss": 4, "hit": 3}
