"""Lanes have slots of their own, and tenants take turns in them."""

from datetime import timedelta

import pytest

from domain.shared.access import Environment
from domain.shared.jobs import JobType
from domain.shared.lanes import LANES, SLOTS, Lane, Service, Turn, free_slots, shares
from tests.builders import NOW

MAIL = Service(Lane.MAIL, Environment.LIVE)


def a_turn(tenant_id: int, kind: JobType = JobType.SEND_QUOTE, since: int = 0) -> Turn:
    return Turn(kind, tenant_id, Environment.LIVE, NOW + timedelta(seconds=since))


@pytest.mark.parametrize("kind", JobType)
def test_every_kind_of_job_has_a_lane_with_slots(kind):
    assert SLOTS[LANES[kind]] > 0


def test_without_running_jobs_all_slots_of_both_environments_are_free():
    assert free_slots(()) == {Service(lane, it): SLOTS[lane] for lane in Lane for it in Environment}


@pytest.mark.parametrize(
    ("free", "last", "expected"),
    [
        (1, 0, {1: 1}),
        (1, 1, {2: 1}),
        (1, 2, {7: 1}),
        (1, 7, {1: 1}),
        (2, 2, {7: 1, 1: 1}),
        (7, 1, {2: 3, 7: 2, 1: 2}),
        (0, 0, {}),
    ],
)
def test_the_tenants_take_turns_from_the_one_after_the_last(free, last, expected):
    turns = [a_turn(7), a_turn(1, since=9), a_turn(2)]
    assert {turn.tenant_id: number for turn, number in shares(turns, free, last).items()} == expected


def test_the_last_of_the_shares_is_the_last_that_was_served():
    turns = [a_turn(1), a_turn(2), a_turn(3)]
    assert list(shares(turns, 4, 0))[-1].tenant_id == 1


def test_the_kinds_of_a_tenant_take_turns_and_begin_with_the_longest_due():
    copies = a_turn(1, JobType.SEND_SIGNED_COPY)
    quotes = a_turn(1, JobType.SEND_QUOTE, since=1)
    assert shares([quotes, copies], 1, 0) == {copies: 1}
    assert shares([quotes, copies], 3, 0) == {copies: 2, quotes: 1}


def test_nothing_due_takes_no_slot():
    assert shares([], 4, 0) == {}
