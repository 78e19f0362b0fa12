"""The events of all tenants in one subscription: each once, those of a tenant in order, and resumed in each."""

import asyncio
import base64
import random
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from graphql import ExecutionResult, GraphQLError

from app.server.live import all_tenants
from app.server.live.feed import Feed
from app.server.live.pace import Pace
from app.server.live.results import LiveResult
from app.server.live.selections import Selection
from domain.shared.access import SYSTEM, Environment
from domain.shared.events import Event, EventType
from resolvers.events import FollowedEvent, WatchOfAll
from resolvers.positions import LONGEST_CURSOR, MOST_TENANTS, NoPositions, decode_positions, encode_positions
from tests.e2e.processes import eventually

LIVE = Environment.LIVE
ALL = frozenset(EventType)
ACCEPTED = EventType.QUOTE_ITEM_ACCEPTED


class Logs:
    """The events of many tenants, and who waits for more. Reading lets others run in between."""

    def __init__(self, tenants: int) -> None:
        self.events: dict[int, list[Event]] = {number: [] for number in range(1, tenants + 1)}
        self.failures: list[Exception] = []
        self.read: defaultdict[int, int] = defaultdict(int)
        self._news: list[tuple[asyncio.Event, set[int]]] = []

    def happens(self, tenant_id: int, type_: EventType = ACCEPTED) -> str:
        events = self.events.setdefault(tenant_id, [])
        about = ("Quote", "quote", *SYSTEM, datetime.now(UTC), ())
        events.append(Event(f"{tenant_id}-{len(events) + 1}", len(events) + 1, type_, tenant_id, *about))
        for event, tenant_ids in self._news:
            tenant_ids.add(tenant_id)
            event.set()
        return events[-1].id

    @property
    def positions(self) -> dict[int, int]:
        return {tenant_id: len(events) for tenant_id, events in self.events.items()}

    async def last_numbers(self, environment: Environment) -> Mapping[int, int]:
        await asyncio.sleep(0)
        return self.positions

    async def after(self, tenant_id: int, number: int, node_id: str | None, limit: int) -> Sequence[Event]:
        self.read[tenant_id] += 1
        await asyncio.sleep(0)
        if self.failures:
            raise self.failures.pop()
        return self.events[tenant_id][number : number + limit]

    @contextmanager
    def listen_to_all(self) -> Iterator[Any]:
        found = (asyncio.Event(), set[int]())
        self._news.append(found)
        try:
            yield _Listener(*found)
        finally:
            self._news.remove(found)

    @property
    def is_followed(self) -> bool:
        return bool(self._news)


class _Listener:
    def __init__(self, event: asyncio.Event, tenant_ids: set[int]) -> None:
        self._event, self._tenant_ids = event, tenant_ids

    async def wait(self) -> frozenset[int]:
        await self._event.wait()
        self._event.clear()
        found = frozenset(self._tenant_ids)
        self._tenant_ids.clear()
        return found


class Outlet:
    """Remembers what is sent to it, and how often its client was waited for."""

    def __init__(self) -> None:
        self.sent: list[LiveResult] = []
        self.errors: Sequence[GraphQLError] | None = None
        self.waited = 0

    def send(self, results: Sequence[LiveResult]) -> None:
        self.sent += results

    def end(self, errors: Sequence[GraphQLError]) -> None:
        self.errors = errors

    async def read(self) -> None:
        self.waited += 1

    def has(self, count: int) -> bool:
        return len(self.sent) >= count

    @property
    def ids(self) -> list[str]:
        return [it.result.data["id"] for it in self.sent if it.result.data]


class Following:
    """A feed of logs, and what it is asked."""

    def __init__(self, logs: Logs) -> None:
        self.logs = logs
        self.answered: list[str] = []
        self.feed = Feed(logs, logs, Pace())  # type: ignore[arg-type]

    def follow(
        self, after: Mapping[int, int] | None = None, types: frozenset[EventType] = ALL, current: Sequence[Event] = ()
    ) -> tuple[Outlet, Any]:
        async def answer(event: Event) -> ExecutionResult:
            self.answered.append(event.id)
            await asyncio.sleep(0)
            return ExecutionResult({"id": event.id})

        last, outlet = self.logs.positions, Outlet()
        watch = WatchOfAll(LIVE, last if after is None else after, last, types, current)
        selection = Selection("same", answer, lambda failure: [GraphQLError(str(failure))])
        return outlet, self.feed.follow(watch, selection, outlet)


def in_order(ids: Sequence[str]) -> bool:
    """Whether the events of each tenant are in order."""
    numbers = defaultdict[str, list[int]](list)
    for tenant, _, number in (it.partition("-") for it in ids):
        numbers[tenant].append(int(number))
    return all(it == sorted(it) for it in numbers.values())


async def test_each_event_of_each_tenant_is_told_and_answered_once_for_all():
    following = Following(Logs(5))
    outlets = [following.follow()[0] for _ in range(10)]
    await eventually(lambda: following.feed.groups == 1 and following.logs.is_followed)
    happened = [following.logs.happens(number % 5 + 1) for number in range(50)]
    await eventually(lambda: all(len(it.sent) >= 50 for it in outlets))
    assert all(sorted(it.ids) == sorted(happened) and in_order(it.ids) for it in outlets)
    assert sorted(following.answered) == sorted(happened)
    assert outlets[0].sent[-1].cursor == encode_positions(LIVE, following.logs.positions)


async def test_who_resumes_gets_what_was_missed_and_joins_the_others():
    following = Following(Logs(3))
    for tenant_id in (1, 2, 3, 1, 2, 1):
        following.logs.happens(tenant_id)
    first, _ = following.follow({1: 1, 2: 2, 3: 0})
    await eventually(lambda: len(first.sent) == 3)
    assert sorted(first.ids) == ["1-2", "1-3", "3-1"]
    late, _ = following.follow(decode_positions(first.sent[0].cursor, LIVE))
    await eventually(lambda: len(late.sent) == 2)
    await eventually(lambda: following.feed.groups == 1 and following.feed.subscriptions == 2)
    following.logs.happens(2)
    await eventually(lambda: (late.ids[-1], first.ids[-1]) == ("2-3", "2-3"))
    assert following.answered.count("2-3") == 1


async def test_a_tenant_that_is_new_joins():
    following = Following(Logs(2))
    outlet, _ = following.follow()
    await eventually(lambda: following.feed.groups == 1 and following.logs.is_followed)
    following.logs.happens(7)
    await eventually(lambda: outlet.ids == ["7-1"])
    resumed, _ = following.follow({1: 0, 2: 0})
    await eventually(lambda: resumed.ids == ["7-1"])


async def test_only_the_types_that_are_asked_for_are_answered():
    following = Following(Logs(2))
    outlet, _ = following.follow(types=frozenset({EventType.QUOTE_CREATED}))
    await eventually(lambda: following.feed.groups == 1 and following.logs.is_followed)
    following.logs.happens(1)
    wanted = following.logs.happens(2, EventType.QUOTE_CREATED)
    await eventually(lambda: outlet.ids == [wanted])
    assert following.answered == [wanted]
    # The cursor is past the others, which are not read again.
    assert decode_positions(outlet.sent[0].cursor, LIVE)[2] == 1


async def test_whoever_is_ahead_of_this_process_gets_nothing_twice():
    logs = Logs(2)
    following = Following(logs)
    one, _ = following.follow()
    await eventually(lambda: following.feed.groups == 1 and logs.is_followed)
    # The signal has not come yet, but another process has told it.
    logs.events[1].append(Event("1-1", 1, ACCEPTED, 1, "Quote", "quote", *SYSTEM, datetime.now(UTC), ()))
    ahead, _ = following.follow({1: 1, 2: 0})
    logs.happens(2)
    await eventually(lambda: ahead.ids == ["2-1"] and sorted(one.ids) == ["1-1", "2-1"])


async def test_an_outage_delays_and_loses_nothing(monkeypatch):
    monkeypatch.setattr(all_tenants, "RETRY_SECONDS", 0.001)
    monkeypatch.setattr(all_tenants, "log_outage", lambda _: True)
    following = Following(Logs(2))
    for _ in range(3):
        following.logs.happens(1)
    following.logs.failures = [OSError("no database") for _ in range(3)]
    outlet, _ = following.follow({1: 0, 2: 0})
    await eventually(lambda: outlet.ids == ["1-1", "1-2", "1-3"])
    following.logs.failures = [OSError("no database")]
    following.logs.happens(2)
    await eventually(lambda: outlet.ids[-1] == "2-1")


async def test_the_current_state_comes_first_and_what_happens_meanwhile_after_it():
    following = Following(Logs(40))
    cursor = encode_positions(LIVE, following.logs.positions)
    state = Event("state", 0, EventType.CURRENT_STATE, 1, "Company", "company", *SYSTEM, datetime.now(UTC), ())
    outlet, _ = following.follow(current=[FollowedEvent.of(state, 0, cursor)] * 40)
    await asyncio.sleep(0)
    following.logs.happens(3)
    await eventually(lambda: outlet.ids == ["state"] * 40 + ["3-1"])
    assert {it.cursor for it in outlet.sent[:40]} == {cursor}
    assert outlet.waited >= 3, "the client reads before more is sent"


async def test_nobody_reads_for_those_who_have_left():
    following = Following(Logs(2))
    outlet, membership = following.follow()
    await eventually(lambda: following.feed.groups == 1 and following.logs.is_followed)
    membership.leave()
    _, early = following.follow()
    early.leave()
    await eventually(lambda: not following.logs.is_followed and following.feed.subscriptions == 0)
    following.logs.happens(1)
    assert (outlet.sent, following.feed.groups) == ([], 0)


@pytest.mark.parametrize("seed", range(10))
async def test_in_any_order_no_event_is_lost_or_told_twice(seed):
    chance = random.Random(seed)
    logs = Logs(chance.randint(1, 8))
    following = Following(logs)
    running: list[tuple[Outlet, dict[int, int], Any]] = []
    for _ in range(300):
        if chance.random() < 0.2:
            start = {it: chance.randint(0, number) for it, number in logs.positions.items()}
            outlet, membership = following.follow(start)
            running.append((outlet, start, membership))
        elif chance.random() < 0.05 and running:
            # One that goes, and comes back with its cursor.
            outlet, start, membership = running.pop(chance.randrange(len(running)))
            membership.leave()
            resumed = decode_positions(membership.cursor, LIVE)
            again, membership = following.follow(resumed)
            again.sent[:0] = outlet.sent
            running.append((again, start, membership))
        else:
            logs.happens(chance.randint(1, 10))
        for _ in range(chance.randint(0, 5)):
            await asyncio.sleep(0)
    for outlet, start, _ in running:
        expected = sorted(
            it.id for events in logs.events.values() for it in events if it.number > start.get(it.tenant_id, 0)
        )
        await eventually(partial(outlet.has, len(expected)))
        assert sorted(outlet.ids) == expected
        assert in_order(outlet.ids)
    await following.feed.close()


async def test_a_thousand_companies_fit_into_a_cursor_and_only_those_with_news_are_read():
    chance, logs = random.Random(1), Logs(1_000)
    for tenant_id in logs.events:
        for _ in range(chance.randint(0, 5)):
            logs.happens(tenant_id)
    following = Following(logs)
    outlet, _ = following.follow()
    await eventually(lambda: following.feed.groups == 1 and logs.is_followed)
    logs.read.clear()
    logs.happens(500)
    await eventually(lambda: len(outlet.sent) == 1)
    assert sum(logs.read.values()) <= 2
    cursor = outlet.sent[0].cursor
    assert len(cursor) < 2_000
    await following.feed.close()
    for _ in range(3):
        logs.happens(chance.randint(1, 1_000))
    resumed, _ = Following(logs).follow(decode_positions(cursor, LIVE))
    await eventually(lambda: len(resumed.sent) == 3)


def test_a_cursor_of_most_companies_with_many_events_each_fits_into_a_header():
    chance = random.Random(1)
    positions = {2 * number: chance.randint(0, 5_000_000) for number in range(1, MOST_TENANTS + 1)}
    cursor = encode_positions(LIVE, positions)
    assert len(cursor) < LONGEST_CURSOR
    assert decode_positions(cursor, LIVE) == positions


@pytest.mark.parametrize("positions", [{}, {1: 0}, {1: 2**40, 7: 3}])
def test_a_cursor_stands_for_its_positions_in_one_environment(positions):
    cursor = encode_positions(LIVE, positions)
    assert decode_positions(cursor, LIVE) == positions
    with pytest.raises(NoPositions):
        decode_positions(cursor, Environment.TEST)


@pytest.mark.parametrize("broken", ["", "all_", "all_é", "all_AAAA", "WyJldmVudCIsIDEsIDFd", "all_" + "A" * 9_000])
def test_what_is_no_cursor_is_refused(broken):
    with pytest.raises(NoPositions):
        decode_positions(broken, LIVE)


def test_a_cursor_that_would_unfold_to_much_more_is_refused():
    bomb = "all_" + base64.urlsafe_b64encode(zlib.compress(bytes(5_000_000))).decode()
    assert len(bomb) < LONGEST_CURSOR
    with pytest.raises(NoPositions):
        decode_positions(bomb, LIVE)
