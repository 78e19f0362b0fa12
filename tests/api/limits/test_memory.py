"""The collector: what requests leave behind goes without it, and its full runs see only what is new."""

import asyncio
import gc
import tracemalloc
from collections.abc import Awaitable, Callable
from types import TracebackType

import pytest
from aiohttp.web import BaseRequest, WebSocketResponse
from graphql import GraphQLError, OperationDefinitionNode

from app import memory
from app.memory import Collector, tuned_collector
from app.server.document_cache import CacheSizes
from app.server.documents import check, forget_tokens, parsed, with_key
from app.server.live.members import Member
from app.server.preparation import Preparation
from app.server.refusals import Refusal
from app.server.requests import Request
from app.server.sockets.operations import Operation
from app.server.sockets.socket import Socket
from resolvers.execution.executor import Executor
from schema.build import build_schema, core_schema
from tests.api.support.makers import a_quote
from tests.api.support.running import on_both_databases
from tests.api.support.sockets import connected
from tests.execution.product import OPERATOR
from tests.patience import PATIENCE

QUOTE = """query($id: ID!) { quote(by: {id: $id}) { id orderId status company { name } items { id quantity
    specification { brand model } price { amount currencyCode } recipients { id name } alternatives { id } } } }"""


@pytest.fixture(autouse=True)
def _as_before():
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(*before)


@on_both_databases
@pytest.mark.parametrize("known", [True, False])
async def test_an_operation_leaves_nothing_for_the_collector(api, known):
    quote = await a_quote(api)
    engine, caller = api.parts.engine, await api.parts.authenticator.admit(f"Bearer {api.customer}")

    async def run(times: int) -> None:
        for number in range(times):
            query = QUOTE if known else f"{QUOTE} # {times} {number}"
            await engine.execute(Request(query, {"id": quote.id}), caller, as_json=True)

    await run(3)
    gc.collect()
    gc.disable()
    await run(20)
    # Of a new document the classes of two visitors.
    assert gc.collect() <= 20 * (10 if known else 50)


async def test_requests_by_http_leave_nothing_for_the_collector(api):
    quote = await a_quote(api)

    async def run(times: int) -> None:
        for _ in range(times):
            await api.run(QUOTE, {"id": quote.id})

    await run(3)
    gc.collect()
    gc.disable()
    await run(20)
    # The client's own, too.
    assert gc.collect() < 20 * 20


@pytest.mark.parametrize("form", ["{viewer{%s}}" % ("__typename " * 1_400), "{viewer{x%d}}", "{viewer{"])
async def test_a_request_that_is_refused_leaves_nothing_for_the_collector(api, form):
    async def run(times: int) -> None:
        for number in range(times):
            answer = await api.run(f"{form} # {times} {number}")
            assert answer.codes == ["VALIDATION_ERROR"]

    assert await left_by(run, 20, (TracebackType, Refusal, GraphQLError)) == []


def test_a_full_run_begins_when_so_much_is_new_and_waits_for_the_turn_of_the_loop():
    asked: list[Callable[[], None]] = []
    collector = Collector(asked.append)
    collector.start()
    try:
        for number in range(1, 2 * memory.MIDDLES_PER_FULL):
            collector._watch("stop", {"generation": 0})
            collector._watch("start", {"generation": 1})
            collector._watch("stop", {"generation": 1})
            assert len(asked) == (number >= memory.MIDDLES_PER_FULL)
        asked[0]()
        for _ in range(memory.MIDDLES_PER_FULL):
            collector._watch("stop", {"generation": 1})
        assert len(asked) == 2
    finally:
        collector.close()


def test_a_full_run_sees_only_what_has_come_since_the_last():
    collector = Collector(lambda _: None)
    collector.start()
    try:
        for _ in range(2):
            kept: list[list[int]] = [[] for _ in range(10_000)]
            collector._full()
            # What was looked at is frozen and not looked at again.
            assert len(gc.get_objects()) < 5_000
            assert gc.get_freeze_count() >= len(kept)
    finally:
        collector.close()


async def test_garbage_goes_though_the_loop_is_kept_busy():
    seen = []

    def watch(phase, details):
        if phase == "stop" and details["generation"] == 2:
            seen.append(details["collected"])

    with tuned_collector():
        gc.callbacks.append(watch)
        try:
            while not seen:
                for _ in range(1_000):
                    circle: list[object] = []
                    circle.append(circle)
                held: list[list[int]] = [[] for _ in range(5_000)]
                await asyncio.sleep(0)
                del held
        finally:
            gc.callbacks.remove(watch)


def test_what_is_kept_goes_by_itself_when_it_is_dropped_though_it_was_frozen():
    schema = core_schema(build_schema())
    document = parsed(QUOTE, with_key(1_500))
    check(schema, document, with_key(1_500))
    forget_tokens(document)
    executor = Executor(schema)
    [definition] = document.definitions
    assert isinstance(definition, OperationDefinitionNode)
    operation = executor.operation(document, definition)
    plan = executor._plan(operation, {})
    assert plan is not None
    del plan, document, definition
    gc.collect()
    gc.disable()
    before = len(gc.get_objects())
    executor.plans._made.clear()
    del operation
    assert before - len(gc.get_objects()) > 200
    assert gc.collect() == 0


def test_prepared_documents_take_no_more_memory_than_they_may():
    schema, most = core_schema(build_schema()), 3 * 1024 * 1024
    sizes = CacheSizes.of(most)
    executor = Executor(schema, plan_bytes=sizes.plans)
    preparation = Preparation(schema, executor, sizes=sizes)
    # The first document pays for what the schema keeps.
    _prepare_some(preparation, executor, range(1))
    tracemalloc.start()
    try:
        _prepare_some(preparation, executor, range(1, 201))
        gc.collect()
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most / 4 < taken < most


def _prepare_some(preparation: Preparation, executor: Executor, numbers: range) -> None:
    for number in numbers:
        operation = preparation.allowed(
            Request(QUOTE.replace("query", f"query Asked{number}", 1)), OPERATOR
        ).prepared.operation
        executor._plan(operation, {})


async def test_sockets_leave_nothing_for_the_collector(api):
    async def run(times: int) -> None:
        for _ in range(times):
            async with connected(api) as socket:
                await socket.start("subscription { events { type } }")
                await socket.subscribed(api)
                await socket.event(await socket.start("{ viewer { environment } }"))
        async with asyncio.timeout(PATIENCE):
            while len(api.parts.api.sockets):
                await asyncio.sleep(0.01)

    assert await left_by(run, 5, (Socket, Operation, Member, BaseRequest, WebSocketResponse)) == []


async def left_by(run: Callable[[int], Awaitable[None]], times: int, types: tuple[type[object], ...]) -> list[object]:
    """The objects of these types that only the collector would free."""
    await run(3)
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        await run(times)
        gc.collect()
        return [it for it in gc.garbage if isinstance(it, types)]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
