"""How many operations are under way, wait or are refused, with a clock of our own."""

import asyncio

import pytest
from graphql import OperationType

from app.server.admission import Admission
from app.server.turns import Overloaded, Turn

QUERY, MUTATION = OperationType.QUERY, OperationType.MUTATION
LIMIT = 16
AT_ONCE = 8
PRESSED = 2


class Server:
    """Operations that run until they are told to end."""

    def __init__(self) -> None:
        self.time = 0.0
        self.admission = Admission(LIMIT, now=lambda: self.time)
        self.begun = 0
        self.running: list[Turn] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, count: int, type_: OperationType = QUERY) -> int:
        """Starts operations. Returns how many were refused at once."""
        tasks = [asyncio.create_task(self._enter(type_)) for _ in range(count)]
        self._tasks += tasks
        await _settle()
        return sum(isinstance(it.exception(), Overloaded) for it in tasks if it.done())

    async def end(self, count: int) -> None:
        for _ in range(count):
            self.running.pop().leave()
            await _settle()

    async def _enter(self, type_: OperationType) -> None:
        self.running.append(await self.admission.enter(type_))
        self.begun += 1

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture
async def server():
    made = Server()
    yield made
    await made.close()


async def test_a_few_operations_run_and_the_others_wait_in_turn(server):
    assert await server.start(LIMIT) == 0
    assert (server.begun, server.admission.queries.count) == (AT_ONCE, LIMIT)
    await server.end(3)
    assert (server.begun, server.admission.queries.count) == (AT_ONCE + 3, LIMIT - 3)


async def test_what_exceeds_the_limit_is_refused_at_once(server):
    assert await server.start(LIMIT + 10) == 10
    assert (server.admission.queries.refused, server.admission.queries.count) == (10, LIMIT)
    assert server.admission.is_full_for("")


async def test_after_a_refusal_far_fewer_are_under_way_for_some_seconds(server):
    await server.start(LIMIT + 1)
    while server.admission.queries.count > PRESSED:
        await server.end(1)
    assert server.admission.queries.running == PRESSED
    for _ in range(20):
        server.time += 0.01
        await server.end(1)
        assert await server.start(2) == 1
    server.time += 5
    assert await server.start(LIMIT) == PRESSED


async def test_refusals_do_not_make_a_server_stay_pressed(server):
    await server.start(LIMIT + 1)
    server.time += 4
    await server.start(1)
    server.time += 1
    assert server.admission.limit_of(server.admission.queries, "") == LIMIT


async def test_mutations_that_are_stuck_leave_room_for_queries(server):
    await server.start(LIMIT, MUTATION)
    assert await server.start(AT_ONCE) == 0
    assert await server.start(1) == 1
    assert server.begun == 2 * AT_ONCE


async def test_an_operation_waits_for_a_limited_time():
    admission = Admission(LIMIT, wait_seconds=0.01)
    for _ in range(AT_ONCE):
        await admission.enter(QUERY)
    with pytest.raises(Overloaded):
        await admission.enter(QUERY)
    assert admission.queries.count == AT_ONCE


@pytest.mark.parametrize("is_its_turn", [False, True])
async def test_an_operation_whose_client_has_gone_leaves_its_place(is_its_turn):
    admission = Admission(LIMIT)
    lanes = [await admission.enter(QUERY) for _ in range(AT_ONCE)]
    waiting = asyncio.create_task(admission.enter(QUERY))
    await _settle()
    if is_its_turn:
        lanes.pop().leave()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert admission.queries.count == len(lanes)
    for lane in lanes:
        lane.leave()
    assert admission.queries.count == 0


async def test_many_refusals_are_one_line_of_the_log(caplog):
    admission = Admission(1, now=lambda: 0.0)
    for _ in range(3):
        admission.refuse(admission.queries, "")
    assert [it.getMessage() for it in caplog.records] == [
        "overloaded: 1 operations refused since the last line (QUOTEGRAPH_MAX_OPERATIONS)"
    ]


async def test_a_process_is_busy_while_anything_is_under_way():
    admission = Admission(LIMIT)
    seen = [admission.is_busy]
    lane = await admission.enter(MUTATION)
    seen.append(admission.is_busy)
    lane.leave()
    assert [*seen, admission.is_busy] == [False, True, False]


class Payers:
    """Operations of several payers, each of which notes when it begins."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.time = 0.0
        self.admission = Admission(limit, now=lambda: self.time)
        self.order: list[str] = []
        self._turns: list[Turn] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def send(self, payer: str, count: int = 1, points: float = 0) -> int:
        """Sends operations. Returns how many were refused."""
        tasks = [asyncio.create_task(self._enter(payer, points)) for _ in range(count)]
        self._tasks += tasks
        await _settle()
        return sum(isinstance(it.exception(), Overloaded) for it in tasks if it.done())

    async def end_first(self) -> None:
        self._turns.pop(0).leave()
        await _settle()

    async def _enter(self, payer: str, points: float) -> None:
        self._turns.append(await self.admission.enter(QUERY, payer, points))
        self.order.append(payer)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@pytest.fixture
async def payers():
    made = Payers()
    yield made
    await made.close()


async def test_who_comes_later_begins_before_what_waits_of_one_who_has_used_more(payers):
    await payers.send("greedy", LIMIT)
    await payers.send("polite")
    assert payers.order == ["greedy"] * AT_ONCE
    for _ in range(AT_ONCE // 2 + 1):
        await payers.end_first()
    assert payers.order[AT_ONCE:] == ["polite"]


async def test_one_payer_runs_no_more_than_half_while_others_are_there(payers):
    await payers.send("polite")
    await payers.send("greedy", AT_ONCE)
    assert payers.order.count("greedy") == AT_ONCE // 2
    await payers.end_first()
    assert payers.order.count("greedy") == AT_ONCE // 2
    payers.time += 1
    await payers.end_first()
    assert payers.order.count("greedy") == AT_ONCE


async def test_large_operations_take_more_of_what_runs_at_a_time(payers):
    await payers.send("polite")
    await payers.send("greedy", 4, points=5_000)
    assert payers.order == ["polite", "greedy", "greedy"]


async def test_turns_are_weighted_by_what_operations_cost(payers):
    await payers.send("other", AT_ONCE)
    await payers.send("large", 4, points=100)
    await payers.send("small", 4)
    while len(payers.order) < AT_ONCE + 8:
        await payers.end_first()
    first = payers.order[AT_ONCE : AT_ONCE + 5]
    assert (first.count("large"), first.count("small")) == (2, 3)


async def test_who_has_the_most_under_way_is_refused_first(payers):
    assert await payers.send("greedy", LIMIT) == 0
    assert await payers.send("polite", 3) == 0
    refused = payers.admission.queries
    assert (refused.refused, refused.count_of("greedy"), refused.count_of("polite")) == (3, LIMIT - 3, 3)


async def test_one_who_sends_too_much_is_held_to_less_and_others_are_not(payers):
    await payers.send("polite")
    assert await payers.send("greedy", LIMIT) == LIMIT // 2
    assert payers.admission.is_full_for("greedy")
    assert not payers.admission.is_full_for("polite")
    assert payers.admission.limit_of(payers.admission.queries, "greedy") == PRESSED
    assert payers.admission.at_once_of(payers.admission.queries, "greedy") == 1
    assert payers.admission.limit_of(payers.admission.queries, "polite") == LIMIT // 2


async def test_a_crowd_of_small_payers_makes_the_limit_smaller_for_all(payers):
    for number in range(LIMIT):
        assert await payers.send(f"payer {number}") == 0
    assert await payers.send("one more") == 1
    assert payers.admission.limit == PRESSED


async def test_while_one_sends_too_much_the_limit_of_all_stays(payers):
    await payers.send("polite")
    await payers.send("greedy", LIMIT)
    for number in range(LIMIT):
        await payers.send(f"payer {number}")
    assert payers.admission.queries.refused > LIMIT // 2
    assert payers.admission.limit == LIMIT


async def test_subscriptions_begin_a_few_at_a_time_and_are_not_refused(payers):
    admission = payers.admission
    tasks = [asyncio.create_task(admission.enter(OperationType.SUBSCRIPTION, "key")) for _ in range(100)]
    await _settle()
    assert admission.subscriptions.count == 100
    for _ in range(25):
        for turn in [it.result() for it in tasks if it.done()]:
            turn.leave()
        tasks = [it for it in tasks if not it.done()]
        await _settle()
    assert (admission.subscriptions.count, admission.subscriptions.refused) == (0, 0)


async def test_payers_are_forgotten_soon_after_their_last_operation(payers):
    for number in range(100):
        (await payers.admission.enter(QUERY, f"payer {number}")).leave()
    assert payers.admission.queries.others_than("") == 100
    payers.time += 1
    assert payers.admission.queries.others_than("") == 0
