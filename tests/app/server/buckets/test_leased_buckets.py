"""Slices of a shared bucket, with a bucket that counts how often it is asked."""

import asyncio

import pytest

from app.server.buckets import leased
from app.server.buckets.leased import LeasedBuckets
from domain.rate_limits import buckets
from domain.rate_limits.buckets import FULL, SECOND
from domain.rate_limits.leases import Lease, most_held, slice_of
from domain.shared.rate_limits import RateLimit

# A slice has ten points.
LIMIT = RateLimit(100, 10)


class Clock:
    """A time in microseconds."""

    def __init__(self) -> None:
        self.now = 1_000_000 * SECOND

    def __call__(self) -> int:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += int(seconds * SECOND)


class SharedBucket:
    """A bucket that several processes lease slices of; its clock is its own."""

    def __init__(self, clock: Clock, ahead: float = 0.0) -> None:
        self._clock, self._ahead = clock, int(ahead * SECOND)
        self.full_at = FULL
        self.asked = 0
        self.failure: Exception | None = None

    @property
    def _now(self) -> int:
        return self._clock() + self._ahead

    async def lease(self, payer: str, needed: int, wanted: int, limit: RateLimit) -> Lease:
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure
        self.asked += 1
        there = buckets.available(self.full_at, self._now, limit)
        granted = min(there, wanted) if there >= needed else 0
        self.full_at = buckets.use_more(self.full_at, self._now, granted, limit)
        return Lease(granted, self.full_at - self._now)

    async def give_back(self, payer: str, points: int, limit: RateLimit) -> None:
        self.full_at = buckets.give_back(self.full_at, points, limit)

    async def owe(self, payer: str, points: int, limit: RateLimit) -> None:
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure
        self.full_at = buckets.use_more(self.full_at, self._now, points, limit)

    async def close(self) -> None: ...

    def available(self) -> int:
        return buckets.available(self.full_at, self._now, LIMIT)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shared(clock: Clock) -> SharedBucket:
    return SharedBucket(clock)


async def settled() -> None:
    """What was started in the background has ended."""
    for _ in range(10):
        await asyncio.sleep(0)


def test_a_slice_is_a_tenth_of_the_bucket_or_what_is_restored_in_two_seconds():
    assert [slice_of(RateLimit(*it)) for it in ((6_000, 100), (100, 100), (5, 1))] == [200, 10, 1]


async def test_what_a_slice_has_is_taken_without_asking(clock, shared):
    process = LeasedBuckets(shared, clock)
    assert await process.take("a", 1, LIMIT) is None
    for _ in range(4):
        assert await process.take("a", 1, LIMIT) is None
    await settled()
    assert shared.asked == 1


async def test_the_next_slice_is_leased_in_the_background_when_half_of_one_is_left(clock, shared):
    process = LeasedBuckets(shared, clock)
    for _ in range(60):
        assert await process.take("a", 1, LIMIT) is None
        await settled()
    assert shared.asked < 15
    assert process.available("a", LIMIT) == 40


@pytest.mark.parametrize("skew", [0.0, -3_600.0, 3_600.0])
async def test_processes_admit_together_what_the_bucket_holds_whatever_their_clocks_say(clock, skew):
    shared = SharedBucket(clock, skew)
    processes = [LeasedBuckets(shared, clock), LeasedBuckets(shared, clock)]
    admitted = 0
    for number in range(300):
        admitted += await processes[number % 2].take("a", 1, LIMIT) is None
        await settled()
    assert admitted == 100


async def test_in_a_burst_no_more_is_admitted_than_the_limit_and_what_processes_hold(clock, shared):
    processes = [LeasedBuckets(shared, clock), LeasedBuckets(shared, clock)]
    for process in processes:
        await process.take("a", 1, LIMIT)
    clock.pass_by(4)
    admitted = 2
    for number in range(400):
        admitted += await processes[number % 2].take("a", 1, LIMIT) is None
        await settled()
    assert 100 <= admitted <= 100 + len(processes) * slice_of(LIMIT) + 2


async def test_a_refusal_says_how_long_to_wait_and_is_repeated_without_asking(clock, shared):
    process = LeasedBuckets(shared, clock)
    assert await process.take("a", 100, LIMIT) is None
    await settled()
    wait = await process.take("a", 20, LIMIT)
    assert wait == 2 * SECOND
    asked = shared.asked
    assert await process.take("a", 20, LIMIT) == wait
    assert shared.asked == asked
    clock.pass_by(2)
    assert await process.take("a", 20, LIMIT) is None


async def test_what_an_operation_did_not_use_goes_back_when_it_is_more_than_two_slices(clock, shared):
    process = LeasedBuckets(shared, clock)
    assert await process.take("a", 90, LIMIT) is None
    process.settle("a", 90, 5, LIMIT)
    await settled()
    assert shared.available() == 100 - 5 - slice_of(LIMIT)
    assert process.available("a", LIMIT) == 95


async def test_what_was_used_beyond_what_was_asked_is_paid_by_the_next(clock, shared):
    process = LeasedBuckets(shared, clock)
    assert await process.take("a", 1, LIMIT) is None
    process.settle("a", 1, 61, LIMIT)
    assert await process.take("a", 1, LIMIT) is None
    await settled()
    assert process.available("a", LIMIT) == 38


async def test_concurrent_operations_of_one_payer_are_admitted_exactly(clock, shared):
    process = LeasedBuckets(shared, clock)
    found = await asyncio.gather(*(process.take("a", 7, LIMIT) for _ in range(40)))
    await settled()
    assert found.count(None) == 14


async def test_slices_that_nobody_uses_go_back(clock, shared, monkeypatch):
    monkeypatch.setattr(leased, "SWEEP_SECONDS", 0.0)
    process = LeasedBuckets(shared, clock)
    assert await process.take("a", 1, LIMIT) is None
    clock.pass_by(10)
    await asyncio.sleep(0.01)
    await settled()
    assert shared.full_at < clock.now
    assert process.available("a", LIMIT) == 100


async def test_what_is_owed_is_not_forgotten_with_the_bucket(clock, shared, monkeypatch):
    monkeypatch.setattr(leased, "SWEEP_SECONDS", 0.0)
    process = LeasedBuckets(shared, clock)
    process.settle("a", 0, 500, LIMIT)
    await settled()
    clock.pass_by(10)
    await asyncio.sleep(0.01)
    await settled()
    assert process.available("a", LIMIT) == shared.available() == -300
    assert await process.take("a", 1, LIMIT) is not None


async def test_what_is_owed_is_owed_to_all_processes_also_to_those_that_begin_later(clock, shared):
    process = LeasedBuckets(shared, clock)
    process.settle("a", 0, 500, LIMIT)
    await process.close()
    assert shared.available() == -400
    assert await LeasedBuckets(shared, clock).take("a", 1, LIMIT) == 40 * SECOND + SECOND // 10


async def test_what_is_owed_while_the_database_cannot_be_used_is_written_later(clock, shared, monkeypatch):
    monkeypatch.setattr(leased, "SWEEP_SECONDS", 0.0)
    shared.failure = ConnectionError("no database")
    process = LeasedBuckets(shared, clock)
    process.settle("a", 0, 500, LIMIT)
    await settled()
    assert (process.available("a", LIMIT), shared.available()) == (-400, 100)
    shared.failure = None
    clock.pass_by(6)
    await asyncio.sleep(0.01)
    await settled()
    assert shared.available() == process.available("a", LIMIT) < -300


async def test_at_the_end_a_process_gives_back_what_it_holds(clock, shared):
    process = LeasedBuckets(shared, clock)
    assert await process.take("a", 1, LIMIT) is None
    await process.close()
    assert shared.available() == 99


async def test_while_the_database_cannot_be_used_operations_are_admitted_and_owed(clock, shared):
    shared.failure = ConnectionError("no database")
    process = LeasedBuckets(shared, clock)
    assert await process.take("a", 30, LIMIT) is None
    shared.failure = None
    assert await process.take("a", 1, LIMIT) is None
    await settled()
    assert process.available("a", LIMIT) == 69


def test_what_a_process_holds_at_most_is_documented():
    assert most_held(RateLimit(6_000, 100)) == 400


async def test_what_was_leased_for_an_operation_whose_client_has_left_is_not_lost(clock, shared):
    process = LeasedBuckets(shared, clock)
    asking = asyncio.create_task(process.take("a", 50, LIMIT))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await settled()
    assert asking.cancelled()
    assert (shared.available(), process.available("a", LIMIT)) == (100 - 50 - slice_of(LIMIT), 100)


async def test_a_lease_that_is_on_its_way_at_the_end_goes_back_too(clock, shared):
    process = LeasedBuckets(shared, clock)
    asking = asyncio.create_task(process.take("a", 50, LIMIT))
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.sleep(0)
    await process.close()
    assert shared.available() == 100


async def test_another_limit_of_a_key_counts_at_once(clock, shared):
    process = LeasedBuckets(shared, clock)
    assert await process.take("a", 90, LIMIT) is None
    await settled()
    smaller = RateLimit(5, 1)
    assert await process.take("a", 5, smaller) is not None
    await settled()
    assert process.available("a", smaller) <= 5
    larger = RateLimit(100_000, 1_000)
    assert await process.take("a", 50_000, larger) is None
