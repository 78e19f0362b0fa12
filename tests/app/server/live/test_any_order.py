"""Whatever subscriptions do and whenever, each gets every event that it follows exactly once, in order."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.server.live import groups, readers
from app.server.live.outlets import Membership
from domain.shared.events import EventType
from tests.app.server.live.support import ACCEPTED, ALL, Log, Outlet, Subscribers, steps

TYPES = (ACCEPTED, EventType.QUOTE_SENT)
NODES = ("a", "b")
BUSY = 4_000


@dataclass
class Subscription:
    outlet: Outlet
    membership: Membership
    after: int
    node_id: str | None
    types: frozenset[EventType]
    key: str
    has_left: bool = False

    @property
    def selects(self) -> tuple[object, ...]:
        return self.key, self.node_id, self.types

    def expected(self, log: Log) -> list[int]:
        return [
            it.number
            for it in log.events[1]
            if it.number > self.after and self.node_id in (None, it.node_id) and it.type in self.types
        ]


events = st.tuples(st.just("event"), st.sampled_from(NODES), st.sampled_from(TYPES), st.integers(1, 6))
joins = st.tuples(
    st.just("join"),
    st.sampled_from(("x", "y")),
    st.sampled_from((None, *NODES)),
    st.sampled_from((ALL, frozenset({ACCEPTED}))),
    st.integers(0, 25),
)
leaves = st.tuples(st.just("leave"), st.integers(0, 30))
pauses = st.tuples(st.just("pause"), st.integers(1, 12))


@pytest.fixture(autouse=True, scope="module")
def small():
    """Bounds so small that all of them are met."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(readers, "PART", 3)
        patch.setattr(readers, "KEPT", 4)
        patch.setattr(groups, "BATCH", 2)
        patch.setattr(groups, "LONGEST_QUEUE", 3)
        yield


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(events, joins, leaves, pauses), max_size=60), st.integers(0, 1_000), st.integers(0, 9))
def test_nothing_is_missed_repeated_or_out_of_order(actions, seed, slowest):
    random = Random(seed)
    asyncio.run(happening(actions, lambda: random.randint(0, slowest)))


async def happening(actions: list[tuple[Any, ...]], delay: Callable[[], int]) -> None:
    log = Log(delay)
    subscribers = Subscribers(log, delay)
    subscriptions: list[Subscription] = []
    for action in actions:
        match action:
            case ("event", node_id, type_, count):
                for _ in range(count):
                    log.happens(node_id, type_)
            case ("join", key, node_id, types, back):
                after = max(0, len(log.events[1]) - back)
                joined = subscribers.follow(None, key, after=after, node_id=node_id, types=types)
                subscriptions.append(Subscription(*joined, after, node_id, types, key))
            case ("leave", index) if subscriptions:
                leaving = subscriptions[index % len(subscriptions)]
                leaving.membership.leave()
                leaving.has_left = True
            case ("pause", count):
                await steps(count)
    staying = [it for it in subscriptions if not it.has_left]
    for _ in range(BUSY):
        if all(len(it.outlet.sent) >= len(it.expected(log)) for it in staying):
            break
        await asyncio.sleep(0)
    await steps()
    for it in staying:
        assert it.outlet.numbers == it.expected(log)
        assert it.outlet.errors is None
    for it in subscriptions:
        assert it.outlet.numbers == it.expected(log)[: len(it.outlet.sent)]
    assert subscribers.feed.subscriptions == len(staying)
    assert subscribers.feed.groups == len({it.selects for it in staying}), "all equals have met"
    assert log.is_followed() == bool(staying)
    await subscribers.feed.close()
