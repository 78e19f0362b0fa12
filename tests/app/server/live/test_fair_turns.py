"""Turns to answer events: those of payers one after another."""

import asyncio

from app.server.live.fair_turns import FairTurns
from tests.app.server.live.support import steps


class Answers:
    """Notes who was answered, and holds each turn until it is told to end."""

    def __init__(self, at_once: int) -> None:
        self.turns = FairTurns(at_once)
        self.begun: list[str] = []
        self._ends: list[asyncio.Event] = []

    async def answer(self, payer: str) -> None:
        async with self.turns.of(payer):
            self.begun.append(payer)
            self._ends.append(end := asyncio.Event())
            await end.wait()

    async def end_all(self) -> None:
        while len(ended := [it for it in self._ends if not it.is_set()]):
            for it in ended:
                it.set()
                await steps()


async def test_who_has_many_subscriptions_keeps_another_waiting_for_one_turn():
    answers = Answers(at_once=1)
    tasks = [asyncio.create_task(answers.answer("many")) for _ in range(20)]
    await steps()
    tasks.append(asyncio.create_task(answers.answer("one")))
    await steps()
    await answers.end_all()
    await asyncio.gather(*tasks)
    assert answers.begun[:3] == ["many", "many", "one"]
    assert answers.begun.count("many") == 20


async def test_payers_take_turns():
    answers = Answers(at_once=1)
    tasks = [asyncio.create_task(answers.answer(it)) for it in "aaabbbc"]
    await steps()
    await answers.end_all()
    await asyncio.gather(*tasks)
    assert answers.begun[0] == "a"
    assert sorted(answers.begun[1:4]) == ["a", "b", "c"]


async def test_a_few_run_at_a_time():
    answers = Answers(at_once=4)
    tasks = [asyncio.create_task(answers.answer("a")) for _ in range(10)]
    await steps()
    assert len(answers.begun) == 4
    await answers.end_all()
    await asyncio.gather(*tasks)


async def test_who_was_cancelled_leaves_the_turn_to_others():
    answers = Answers(at_once=1)
    first, *others = [asyncio.create_task(answers.answer(it)) for it in "abc"]
    await steps()
    others[0].cancel()
    first.cancel()
    await steps()
    assert answers.begun == ["a", "c"]
    await answers.end_all()
    await asyncio.gather(first, *others, return_exceptions=True)
    async with answers.turns.of("d"):
        pass
