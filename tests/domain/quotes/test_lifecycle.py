"""The machines of a quote as tables, and the status they add up to."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from domain.quotes.lifecycle import Expired, WrongStatus, apply_transition, attribute, renewed, status_of, with_status
from domain.quotes.state_machines import (
    APPROVE,
    CANCEL,
    DECLINE,
    EXPIRE,
    LINE_OFFER,
    MACHINE_OF,
    MACHINES,
    RECIPIENT,
    SEND,
    VIEW,
    VOID,
)
from domain.quotes.statuses import DecisionStatus, FulfilmentStatus, QuoteOfferStatus, QuoteStatus
from domain.shared.access import SYSTEM, Actor, ActorType
from domain.shared.errors import Conflict
from domain.shared.state_machine import Who
from tests.builders import ANA, NOW, a_quote

CUSTOMER = Actor(ActorType.CUSTOMER, "key", "Carla")
STATES = list(product(QuoteOfferStatus, DecisionStatus, FulfilmentStatus))
STEPS = [step for machine in MACHINES for step in machine.transitions]


def someone_who_may(step):
    return next(actor for actor in (ANA, SYSTEM, CUSTOMER) if step.may(actor))


def at(offer="DRAFT", decision="PENDING", fulfilment="NONE", **given):
    states = (QuoteOfferStatus(offer), DecisionStatus(decision), FulfilmentStatus(fulfilment))
    named: dict[str, Any] = dict(zip(("offer_status", "decision_status", "fulfilment_status"), states, strict=True))
    return with_status(a_quote(**named, **given).quote)


@pytest.mark.parametrize("machine", [*MACHINES, LINE_OFFER, RECIPIENT], ids=lambda it: it.name)
def test_every_state_can_be_reached_and_every_move_leads_somewhere_else(machine):
    reached = {machine.start}
    for _ in machine.states:
        reached |= {step.to for step in machine.transitions if step.sources & reached}
    assert reached == set(machine.states)
    assert all(step.to not in step.sources and not step.sources & step.keeps for step in machine.transitions)
    assert all(step.by and step.causes for step in machine.transitions)


@pytest.mark.parametrize("step", STEPS, ids=lambda it: it.name)
def test_a_move_is_made_from_its_sources_and_refused_elsewhere_by_naming_both_states(step):
    machine = MACHINE_OF[step.name]
    for states in STATES:
        quote = at(*states)
        present = getattr(quote, attribute(machine.field))
        others = {field: getattr(quote, attribute(field)) for field in step.requires}
        blocked = any(others[field] not in allowed for field, allowed in step.requires.items())
        if present in step.keeps:
            assert apply_transition(quote, step, someone_who_may(step), NOW) is quote
        elif present in step.sources and not blocked:
            moved = apply_transition(quote, step, someone_who_may(step), NOW)
            assert getattr(moved, attribute(machine.field)) == step.to
            assert moved.status == status_of(moved.offer_status, moved.decision_status, moved.fulfilment_status)
        else:
            with pytest.raises(Conflict) as refused:
                apply_transition(quote, step, someone_who_may(step), NOW)
            assert refused.value.current_status in {present, *others.values()}
            assert refused.value.attempted_status == step.to
            assert refused.value.current_status in refused.value.message
            assert step.to in refused.value.message


@pytest.mark.parametrize(
    ("states", "status"),
    [
        (("DRAFT", "PENDING", "NONE"), "PENDING"),
        (("VIEWED", "PENDING", "ORDERED"), "PENDING"),
        (("SENT", "APPROVED", "NONE"), "APPROVED"),
        (("SENT", "APPROVED", "ORDERED"), "APPROVED"),
        (("DRAFT", "APPROVED", "IN_PROGRESS"), "IN_PROGRESS"),
        (("VIEWED", "APPROVED", "DELIVERED"), "DELIVERED"),
        (("VIEWED", "APPROVED", "COMPLETED"), "COMPLETED"),
        (("SENT", "REJECTED", "NONE"), "REJECTED"),
        (("VIEWED", "DECLINED", "NONE"), "REJECTED"),
        (("EXPIRED", "PENDING", "NONE"), "CANCELLED"),
        (("EXPIRED", "APPROVED", "IN_PROGRESS"), "IN_PROGRESS"),
        (("VOIDED", "APPROVED", "ORDERED"), "CANCELLED"),
        (("CANCELLED", "PENDING", "NONE"), "CANCELLED"),
        (("DELETED", "REJECTED", "NONE"), "CANCELLED"),
    ],
)
def test_the_status_sums_up_the_three_states(states, status):
    assert status_of(*states) == status


def test_every_combination_of_states_has_a_status_and_every_status_a_combination():
    assert {status_of(*states) for states in STATES} == set(QuoteStatus)


def test_a_quote_that_was_seen_stays_seen_when_it_is_sent_again():
    seen = apply_transition(apply_transition(at(), SEND, ANA, NOW), VIEW, CUSTOMER, NOW)
    assert apply_transition(seen, SEND, ANA, NOW) is seen


def test_a_quote_is_over_at_its_time_even_before_the_worker_has_said_so():
    quote = at("SENT", expires_at=NOW)
    for step in (SEND, VIEW, APPROVE, DECLINE):
        with pytest.raises(Expired, match="EXPIRED") as refused:
            apply_transition(quote, step, someone_who_may(step), NOW)
        assert (refused.value.current_status, refused.value.attempted_status) == ("EXPIRED", step.to)
    assert apply_transition(quote, SEND, ANA, NOW - timedelta(seconds=1)) is quote
    assert apply_transition(quote, EXPIRE, SYSTEM, NOW).offer_status == "EXPIRED"
    assert apply_transition(quote, VOID, ANA, NOW).offer_status == "VOIDED"
    assert apply_transition(quote, CANCEL, ANA, NOW).offer_status == "CANCELLED"


@pytest.mark.parametrize("before", ["DRAFT", "SENT", "VIEWED"])
def test_a_renewed_quote_is_on_offer_as_it_was_when_its_time_was_over(before):
    over = at(before, expires_at=NOW)
    expired = apply_transition(over, EXPIRE, SYSTEM, NOW)
    assert (expired.status, expired.expired_from) == ("CANCELLED", before)
    for quote in (over, expired):
        after = renewed(quote, ANA, NOW)
        assert (after.offer_status, after.status, after.expires_at, after.expired_from) == (
            before,
            "PENDING",
            None,
            None,
        )


def test_only_an_undecided_quote_whose_time_is_over_is_renewed():
    running = at("SENT", expires_at=NOW + timedelta(seconds=1))
    assert renewed(running, ANA, NOW) is running
    with pytest.raises(WrongStatus, match="APPROVED"):
        renewed(at("EXPIRED", "APPROVED"), ANA, NOW)


def test_a_decided_quote_has_no_more_time_to_run_out():
    quote = at("SENT", "APPROVED", expires_at=NOW)
    assert apply_transition(quote, CANCEL, ANA, NOW).status == "CANCELLED"


def test_who_never_makes_a_move_is_a_mistake_of_ours():
    with pytest.raises(AssertionError):
        apply_transition(at(), VIEW, SYSTEM, NOW)
    assert all(Who.CUSTOMER not in step.by for step in (SEND, VOID, CANCEL, EXPIRE))
