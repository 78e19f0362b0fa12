"""State machines as tables: states, transitions, who makes them, and what they cause.

The rules read these tables, and `quotegraph states` prints them; transitions are defined nowhere else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from domain.shared.access import Actor, ActorType
from domain.shared.events import StatusField


class Who(StrEnum):
    """Who makes a transition, as printed in docs/states.md."""

    COMPANY = "the company"
    OPERATOR = "an operator"
    CUSTOMER = "the customer, by the public key"
    SYSTEM = "the system"


KINDS: dict[Who, frozenset[ActorType]] = {
    Who.COMPANY: frozenset({ActorType.API_KEY, ActorType.PERSON}),
    Who.OPERATOR: frozenset({ActorType.API_KEY, ActorType.PERSON}),
    Who.CUSTOMER: frozenset({ActorType.CUSTOMER}),
    Who.SYSTEM: frozenset({ActorType.SYSTEM}),
}


@dataclass(frozen=True, slots=True)
class Transition:
    """A transition from any of `sources` to `to`. In a state of `keeps` it changes nothing and is no conflict.

    `requires` are the states that other statuses of the same object must have. `causes` is printed in docs/states.md.
    """

    name: str
    to: StrEnum
    sources: frozenset[StrEnum]
    by: frozenset[Who]
    causes: str
    keeps: frozenset[StrEnum] = frozenset()
    requires: Mapping[StatusField, frozenset[StrEnum]] = field(default_factory=dict)

    def may(self, actor: Actor) -> bool:
        """Whether an actor of this kind can make the transition. The required scope is declared in the schema."""
        return any(actor.kind in KINDS[who] for who in self.by)


@dataclass(frozen=True, slots=True)
class StateMachine:
    """The states and transitions of one status. `field` says which status of the object it is."""

    name: str
    field: StatusField
    states: type[StrEnum]
    start: StrEnum
    transitions: tuple[Transition, ...]

    def allows(self, before: str, after: str) -> bool:
        """Whether a transition leads from one state to the other."""
        return any(transition.to == after and before in transition.sources for transition in self.transitions)

    @property
    def final(self) -> frozenset[StrEnum]:
        """The states without outgoing transitions."""
        sources = {state for transition in self.transitions for state in transition.sources}
        return frozenset(self.states) - sources
