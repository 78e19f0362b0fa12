"""What a server spends on documents that it does not know: in turns, in steps, within a budget of each payer."""

import asyncio
from collections.abc import Callable

import pytest

from app.server.new_documents import (
    MOST_PAYERS,
    MOST_WAITING,
    PUBLIC_SHARE,
    SECONDS,
    Budgets,
    NewDocuments,
    Steps,
    completed,
)
from app.server.refusals import Refusal
from tests.e2e.processes import eventually


class Processor:
    """Time that only passes where a test says so: of the processor, and on the wall."""

    def __init__(self) -> None:
        self.spent = 0.0
        self.time = 0.0

    def documents(self, seconds: float = SECONDS) -> NewDocuments:
        return NewDocuments(seconds, now=lambda: self.time, spent=lambda: self.spent)

    def steps(
        self, *seconds: float, result: str = "prepared", note: Callable[[str], None] = lambda _: None
    ) -> Steps[str]:
        for it in seconds:
            self.spent += it
            note(result)
            yield
        return result


async def prepare_all(documents: NewDocuments, payer: str, processor: Processor, seconds: float, **more: bool) -> int:
    """How many documents of so many seconds a payer can have prepared until it is refused."""
    for count in range(10_000):
        try:
            await documents.prepare(payer, object(), processor.steps(seconds), **more)
        except Refusal:
            return count
    raise AssertionError("nothing was refused")


async def test_a_document_is_prepared_in_its_steps():
    processor = Processor()
    assert await processor.documents().prepare("a", object(), processor.steps(0.001, 0.0)) == "prepared"
    assert completed(processor.steps(1.0, 1.0)) == "prepared"


async def test_others_run_between_the_steps():
    processor, seen = Processor(), list[str]()
    task = asyncio.create_task(
        processor.documents().prepare("a", object(), processor.steps(0.0, 0.0, 0.0, note=seen.append))
    )
    while not task.done():
        seen.append("another")
        await asyncio.sleep(0)
    assert seen.count("prepared") == 3
    assert "prepared prepared" not in " ".join(seen)


async def test_a_payer_who_has_spent_its_budget_waits_for_it_and_others_do_not():
    processor = Processor()
    documents = processor.documents(seconds=1.0)
    assert await prepare_all(documents, "a", processor, 0.001953125) == 512
    with pytest.raises(Refusal) as refused:
        await documents.prepare("a", object(), processor.steps(0.001))
    [error] = refused.value.errors
    assert error.extensions is not None
    assert (error.extensions["code"], error.extensions["reason"]) == ("RATE_LIMITED", "NEW_DOCUMENTS")
    assert error.extensions["retryAfter"] == 1
    assert "QUOTEGRAPH_DOCUMENT_SECONDS" in error.message
    assert await documents.prepare("b", object(), processor.steps(0.001)) == "prepared"
    processor.time = 1.0
    assert await documents.prepare("a", object(), processor.steps(0.001)) == "prepared"
    processor.time = 120.0
    assert await prepare_all(documents, "a", processor, 0.001953125) == 512


async def test_without_a_key_a_part_of_the_budget_is_there():
    processor = Processor()
    documents = processor.documents(seconds=PUBLIC_SHARE * 0.125)
    assert await prepare_all(documents, "a", processor, 0.0009765625, is_public=True) == 128


async def test_a_trusted_document_needs_no_budget_and_none_is_needed_where_there_is_none():
    processor = Processor()
    limited, unlimited = processor.documents(seconds=0.001), processor.documents(seconds=0)
    for _ in range(20):
        await limited.prepare("a", object(), processor.steps(0.001), is_free=True)
        await unlimited.prepare("a", object(), processor.steps(0.001))
    assert len(limited.budgets) == len(unlimited.budgets) == 0


async def test_what_is_refused_is_paid_for_too():
    def invalid() -> Steps[str]:
        yield
        processor.spent += 0.5
        raise Refusal

    processor = Processor()
    documents = processor.documents(seconds=0.5)
    with pytest.raises(Refusal):
        await documents.prepare("a", object(), invalid())
    assert documents.budgets.wait("a", 0.5) == 1


async def test_payers_take_turns():
    processor, seen = Processor(), list[str]()
    documents = processor.documents()
    many = [
        documents.prepare("many", object(), processor.steps(0.0, result="many", note=seen.append)) for _ in range(20)
    ]
    tasks = [asyncio.create_task(it) for it in many]
    await asyncio.sleep(0)
    await documents.prepare("one", object(), processor.steps(0.0, result="one", note=seen.append))
    assert seen.index("one") <= 3
    await asyncio.gather(*tasks)


async def test_so_many_documents_of_a_payer_wait_and_no_more():
    processor = Processor()
    documents = processor.documents()
    tasks = [
        asyncio.create_task(documents.prepare("a", object(), processor.steps(0.0))) for _ in range(MOST_WAITING + 5)
    ]
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert answers.count("prepared") == MOST_WAITING
    refused = [dict(it.errors[0].extensions or {})["retryAfter"] for it in answers if isinstance(it, Refusal)]
    assert refused == [1] * 5


async def test_who_gives_up_waiting_lets_the_next_one_begin():
    processor = Processor()
    documents = processor.documents()
    tasks = [asyncio.create_task(documents.prepare("a", object(), processor.steps(0.0, 0.0))) for _ in range(3)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    tasks[1].cancel()
    assert await tasks[2] == "prepared"
    await eventually(lambda: documents._lane.count == 0)


def test_so_many_payers_are_known_and_no_more():
    budgets = Budgets(now=lambda: 0.0)
    for number in range(MOST_PAYERS + 10):
        budgets.spend(str(number), 1.0, 5.0)
    assert len(budgets) == MOST_PAYERS


async def test_a_document_that_many_send_at_once_is_prepared_once():
    processor, seen = Processor(), list[str]()
    documents = processor.documents()
    many = 10 * MOST_WAITING
    sent = [documents.prepare("a", "{ a }", processor.steps(0.0, 0.0, note=seen.append)) for _ in range(many)]
    assert await asyncio.gather(*sent) == ["prepared"] * many
    assert seen == ["prepared"] * 2


async def test_another_goes_on_with_a_document_whose_caller_has_left():
    processor = Processor()
    documents = processor.documents()
    first = asyncio.create_task(documents.prepare("a", "{ a }", processor.steps(0.0, 0.0, result="first")))
    second = asyncio.create_task(documents.prepare("a", "{ a }", processor.steps(0.0, result="second")))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == "second"


async def test_a_refusal_is_of_all_who_sent_the_document_at_once():
    processor = Processor()
    documents = processor.documents(seconds=1.0)
    await documents.prepare("a", "{ a }", processor.steps(2.0))
    sent = [documents.prepare("a", "{ b }", processor.steps(0.0)) for _ in range(3)]
    found = await asyncio.gather(*sent, return_exceptions=True)
    assert [type(it) for it in found] == [Refusal] * 3
