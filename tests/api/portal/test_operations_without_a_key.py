"""Which operations need no API key: those that select public fields only."""

from tests.api.support.customers import visit
from tests.api.support.makers import a_quote


async def test_without_a_key_nothing_else_can_be_asked_for(api):
    quote = await a_quote(api)
    mine = f'publicQuote(key: "{quote.key}") {{ orderId }}'
    for query in (
        "{ viewer { environment } }",
        "{ __typename }",
        "{ __schema { queryType { name } } }",
        f"{{ {mine} viewer {{ environment }} }}",
        f"{{ {mine} __schema {{ queryType {{ name }} }} }}",
        f"{{ {mine} ...More }} fragment More on Query {{ quotes {{ totalCount }} }}",
        "subscription { events { id } }",
        'mutation { acceptItem(input: {itemId: "x"}) { userErrors { code } } }',
        "{ " + " ".join(f"a{number}: {mine}" for number in range(6)) + " }",
        "{ " + mine + " } " + " " * 10_000,
        "not a document",
        "",
    ):
        answer = await visit(api, query)
        assert (answer.status, answer.codes) == (401, ["UNAUTHORIZED"]), query
    assert (await visit(api, f"query A {{ ...More }} fragment More on Query {{ {mine} }}")).data["publicQuote"]


async def test_the_names_of_types_need_no_key_beside_public_fields(api):
    quote = await a_quote(api)
    mine = f'publicQuote(key: "{quote.key}") {{ __typename orderId }}'
    for query in (
        f"{{ __typename {mine} }}",
        f"{{ ...Type {mine} }} fragment Type on Query {{ kind: __typename }}",
        f"query A {{ ... {{ __typename }} ... on Query {{ {mine} }} }}",
    ):
        assert (await visit(api, query)).data["publicQuote"] == {"__typename": "PublicQuote", "orderId": quote.order_id}
    decline = """mutation($input: DeclineQuoteByKeyInput!) {
        __typename declineQuoteByKey(input: $input) { userErrors { code } query { __typename } } }"""
    answer = await visit(api, decline, {"input": {"key": quote.key}})
    assert answer.data == {
        "__typename": "Mutation",
        "declineQuoteByKey": {"userErrors": [], "query": {"__typename": "Query"}},
    }


async def test_a_wrong_api_key_is_not_made_good_by_a_public_operation(api):
    quote = await a_quote(api)
    answer = await visit(api, f'{{ publicQuote(key: "{quote.key}") {{ orderId }} }}', Authorization="Bearer qk_live_no")
    assert answer.codes == ["UNAUTHORIZED"]
    with_key = await api.run(f'{{ publicQuote(key: "{quote.key}") {{ orderId }} }}')
    assert with_key.data["publicQuote"]["orderId"] == quote.order_id
