"""What an operation cost, as its answer says it."""

import json

import pytest

from tests.api.support.makers import a_quote, a_recipient, an_item
from tests.api.support.running import on_both_databases, running

QUOTES = "query($first: Int!) { quotes(first: $first) { nodes { orderId items { quantity } } } }"
STATEMENTS = {"X-Quotegraph-Cost": "statements"}
VIEWER = "{ viewer { environment } }"


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
@pytest.mark.parametrize("executor", ["plan", "plan-rows", "graphql-core"])
async def test_an_answer_costs_a_point_for_each_object_however_it_is_made(new_database, dialect, executor):
    async with running(await new_database(dialect), executor=executor) as api:
        quote = await a_quote(api, an_item(recipients=[a_recipient(), a_recipient()]), an_item())
        query = """query($id: ID!) { quote(by: {id: $id}) { orderId items { id specification { model } recipients {
            __typename name item { id } } } } quotes(first: 10) { edges { node { id } } pageInfo { endCursor } } }"""
        answer = await api.run(query, {"id": quote.id})
        items = answer.data["quote"]["items"]
        recipients = sum(len(it["recipients"]) for it in items)
        assert (len(items), recipients >= 2) == (2, True)
        rows = len(answer.data["quotes"]["edges"])
        # The quote, its items with their specifications, its recipients with their item; the connection and its rows.
        assert answer.cost["actualQueryCost"] == 1 + 2 * len(items) + 2 * recipients + 1 + rows
        assert answer.cost["requestedQueryCost"] == 1 + 5 * (2 + 5 * 2) + 1 + 10


@on_both_databases
async def test_a_mutation_costs_ten_and_what_is_read_of_its_payload(api):
    quote = await a_quote(api)
    mutation = (
        f'mutation {{ acceptItem(input: {{itemId: "{quote.item}"}}) {{ quote {{ id }} userErrors {{ code }} }} }}'
    )
    answer = await api.run(mutation, headers=STATEMENTS)
    assert answer.data["acceptItem"]["userErrors"] == []
    assert (answer.cost["requestedQueryCost"], answer.cost["actualQueryCost"]) == (10 + 1 + 5, 10 + 1)
    assert answer.cost["statements"] >= 3
    again = await api.run(f'mutation {{ rejectItem(input: {{itemId: "{quote.item}"}}) {{ userErrors {{ code }} }} }}')
    assert (len(again.data["rejectItem"]["userErrors"]), again.cost["actualQueryCost"]) == (1, 10 + 1)


@on_both_databases
async def test_an_answer_says_how_many_statements_it_took_where_the_client_asks(api):
    await a_quote(api)
    counted = await api.statements.of(api, QUOTES, {"first": 5})
    answer = await api.run(QUOTES, {"first": 5}, headers=STATEMENTS)
    assert answer.cost.keys() == {"requestedQueryCost", "actualQueryCost", "throttleStatus", "statements"}
    assert answer.cost["statements"] == counted > 0
    assert 0 < answer.cost["actualQueryCost"] < answer.cost["requestedQueryCost"]


async def test_another_value_of_the_header_is_refused(api):
    answer = await api.run(VIEWER, headers={"X-Quotegraph-Cost": "everything"})
    assert (answer.status, answer.codes) == (400, ["VALIDATION_ERROR"])
    assert "`fields`" in answer.error["message"]


async def test_an_answer_that_is_too_large_says_what_it_cost_too(new_database):
    async with running(await new_database("sqlite"), max_cost=200) as api:
        quote = await a_quote(api, an_item(recipients=[a_recipient() for _ in range(100)]))
        query = "query($id: ID!) { quote(by: {id: $id}) { items { recipients { item { recipients { name } } } } } }"
        answer = await api.run(query, {"id": quote.id})
        assert (answer.codes, answer.error["extensions"]["limit"]) == (["VALIDATION_ERROR"], 800)
        assert (answer.cost["requestedQueryCost"], answer.cost["actualQueryCost"]) == (181, 1 + 1 + 2 * 100)


async def test_every_answer_to_an_operation_says_its_cost(new_database):
    async with running(await new_database("sqlite"), batching=2) as api:
        cost = {"cost": {"requestedQueryCost": 1, "actualQueryCost": 1, "throttleStatus": None}}
        sent = {"Authorization": f"Bearer {api.customer}"}
        async with api.http.post(api.url, json={"query": VIEWER}, headers=sent) as response:
            assert (await response.json())["extensions"] == cost
        async with api.http.post(api.url, json=[{"query": VIEWER}] * 2, headers=sent) as response:
            assert [it["extensions"] for it in await response.json()] == [cost, cost]
        stream = {**sent, "Accept": "text/event-stream"}
        async with api.http.post(api.url, json={"query": VIEWER}, headers=stream) as response:
            [data] = [it for it in (await response.text()).split("\n") if it.startswith("data: ")]
            assert json.loads(data.removeprefix("data: "))["extensions"] == cost
        async with api.http.ws_connect(api.url, protocols=("graphql-transport-ws",)) as socket:
            await socket.send_json({"type": "connection_init", "payload": sent})
            await socket.receive_json()
            await socket.send_json({"type": "subscribe", "id": "1", "payload": {"query": VIEWER}})
            assert (await socket.receive_json())["payload"]["extensions"] == cost


async def test_the_last_part_of_an_answer_in_parts_says_its_cost(api):
    sent = {"Authorization": f"Bearer {api.customer}", "Accept": "multipart/mixed;incrementalSpec=v0.2"}
    query = "{ viewer { environment ... @defer { company { id } } } }"
    async with api.http.post(api.url, json={"query": query}, headers=sent) as response:
        parts = [json.loads(it) for it in (await response.text()).split("\r\n") if it.startswith("{")]
    assert [it.get("extensions") for it in parts[:-1]] == [None] * (len(parts) - 1)
    # What comes in two parts counts twice.
    assert parts[-1]["extensions"] == {"cost": {"requestedQueryCost": 2, "actualQueryCost": 3, "throttleStatus": None}}


async def test_introspection_costs_some_hundred_points(api):
    query = "{ __schema { types { name fields { name type { name } } } } }"
    first, again = await api.run(query), await api.run(query)
    assert first.cost == again.cost
    assert 100 < first.cost["actualQueryCost"] == first.cost["requestedQueryCost"] < 1_000


async def test_an_answer_says_what_is_left_to_spend(new_database):
    async with running(await new_database("sqlite"), rate_limit="6000/100") as api:
        answer = await api.run("{ quotes(first: 100) { nodes { id } } }")
        status = answer.cost["throttleStatus"]
        assert status.keys() == {"maximumAvailable", "currentlyAvailable", "restoreRate"}
        assert (status["maximumAvailable"], status["restoreRate"]) == (6_000, 100)
        # What was not used is there again.
        assert 6_000 - 101 < status["currentlyAvailable"] <= 6_000
        detailed = await api.run(VIEWER, headers=STATEMENTS)
        assert detailed.cost["throttleStatus"].keys() == status.keys()


async def test_the_cost_of_each_field_is_told_where_the_client_asks(api):
    query = """query($n: Int) { few: quotes(first: $n) { totalCount nodes { ...F } pageInfo { endCursor } } }
        fragment F on Quote { id items { price { amount } } }"""
    answer = await api.run(query, {"n": 10}, headers={"X-Quotegraph-Cost": "fields"})
    found = {".".join(it["path"]): it for it in answer.cost["fields"]}
    names = ("definedCost", "requestedTotalCost", "requestedChildrenCost")
    assert {path: tuple(it[name] for name in names) for path, it in found.items()} == {
        "few": (1, 111, 110),
        "few.nodes": (1, 110, 100),
        "few.nodes.items": (1, 10, 5),
        "few.nodes.items.price": (1, 1, 0),
        "few.pageInfo": (0, 0, 0),
    }
    assert answer.cost["requestedQueryCost"] == 111


async def test_what_is_left_can_be_read_without_asking_for_points(new_database):
    async with running(await new_database("sqlite"), rate_limit="30/1", public_rate_limit="10/1") as api:
        query = "{ rateLimit { maximumCost limit available restoreRate resetAt } }"
        answer = await api.run(query)
        left = answer.data["rateLimit"]
        assert (answer.cost["requestedQueryCost"], answer.cost["actualQueryCost"]) == (0, 1)
        assert (left["maximumCost"], left["limit"], left["available"], left["restoreRate"]) == (5_000, 30, 30, 1)
        assert left["resetAt"].endswith("Z")
        async with api.http.post(api.url, json={"query": query}) as response:
            assert (await response.json())["data"]["rateLimit"]["limit"] == 10


async def test_without_a_limit_there_is_only_the_largest_cost(api):
    query = "{ rateLimit { maximumCost limit available restoreRate resetAt } }"
    others = {"limit": None, "available": None, "restoreRate": None, "resetAt": None}
    assert (await api.run(query)).data["rateLimit"] == {"maximumCost": 5_000, **others}
