"""The arithmetic of buckets: what is admitted at which time."""

from hypothesis import given
from hypothesis import strategies as st

from domain.rate_limits.buckets import FULL, MOST_OWED, SECOND, available, give_back, take, time_of, use_more, wait
from domain.rate_limits.kept import KeptBuckets
from domain.shared.rate_limits import RateLimit

limits = st.builds(RateLimit, st.integers(1, 100_000), st.integers(1, 10_000))
# How long after the one before each operation comes, and the points it asks for.
attempts = st.lists(st.tuples(st.integers(0, 5 * SECOND), st.integers(1, 20_000)), max_size=50)

TEN_AT_TWO_A_SECOND = RateLimit(10, 2)


def test_a_bucket_that_nothing_was_taken_from_is_full():
    assert available(FULL, 5 * SECOND, TEN_AT_TWO_A_SECOND) == 10


def test_points_that_were_taken_are_restored_at_the_rate_of_the_limit():
    full_at = take(FULL, SECOND, 10, TEN_AT_TWO_A_SECOND)
    assert full_at is not None
    left = [available(full_at, SECOND + after * SECOND, TEN_AT_TWO_A_SECOND) for after in (0, 1, 4, 5, 60)]
    assert left == [0, 2, 8, 10, 10]


def test_nothing_is_taken_where_there_are_too_few_points():
    full_at = take(FULL, SECOND, 8, TEN_AT_TWO_A_SECOND)
    assert full_at is not None
    assert take(full_at, SECOND, 3, TEN_AT_TWO_A_SECOND) is None
    assert wait(full_at, SECOND, 3, TEN_AT_TWO_A_SECOND) == SECOND // 2


def test_what_was_not_used_is_there_again():
    full_at = take(FULL, SECOND, 10, TEN_AT_TWO_A_SECOND)
    assert full_at is not None
    assert available(give_back(full_at, 7, TEN_AT_TWO_A_SECOND), SECOND, TEN_AT_TWO_A_SECOND) == 7


def test_what_was_used_beyond_what_was_taken_is_owed():
    full_at = take(FULL, SECOND, 10, TEN_AT_TWO_A_SECOND)
    assert full_at is not None
    owing = use_more(full_at, SECOND, 4, TEN_AT_TWO_A_SECOND)
    assert available(owing, SECOND, TEN_AT_TWO_A_SECOND) == -4
    assert wait(owing, SECOND, 1, TEN_AT_TWO_A_SECOND) == time_of(5, TEN_AT_TWO_A_SECOND)


@given(limits, st.integers(1, 20_000))
def test_owing_more_never_leaves_more(limit: RateLimit, points: int):
    now = 1_000 * SECOND
    kept = KeptBuckets(lambda: now)
    there = [kept.available("a", limit)]
    for _ in range(6):
        kept.settle("a", 0, points, limit)
        there.append(kept.available("a", limit))
    assert there == sorted(there, reverse=True)
    assert there[-1] >= -(time_of(1, limit) + MOST_OWED) * limit.restore // SECOND


def test_after_any_debt_a_bucket_has_points_again_after_a_minute():
    now, limit = 1_000 * SECOND, RateLimit(6_000, 100)
    kept = KeptBuckets(lambda: now)
    for _ in range(6):
        kept.settle("a", 0, 5_000, limit)
    assert kept.available("a", limit) == -6_000
    now += MOST_OWED
    assert kept.available("a", limit) == 0


@given(limits, attempts)
def test_never_more_is_admitted_than_the_bucket_holds_and_the_time_restores(limit: RateLimit, attempts):
    now = full_at = start = 1_000 * SECOND
    admitted = 0
    for after, points in attempts:
        now += after
        later = take(full_at, now, points, limit)
        if later is not None:
            full_at, admitted = later, admitted + points
        assert admitted <= limit.points + (now - start) * limit.restore / SECOND + 1


@given(limits, attempts)
def test_what_is_there_can_be_taken_and_one_point_more_can_not(limit: RateLimit, attempts):
    now = full_at = 1_000 * SECOND
    for after, points in attempts:
        now += after
        full_at = take(full_at, now, points, limit) or full_at
        there = available(full_at, now, limit)
        assert 0 <= there <= limit.points
        assert there == 0 or take(full_at, now, there, limit) is not None
        assert take(full_at, now, there + 1, limit) is None


@given(limits, attempts)
def test_after_the_wait_the_points_are_there_and_just_before_they_are_not(limit: RateLimit, attempts):
    now = full_at = 1_000 * SECOND
    for after, asked in attempts:
        now += after
        points = min(asked, limit.points)
        later = take(full_at, now, points, limit)
        if later is None:
            needed = wait(full_at, now, points, limit)
            assert take(full_at, now + needed - 1, points, limit) is None
            later = take(full_at, now + needed, points, limit)
            assert later is not None
            now += needed
        full_at = later


@given(limits, st.integers(1, 20_000), st.integers(0, 20_000))
def test_taking_and_giving_back_admits_no_more_than_was_used(limit: RateLimit, asked: int, unused: int):
    now = 1_000 * SECOND
    full_at = take(FULL, now, min(asked, limit.points), limit)
    assert full_at is not None
    back = give_back(full_at, min(unused, asked, limit.points), limit)
    used = min(asked, limit.points) - min(unused, asked, limit.points)
    assert limit.points - used - 1 <= available(back, now, limit) <= limit.points - used
