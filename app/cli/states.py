"""The state machines of the domain as people read them: drawn, and as tables. `docs/states.md` is made by this.

What is drawn is what the rules ask; nothing about a machine is said here.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby

from domain.inventory.device_actions import DEVICE_ACTION
from domain.inventory.device_places import LEADS_TO, STARTS, Place
from domain.quotes import state_machines
from domain.quotes.lifecycle import status_of
from domain.quotes.state_machines import LINE_OFFER, MACHINES, RECIPIENT
from domain.quotes.statuses import DecisionStatus, FulfilmentStatus, QuoteOfferStatus
from domain.shared.state_machine import StateMachine, Transition

# Every machine, under the field of the graph that tells its state.
DRAWN: tuple[tuple[str, StateMachine], ...] = (
    *(
        (f"Quote.{_field}", machine)
        for _field, machine in zip(("offerStatus", "decisionStatus", "fulfilmentStatus"), MACHINES, strict=True)
    ),
    ("QuoteItem.status, Alternative.status", LINE_OFFER),
    ("Recipient.status", RECIPIENT),
    ("DeviceAction.status", DEVICE_ACTION),
)

_HEAD = """# States

Made by `quotegraph states --format markdown` from the tables that the rules themselves ask; a test sees to it that this
page is current. A move that is not listed is answered with a `ConflictError` that names the present state and the one
the move would lead to. A move made again from the state it leads to changes nothing.
"""

_PLACES = """## Where a device action takes a device from

Asked when an action is made and again when it is completed, of where `Asset.location` says that the device is.
Elsewhere it is a `ConflictError` with the code `WRONG_STATUS` that names both places, and so is a REASSIGN to the
person or the office where the device is. An operator can send `override: true` with an `overrideReason`, which the
action and its history keep. What the vendor has moved and the inventory has elsewhere waits for that; a retired device
stays retired.
"""


def mermaid() -> str:
    """All machines in one diagram, each a state of its own."""
    lines = ["stateDiagram-v2"]
    for _, machine in DRAWN:
        name = _identifier(machine.name)
        lines += [
            f'    state "{machine.name}" as {name} {{',
            *(f"        {it}" for it in _edges(machine, name)),
            "    }",
        ]
    return "\n".join(lines)


def markdown() -> str:
    """The page of the documentation: a diagram and a table for each machine, and what they add up to."""
    sections = (_section(field, machine) for field, machine in DRAWN)
    return "\n".join([_HEAD, *sections, _places(), _summary(), _other_words()])


def _section(field: str, machine: StateMachine) -> str:
    rows = [
        (f"`{it.name}`", _words(it.sources, machine), str(it.to), _who(it), _needs(it), it.causes)
        for it in machine.transitions
    ]
    columns = ("Move", "From", "To", "Who", "Only while", "What follows")
    fields = ", ".join(f"`{it}`" for it in field.split(", "))
    drawing = "\n".join(["```mermaid", "stateDiagram-v2", *(f"    {it}" for it in _edges(machine)), "```"])
    return f"## {machine.name}\n\nTold by {fields}.\n\n{drawing}\n\n{_table(columns, rows)}\n"


def _places() -> str:
    """From where each device action takes a device."""
    rows = [(str(it), *("yes" if place in STARTS[it] else "no" for place in Place), LEADS_TO[it]) for it in STARTS]
    columns = ("Action", *(str(place) for place in Place), "`Asset.status` then")
    return f"{_PLACES}\n{_table(columns, rows)}\n"


def _summary() -> str:
    columns = ("Offer", "Decision", "Fulfilment", "`Quote.status`")
    told = "`Quote.status` follows from the three machines of a quote, and from nothing else."
    return f"## What a quote's states add up to\n\n{told}\n\n{_table(columns, list(_sums()))}\n"


def _other_words() -> str:
    """The table with which the rules themselves begin."""
    table = [line for line in (state_machines.__doc__ or "").splitlines() if line.startswith("|")]
    return "\n".join(["## What other systems call it", "", *table]) + "\n"


def _sums() -> Iterable[tuple[str, ...]]:
    """Every combination of states with its status, those that differ in nothing that counts told together."""

    def of_offer(offer: str) -> list[list[str]]:
        return [[status_of(offer, decision, it) for it in FulfilmentStatus] for decision in DecisionStatus]

    for sums, offers in groupby(QuoteOfferStatus, of_offer):
        who = ", ".join(offers)
        if len({it for row in sums for it in row}) == 1:
            yield who, "any", "any", sums[0][0]
            continue
        for row, decisions in groupby(zip(DecisionStatus, sums, strict=True), lambda it: it[1]):
            said = ", ".join(str(decision) for decision, _ in decisions)
            for status, group in groupby(zip(FulfilmentStatus, row, strict=True), lambda it: it[1]):
                how = [str(fulfilment) for fulfilment, _ in group]
                yield who, said, "any" if len(how) == len(row) else ", ".join(how), status


def _edges(machine: StateMachine, prefix: str = "") -> Iterable[str]:
    def named(state: str) -> str:
        return f"{prefix}_{state}" if prefix else state

    if prefix:
        yield from (f"{named(state)}: {state}" for state in machine.states)
    yield f"[*] --> {named(machine.start)}"
    for move in machine.transitions:
        yield from (
            f"{named(state)} --> {named(move.to)}: {move.name}" for state in machine.states if state in move.sources
        )
    yield from (f"{named(state)} --> [*]" for state in machine.states if state in machine.final)


def _words(states: Iterable[str], machine: StateMachine) -> str:
    found = set(states)
    return ", ".join(str(state) for state in machine.states if state in found)


def _who(move: Transition) -> str:
    return "; ".join(str(who) for who in type(next(iter(move.by))) if who in move.by)


def _needs(move: Transition) -> str:
    machines = {machine.field: machine for _, machine in DRAWN}
    needs = (
        f"{field.replace('_STATUS', '').lower()} is {_words(states, machines[field])}"
        for field, states in sorted(move.requires.items())
    )
    return "; ".join(needs)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _identifier(name: str) -> str:
    return "".join(word.capitalize() for word in name.split())
