"""The `query` of a payload: everything can be read in the same request as the mutation, and as it is afterwards."""

import pytest
from graphql import DocumentNode, OperationDefinitionNode, parse

from resolvers.costs import cost_of
from schema.build import build_schema, core_schema
from tests.api.support.customers import a_signature, visit
from tests.api.support.makers import a_draft, a_quote
from tests.api.support.running import on_both_databases


@on_both_databases
async def test_the_query_of_a_payload_reads_what_is_there_after_the_mutation(api):
    query = """mutation($input: CreateQuoteInput!) {
        one: createQuote(input: $input) { quote { id } query { quotes(first: 1) { totalCount nodes { id } } } }
        two: createQuote(input: $input) { quote { id } query { quotes(first: 1) { totalCount nodes { id } } } }
    }"""
    before = (await api.data("{ quotes { totalCount } }"))["quotes"]["totalCount"]
    found = await api.data(query, {"input": a_draft()})
    assert [found[it]["query"]["quotes"]["totalCount"] for it in ("one", "two")] == [before + 1, before + 2]
    assert [found[it]["query"]["quotes"]["nodes"] for it in found] == [[found[it]["quote"]] for it in found]


async def test_the_query_of_a_dry_run_and_of_a_refusal_reads_what_has_not_changed(api):
    quote = await a_quote(api)
    path = "query { node(id: $id) { ... on QuoteItem { status } } } userErrors { code }"
    query = f"""mutation($id: ID!) {{
        dry: acceptItem(input: {{itemId: $id, dryRun: true}}) {{ {path} }}
        wet: acceptItem(input: {{itemId: $id}}) {{ {path} }}
        no: rejectItem(input: {{itemId: $id}}) {{ {path} }}
    }}"""
    found = await api.data(query, {"id": quote.item})
    assert {name: it["query"]["node"]["status"] for name, it in found.items()} == {
        "dry": "SOURCED",
        "wet": "ACCEPTED",
        "no": "ACCEPTED",
    }
    assert found["no"]["userErrors"] == [{"code": "ALREADY_DECIDED"}]


@pytest.mark.parametrize(
    ("read", "scope"),
    [
        ("query { quotes { totalCount } }", "quotes:read"),
        ("query { quotes { nodes { id } } }", "quotes:read"),
        ("query { ...F }", "quotes:read"),
        ("quote { ...G } query { node(id: $id) { ...G } }", "quotes:read"),
        ("query { node(id: $id) { ... on Quote { status } } }", "quotes:read"),
        ("query { node(id: $id) { ... on Kit { id } } }", "kits:read"),
        ("query { viewer { company { quotes { nodes { id } } } } }", "quotes:read"),
    ],
)
async def test_a_writers_receipt_does_not_reach_into_the_query_of_a_payload(api, read, scope):
    quote, writer = await a_quote(api), await api.key("quotes:write", "quotes:decide")
    fragments = "fragment F on Query { quote(by: {id: $id}) { id } } fragment G on Quote { id status }"
    used = " ".join(it for it in fragments.split(" fragment ") if f"...{it.removeprefix('fragment ')[0]}" in read)
    used = used if not used or used.startswith("fragment") else f"fragment {used}"
    given = "query" in read and "$id" in read + used
    query = f"""mutation({"$id: ID!, " if given else ""}$input: AcceptItemInput!) {{
        acceptItem(input: $input) {{ userErrors {{ code }} {read} }} }} {used}"""
    variables = {"id": quote.id, "input": {"itemId": quote.item, "dryRun": True}}
    before = await api.contents()
    answer = await api.run(query, variables, writer)
    assert (answer.codes, answer.error["extensions"]["scopes"]) == (["FORBIDDEN"], [scope])
    assert await api.contents() == before
    reader = await api.key("quotes:write", "quotes:decide", "quotes:read", "kits:read")
    assert (await api.run(query, variables, reader)).codes == []


async def test_node_below_a_payload_takes_the_scope_of_what_it_finds(api):
    quote, writer = await a_quote(api), await api.key("quotes:write", "quotes:decide")
    read = f'query {{ node(id: "{quote.id}") {{ id }} }}'
    answer = await api.attempt("acceptItem", {"itemId": quote.item}, read, writer)
    assert answer.codes == ["FORBIDDEN"]
    payload = answer.body["data"]["acceptItem"]
    assert (payload["userErrors"], payload["query"]) == ([], {"node": None})


async def test_a_customer_reads_below_a_payload_what_is_public_and_nothing_else(api):
    quote = await a_quote(api)
    mine = f'publicQuote(key: "{quote.key}") {{ status }}'
    sign = "mutation($input: SignQuoteInput!) { signQuote(input: $input) { userErrors { code } %s } }"
    variables = {"input": a_signature(quote.key)}
    for read in (
        "query { viewer { environment } }",
        f"query {{ {mine} viewer {{ environment }} }}",
        f'query {{ {mine} node(id: "{quote.id}") {{ id }} }}',
        "query { __schema { queryType { name } } }",
        "query { ... on Query { quotes { totalCount } } }",
        "... { query { ... { quotes { totalCount } } } }",
        "query { " + " ".join(f"a{number}: {mine}" for number in range(5)) + " }",
    ):
        answer = await visit(api, sign % read, variables)
        assert (answer.status, answer.codes) == (401, ["UNAUTHORIZED"]), read
    answer = await visit(api, sign % f"query {{ __typename {mine} }}", variables)
    assert answer.data["signQuote"]["query"] == {"__typename": "Query", "publicQuote": {"status": "APPROVED"}}


def operation_of(document: DocumentNode) -> OperationDefinitionNode:
    return next(it for it in document.definitions if isinstance(it, OperationDefinitionNode))


def test_what_is_read_below_a_payload_counts_as_in_a_query():
    schema = core_schema(build_schema())
    read = "{ quotes(first: 100) { nodes { id items { id } } } }"
    alone = parse(f"query {read}")
    below = parse('mutation { acceptItem(input: {itemId: "1"}) { query ' + read + " } }")
    nothing = parse('mutation { acceptItem(input: {itemId: "1"}) { query { __typename } } }')
    costs = [cost_of(schema, it, operation_of(it)).points({}) for it in (alone, below, nothing)]
    assert costs[0] > 400
    assert costs[1] == costs[0] + costs[2]
