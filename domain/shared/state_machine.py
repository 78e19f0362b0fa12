"""State machines as plain tables: what states there are, which moves lead from where to where, who makes them, and
what they cause. The rules ask these tables, and `quotegraph states` draws them; nothing else knows the moves.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from domain.shared.access import Actor, ActorKind
from domain.shared.events import StatusField


class Who(StrEnum):
    """Who makes a move, as people call them."""

    COMPANY = "the company"
    OPERATOR = "an operator"
    CUSTOMER = "the customer, by the public key"
    SYSTEM = "the system"


KINDS: dict[Who, frozenset[ActorKind]] = {
    Who.COMPANY: frozenset({ActorKind.API_KEY, ActorKind.PERSON}),
    Who.OPERATOR: frozenset({ActorKind.API_KEY, ActorKind.PERSON}),
    Who.CUSTOMER: frozenset({ActorKind.CUSTOMER}),
    Who.SYSTEM: frozenset({ActorKind.SYSTEM}),
}


@dataclass(frozen=True, slots=True)
class Transition:
    """A move to `to` from any of `sources`; from `keeps` it is no move at all, and no conflict either.

    `requires` are the states other machines of the same object must be in, by field. `causes` is told to readers.
    """

    name: str
    to: StrEnum
    sources: frozenset[StrEnum]
    by: frozenset[Who]
    causes: str
    keeps: frozenset[StrEnum] = frozenset()
    requires: Mapping[StatusField, frozenset[StrEnum]] = field(default_factory=dict)

    def may(self, actor: Actor) -> bool:
        """Whether this sort of actor makes this move at all. Which scope a key needs is said in the schema."""
        return any(actor.kind in KINDS[who] for who in self.by)


@dataclass(frozen=True, slots=True)
class StateMachine:
    """The states of one status and all moves between them. `field` is the status of the object it is about."""

    name: str
    field: StatusField
    states: type[StrEnum]
    start: StrEnum
    transitions: tuple[Transition, ...]

    def allows(self, before: str, after: str) -> bool:
        """Whether some move leads from one state to the other."""
        return any(move.to == after and before in move.sources for move in self.transitions)

    @property
    def final(self) -> frozenset[StrEnum]:
        """The states that nothing leaves."""
        left = {state for move in self.transitions for state in move.sources}
        return frozenset(self.states) - left
