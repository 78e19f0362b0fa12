"""How long we try."""

from datetime import timedelta

from domain.shared.jobs import DEFAULT_RETRY_POLICY, RetryPolicy
from tests.builders import NOW


def test_each_failure_waits_its_own_delay():
    retry_policy = RetryPolicy(retry_delays=(1, 5, 25))
    waits = [retry_policy.next_attempt(attempts, NOW) for attempts in (1, 2, 3)]
    assert waits == [NOW + timedelta(seconds=it) for it in (1, 5, 25)]


def test_after_the_last_delay_there_is_no_other_attempt():
    assert RetryPolicy(retry_delays=(1, 5)).next_attempt(3, NOW) is None


def test_without_delays_the_first_failure_is_final():
    assert RetryPolicy(retry_delays=()).next_attempt(1, NOW) is None


def test_by_default_we_wait_longer_every_time_and_most_of_a_day_in_all():
    delays = DEFAULT_RETRY_POLICY.retry_delays
    assert list(delays) == sorted(delays)
    assert sum(delays) > 16 * 3600


def test_a_lease_outlasts_looking_for_an_order_and_placing_it():
    longest_wait_for_a_vendor = timedelta(seconds=12)
    assert 2 * longest_wait_for_a_vendor < DEFAULT_RETRY_POLICY.lease
