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
    """The points that budgets of the process were asked for."""

    def __init__(self, monkeypatch):
        self.most = 0
        answer = Budget.add_objects

        def watched(budget, *given):
            answer(budget, *given)
            self.most = max(self.most, budget.points)

        monkeypatch.setattr(Budget, "add_objects", watched)


@BOTH
async def test_a_recursion_over_lists_is_stopped_at_the_limit_however_deep_it_is(
    new_database, dialect, executor, monkeypatch
):
    async with running(await new_database(dialect), executor=executor, max_cost=2_000) as api:
        quote = await a_crowd(api, 100)
        assert (await api.run(recursion(1), {"id": quote.id})).data
        seen, statements = Seen(monkeypatch), []
        for depth in (2, 3):
            api.statements.seen.clear()
            answer = await api.run(recursion(depth), {"id": quote.id})
            assert (answer.codes, answer.body["data"]) == (["VALIDATION_ERROR"], None)
            extensions = answer.error["extensions"]
            assert (extensions["limitName"], extensions["limit"], extensions["setting"]) == (
                "points",
                8_000,
                "QUOTEGRAPH_MAX_COST",
            )
            assert extensions["found"] >= 8_000
            statements.append(len(api.statements.seen))
        # What was made before was within the limit, and what is deeper costs nothing.
        assert seen.most <= 8_000
        assert statements[0] == statements[1]
        assert (await api.run(recursion(1), {"id": quote.id})).data


@BOTH
async def test_lists_within_lists_of_a_page_are_stopped_at_the_limit(new_database, dialect, executor):
    async with running(await new_database(dialect), executor=executor, max_cost=320) as api:
        for _ in range(3):
            await a_quote(api, *(an_item(recipients=[a_recipient() for _ in range(60)]) for _ in range(7)))
        query = "{ quotes(first: %d) { nodes { items { recipients { id } } } } }"
        assert (await api.run(query % 1)).data
        answer = await api.run(query % 10)
        assert [it["extensions"]["limitName"] for it in answer.errors] == ["points"]
        assert answer.body["data"] is None


@BOTH
async def test_no_statement_reads_many_more_rows_than_an_answer_may_hold(new_database, dialect, executor, monkeypatch):
    async with running(await new_database(dialect), executor=executor, max_cost=160) as api:
        for _ in range(3):
            await a_quote(api, *(an_item(recipients=[a_recipient() for _ in range(60)]) for _ in range(7)))
        rows: Counter[int] = Counter()
        fetch = api.parts.database.reads.fetch

        async def watched(statement, values):
            found = await fetch(statement, values)
            rows[len(found)] += 1
            return found

        monkeypatch.setattr(api.parts.database.reads, "fetch", watched)
        answer = await api.run("{ quotes(first: 5) { nodes { items { recipients { id email } } } } }")
        assert (answer.error["extensions"]["limitName"], answer.error["extensions"]["limit"]) == ("rows", 640)
        assert max(rows) <= 641


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
    async with running(await new_database("sqlite"), executor=executor, max_cost=250) as api:
        quote, other = await a_crowd(api, 40), await a_crowd(api, 1)
        notes = 'updateQuote(input: {quoteId: "%s", notes: "read"}) { quote { %s } }'
        first = notes % (quote.id, "items { recipients { item { recipients { id } } } }")
        answer = await api.run(f"mutation {{ {first} second: {notes % (other.id, 'id')} }}", key=api.operator)
        assert [it["extensions"]["limitName"] for it in answer.errors] == ["points"]
        read = "query($id: ID!) { quote(by: {id: $id}) { notes } }"
        assert (await api.data(read, {"id": other.id}, api.operator))["quote"]["notes"] != "read"


async def test_honest_pages_come_nowhere_near(new_database, executor, monkeypatch):
    async with running(await new_database("sqlite"), executor=executor) as api:
        for _ in range(5):
            await a_quote(api, *(an_item(recipients=[a_recipient()] * 3) for _ in range(5)), alternatives=2)
        seen = Seen(monkeypatch)
        key = await api.key(*Scope)
        answer = await api.run(
            """{ quotes(first: 25) { totalCount nodes { id orderId status requester { name email } items { id status
            price { amount currencyCode } specification { brand model cpu ram storage } recipients { id name email }
            alternatives { id status price { amount } specification { model } } } } } }""",
            key=key,
        )
        quotes = len(answer.data["quotes"]["nodes"])
        assert quotes >= 5
        # As if all of a page were there.
        assert seen.most / quotes * 25 < 5_000


def test_a_budget_is_spent_by_points_and_characters(executor):
    budget = Budget(10, 100)
    budget.add_objects(3, 2, 6)
    budget.add_objects(100, 0, 0)
    budget.add_points(1)
    assert budget.points == 7
    budget.check_room(3)
    for spend in (budget.check_room, budget.add_points):
        with pytest.raises(OverBudget) as over:
            spend(4)
        assert (over.value.what, over.value.found, over.value.limit) == ("points", 11, 10)
    assert budget.points == 7
    budget.add_characters(82)
    with pytest.raises(OverBudget) as over:
        budget.add_characters(1)
    assert (over.value.what, over.value.found, over.value.limit) == ("bytes", 101, 100)
