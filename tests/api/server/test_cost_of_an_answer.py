"""What an answer cost, which clients can ask for."""

import pytest

from tests.api.support.makers import a_quote
from tests.api.support.running import on_both_databases

ASKED = {"X-Quotegraph-Debug": "cost"}
QUOTES = "query($first: Int!) { quotes(first: $first) { nodes { orderId items { quantity } } } }"


@on_both_databases
async def test_an_answer_says_what_it_cost_where_the_client_asks(api):
    await a_quote(api)
    counted = await api.statements.of(api, QUOTES, {"first": 5})
    answer = await api.run(QUOTES, {"first": 5}, headers=ASKED)
    cost = answer.body["extensions"]["cost"]
    assert cost.keys() == {"estimatedObjects", "objects", "statements"}
    assert cost["statements"] == counted > 0
    assert 0 < cost["objects"] < cost["estimatedObjects"]


@on_both_databases
async def test_the_cost_of_a_mutation_includes_what_it_writes(api):
    quote = await a_quote(api)
    mutation = f'mutation {{ acceptItem(input: {{itemId: "{quote.item}"}}) {{ userErrors {{ message }} }} }}'
    answer = await api.run(mutation, headers=ASKED)
    assert answer.data == {"acceptItem": {"userErrors": []}}
    assert answer.body["extensions"]["cost"]["statements"] >= 3


@pytest.mark.parametrize("headers", [{}, {"X-Quotegraph-Debug": "everything"}])
async def test_an_answer_has_no_extensions_where_nobody_asks(api, headers):
    answer = await api.run(QUOTES, {"first": 5}, headers=headers)
    assert answer.body.keys() == {"data"}


async def test_an_answer_that_is_too_large_says_what_it_cost_too(api):
    query = '{ quotes(first: 2) { nodes { id } } nothing: node(id: "x") { id } }'
    answer = await api.run(query, headers=ASKED)
    assert answer.errors
    assert "cost" in answer.body["extensions"]
