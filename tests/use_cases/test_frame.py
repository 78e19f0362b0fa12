"""What the frame promises of every use case, whatever its body does."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import IdempotencyClash, Outcome, UnitOfWork
from domain.shared.access import ActorType, Caller, IdempotencyKey, Person
from domain.shared.errors import InvalidInput, NodeRef
from domain.shared.events import EventType
from domain.use_cases.frame import Command, use_case
from domain.use_cases.quotes.steps import event_of
from tests.builders import a_caller, a_quote, line, priced
from tests.fakes.storage import World

ONCE = IdempotencyKey("once", "noteSomething", "a" * 64)
CALLER = replace(a_caller(), idempotency=ONCE)


@dataclass(frozen=True, slots=True)
class Note(Command):
    text: str


class Body:
    """A use case that notes the texts it was run with, and refuses an empty one after it has written."""

    def __init__(self) -> None:
        self.noted: list[str] = []
        self.run = use_case(self.body)

    async def body(self, work: UnitOfWork, deps: Dependencies, caller: Caller, command: Note) -> Outcome:
        quote = a_quote(line(priced))
        await work.quotes.add(quote)
        work.record(event_of(EventType.QUOTE_UPDATED, quote.quote, caller.actor, deps))
        if not command.text:
            raise InvalidInput
        self.noted.append(command.text)
        return Outcome((NodeRef("Quote", command.text),))


async def test_what_a_body_did_is_committed_once_with_its_outcome():
    world, body = World(), Body()
    outcome = await body.run(world.deps, CALLER, Note("one"))
    assert outcome.id_of("Quote") == "one"
    assert (world.memory.commits, len(world.memory.quotes)) == (1, 1)
    assert world.memory.event_types == ["QUOTE_UPDATED"]


async def test_a_dry_run_answers_and_keeps_nothing():
    world, body = World(), Body()
    outcome = await body.run(world.deps, CALLER, Note("one", dry_run=True))
    assert outcome.id_of("Quote") == "one"
    assert (world.memory.commits, world.memory.quotes, world.memory.events, world.memory.promises) == (0, {}, [], {})


async def test_a_repetition_is_answered_as_before_without_running_the_body():
    world, body = World(), Body()
    first = await body.run(world.deps, CALLER, Note("one"))
    again = await body.run(world.deps, CALLER, Note("one"))
    assert (again, body.noted, world.memory.commits) == (first, ["one"], 1)
    assert (first.is_replay, again.is_replay) == (False, True)


async def test_a_person_repeats_with_the_next_token_of_the_same_key_and_nobody_else_does():
    world, body = World(), Body()

    async def replayed(**given: Any) -> bool:
        token = replace(
            CALLER, key_id="token", kind=ActorType.PERSON, maker_id="key", person=Person("Ida", "ida@a.example")
        )
        return (await body.run(world.deps, replace(token, **given), Note("one"))).is_replay

    assert [await replayed(), await replayed(key_id="next token")] == [False, True]
    others = ({"person": Person("Ida", "other@a.example")}, {"maker_id": "another key"}, {"tenant_id": 77})
    assert [await replayed(**it) for it in others] == [False] * 3
    assert (await body.run(world.deps, replace(CALLER, key_id="key"), Note("one"))).is_replay is False


async def test_a_key_that_was_used_for_something_else_runs_no_body():
    world, body = World(), Body()
    await body.run(world.deps, CALLER, Note("one"))
    with pytest.raises(IdempotencyClash):
        await body.run(world.deps, replace(CALLER, idempotency=replace(ONCE, input_hash="b" * 64)), Note("two"))
    assert (body.noted, world.memory.commits) == (["one"], 1)


async def test_a_refusal_leaves_nothing_and_lets_the_key_be_used_again():
    world, body = World(), Body()
    with pytest.raises(InvalidInput):
        await body.run(world.deps, CALLER, Note(""))
    assert (world.memory.commits, world.memory.quotes, world.memory.events) == (0, {}, [])
    assert (await body.run(world.deps, CALLER, Note("one"))).id_of("Quote") == "one"


def test_a_command_acts_on_nothing_unless_it_says_on_what():
    assert Note("one").subject == ()
