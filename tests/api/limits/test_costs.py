"""What an operation may cost: estimated from its pages before it runs, and refused above the limit."""

from pathlib import Path

import pytest
from graphql import OperationDefinitionNode, get_introspection_query, parse

from resolvers.costs import MOST_ESTIMATED, cost_of
from schema.build import build_schema, core_schema
from tests.api.support.running import running

SCHEMA = core_schema(build_schema())
EXAMPLES = sorted((Path(__file__).parents[3] / "examples").rglob("*.graphql"))
NESTED = """query($n: Int = 100) { quotes(first: $n) { nodes { company { quotes(first: $n) { nodes {
    items { recipients { name } } } } } } } }"""


def points(document: str, **variables: object) -> int:
    parsed = parse(document)
    [operation] = [it for it in parsed.definitions if isinstance(it, OperationDefinitionNode)]
    return cost_of(SCHEMA, parsed, operation).points(variables)


@pytest.mark.parametrize(
    ("document", "variables", "expected"),
    [
        # An object costs a point, and so do a connection and each of its rows; values cost nothing.
        ("{ __typename }", {}, 0),
        ("{ viewer { environment } }", {}, 1),
        ("{ quotes(first: 10) { nodes { id orderId } } }", {}, 1 + 10),
        ("{ quotes { nodes { id } } }", {}, 1 + 25),
        ("{ quotes(last: 10) { nodes { id } } }", {}, 1 + 10),
        # A row costs the same through an edge, and paging is free.
        ("{ quotes(first: 10) { edges { node { id } } } }", {}, 1 + 10),
        ("{ quotes(first: 10) { edges { cursor } } }", {}, 1 + 10),
        ("{ quotes(first: 10) { totalCount pageInfo { endCursor } } }", {}, 1),
        ("{ quotes(first: 10) { nodes { items { id } } } }", {}, 1 + 10 * (1 + 5)),
        ("{ quotes(first: 10) { nodes { company { quotes(first: 10) { nodes { id } } } } } }", {}, 1 + 10 * (2 + 11)),
        ("{ a: quotes(first: 10) { nodes { id } } b: quotes(first: 10) { nodes { id } } }", {}, 2 * 11),
        ("{ ...F } fragment F on Query { quotes(first: 9) { ...P } } fragment P on QuoteConnection { nodes { id } }",
         {}, 10),
        ("{ quotes(first: 10) { ... on QuoteConnection { ... { nodes { id } } } } }", {}, 11),
        ('{ nodes(ids: ["a", "b", "c"]) { id } }', {}, 3),
        # A number of more digits than Python reads.
        (f"{{ nodes(ids: {'9' * 5000}) {{ id }} }}", {}, 100),
        ("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ["a"] * 10}, 10),
        ("query($n: Int) { quotes(first: $n) { nodes { id } } }", {"n": 10}, 11),
        ("query($n: Int) { quotes(first: $n) { nodes { id } } }", {}, 26),
        ("query($n: Int = 10) { quotes(first: $n) { nodes { id } } }", {}, 11),
        ("query($n: Int = 10) { quotes(first: $n) { nodes { id } } }", {"n": None}, 26),
        ("query($n: Int) { quotes(first: $n) { nodes { id } } }", {"n": 10.0}, 11),
        # What is out of range is refused where it is known, with a better answer than this could give.
        ("query($n: Int) { quotes(first: $n) { nodes { id } } }", {"n": 10**9}, 101),
        ("query($n: Int) { quotes(first: $n) { nodes { id } } }", {"n": "many"}, 26),
        ("{ quotes(first: -5) { nodes { id } } }", {}, 1),
        # A mutation costs ten instead of its payload's one.
        ('mutation { acceptItem(input: {itemId: "1"}) { quote { id } } }', {}, 10 + 1),
        ('mutation { acceptItem(input: {itemId: "1"}) { userErrors { code } } }', {}, 10 + 5),
        ("subscription { events { type node { id } } }", {}, 2),
    ],
)  # fmt: skip
def test_pages_multiply_down_the_tree(document, variables, expected):
    assert points(document, **variables) == expected


def test_fragments_within_fragments_are_reckoned_quickly_though_they_grow_without_bound():
    chain = "".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60))
    assert points("{ ...F0 }" + chain + "fragment F60 on Query { viewer { environment } }") == MOST_ESTIMATED


async def test_what_is_nested_too_deeply_to_be_estimated_or_written_is_refused(api):
    lists = "{ quotes { nodes { " + "items { quote { " * 24 + "id" + " } }" * 24 + " } } }"
    answer = await api.run(lists)
    assert (answer.status, answer.error["extensions"]["found"]) == (200, MOST_ESTIMATED)
    level = "company { quotes(first: 1) { nodes { "
    for levels, codes in ((16, []), (17, ["VALIDATION_ERROR"]), (65, ["VALIDATION_ERROR"])):
        answer = await api.run("{ quotes(first: 1) { nodes { " + level * levels + "id" + " } } }" * levels + " } } }")
        assert answer.codes == codes
    in_fragment = "{ quotes(first: 1) { nodes { ...F } } } fragment F on Quote { " + level * 16 + "...G" + " } } }" * 16
    in_fragment += " } fragment G on Quote { company { id }"
    answer = await api.run(in_fragment + " }")
    assert (answer.error["extensions"]["limitName"], answer.error["extensions"]["limit"]) == ("levels", 50)


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda it: it.stem)
def test_the_examples_are_within_the_limit(file):
    assert points(file.read_text()) < 5_000


def test_introspection_is_cheap():
    # Less than a third of the limit.
    assert 500 < points(get_introspection_query()) < 1_600


async def test_what_may_cost_too_much_is_refused_before_anything_runs(api):
    before = len(api.statements.seen)
    answer = await api.run(NESTED)
    assert answer.codes == ["VALIDATION_ERROR"]
    extensions = answer.error["extensions"]
    assert (extensions["limitName"], extensions["limit"]) == ("points", 5_000)
    assert extensions["found"] > 5_000
    assert f"{extensions['found']:,} points" in answer.error["message"]
    assert len(api.statements.seen) == before
    assert (await api.run(NESTED, {"n": 3})).data


def test_a_page_of_quotes_with_their_parts_is_allowed():
    parts = """{ quotes(first: 20) { totalCount nodes { id orderId status requester { name email } company { name }
        statusTimestamps { status at } vendorOrders { id status recipients { name } }
        items { id status price { amount currencyCode } specification { brand model cpu ram storage }
            product { model } configuration { cpu } agreedPrice { price { amount } at by { name } }
            recipients { id name email address employee { name } }
            alternatives { id status price { amount } specification { model } } } } } }"""
    assert points(parts) < 5_000


async def test_the_limit_is_a_setting(new_database):
    async with running(await new_database("sqlite"), max_cost=100) as api:
        assert (await api.run("{ quotes(first: 100) { nodes { id } } }")).codes == ["VALIDATION_ERROR"]
        assert (await api.run("{ quotes(first: 99) { nodes { id } } }")).codes == []
