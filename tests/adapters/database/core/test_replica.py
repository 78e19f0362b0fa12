"""When a replica is waited for, when it is not, and what happens if it fails.

tests/api/server/test_replica.py has a real one.
"""

import asyncio
from collections.abc import Sequence

import pytest

from adapters.database.core.replica import PAUSE, WAIT, Replica


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
    assert replica.is_up()
    assert await replica.has(10)
