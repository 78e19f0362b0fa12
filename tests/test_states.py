"""The drawings of the states are those of the rules."""

from pathlib import Path

import pytest

from app.cli.main import states_command
from app.cli.states import DRAWN, markdown, mermaid
from domain.quotes.state_machines import MACHINES

PAGE = Path(__file__).parent.parent / "docs" / "states.md"


def test_the_page_of_the_states_is_current():
    told = "run `quotegraph states --format markdown > docs/states.md`"
    assert PAGE.read_text() == markdown() + "\n", told


@pytest.mark.parametrize(("field", "machine"), DRAWN, ids=lambda it: getattr(it, "name", None))
def test_every_state_and_move_of_a_machine_is_drawn(field, machine):
    name = "".join(word.capitalize() for word in machine.name.split())
    drawn = {line.strip() for line in mermaid().splitlines()}
    assert {f"{name}_{state}: {state}" for state in machine.states} <= drawn
    for move in machine.transitions:
        assert {f"{name}_{state} --> {name}_{move.to}: {move.name}" for state in move.sources} <= drawn
    assert f"`{field.split(', ')[0]}`" in markdown()


def test_every_machine_of_a_quote_is_drawn():
    assert tuple(machine for _, machine in DRAWN)[: len(MACHINES)] == MACHINES


def test_the_command_prints_the_drawing(capsys):
    states_command()
    assert capsys.readouterr().out == mermaid() + "\n"
