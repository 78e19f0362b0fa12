"""What PostgreSQL writes as JSON is what the rows would have said, whatever they hold."""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import pytest
import pytest_asyncio

from tests.api.conftest import MakeDatabase
from tests.api.support.makers import a_price, a_quote, a_recipient, an_alternative, an_item, two_lines
from tests.api.support.running import Running, running

HOSTILE = [
    'Ana "La Jefa" O\'Neil',
    "back\\slash / and \\u0041",
    "日本語 العربية Ελληνικά ñ",
    "emoji 👩🏽‍💻 and \U0001d4d0",
    "$1 {keys} :name % {}",
    "</script><!-- -->",
]
CURRENCIES = [
    ("JPY", "145000"),
    ("KWD", "1.005"),
    ("USD", "0.05"),
    ("CLF", "12.3456"),
    ("EUR", "0"),
    ("USD", "99999999999.99"),
]

SUBTREES = [
    "items { __typename id alias: status position: quantity comments createdAt decision productType }",
    "items { price { amount currencyCode code: currencyCode __typename } }",
    "items { specification { brand model os cpu ram storage screenSize keyboardLayout } }",
    "items { product { id brand model } configuration { id cpu storage } }",
    "items { product { id } again: product { model } recipients { employee { name } again: employee { id } } }",
    "items { alternatives { id status description isExactMatch imageUrl price { amount } createdAt } }",
    """items { recipients {
        id name email country status isForStorage phoneNumber address hireDate trackingCode
        statusTimestamps { status at } employee { id name email } vendorOrder { id status problem createdAt updatedAt }
    } }""",
    "items { alternatives { item { id } } recipients { item { id quote { id } } } agreedPrice { price { amount } } }",
    "vendorOrders { id status destination country quantity hardwareType recipients { id employee { name } } }",
    "statusTimestamps { status at } company { name code }",
    "items { ...on QuoteItem { id } ...Nothing recipients { name @skip(if: true) id @include(if: true) } } ",
    "items { recipients { id @skip(if: true) } }",
    # More than a compiler follows down one by one.
    f"items {{ {' '.join(f'a{number}: id b{number}: price {{ amount }}' for number in range(50))} }}",
    f"items {{ {' '.join(f'a{number}: recipients {{ id }}' for number in range(100))} }}",
]

# Whole pages of everything cost more than an operation may.
MOST = 100_000


class Both(NamedTuple):
    """The same database, answered by rows and with text."""

    rows: Running
    texts: Running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def both(new_database: MakeDatabase) -> AsyncIterator[Both]:
    url = await new_database("postgresql")
    async with (
        running(url, executor="plan-rows", max_cost=MOST) as rows,
        running(url, executor="plan", with_keys=False, max_cost=MOST) as texts,
    ):
        texts.customer, texts.operator = rows.customer, rows.operator
        await draw(rows)
        yield Both(rows, texts)


async def draw(api: Running) -> None:
    for text in HOSTILE:
        person = a_recipient(
            text, email="ana@people.example", address=text, phoneNumber="+598 99 123", hireDate="2026-01-31"
        )
        made = await a_quote(api, an_item(recipients=[person], comments=f"{text}\n\ttwice: {text}"), prices=None)
        await an_alternative(api, made.item, description=text, imageUrl="https://example.com/a?b=c&d=%22")
    for currency, amount in CURRENCIES:
        made = await a_quote(api, prices=None)
        sent: dict[str, Any] = {"itemId": made.item, "price": a_price(amount, currency)}
        assert (await api.act("priceItem", sent, key=api.operator))["userErrors"] == []
    made = await a_quote(api, *two_lines(), alternatives=2)
    await api.act("acceptItem", {"itemId": made.item})
    await api.act("acceptAlternative", {"alternativeId": made.alternatives[1][0]})


@pytest.mark.parametrize("selection", SUBTREES)
@pytest.mark.asyncio(loop_scope="module")
async def test_text_and_rows_say_the_same(both, selection):
    # The estimate of the widest selection, with lists of an assumed size of five, allows no more than some 30 quotes.
    query = f"{{ quotes(first: 20) {{ nodes {{ id {selection} }} }} }}"
    if "...Nothing" in query:
        query += " fragment Nothing on QuoteItem { quantity }"
    for key in (both.rows.customer, both.rows.operator):
        by_rows, with_texts = await both.rows.run(query, key=key), await both.texts.run(query, key=key)
        assert by_rows.data["quotes"]["nodes"]
        assert with_texts.body == by_rows.body


@pytest.mark.asyncio(loop_scope="module")
async def test_no_text_holds_a_row_of_another_company(both):
    """Rows that point across companies cannot be made through the API, so the database is made to hold some."""
    api = both.rows
    neighbour = await api.key("quotes:read", "quotes:write", "quotes:decide", "customers:write", company="NORDLICHT")
    their = await api.act("createCustomer", {"name": "Theirs"}, "customer { id }", key=neighbour)
    theirs, mine = await a_quote(api, alternatives=1, key=neighbour), await a_quote(api, alternatives=1)
    for made in (theirs, mine):
        await api.act("acceptItem", {"itemId": made.item}, key=api.operator)
    of_theirs = f"SELECT id FROM vendor_orders WHERE quote_id = '{bare(theirs.id)}'"
    across = (
        f"UPDATE recipients SET vendor_order_id = ({of_theirs}) WHERE id = '{bare(mine.recipient)}'",
        f"UPDATE quotes SET customer_id = '{bare(their['customer']['id'])}' WHERE id = '{bare(mine.id)}'",
        f"UPDATE alternatives SET item_id = '{bare(mine.item)}' WHERE id = '{bare(theirs.alternative)}'",
    )
    async with api.parts.database.write.begin() as connection:
        for statement in across:
            assert (await connection.exec_driver_sql(statement)).rowcount == 1
    query = """query($id: ID!) { quote(by: { id: $id }) {
        customer { name } items { recipients { name vendorOrder { id } } alternatives { id } } } }"""
    reader = await api.key("quotes:read", "customers:read")
    for answering in (both.rows, both.texts):
        [item] = (found := (await answering.data(query, {"id": mine.id}, key=reader))["quote"]).pop("items")
        assert found == {"customer": None}
        assert [it["vendorOrder"] for it in item["recipients"]] == [None]
        assert [it["id"] for it in item["alternatives"]] == [mine.alternative]
        seen_by_all = await answering.data(query, {"id": mine.id}, key=api.operator)
        assert seen_by_all["quote"]["customer"] == {"name": "Theirs"}


def bare(id_: str) -> str:
    return id_.partition("_")[2]


@pytest.mark.asyncio(loop_scope="module")
async def test_a_payload_and_its_changes_say_the_same_too(both):
    first, second = [await a_quote(both.rows, alternatives=1) for _ in range(2)]
    selection = "quote { items { status recipients { status name } alternatives { status price { amount } } } }"
    one = await both.rows.act("acceptItem", {"itemId": first.item}, selection)
    other = await both.texts.act("acceptItem", {"itemId": second.item}, selection)
    assert other["quote"] == one["quote"]


@pytest.mark.asyncio(loop_scope="module")
async def test_a_failure_of_a_text_is_an_error_at_its_place(both, monkeypatch):
    async def fail(*_: Any) -> None:
        raise RuntimeError("the database is gone")

    monkeypatch.setattr("adapters.database.core.reader.SqlReader.json_subtrees", fail)
    answer = await both.texts.run("{ quotes(first: 1) { nodes { id items { id } } } }")
    assert answer.codes == ["INTERNAL_ERROR"]
    assert answer.error["path"] == ["quotes", "nodes", 0, "items"]
    assert "gone" not in answer.error["message"]
