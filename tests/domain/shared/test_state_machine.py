"""State machines as tables: what they allow, whom, and where they end."""

from enum import StrEnum

import pytest

from domain.shared.access import Actor, ActorType
from domain.shared.events import StatusField
from domain.shared.state_machine import StateMachine, Transition, Who


class Door(StrEnum):
    OPEN = "OPEN"
    CLOSED = "CLOSED"
    WALLED = "WALLED"


CLOSE = Transition("close", Door.CLOSED, frozenset({Door.OPEN}), frozenset({Who.CUSTOMER}), "It is quiet.")
WALL = Transition("wall", Door.WALLED, frozenset({Door.OPEN, Door.CLOSED}), frozenset({Who.SYSTEM}), "It is gone.")
DOOR = StateMachine("door", StatusField.STATUS, Door, Door.OPEN, (CLOSE, WALL))


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        (Door.OPEN, Door.CLOSED, True),
        (Door.CLOSED, Door.WALLED, True),
        (Door.CLOSED, Door.OPEN, False),
        (Door.WALLED, Door.OPEN, False),
        (Door.OPEN, Door.OPEN, False),
    ],
)
def test_a_machine_allows_what_one_of_its_moves_does(before, after, allowed):
    assert DOOR.allows(before, after) is allowed


def test_final_are_the_states_that_nothing_leaves():
    assert DOOR.final == {Door.WALLED}


@pytest.mark.parametrize(("kind", "may"), [(ActorType.CUSTOMER, True), (ActorType.API_KEY, False)])
def test_a_move_is_made_by_those_it_names_only(kind, may):
    assert CLOSE.may(Actor(kind, "a", "A")) is may
