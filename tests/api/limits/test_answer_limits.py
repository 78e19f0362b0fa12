"""What one answer may hold: counted level by level while it is made, and stopped there, however it is made."""

from collections import Counter

import pytest

from domain.shared.access import Scope
from resolvers.execution.budget import Budget, OverBudget
from tests.api.support.makers import a_quote, a_recipient, an_item
from tests.api.support.running import running

pytestmark = pytest.mark.parametrize("executor", ["plan", "plan-rows", "graphql-core"])
BOTH = pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
DEEP = "query($id: ID!) { quote(by: {id: $id}) { items { %s } } }"


def recursion(depth: int) -> str:
    """Recipients of the line of recipients of the line …, each level as many times what the one above has."""
    return DEEP % ("recipients { item { " * depth + "id" + " } }" * depth)


async def a_crowd(api, recipients: int, **more):
    return await a_quote(api, an_item(recipients=[a_recipient(**more) for _ in range(recipients)]))


class Seen:
    """The objects that budgets of the process were asked for."""

    def __init__(self, monkeypatch):
        self.most = 0
        answer = Budget.add_objects

        def watched(budget, *given):
            answer(budget, *given)
            self.most = max(self.most, budget.objects)

        monkeypatch.setattr(Budget, "add_objects", watched)


@BOTH
async def test_a_recursion_over_lists_is_stopped_at_the_limit_however_deep_it_is(
    new_database, dialect, executor, monkeypatch
):
    async with running(await new_database(dialect), executor=executor, max_nodes=2_000) as api:
        quote = await a_crowd(api, 50)
        assert (await api.run(recursion(1), {"id": quote.id})).data
        seen, statements = Seen(monkeypatch), []
        for depth in (2, 3):
            api.statements.seen.clear()
            answer = await api.run(recursion(depth), {"id": quote.id})
            assert (answer.codes, answer.body["data"]) == (["VALIDATION_ERROR"], None)
            extensions = answer.error["extensions"]
            assert (extensions["limitName"], extensions["limit"], extensions["setting"]) == (
                "objects",
                2_000,
                "QUOTEGRAPH_MAX_NODES",
            )
            assert extensions["found"] >= 2_000
            statements.append(len(api.statements.seen))
        # What was made before was within the limit, and what is deeper costs nothing.
        assert seen.most <= 2_000
        assert statements[0] == statements[1]
        assert (await api.run(recursion(1), {"id": quote.id})).data


@BOTH
async def test_lists_within_lists_of_a_page_are_stopped_at_the_limit(new_database, dialect, executor):
    async with running(await new_database(dialect), executor=executor, max_nodes=1_000) as api:
        for _ in range(3):
            await a_quote(api, *(an_item(recipients=[a_recipient() for _ in range(60)]) for _ in range(7)))
        query = "{ quotes(first: %d) { nodes { items { recipients { id } } } } }"
        assert (await api.run(query % 1)).data
        answer = await api.run(query % 10)
        assert [it["extensions"]["limitName"] for it in answer.errors] == ["objects"]
        assert answer.body["data"] is None


@BOTH
async def test_no_statement_reads_more_rows_than_an_answer_may_hold(new_database, dialect, executor, monkeypatch):
    async with running(await new_database(dialect), executor=executor, max_nodes=1_000) as api:
        for _ in range(3):
            await a_quote(api, *(an_item(recipients=[a_recipient() for _ in range(60)]) for _ in range(7)))
        rows: Counter[int] = Counter()
        fetch = api.parts.database.reads.fetch

        async def watched(statement, values):
            found = await fetch(statement, values)
            rows[len(found)] += 1
            return found

        monkeypatch.setattr(api.parts.database.reads, "fetch", watched)
        await api.run("{ quotes(first: 10) { nodes { items { recipients { id email } } } } }")
        assert max(rows) <= 1_001


@BOTH
async def test_the_text_of_an_answer_is_stopped_at_the_limit_under_however_many_names(new_database, dialect, executor):
    async with running(await new_database(dialect), executor=executor, max_answer_bytes=64 * 1024) as api:
        quote = await a_crowd(api, 10, address="x" * 500)
        query = DEEP % ("recipients { %s }")
        assert (await api.run(query % "address", {"id": quote.id})).data
        for selected in (
            " ".join(f"a{it}: address" for it in range(100)),
            " ".join(f"{'a' * 300}{it}: id" for it in range(60)),
            "item { recipients { address } } " * 2 + "again: item { recipients { address } }",
        ):
            answer = await api.run(query % selected, {"id": quote.id})
            extensions = answer.error["extensions"]
            assert (extensions["code"], extensions["limitName"]) == ("VALIDATION_ERROR", "bytes")
            assert (extensions["limit"], extensions["setting"]) == (64 * 1024, "QUOTEGRAPH_MAX_ANSWER_BYTES")
            assert answer.body["data"] is None


async def test_a_mutation_that_answers_with_too_much_is_stopped_before_the_next(new_database, executor):
    async with running(await new_database("sqlite"), executor=executor, max_nodes=1_000) as api:
        quote, other = await a_crowd(api, 40), await a_crowd(api, 1)
        notes = 'updateQuote(input: {quoteId: "%s", notes: "read"}) { quote { %s } }'
        first = notes % (quote.id, "items { recipients { item { recipients { id } } } }")
        answer = await api.run(f"mutation {{ {first} second: {notes % (other.id, 'id')} }}", key=api.operator)
        assert [it["extensions"]["limitName"] for it in answer.errors] == ["objects"]
        read = "query($id: ID!) { quote(by: {id: $id}) { notes } }"
        assert (await api.data(read, {"id": other.id}, api.operator))["quote"]["notes"] != "read"


async def test_honest_pages_come_nowhere_near(new_database, executor, monkeypatch):
    async with running(await new_database("sqlite"), executor=executor) as api:
        for _ in range(5):
            await a_quote(api, *(an_item(recipients=[a_recipient()] * 3) for _ in range(5)), alternatives=2)
        seen = Seen(monkeypatch)
        key = await api.key(*Scope)
        answer = await api.run(
            """{ quotes(first: 100) { totalCount nodes { id orderId status requester { name email } items { id status
            price { amount currencyCode } specification { brand model cpu ram storage } recipients { id name email }
            alternatives { id status price { amount } specification { model } } } } } }""",
            key=key,
        )
        quotes = len(answer.data["quotes"]["nodes"])
        assert quotes >= 5
        # As if all hundred were there.
        assert seen.most / quotes * 100 < 100_000 / 4


def test_a_budget_is_spent_by_objects_values_and_characters(executor):
    budget = Budget(10, 100)
    budget.add_objects(5, 5, 4)
    assert budget.objects == 7
    budget.check_room(2)
    with pytest.raises(OverBudget) as over:
        budget.check_room(3)
    assert (over.value.what, over.value.limit) == ("objects", 10)
    budget.add_characters(80)
    with pytest.raises(OverBudget) as over:
        budget.add_characters(1)
    assert (over.value.what, over.value.found, over.value.limit) == ("bytes", 101, 100)
