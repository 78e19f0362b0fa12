"""When a replica is waited for, when it is not, and what happens if it fails.

tests/api/server/test_replica.py has a real one.
"""

import asyncio
from collections.abc import Sequence
from unittest.mock import AsyncMock, Mock

import pytest

from adapters.database.core.replica import LONGEST_PAUSE, PAUSE, WAIT, Replica, ReplicaReader
from domain.shared.access import Environment, TenantScope

SCOPE = TenantScope(Environment.LIVE, 1)


class Positions:
    """Where a replica is, look by look; each look takes some time. The last position stays."""

    def __init__(self, *positions: int | Exception, seconds: float = 0.0) -> None:
        self._positions: Sequence[int | Exception] = positions
        self._seconds = seconds
        self.looks = 0
        self.time = 0.0

    async def look(self) -> int:
        found = self._positions[min(self.looks, len(self._positions) - 1)]
        self.looks += 1
        self.time += self._seconds
        if isinstance(found, Exception):
            raise found
        await asyncio.sleep(0)
        return found

    def replica(self) -> Replica:
        return Replica(self.look, lambda: self.time)


async def test_a_replica_that_has_the_position_already_is_not_asked():
    positions = Positions(10)
    replica = positions.replica()
    assert await replica.has(0)
    assert positions.looks == 0
    assert await replica.has(10)
    assert await replica.has(9)
    assert positions.looks == 1


async def test_a_replica_that_comes_to_the_position_is_waited_for():
    positions = Positions(7, 8, 9, 10)
    assert await positions.replica().has(10)
    assert positions.looks == 4


async def test_a_replica_that_stays_behind_is_waited_for_once_and_then_only_looked_at_for_a_while():
    positions = Positions(1, seconds=WAIT / 4)
    replica = positions.replica()
    assert not await replica.has(10)
    waited = positions.looks
    assert waited > 1
    assert not await replica.has(10)
    assert positions.looks == waited + 1
    positions.time += PAUSE
    assert not await replica.has(10)
    assert positions.looks > waited + 2


async def test_those_who_wait_at_the_same_time_share_a_look():
    positions = Positions(10)
    replica = positions.replica()
    assert await asyncio.gather(*(replica.has(number) for number in range(1, 11))) == [True] * 10
    assert positions.looks == 1


@pytest.mark.parametrize("failure", [ConnectionRefusedError(), ValueError("not a replica")])
async def test_a_replica_that_fails_is_left_alone_for_a_while(failure: Exception):
    positions = Positions(failure, 10)
    replica = positions.replica()
    assert not await replica.has(10)
    assert not replica.is_up()
    assert not await replica.has(10)
    assert positions.looks == 1
    positions.time += PAUSE
    assert not replica.is_up()
    await until_up(replica)
    assert await replica.has(10)


async def test_a_replica_that_does_not_answer_is_not_waited_for_and_left_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("adapters.database.core.replica.ANSWER", 2 * WAIT)
    replica = Replica(asyncio.Event().wait, lambda: 0.0)
    assert not await replica.has(10)
    assert replica.is_up()
    while replica.is_up():
        await asyncio.sleep(WAIT)
    assert not await replica.has(10)


async def test_a_replica_is_left_alone_longer_each_time_it_fails_until_it_has_answered_a_read():
    positions = Positions(ConnectionRefusedError(), ConnectionRefusedError(), ConnectionRefusedError(), 10)
    replica = positions.replica()
    assert not await replica.has(10)
    for failures, pause in enumerate((PAUSE, 2 * PAUSE), start=1):
        positions.time += pause / 2
        assert not replica.is_up()
        await steps()
        assert positions.looks == failures
        positions.time += pause / 2
        assert not replica.is_up()
        await steps()
        assert positions.looks == failures + 1
    positions.time += LONGEST_PAUSE
    await until_up(replica)
    replica.answered()
    for _ in range(3):
        replica.failed()
    positions.time += PAUSE
    await until_up(replica)


async def test_a_read_that_a_replica_does_not_answer_is_read_from_the_primary(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("adapters.database.core.replica.ANSWER", 0.01)
    halted, primary = Mock(), Mock()
    halted.count.side_effect = lambda *_: asyncio.Event().wait()
    primary.count = AsyncMock(return_value=[3])
    replica = Positions(10).replica()
    assert await ReplicaReader(replica, halted, primary).count("quotes", [], SCOPE) == [3]
    assert not replica.is_up()


async def until_up(replica: Replica) -> None:
    replica.is_up()
    await steps()
    assert replica.is_up()


async def steps() -> None:
    for _ in range(10):
        await asyncio.sleep(0)
