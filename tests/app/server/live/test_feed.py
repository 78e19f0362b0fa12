"""What subscriptions cost, counted exactly, and what becomes of those that fail, leave or resume."""

import asyncio
from collections.abc import Callable, Sequence

import pytest
from graphql import ExecutionResult, GraphQLError

from app.server.live import groups, readers, rings
from app.server.live.feed import Feed
from app.server.live.groups import BATCH
from app.server.live.outlets import Membership
from app.server.live.pace import BUSY_SLICE, Pace
from app.server.live.results import MOST_AT_ONCE, LiveResult
from app.server.live.selections import Selection
from domain.shared.events import Event, EventType
from resolvers.events import Watch
from tests.app.server.live.support import ALL, Log, Outlet, Subscribers, cursors, steps
from tests.e2e.processes import eventually


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
async def subscribers(log):
    made = Subscribers(log)
    yield made
    await made.feed.close()


async def test_a_thousand_equal_subscriptions_are_one_read_and_one_answer_of_each_event(subscribers, log):
    followers = [subscribers.follow()[0] for _ in range(1_000)]
    await steps()
    log.reads.clear()
    log.happens()
    await steps()
    assert log.reads == [(1, None)]
    assert subscribers.answered == [("same", 1)]
    assert [it.numbers for it in followers] == [[1]] * 1_000
    assert len({id(it.sent[0].payload) for it in followers}) == 1, "encoded once"
    counts = subscribers.feed.counts
    assert (counts.answers, counts.deliveries, subscribers.feed.groups) == (1, 1_000, 1)


async def test_an_event_about_one_node_costs_the_subscriptions_of_another_nothing(subscribers, log):
    of_a, _ = subscribers.follow(key="a", node_id="a")
    of_b = [subscribers.follow(key="b", node_id="b")[0] for _ in range(10)]
    await steps()
    for _ in range(5):
        log.happens("a")
    await steps()
    assert of_a.numbers == [1, 2, 3, 4, 5]
    assert {key for key, _ in subscribers.answered} == {"a"}
    assert not any(it.sent for it in of_b)


async def test_events_of_types_that_nobody_wants_are_not_answered(subscribers, log):
    outlet, _ = subscribers.follow(types=frozenset({EventType.QUOTE_SENT}))
    log.happens()
    log.happens(type_=EventType.QUOTE_SENT)
    await steps()
    assert (outlet.numbers, subscribers.answered) == ([2], [("same", 2)])


async def test_nothing_is_read_of_a_tenant_to_which_nobody_listens(subscribers, log):
    log.happens(tenant_id=2)
    await steps()
    assert log.reads == []
    outlet, membership = subscribers.follow(tenant_id=1)
    await steps()
    log.reads.clear()
    log.happens(tenant_id=2)
    log.happens(tenant_id=1)
    await steps()
    assert ({tenant for tenant, _ in log.reads}, outlet.numbers) == ({1}, [1])
    membership.leave()
    log.reads.clear()
    log.happens(tenant_id=1)
    await steps()
    assert log.reads == []
    assert not log.is_followed()
    assert (subscribers.feed.subscriptions, subscribers.feed.groups) == (0, 0)


async def test_a_burst_is_one_write_for_each_subscription(subscribers, log):
    followers = [subscribers.follow()[0] for _ in range(3)]
    await steps()
    for _ in range(groups.BATCH):
        log.happens()
    await steps()
    assert [it.writes for it in followers] == [1] * 3
    assert followers[0].numbers == list(range(1, groups.BATCH + 1))
    assert [it.cursor for it in followers[0].sent] == cursors(*followers[0].numbers)


async def test_who_resumes_from_events_that_are_kept_reads_nothing_for_itself(subscribers, log):
    for_long, _ = subscribers.follow()
    await steps()
    for _ in range(20):
        log.happens()
    await steps()
    log.reads.clear()
    resumed, _ = subscribers.follow(after=5)
    await steps()
    assert log.reads == []
    assert resumed.numbers == list(range(6, 21))
    assert subscribers.feed.groups == 1, "it has joined its equals"
    log.happens()
    await steps()
    assert (resumed.numbers[-1], for_long.numbers[-1]) == (21, 21)
    assert subscribers.answered.count(("same", 21)) == 1


async def test_who_resumes_from_further_back_reads_the_log_until_it_meets_the_others(subscribers, log, monkeypatch):
    monkeypatch.setattr(readers, "KEPT", 10)
    monkeypatch.setattr(readers, "PART", 50)
    subscribers.follow()
    await steps()
    for _ in range(120):
        log.happens()
    await steps(2_000)
    log.reads.clear()
    resumed, _ = subscribers.follow(after=0)
    await steps(2_000)
    assert resumed.numbers == list(range(1, 121))
    assert (len(log.reads), subscribers.feed.groups) == (3, 1)


async def test_all_rings_together_keep_so_many_bytes_and_who_needs_older_events_reads_the_log(log, monkeypatch):
    monkeypatch.setattr(rings, "MOST_BYTES", 10 * rings.size_of(log.happens()))
    subscribers = Subscribers(log)
    followed = [subscribers.follow(tenant_id=tenant_id) for tenant_id in (1, 2, 3)]
    await steps()
    for _ in range(8):
        for tenant_id in (1, 2, 3):
            log.happens(tenant_id=tenant_id)
            await steps()
    shared = subscribers.feed._rings
    assert 0 < shared.bytes <= rings.MOST_BYTES
    log.reads.clear()
    resumed = [subscribers.follow(after=1, tenant_id=tenant_id) for tenant_id in (1, 2, 3)]
    await steps()
    assert resumed[0][0].numbers == list(range(2, 10))
    assert [it.numbers for it, _ in resumed[1:]] == [list(range(2, 9))] * 2
    assert {tenant_id for tenant_id, _ in log.reads} == {1, 2, 3}
    for _, membership in (*followed, *resumed):
        membership.leave()
    await steps()
    assert (shared.bytes, len(shared)) == (0, 0)


async def test_those_who_resume_together_share_what_they_read(subscribers, log):
    for _ in range(20):
        log.happens()
    followers = [subscribers.follow(after=3)[0] for _ in range(100)]
    await steps()
    assert {tuple(it.numbers) for it in followers} == {tuple(range(4, 21))}
    assert len(subscribers.answered) == 17


async def test_a_client_that_is_ahead_of_its_group_gets_nothing_twice(subscribers, log):
    subscribers.follow()
    await steps()
    log.happens()
    log.happens()
    ahead, _ = subscribers.follow(after=1)
    await steps()
    assert ahead.numbers == [2]


async def test_the_current_state_comes_first_and_nothing_after_it_is_missed(subscribers, log):
    current = log.happens(type_=EventType.CURRENT_STATE)
    outlet, membership = subscribers.follow(current=current)
    assert subscribers.feed.subscriptions == 1
    log.happens()
    await steps()
    assert outlet.numbers == [1, 2]
    assert [membership.cursor] == cursors(2)


async def test_who_leaves_gets_nothing_more_also_while_results_are_handed_out(subscribers, log):
    others: list[Membership] = []

    class Leaving(Outlet):
        def send(self, results):
            super().send(results)
            for it in others:
                it.leave()

    first, _ = subscribers.follow(Leaving())
    second, membership = subscribers.follow()
    others.append(membership)
    log.happens()
    await steps()
    assert (first.numbers, second.numbers, subscribers.feed.subscriptions) == ([1], [], 1)
    membership.leave()


async def test_who_cannot_be_sent_to_leaves_and_nobody_else_notices(subscribers, log, caplog):
    class Broken(Outlet):
        def send(self, results):
            raise RuntimeError

    subscribers.follow(Broken())
    outlet, _ = subscribers.follow()
    log.happens()
    await steps()
    assert (outlet.numbers, subscribers.feed.subscriptions) == ([1], 1)
    assert "cannot send to a subscriber" in caplog.text


async def test_who_does_not_read_is_cut_off_and_counted_once(subscribers):
    _, membership = subscribers.follow()
    membership.cut_off()
    membership.cut_off()
    assert (subscribers.feed.counts.cut_off, subscribers.feed.subscriptions) == (1, 0)


async def test_an_outage_delays_events_and_loses_none(subscribers, log, monkeypatch):
    for module in (groups, readers):
        monkeypatch.setattr(module, "RETRY_SECONDS", 0)
    outlet, _ = subscribers.follow()
    await steps()
    log.failures += [ConnectionError(), ConnectionError()]
    subscribers.failures += [ConnectionError(), ConnectionError()]
    log.happens()
    log.happens()
    await steps()
    assert (outlet.numbers, outlet.errors) == ([1, 2], None)


async def test_a_failure_of_ours_ends_the_subscriptions_that_it_concerns(subscribers, log):
    failing, other = [subscribers.follow()[0] for _ in range(2)], subscribers.follow(key="other", node_id="other")[0]
    await steps()
    subscribers.failures.append(RuntimeError("broken"))
    log.happens()
    await steps()
    assert [[error.message for error in it.errors or ()] for it in failing] == [["broken"]] * 2
    assert other.errors is None
    assert subscribers.feed.subscriptions == 1


async def test_once_an_answer_fails_nothing_of_the_others_goes_on(subscribers, log):
    asked: list[int] = []
    gone: list[int] = []

    async def answer(event: Event) -> ExecutionResult:
        asked.append(event.number)
        if event.number == 3:
            raise RuntimeError("broken")
        try:
            await asyncio.Event().wait()
        finally:
            gone.append(event.number)
        raise AssertionError

    for _ in range(3):
        log.happens()
    outlet = Outlet()
    selection = Selection("hanging", answer, lambda failure: [GraphQLError(str(failure))])
    subscribers.feed.follow(Watch(1, 0, 3, ALL, None, None), selection, outlet)
    await steps()
    assert outlet.errors is not None
    assert (asked, gone) == ([1, 2, 3], [1, 2])


async def test_others_run_while_results_are_handed_out(subscribers, log, monkeypatch):
    monkeypatch.setattr("app.server.live.pace.IDLE_SLICE", 1)
    followers = [subscribers.follow()[0] for _ in range(100)]
    log.happens()
    seen = set[int]()
    for _ in range(200):
        await steps(1)
        seen.add(sum(bool(it.sent) for it in followers))
    assert len(seen) == 101, "each is a slice of its own"


async def test_nothing_is_told_after_the_shutdown(subscribers, log):
    outlet, _ = subscribers.follow()
    await steps()
    await subscribers.feed.close()
    log.happens()
    await steps()
    assert (outlet.sent, outlet.errors) == ([], None)


class SlowOutlet(Outlet):
    """An outlet whose client reads when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = asyncio.Semaphore(0)

    async def read(self) -> None:
        await self.reads.acquire()


async def test_who_reads_the_log_alone_is_sent_as_much_as_it_reads(subscribers, log):
    for _ in range(5 * BATCH):
        log.happens()
    outlet, _ = subscribers.follow(SlowOutlet(), after=0)
    await eventually(lambda: len(outlet.sent) == BATCH)
    await steps()
    assert len(outlet.sent) == BATCH
    outlet.reads.release()
    await eventually(lambda: len(outlet.sent) == 2 * BATCH)
    for _ in range(5):
        outlet.reads.release()
    await eventually(lambda: outlet.numbers == list(range(1, 5 * BATCH + 1)))


async def test_nobody_waits_for_a_slow_client_in_the_same_group(subscribers, log):
    for _ in range(5 * BATCH):
        log.happens()
    slow, _ = subscribers.follow(SlowOutlet(), after=0)
    await eventually(lambda: len(slow.sent) == BATCH)
    other, _ = subscribers.follow(after=BATCH)
    await eventually(lambda: other.numbers == list(range(BATCH + 1, 5 * BATCH + 1)))


async def test_who_reads_the_log_alone_is_sent_no_more_bytes_at_a_time_than_it_can_read(subscribers, log):
    subscribers.size = MOST_AT_ONCE // 4
    for _ in range(BATCH):
        log.happens()
    outlet, _ = subscribers.follow(SlowOutlet(), after=0)
    await eventually(lambda: outlet.sent)
    await steps()
    assert len(outlet.sent) == 3
    outlet.reads.release()
    await eventually(lambda: len(outlet.sent) == 6)
    for _ in range(5):
        outlet.reads.release()
    await eventually(lambda: outlet.numbers == list(range(1, BATCH + 1)))


async def test_large_results_of_live_events_come_in_parts_between_which_others_run(subscribers, log):
    subscribers.size = MOST_AT_ONCE // 2
    followers = [subscribers.follow()[0] for _ in range(2)]
    await steps()
    for _ in range(BATCH):
        log.happens()
    await eventually(lambda: all(it.numbers == list(range(1, BATCH + 1)) for it in followers))
    assert all(it.writes == BATCH for it in followers)


class CallingOutlet(Outlet):
    """Calls when something is sent to it."""

    def __init__(self, call: Callable[[], object]) -> None:
        super().__init__()
        self._call = call

    def send(self, results: Sequence[LiveResult]) -> None:
        super().send(results)
        self._call()


async def test_a_large_group_takes_turns_with_the_groups_of_others(log):
    subscribers = Subscribers(log)
    subscribers.pace = Pace(lambda: True)
    subscribers.feed = Feed(log, log, subscribers.pace)
    subscribers.follow(CallingOutlet(lambda: log.happens(tenant_id=2)))
    others = [subscribers.follow()[0] for _ in range(50 * BUSY_SLICE)]
    had_theirs: list[int] = []
    subscribers.follow(CallingOutlet(lambda: had_theirs.append(sum(it.writes for it in others))), tenant_id=2)
    await steps()
    log.happens()
    await eventually(lambda: all(it.numbers == [1] for it in others) and had_theirs)
    assert had_theirs[0] < len(others) / 2, "it has not waited for all of them"
    await subscribers.feed.close()
