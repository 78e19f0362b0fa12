"""What an answer to a delivery means, when it is tried again, and when its endpoint rests or is disabled."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.webhooks.deliveries import MAX_ATTEMPTS, DeliveryStatus
from domain.webhooks.endpoints import DisabledReason
from domain.webhooks.retries import (
    DELAYS,
    DISABLED_AFTER,
    JITTER,
    MAX_PAUSE,
    MAX_RETRY_AFTER,
    Answered,
    attempted,
    noted,
    pause_after,
)
from tests.builders import LATER, NOW, a_delivery, an_endpoint

MIDDLE = 0.5
waits = st.none() | st.timedeltas(timedelta(-1), timedelta(days=300))
statuses = st.none() | st.integers(100, 599)
randoms = st.floats(0, 1, exclude_max=True)
answers = st.builds(lambda status, wait: Answered(NOW, status, None, wait), statuses, waits)


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_2xx_is_success(status):
    delivery = attempted(a_delivery(last_error="500"), Answered(NOW, status), MIDDLE)
    assert (delivery.status, delivery.delivered_at, delivery.last_response_status) == (
        DeliveryStatus.SUCCESS,
        NOW,
        status,
    )
    assert (delivery.last_error, delivery.next_attempt_at, delivery.attempt_count) == (None, None, 1)


@pytest.mark.parametrize("status", [100, 199, 300, 301, 302, 304, 400, 404, 410, 429, 500, 503, 599])
def test_any_other_status_is_a_failure_that_is_tried_again(status):
    delivery = attempted(a_delivery(), Answered(NOW, status), MIDDLE)
    assert (delivery.status, delivery.next_attempt_at) == (DeliveryStatus.PENDING, NOW + DELAYS[0])
    assert delivery.last_error is not None
    assert str(status) in delivery.last_error


def test_an_error_is_a_failure_even_after_a_status():
    delivery = attempted(a_delivery(), Answered(NOW, 200, "The answer is too large."), MIDDLE)
    assert (delivery.status, delivery.last_error) == (DeliveryStatus.PENDING, "The answer is too large.")


def test_a_failure_says_that_redirects_are_not_followed():
    assert Answered(NOW, 302).problem == "The endpoint answered 302; redirects are not followed."


def test_a_delivery_is_tried_eight_times_over_a_day_and_then_fails_with_its_reason():
    delivery, at, waited = a_delivery(), NOW, list[timedelta]()
    while delivery.next_attempt_at is not None:
        at = delivery.next_attempt_at
        delivery = attempted(delivery, Answered(at, 503), MIDDLE)
        if delivery.next_attempt_at is not None:
            waited.append(delivery.next_attempt_at - at)
    assert tuple(waited) == DELAYS
    assert (delivery.status, delivery.attempt_count, delivery.attempts_left) == (DeliveryStatus.FAILED, MAX_ATTEMPTS, 0)
    assert delivery.last_error == "The endpoint answered 503."


@given(st.integers(2, MAX_ATTEMPTS), randoms)
def test_delays_are_a_tenth_shorter_or_longer_at_most(left, random):
    delivery = attempted(a_delivery(attempts_left=left), Answered(NOW, 500), random)
    delay = DELAYS[MAX_ATTEMPTS - left]
    assert delivery.next_attempt_at is not None
    assert (1 - JITTER) * delay <= delivery.next_attempt_at - NOW <= (1 + JITTER) * delay


def test_an_endpoint_that_asks_to_wait_longer_is_obeyed():
    delivery = attempted(a_delivery(), Answered(NOW, 503, None, timedelta(hours=3)), MIDDLE)
    assert delivery.next_attempt_at == NOW + timedelta(hours=3)


def test_an_endpoint_that_asks_to_wait_less_is_not_tried_earlier():
    delivery = attempted(a_delivery(), Answered(NOW, 503, None, timedelta(seconds=1)), MIDDLE)
    assert delivery.next_attempt_at == NOW + DELAYS[0]


@given(st.integers(1, MAX_ATTEMPTS), answers, randoms)
def test_the_next_attempt_is_after_the_failure_and_no_later_than_a_day(left, answered, random):
    delivery = attempted(a_delivery(attempts_left=left), answered, random)
    assert (delivery.status == DeliveryStatus.PENDING) == (delivery.next_attempt_at is not None)
    if delivery.next_attempt_at is not None:
        assert NOW < delivery.next_attempt_at <= NOW + max(MAX_RETRY_AFTER, DELAYS[-1] * (1 + JITTER))


@given(st.sampled_from([DeliveryStatus.SUCCESS, DeliveryStatus.FAILED]), answers, randoms)
def test_what_was_settled_meanwhile_only_becomes_delivered(status, answered, random):
    before = a_delivery(status=status, next_attempt_at=None, last_error="The endpoint was disabled.")
    after = attempted(before, answered, random)
    assert after.attempt_count == before.attempt_count + 1
    assert after.status == (DeliveryStatus.SUCCESS if answered.problem is None else status)
    assert after.next_attempt_at is None


def test_what_is_delivered_twice_keeps_when_it_was_delivered_first():
    before = a_delivery(status=DeliveryStatus.SUCCESS, delivered_at=NOW)
    assert attempted(before, Answered(LATER, 200), MIDDLE).delivered_at == NOW


@given(st.lists(answers, max_size=12), randoms)
def test_an_endpoint_that_fails_holds_back_the_others_no_longer_than_the_delivery_that_failed(given_answers, random):
    endpoint = an_endpoint()
    for answered in given_answers:
        delivery = attempted(a_delivery(), answered, random)
        endpoint = noted(endpoint, delivery, answered)
        if endpoint.paused_until is not None:
            assert delivery.next_attempt_at is not None
            assert NOW < endpoint.paused_until <= delivery.next_attempt_at


def test_an_endpoint_rests_longer_with_each_failure_up_to_five_minutes():
    assert [pause_after(it).total_seconds() for it in range(1, 9)] == [5, 10, 20, 40, 80, 160, 300, 300]
    assert pause_after(10_000) == MAX_PAUSE


def test_a_delivery_that_was_given_up_lets_its_endpoint_rest_too():
    answered = Answered(NOW, 500)
    last = attempted(a_delivery(attempts_left=1), answered, MIDDLE)
    assert noted(an_endpoint(), last, answered).paused_until == NOW + pause_after(1)


def test_an_endpoint_that_asks_to_wait_gets_nothing_else_meanwhile():
    answered = Answered(NOW, 429, None, timedelta(minutes=20))
    delivery = attempted(a_delivery(), answered, MIDDLE)
    assert noted(an_endpoint(), delivery, answered).paused_until == NOW + timedelta(minutes=20)


def test_a_success_clears_all_failures_of_the_endpoint():
    failing = an_endpoint(consecutive_failures=3, failing_since=NOW, paused_until=LATER)
    after = noted(failing, a_delivery(), Answered(LATER, 200))
    assert (after.consecutive_failures, after.failing_since, after.paused_until) == (0, None, None)


def test_the_first_failure_since_the_last_success_is_kept():
    first = noted(an_endpoint(), a_delivery(), Answered(NOW, 500))
    second = noted(first, a_delivery(), Answered(LATER, 500))
    assert (second.consecutive_failures, second.failing_since) == (2, NOW)


def test_an_endpoint_that_is_gone_is_disabled_at_once():
    after = noted(an_endpoint(), a_delivery(), Answered(NOW, 410))
    assert (after.is_active, after.disabled_reason, after.paused_until) == (False, DisabledReason.GONE, None)


@pytest.mark.parametrize(("early", "active"), [(timedelta(seconds=1), True), (timedelta(), False)])
def test_an_endpoint_is_disabled_after_five_days_of_nothing_but_failures(early, active):
    failing = an_endpoint(consecutive_failures=9, failing_since=NOW)
    after = noted(failing, a_delivery(), Answered(NOW + DISABLED_AFTER - early, 500))
    assert after.is_active == active
    assert after.disabled_reason == (None if active else DisabledReason.FAILING)


@given(answers)
def test_an_endpoint_that_was_disabled_meanwhile_stays_as_it_is_after_a_failure(answered):
    disabled = an_endpoint(is_active=False, disabled_reason=None)
    after = noted(disabled, a_delivery(), answered)
    assert (after.is_active, after.disabled_reason) == (False, None)
