"""A key causes so many e-mails an hour, and no more."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.shared.email_limits import HOUR, EmailBudget, TooManyEmails
from tests.fakes.storage import Clock


def test_a_key_that_has_used_its_hour_is_told_when_to_try_again():
    clock = Clock()
    budget = EmailBudget(60, clock)
    budget.take("a", 60)
    with pytest.raises(TooManyEmails) as refusal:
        budget.take("a", 2)
    assert refusal.value.retry_after == 120
    assert str(refusal.value) == (
        "This would send 2 e-mails; the limit is 60 per hour and key. Try again in 120 seconds."
    )
    clock.move(seconds=120)
    budget.take("a", 2)


def test_other_keys_have_an_hour_of_their_own():
    budget = EmailBudget(1, Clock())
    for key in "abc":
        budget.take(key, 1)


def test_more_than_an_hour_allows_is_never_sent_at_once():
    budget = EmailBudget(10, Clock())
    with pytest.raises(TooManyEmails, match="Send fewer addresses") as refusal:
        budget.take("a", 11)
    assert refusal.value.retry_after is None
    budget.take("a", 10)


def test_what_is_given_back_can_be_sent():
    budget = EmailBudget(10, Clock())
    budget.give_back("a", 5)
    budget.take("a", 8)
    budget.give_back("a", 8)
    budget.take("a", 10)
    with pytest.raises(TooManyEmails):
        budget.take("a", 1)


def test_without_a_limit_anything_goes():
    EmailBudget(0, Clock()).take("a", 10**9)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 1_800)), max_size=50))
def test_no_hour_has_more_than_twice_the_limit_and_a_burst_no_more_than_it(takes):
    clock = Clock()
    budget, sent = EmailBudget(30, clock), []
    for count, seconds in takes:
        clock.move(seconds=seconds)
        try:
            budget.take("a", count)
        except TooManyEmails:
            continue
        sent.append((clock.at, count))
    for at, _ in sent:
        within = sum(count for other, count in sent if at <= other < at + HOUR)
        assert within <= 60
        assert sum(count for other, count in sent if at <= other < at + timedelta(seconds=1)) <= 30
