"""What callers may use, with buckets in memory and a clock that the test sets."""

import pytest

from app.server.buckets.memory import MemoryBuckets
from app.server.payers import Payer, payer_of
from app.server.rate_limits import RateLimited, RateLimits, rate_limited
from domain.portal.public_keys import ClientInfo
from domain.rate_limits.buckets import SECOND
from domain.shared.access import NOBODY
from domain.shared.rate_limits import RateLimit

A, B = Payer("a"), Payer("b")


class Clock:
    """A time in microseconds."""

    def __init__(self) -> None:
        self.now = 1_000 * SECOND

    def __call__(self) -> int:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += int(seconds * SECOND)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limits(clock: Clock) -> RateLimits:
    """A hundred points for each key, ten a second."""
    keys = MemoryBuckets(clock)
    return RateLimits(RateLimit(100, 10), RateLimit(20, 1), keys, lambda: clock.now / SECOND)


async def left(limits: RateLimits, payer: Payer) -> int:
    status = limits.status(payer)
    assert status is not None
    return status.currently_available


async def test_each_payer_has_a_bucket_of_its_own(limits):
    await limits.take(A, 100)
    assert (await left(limits, A), await left(limits, B)) == (0, 100)


async def test_what_is_too_much_is_refused_and_takes_nothing(limits, clock):
    await limits.take(A, 70)
    with pytest.raises(RateLimited) as refused:
        await limits.take(A, 50)
    found = refused.value
    assert (found.asked, found.available, found.limit.points, found.retry_after) == (50, 30, 100, 2)
    clock.pass_by(2)
    await limits.take(A, 50)
    assert await left(limits, A) == 0


async def test_an_operation_that_asks_for_more_than_a_bucket_holds_is_not_told_to_wait(limits):
    with pytest.raises(RateLimited) as refused:
        await limits.take(A, 101)
    assert refused.value.retry_after is None
    assert "Request smaller pages" in rate_limited(refused.value).message


async def test_what_an_operation_did_not_use_is_put_back_once(limits):
    taken = await limits.take(A, 100)
    taken.settle(1)
    taken.settle(1)
    assert await left(limits, A) == 99


async def test_what_an_operation_used_beyond_its_points_is_paid_later(limits, clock):
    taken = await limits.take(A, 100)
    taken.settle(120)
    assert await left(limits, A) == 0
    clock.pass_by(3)
    assert await left(limits, A) == 10


async def test_a_payer_may_have_a_limit_of_its_own(limits):
    wide = Payer("c", RateLimit(1_000, 1))
    await limits.take(wide, 900)
    assert await left(limits, wide) == 100


async def test_the_status_says_when_the_bucket_is_full_again(limits, clock):
    await limits.take(A, 50)
    status = limits.status(A)
    assert status is not None
    assert status._asdict() == {
        "maximum_available": 100,
        "currently_available": 50,
        "restore_rate": 10,
        "reset_at_ms": (clock.now + 5 * SECOND) // 1_000,
    }


async def test_what_costs_nothing_is_never_refused(limits):
    await limits.take(A, 100)
    await limits.take(A, 0)


async def test_without_a_limit_nobody_is_refused_and_there_is_no_status():
    limits = RateLimits(None, RateLimit(20, 1))
    for payer in (A, Payer("network", is_network=True)):
        (await limits.take(payer, 10**9)).settle(5)
        assert limits.status(payer) is None


async def test_a_network_has_a_bucket_for_what_comes_without_a_key(limits):
    network = payer_of(NOBODY, ClientInfo("203.0.113.7"))
    await limits.take(network, 20)
    with pytest.raises(RateLimited):
        await limits.take(network, 1)
    await limits.take(payer_of(NOBODY, ClientInfo("203.0.113.8")), 20)


@pytest.mark.parametrize(
    ("one", "other"),
    [("2001:db8:1:2::1", "2001:db8:1:2:3:4:5:6"), ("::ffff:203.0.113.7", "203.0.113.7")],
)
def test_the_addresses_of_one_network_pay_together(one, other):
    assert payer_of(NOBODY, ClientInfo(one)) == payer_of(NOBODY, ClientInfo(other))


async def test_the_payers_that_were_not_seen_for_longest_are_forgotten_first(clock):
    buckets, limit = MemoryBuckets(clock, most=2), RateLimit(10, 1)
    for payer in ("a", "b", "a", "c"):
        assert await buckets.take(payer, 5, limit) is None
    assert [buckets.available(it, limit) for it in "abc"] == [0, 10, 5]
    assert len(buckets) == 2
