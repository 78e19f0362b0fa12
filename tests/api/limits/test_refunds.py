"""Points of operations that do not begin, or do not end: what was not used is put back, whoever leaves."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from graphql import ExecutionResult, OperationType

from app.server.payers import Payer
from tests.api.support.running import Running, running
from tests.api.support.sockets import connected
from tests.e2e.processes import eventually

POINTS = 3_000
TEN = "{ products(first: 10) { nodes { id } } }"
DEFERRED = "{ viewer { environment } ... @defer { products(first: 10) { nodes { id } } } }"
INCREMENTAL = "multipart/mixed;incrementalSpec=v0.2"
KIT = """mutation { createKit(input: { name: "A kit", devices: [
    { quantity: 1, device: { custom: { productType: LAPTOP, specification: { brand: "Dell" } } } }
]}) { kit { name } userErrors { code } } }"""


@pytest_asyncio.fixture
async def api(new_database) -> AsyncIterator[Running]:
    """A bucket that is restored too slowly to matter."""
    async with running(await new_database("sqlite"), rate_limit=f"{POINTS}/1") as api:
        yield api


async def left(api: Running) -> int:
    """The points that the key has, as the next answer says that costs nothing."""
    return int((await api.run("{")).headers["X-RateLimit-Remaining"])


async def put_back(api: Running, points: int = POINTS) -> None:
    """Returns once the key has these points, or more by what is restored meanwhile."""

    async def found() -> bool:
        return points <= await left(api) <= points + 10

    await eventually(found)


@asynccontextmanager
async def full(api: Running, type_: OperationType = OperationType.QUERY) -> AsyncIterator[None]:
    """Everything that runs at a time is another payer's, so that the next operation waits."""
    admission = api.parts.engine.admission
    lane = admission.mutations if type_ is OperationType.MUTATION else admission.queries
    turns = [await admission.enter(type_, "another") for _ in range(admission.at_once(lane))]
    yield
    for turn in turns:
        turn.leave()


async def leaves(api: Running, query: str, until: Callable[[], Any], accept: str = "application/json") -> None:
    """A client sends an operation, and disconnects when something is so."""
    async with ClientSession() as client:
        headers = {"Authorization": f"Bearer {api.customer}", "Accept": accept}
        asking = asyncio.create_task(client.post(api.url, json={"query": query}, headers=headers).__aenter__())
        await eventually(until)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)


@pytest.mark.parametrize("query", [TEN, KIT])
async def test_who_leaves_before_the_turn_of_an_operation_pays_nothing(api, query):
    type_ = OperationType.MUTATION if query == KIT else OperationType.QUERY
    admission = api.parts.engine.admission
    waiting = admission.queries if type_ is OperationType.QUERY else admission.mutations
    async with full(api, type_):
        before = waiting.count
        await leaves(api, query, lambda: waiting.count == before + 1)
        await eventually(lambda: waiting.count == before)
    await put_back(api)


async def test_an_operation_whose_reader_cannot_be_had_costs_nothing(api, monkeypatch):
    async def of(_caller: object) -> Any:
        raise ConnectionError("no replica")

    monkeypatch.setattr(api.parts.engine._readers, "of", of)
    assert (await api.run(TEN)).status >= 500
    monkeypatch.undo()
    await put_back(api)


def stuck(begun: asyncio.Event) -> Callable[..., Awaitable[ExecutionResult]]:
    """Execution that comes as far as seven points."""

    async def execute(*given: Any) -> ExecutionResult:
        given[-1].add_points(7)
        begun.set()
        never: asyncio.Future[ExecutionResult] = asyncio.get_running_loop().create_future()
        return await never

    return execute


async def test_who_leaves_while_a_query_runs_pays_what_it_has_used(api, monkeypatch):
    begun = asyncio.Event()
    await api.run(TEN)
    before = await left(api)
    monkeypatch.setattr(api.parts.engine.executor, "execute", stuck(begun))
    await leaves(api, TEN, begun.is_set)
    monkeypatch.undo()
    await put_back(api, before - 7)


async def test_who_leaves_before_the_first_part_of_an_answer_pays_what_was_used(api, monkeypatch):
    begun = asyncio.Event()
    monkeypatch.setattr(api.parts.engine.executor, "execute_incrementally", stuck(begun))
    await leaves(api, DEFERRED, begun.is_set, INCREMENTAL)
    monkeypatch.undo()
    await put_back(api, POINTS - 7)


async def test_a_mutation_whose_client_leaves_runs_to_its_end_and_is_paid(api, monkeypatch):
    begun, may_end = asyncio.Event(), asyncio.Event()
    executor, admission = api.parts.engine.executor, api.parts.engine.admission
    run = executor.execute

    async def slowly(*given: Any) -> ExecutionResult:
        begun.set()
        await may_end.wait()
        result: ExecutionResult = await run(*given)
        return result

    monkeypatch.setattr(executor, "execute", slowly)
    await leaves(api, KIT, begun.is_set)
    may_end.set()
    await eventually(lambda: admission.mutations.count == 0)
    monkeypatch.undo()
    await put_back(api, POINTS - 11)
    assert len(await api.rows("kits")) == 1


@pytest.mark.parametrize(
    ("given", "cost"), [("", 1), ("(includeCurrent: true)", 1 + 3)], ids=["events only", "the current state too"]
)
async def test_the_beginning_of_a_subscription_costs_what_is_read_for_it(api, given, cost):
    selected = "type node { id ... on Company { quotes(first: 100) { nodes { items { id } } } } }"
    async with connected(api) as socket:
        id_ = await socket.start(f"subscription {{ events{given} {{ {selected} }} }}")
        if given:
            await socket.hear(id_)
        await socket.subscribed(api)
    await put_back(api, POINTS - cost)


async def test_until_its_current_state_was_answered_a_subscription_keeps_what_that_may_cost(api, monkeypatch):
    may_end, executor = asyncio.Event(), api.parts.engine.executor
    run = executor.execute

    async def slowly(operation: Any, context: Any, variables: Any, root: Any = None, *given: Any) -> ExecutionResult:
        if root is not None:
            await may_end.wait()
        result: ExecutionResult = await run(operation, context, variables, root, *given)
        return result

    monkeypatch.setattr(executor, "execute", slowly)
    selected = "type node { id ... on Company { quotes(first: 100) { nodes { items { id } } } } }"
    async with connected(api) as socket:
        id_ = await socket.start(f"subscription {{ events(includeCurrent: true) {{ {selected} }} }}")
        await eventually(lambda: api.parts.engine.feed.subscriptions == 1)
        assert await left(api) < POINTS - 100
        may_end.set()
        await socket.hear(id_)
    await put_back(api, POINTS - 1 - 3)


async def test_a_subscription_that_cannot_begin_costs_no_more(api):
    async with connected(api) as socket:
        id_ = await socket.start('subscription { quoteChanged(id: "q_1") { id } }')
        await socket.refusal(id_)
    await put_back(api, POINTS - 1)


async def test_what_is_used_without_being_asked_for_is_owed(api):
    limits, payer = api.parts.engine.rate_limits, Payer("a key")
    limits.use(payer, 2 * POINTS)
    status = limits.status(payer)
    assert status is not None
    assert (status.currently_available, status.maximum_available) == (0, POINTS)
