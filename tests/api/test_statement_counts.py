"""How many statements a query costs: one for each edge level, whatever the number of quotes.

The numbers are literal on purpose. A change of one of them is a change of what the graph costs.
"""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import pytest
import pytest_asyncio

from tests.api.conftest import MakeDatabase
from tests.api.support.makers import (
    a_draft,
    a_price,
    a_price_option,
    a_proposal,
    a_quote,
    a_recipient,
    an_item,
    two_lines,
)
from tests.api.support.running import Running, running
from tests.api.support.world import MACBOOK, SMALL_MACBOOK

MANY = 100

# Whole pages of everything cost more than an operation may.
MOST = 100_000


class Crowd(NamedTuple):
    """A database with a hundred quotes, each with every kind of edge."""

    api: Running
    executor: str


@pytest.fixture(scope="module")
def crowded() -> dict[str, str]:
    """The addresses of the databases made so far, by dialect."""
    return {}


# Plans by rows, everywhere alike; what PostgreSQL writes as text is counted further down.
EXECUTORS = ["graphql-core", "plan-rows"]
SYSTEMS = [(dialect, executor) for dialect in ("sqlite", "postgresql") for executor in EXECUTORS]


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=SYSTEMS, ids="-".join)
async def crowd(
    request: pytest.FixtureRequest, crowded: dict[str, str], new_database: MakeDatabase
) -> AsyncIterator[Crowd]:
    dialect, executor = request.param
    if dialect not in crowded:
        crowded[dialect] = await new_database(dialect)
        await draw_a_crowd(crowded[dialect])
    async with running(crowded[dialect], executor=executor, max_cost=MOST) as api:
        yield Crowd(api, executor)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def texts(crowded: dict[str, str], new_database: MakeDatabase) -> AsyncIterator[Crowd]:
    if "postgresql" not in crowded:
        crowded["postgresql"] = await new_database("postgresql")
        await draw_a_crowd(crowded["postgresql"])
    async with running(crowded["postgresql"], executor="plan", max_cost=MOST) as api:
        yield Crowd(api, "plan")


async def draw_a_crowd(url: str) -> None:
    macbook = {"catalogue": {"productId": MACBOOK, "configurationId": SMALL_MACBOOK}}
    people = [a_recipient(), a_recipient("Bruno Silva")]
    async with running(url) as api:
        for number in range(10):
            kit = {"name": f"Desk {number}", "tags": ["desk"], "devices": [{"device": macbook}] * 2}
            made = await api.act("createKit", kit, "kit { id }")
        # The oldest quote, beyond the hundred, is made from the newest kit.
        await a_quote(api, an_item(device={"kitId": made["kit"]["id"]}))
        ana = await api.act("createCustomer", {"name": "Ana"}, "customer { id }")
        team = await api.act("createCustomField", {"name": "Team", "type": "TEXT"}, "customField { id }")
        values = [{"customFieldId": team["customField"]["id"], "value": {"text": "Platform"}}]
        for _ in range(MANY):
            quote = await a_quote(
                api,
                an_item(device=macbook, recipients=people),
                two_lines()[1],
                alternatives=1,
                customerId=ana["customer"]["id"],
                customFields=values,
            )
            option = await a_price_option(api, quote)
            await api.act("acceptItem", {"itemId": quote.items[0]})
            await api.act("rejectItem", {"itemId": quote.items[1]})
            await api.act("selectPriceOption", {"priceOptionId": option})


EDGES = {
    "id orderId status poNumber requester { email } createdAt": 1,
    "currencyCode isPriced subtotal { amount } total { amount } discount { percentage } shipping { name }": 1,
    "items { taxRate discount { reason } subtotal { amount } taxTotal { amount } total { amount } }": 2,
    "taxLines { rate base { amount } net { amount } amount { amount } } taxTotal { amount }": 2,
    "taxLines { rate } items { taxTotal { amount } }": 3,
    "priceOptions { id price { amount } acceptedBy { name } }": 2,
    "priceOptions { quote { id } }": 3,
    "printProblems { message path excerpt characters { codePoint name } }": 9,
    "countries": 2,
    "statusTimestamps { status at }": 2,
    "sentAt viewedAt acceptedAt expiredAt voidedAt": 2,
    "company { code }": 2,
    "customer { name }": 2,
    "customFields { display ... on TextFieldValue { text } }": 1,
    "customFields { field { name } }": 2,
    "customer { quotes(first: 1) { nodes { id } } }": 3,
    "company { quotes(first: 2) { nodes { id } } }": 3,
    "customer { quotes(filter: { status: [PENDING] }, orderBy: { field: UPDATED_AT }) { nodes { id } } }": 3,
    'history(first: 2, filter: { type: [QUOTE_CREATED], actorName: "Ana" }) { nodes { type } }': 2,
    "company { quotes { totalCount } }": 4,
    "company { employees(first: 2) { nodes { id } } }": 3,
    "company { vendorOrders(first: 2, filter: { status: [QUEUED] }) { nodes { id } } }": 3,
    "company { customFields(first: 2, orderBy: { field: CREATED_AT }) { nodes { id } } }": 3,
    "company { employees { nodes { recipients(first: 2) { nodes { id } } } } }": 4,
    "items { id status price { amount } specification { model } agreedPrice { by { name } } }": 2,
    "history(first: 2) { nodes { type actor { name } changes { from to } } }": 2,
    "history { totalCount }": 3,
    "items { quote { id } }": 3,
    "items { product { id } }": 3,
    "items { product { configurations { id } } }": 4,
    "items { product { quotes(first: 1) { nodes { id } } } }": 4,
    "items { configuration { id } }": 3,
    "items { configuration { product { id } } }": 4,
    "items { alternatives { id } }": 3,
    "items { alternatives { item { id } } }": 4,
    "items { acceptedOffer { id } }": 3,
    "items { vendorOrders { id } }": 3,
    "items { recipients { id } }": 3,
    "items { recipients { item { id } } }": 4,
    "items { recipients { quote { id } } }": 4,
    "items { alternatives { quote { id } } }": 4,
    "items { recipients { statusTimestamps { at } } }": 4,
    "items { recipients { vendorOrder { id } } }": 4,
    "items { recipients { employee { id } } }": 4,
    "items { recipients { employee { company { id } } } }": 5,
    "items { recipients { employee { recipients(first: 1) { nodes { id } } } } }": 5,
    "vendorOrders { id }": 2,
    "vendorOrders { quote { id } }": 3,
    "vendorOrders { item { id } }": 3,
    "vendorOrders { recipients { id } }": 3,
    "vendorOrders { recipients { vendorOrder { id } } }": 4,
}

KIT_EDGES = {
    "id name tags": 1,
    "company { kits(first: 2) { nodes { id } } }": 3,
    "devices { id specification { model } }": 2,
    "quotes(first: 2) { nodes { id } }": 2,
    "quotes(first: 2) { totalCount nodes { items { kit { id } } } }": 5,
    "devices { kit { id } product { id } configuration { id } }": 5,
}

EVERYTHING = """
    id countries statusTimestamps { at } company { code }
    vendorOrders { id recipients { id } }
    items {
        id quote { id } product { configurations { id } } configuration { id } vendorOrders { id }
        alternatives { id item { id } } acceptedOffer { id }
        recipients { id statusTimestamps { at } vendorOrder { id } employee { id } }
    }
"""


@pytest.mark.parametrize("selection", EDGES)
@pytest.mark.parametrize("quotes", [1, 10, MANY])
@pytest.mark.asyncio(loop_scope="module")
async def test_each_edge_level_costs_one_statement_whatever_the_number_of_quotes(crowd, selection, quotes):
    query = f"query($first: Int) {{ quotes(first: $first) {{ nodes {{ {selection} }} }} }}"
    assert await count(crowd, query, quotes) == EDGES[selection]


@pytest.mark.parametrize("selection", KIT_EDGES)
@pytest.mark.parametrize("kits", [1, 10])
@pytest.mark.asyncio(loop_scope="module")
async def test_each_edge_level_of_kits_costs_one_statement_too(crowd, selection, kits):
    query = f"query($first: Int) {{ kits(first: $first) {{ nodes {{ {selection} }} }} }}"
    assert await count(crowd, query, kits) == KIT_EDGES[selection]


@pytest.mark.parametrize("quotes", [1, 10, MANY])
@pytest.mark.asyncio(loop_scope="module")
async def test_a_page_with_all_its_edges_costs_one_statement_for_each(crowd, quotes):
    query = f"""query($first: Int) {{
        quotes(first: $first) {{ totalCount pageInfo {{ endCursor }} edges {{ cursor node {{ {EVERYTHING} }} }} }}
    }}"""
    # The page and its count; 5 edges of quotes, 1 of vendor orders, 7 of items, 1 of products, 1 of alternatives and
    # 3 of recipients.
    assert await count(crowd, query, quotes) == 2 + 5 + 1 + 7 + 1 + 1 + 3


@pytest.mark.asyncio(loop_scope="module")
async def test_a_total_is_counted_only_when_asked_for(crowd):
    assert await count(crowd, "query($first: Int) { quotes(first: $first) { nodes { id } } }", 5) == 1
    assert await count(crowd, "query($first: Int) { quotes(first: $first) { totalCount nodes { id } } }", 5) == 2


@pytest.mark.asyncio(loop_scope="module")
async def test_the_same_edge_twice_at_one_level_costs_one_statement(crowd):
    query = "query($first: Int) { quotes(first: $first) { nodes { a: items { id } b: items { id status } } } }"
    assert await count(crowd, query, 10) == 2


@pytest.mark.asyncio(loop_scope="module")
async def test_objects_by_name_cost_one_statement_together(crowd):
    ids = [it["id"] for it in (await crowd.api.data("{ quotes(first: 3) { nodes { id } } }"))["quotes"]["nodes"]]
    query = """query($a: ID!, $b: ID!, $c: ID!) {
        a: quote(by: { id: $a }) { id } b: quote(by: { id: $b }) { id } again: quote(by: { id: $a }) { orderId }
        node(id: $c) { id } }"""
    assert await crowd.api.statements.of(crowd.api, query, dict(zip("abc", ids, strict=True))) == 1


@pytest.mark.asyncio(loop_scope="module")
async def test_many_nodes_cost_one_statement_for_each_type(crowd):
    page = await crowd.api.data("{ quotes(first: 20) { nodes { id items { id } } } }")
    ids = [it for node in page["quotes"]["nodes"] for it in (node["id"], *(item["id"] for item in node["items"]))]
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Quote { items { id } } } }"
    assert await crowd.api.statements.of(crowd.api, query, {"ids": ids}) == 3


@pytest.mark.parametrize(("dialect", "executor"), SYSTEMS)
async def test_a_payload_costs_one_statement_for_each_edge_too(new_database, dialect, executor):
    async with running(await new_database(dialect), executor=executor) as api:
        quote = await a_quote(api, *[an_item()] * 5, alternatives=1)
        payload = "quote { id items { recipients { employee { id } } } } item { id alternatives { id } }"
        decide = f"""mutation($input: AcceptItemInput!) {{ acceptItem(input: $input) {{
            {payload} alternative {{ id }} changes {{ from to }} userErrors {{ code }} }} }}"""
        # The quote and the line; their items and alternatives; recipients; employees.
        assert await api.statements.of(api, decide, {"input": {"itemId": quote.item}}) == 6

        # Changes of an item, an alternative and a recipient: one statement for each type of node, but for the item
        # where it is remembered from the payload.
        with_nodes = decide.replace("from to", "node { id }")
        assert await api.statements.of(api, with_nodes, {"input": {"itemId": quote.items[1]}}) == 6 + 2

        price = "mutation($input: PriceItemInput!) { priceItem(input: $input) { quote { id } item { id } } }"
        sent: dict[str, Any] = {"itemId": quote.items[2], "price": a_price("1")}
        assert await api.statements.of(api, price, {"input": sent}, api.operator) == 2

        propose = """mutation($input: ProposeAlternativeInput!) {
            proposeAlternative(input: $input) { quote { id } item { id } alternative { id } }
        }"""
        assert await api.statements.of(api, propose, {"input": a_proposal(quote.items[3])}, api.operator) == 3

        create = "mutation($input: CreateQuoteInput!) { createQuote(input: $input) { quote { items { id } } } }"
        assert await api.statements.of(api, create, {"input": a_draft(*[an_item()] * 20)}) == 2


# As `EDGES`, but on PostgreSQL a subtree of columns is one statement, however deep. What graphs allow no null for, has
# pages, or is resolved by hand, is read as rows.
SUBTREES = {
    "id orderId requester { email }": 1,
    "items { id status price { amount } specification { model } }": 2,
    "items { id product { id } alternatives { id price { amount } } recipients { id employee { id } } }": 2,
    "items { recipients { statusTimestamps { at } vendorOrder { id } } }": 2,
    "a: items { id } b: items { id status }": 3,
    "items { quote { id } alternatives { id } }": 4,
    "items { acceptedOffer { id } recipients { id } }": 4,
    "items { recipients { employee { recipients(first: 1) { nodes { id } } } } }": 5,
}


@pytest.mark.parametrize("selection", SUBTREES)
@pytest.mark.parametrize("quotes", [1, MANY])
@pytest.mark.asyncio(loop_scope="module")
async def test_a_subtree_of_columns_is_one_statement_on_postgresql(texts, selection, quotes):
    query = f"query($first: Int) {{ quotes(first: $first) {{ nodes {{ {selection} }} }} }}"
    assert await count(texts, query, quotes) == SUBTREES[selection]


async def count(crowd: Crowd, query: str, quotes: int) -> int:
    return await crowd.api.statements.of(crowd.api, query, {"first": quotes})
