"""Operations that cannot be run as sent: a typed error says which part is wrong, and nothing of them is done."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from domain.shared.ids import global_id
from tests.api.conftest import MakeDatabase
from tests.api.support.makers import a_draft, a_price, a_quote, an_item
from tests.api.support.running import Running, document, running
from tests.api.support.world import MACBOOK, NOBODY

pytestmark = pytest.mark.asyncio(loop_scope="module")

MEGABYTE = "x" * 1_000_000
NUL = "a\0b"


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def api(request: pytest.FixtureRequest, new_database: MakeDatabase) -> AsyncIterator[Running]:
    async with running(await new_database(request.param)) as api:
        await a_quote(api)
        yield api


async def refused(api: Running, query: str, variables: Any = None) -> Any:
    """The error of an operation that is refused as a whole."""
    before = await api.contents()
    answer = await api.run(query, variables, api.operator, {"Accept": "application/graphql-response+json"})
    assert answer.status == 400, answer.body
    assert answer.body.get("data") is None
    assert set(answer.codes) == {"VALIDATION_ERROR"}
    assert await api.contents() == before
    assert len(json.dumps(answer.body)) < 20_000
    return answer.errors[0]


CREATE = document("createQuote")
PRICE = document("priceItem")
DECIDE = document("decideItem")


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("{ quotes { nodes { colour } } }", "colour"),
        ("{ quotes(colour: RED) { nodes { id } } }", "colour"),
        ("{ quotes { nodes } }", "nodes"),
        ("{ viewer { scopes { name } } }", "scopes"),
        ("mutation { createQuote { quote { id } } }", "input"),
        ("mutation { eraseQuote(id: 1) { quote { id } } }", "eraseQuote"),
        ("query($id: ID!) { product(by: {id: $id}) { id } node(id: $other) { id } }", "other"),
        ("query($id: ID!, $id: ID!) { product(by: {id: $id}) { id } }", "id"),
        ("query($id: ID!) { viewer { environment } }", "id"),
        ("query($id: Int!) { product(by: {id: $id}) { id } }", "id"),
        ("query($id: Nothing!) { product(by: {id: $id}) { id } }", "Nothing"),
        ("{ ...F } fragment F on Query { ...F }", "F"),
        ("{ ...Missing }", "Missing"),
        ("{ viewer { environment } } fragment Unused on Viewer { environment }", "Unused"),
        ("{ viewer @nothing { environment } }", "nothing"),
        ("{ viewer @idempotent { environment } }", "key"),
        ("query A { viewer { environment } } query A { viewer { environment } }", "A"),
        ("{ x: viewer { scopes } x: viewer { environment } x: products { totalCount } }", "x"),
        ("{ quote(by: {}) { id } }", "QuoteBy"),
        ('{ quote(by: {id: "1", orderId: "2"}) { id } }', "QuoteBy"),
        ("{ quote(by: {id: null}) { id } }", "QuoteBy"),
        ("{ quotes(filter: {status: [LOST]}) { totalCount } }", "LOST"),
        ('{ quotes(first: "ten") { totalCount } }', "ten"),
        ("{ quotes(first: 1.5) { totalCount } }", "1.5"),
        ("{ quotes(first: 99999999999) { totalCount } }", "99999999999"),
        ("{ quotes(", "Syntax"),
        ("nothing", "Syntax"),
        ('{ quote(by: {orderId: "\\uD800"}) { id } }', "Syntax"),
        ('{ quote(by: {orderId: "open }', "Syntax"),
        ("# nothing but a comment", "Syntax"),
        ("fragment F on Quote { id }", "F"),
        ("type Quote { id: ID }", "Quote"),
    ],
)
async def test_a_document_that_does_not_fit_the_schema_is_refused_and_the_part_named(api, query, named):
    errors = await api.run(query, headers={"Accept": "application/graphql-response+json"})
    await refused(api, query)
    assert any(named in error["message"] for error in errors.errors), errors.body


def with_item(**item: Any) -> dict[str, Any]:
    return a_draft(an_item(**item))


@pytest.mark.parametrize(
    ("query", "given", "named"),
    [
        (CREATE, {**a_draft(), "colour": "red"}, "colour"),
        (CREATE, with_item(colour="red"), "colour"),
        (CREATE, {"items": [an_item()]}, "requesterEmail"),
        (CREATE, {**a_draft(), "items": 7}, "items"),
        (CREATE, {**a_draft(), "items": [None]}, "items"),
        (CREATE, {**a_draft(), "requesterEmail": None}, "requesterEmail"),
        (CREATE, {**a_draft(), "requesterEmail": 7}, "requesterEmail"),
        (CREATE, {**a_draft(), "requesterEmail": {"address": "a@b.example"}}, "requesterEmail"),
        (CREATE, {**a_draft(), "notificationEmails": [["a@b.example"]]}, "notificationEmails"),
        (CREATE, with_item(quantity="2"), "quantity"),
        (CREATE, with_item(quantity=1.5), "quantity"),
        (CREATE, with_item(quantity=2**31), "quantity"),
        (CREATE, with_item(quantity=True), "quantity"),
        (CREATE, with_item(recipients=[{"name": "Ana"}]), "country"),
        (CREATE, with_item(recipients=[{"name": 1, "country": "UY"}]), "name"),
        (CREATE, with_item(recipients=[{"name": "Ana", "country": "UY", "isForStorage": "no"}]), "isForStorage"),
        (CREATE, with_item(recipients=[{"name": "Ana", "country": "UY", "hireDate": 20261201}]), "hireDate"),
        (CREATE, with_item(device={}), "DeviceInput"),
        (CREATE, with_item(device={"kitId": NOBODY, "catalogue": {"productId": MACBOOK}}), "DeviceInput"),
        (CREATE, with_item(device={"kitId": None}), "kitId"),
        (CREATE, with_item(device={"custom": {"productType": "BOAT", "specification": {}}}), "BOAT"),
        (CREATE, with_item(device={"custom": {"productType": MEGABYTE, "specification": {}}}), "productType"),
        (CREATE, [a_draft(), a_draft()], "input"),
        (CREATE, "text", "input"),
        (CREATE, None, "input"),
        (PRICE, {"itemId": NOBODY, "price": "12 USD"}, "price"),
        (PRICE, {"itemId": NOBODY, "price": {**a_price(), "amount": {"value": 1}}}, "amount"),
        (PRICE, {"itemId": NOBODY, "price": {**a_price(), "amount": [1]}}, "amount"),
        (PRICE, {"itemId": NOBODY, "price": {**a_price(), "currencyCode": 840}}, "currencyCode"),
        (PRICE, {"itemId": {"uuid": NOBODY}, "price": a_price()}, "itemId"),
        (DECIDE, {"offerId": NOBODY, "decision": "PERHAPS"}, "decision"),
        (DECIDE, {"offerId": NOBODY, "decision": MEGABYTE}, "decision"),
        (DECIDE, {"offerId": NOBODY}, "decision"),
    ],
)
async def test_variables_that_do_not_fit_their_types_are_refused_and_the_field_named(api, query, given, named):
    assert named in (await refused(api, query, {"input": given}))["message"]


PRICED = "mutation { priceItem(input: {itemId: 1, price: {amount: %s, currencyCode: %s}}) { userErrors { code } } }"


@pytest.mark.parametrize(
    ("query", "named"),
    [
        (PRICED % ("[1]", '"USD"'), "'Decimal'"),
        (PRICED % ("{value: 1}", '"USD"'), "'Decimal'"),
        (PRICED % ("1", "840"), "'CurrencyCode'"),
        ("{ quotes(filter: {createdAt: {after: 2026}}) { totalCount } }", "'DateTime'"),
        ("{ quotes(first: %s) { totalCount } }" % ("9" * 5000), "'Int'"),
        ("query($n: Int = %s) { quotes(first: $n) { totalCount } }" % ("9" * 5000), "'Int'"),
    ],
    ids=lambda it: it[:60],
)
async def test_a_written_value_that_does_not_fit_its_type_is_refused_and_the_type_named(api, query, named):
    message = (await refused(api, query))["message"]
    assert named in message
    assert "limit" not in message


@pytest.mark.parametrize(
    ("type_", "given", "message"),
    [
        ("Int!", True, "non-integer value: true"),
        ("Int!", {"a": [None, "it's", 'a "b"']}, 'non-integer value: {"a": [null, "it\'s", "a \\"b\\""]}'),
        ("Int!", "None", 'non-integer value: "None"'),
        ("Int!", None, "not to be null."),
        ("Int!", "x\n" * 400, 'non-integer value: "x\\nx'),
    ],
)
async def test_what_was_sent_is_shown_as_it_was_sent(api, type_, given, message):
    query = f"query($n: {type_}) {{ quotes(first: $n) {{ totalCount }} }}"
    answer = await api.run(query, {"n": given})
    assert message in answer.error["message"]


async def test_an_amount_may_be_written_into_the_document(api):
    quote = await a_quote(api, prices=None)
    query = "mutation {{ priceItem(input: {{itemId: {}, price: {{amount: {}, currencyCode: {}}}}}) {{ {} }} }}"
    for amount, codes in (("1450", []), ("14.5", ["INVALID_AMOUNT"]), ("9" * 5000, ["INVALID_AMOUNT"])):
        sent = query.format(json.dumps(quote.item), amount, '"USD"', "userErrors { code path }")
        answer = await api.run(sent, key=api.operator)
        if len(amount) > 1000 and answer.errors:
            # Python reads no number that long, which graphql-core tells by itself.
            assert answer.codes == ["VALIDATION_ERROR"]
            continue
        assert [it["code"] for it in answer.data["priceItem"]["userErrors"]] == codes


# ---- arguments of queries

ARGUMENTS = [
    ("query($it: ID!) { product(by: {id: $it}) { id } }", ["by", "id"]),
    ("query($it: ID!) { node(id: $it) { id } }", ["id"]),
    ("query($it: ID!) { nodes(ids: [$it]) { id } }", ["ids", "0"]),
    ("query($it: ID!) { quote(by: {id: $it}) { id } }", ["by", "id"]),
    ("query($it: String!) { quote(by: {orderId: $it}) { id } }", ["by", "orderId"]),
    ("query($it: ID!) { employee(by: {id: $it}) { id } }", ["by", "id"]),
    ("query($it: EmailAddress!) { employee(by: {email: $it}) { id } }", ["by", "email"]),
    ("query($it: String!) { quotes(after: $it) { totalCount } }", ["after"]),
    ("query($it: String!) { quotes(before: $it) { totalCount } }", ["before"]),
    ("query($it: String!) { quotes(filter: {country: $it}) { totalCount } }", ["filter", "country"]),
    (
        "query($it: DateTime!) { quotes(filter: {createdAt: {after: $it}}) { totalCount } }",
        ["filter", "createdAt", "after"],
    ),
    (
        "query($it: DateTime!) { quotes(filter: {createdAt: {before: $it}}) { totalCount } }",
        ["filter", "createdAt", "before"],
    ),
    (
        "query($it: DateTime!) { quotes(filter: {updatedAt: {after: $it}}) { totalCount } }",
        ["filter", "updatedAt", "after"],
    ),
    (
        "query($it: DateTime!) { quotes(filter: {updatedAt: {before: $it}}) { totalCount } }",
        ["filter", "updatedAt", "before"],
    ),
    ("query($it: String!) { products(after: $it) { totalCount } }", ["after"]),
    ("query($it: String!) { products(filter: {brand: $it}) { totalCount } }", ["filter", "brand"]),
    ("query($it: String!) { products(filter: {search: $it}) { totalCount } }", ["filter", "search"]),
    ("query($it: String!) { employees(after: $it) { totalCount } }", ["after"]),
    ("query($it: String!) { employees(filter: {search: $it}) { totalCount } }", ["filter", "search"]),
    ("query($it: String!) { viewer { company { quotes(after: $it) { totalCount } } } }", ["after"]),
    ("query($it: String!) { viewer { company { employees(before: $it) { totalCount } } } }", ["before"]),
]


@pytest.mark.parametrize(("query", "path"), ARGUMENTS, ids=lambda it: ".".join(it) if isinstance(it, list) else None)
@pytest.mark.parametrize("given", [MEGABYTE, NUL], ids=["a megabyte", "a NUL"])
async def test_text_that_cannot_be_is_refused_and_the_argument_named(api, query, path, given):
    error = (await api.run(query, {"it": given})).error
    assert error["extensions"]["code"] == "VALIDATION_ERROR", error
    assert [it["path"] for it in error["extensions"]["problems"]] == [path]
    assert len(json.dumps(error)) < 1000


@pytest.mark.parametrize("given", ["", "1", "Quote_1", f"{MACBOOK}0", "Quote_", global_id("Employee", NOBODY)])
@pytest.mark.parametrize("query", [ARGUMENTS[0][0], ARGUMENTS[3][0]])
async def test_an_id_that_is_none_or_of_another_type_is_refused(api, query, given):
    error = (await api.run(query, {"it": given})).error
    assert error["extensions"]["code"] == "VALIDATION_ERROR"
    assert error["extensions"]["problems"][0]["code"] == "INVALID_ID"


async def test_more_than_a_hundred_nodes_are_refused(api):
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert (await api.run(query, {"ids": [NOBODY] * 100})).data["nodes"] == [None] * 100
    problem = (await api.run(query, {"ids": [NOBODY] * 101})).error["extensions"]["problems"][0]
    assert (problem["path"], problem["code"]) == (["ids"], "TOO_MANY")


# ---- too much of everything


def nested(depth: int) -> str:
    """A valid query of this depth: from a quote to its items to their quote and so on."""
    return "{ quotes { nodes {" + "items { quote {" * (depth // 2) + " id " + "} }" * (depth // 2) + "} } }"


@pytest.mark.parametrize(
    "query",
    [
        nested(30_000),
        nested(9_000),
        nested(2_000),
        nested(400),
        nested(200),
        "{" + "viewer {" * 9_000 + "}" * 9_000 + "}",
        "{ quotes(filter: " + "[" * 9_000 + "]" * 9_000 + ") { totalCount } }",
        "{ quotes(filter: " + "{a:" * 6_000 + "1" + "}" * 6_000 + ") { totalCount } }",
        "query($a: " + "[" * 9_000 + "Int" + "]" * 9_000 + ") { viewer { environment } }",
        "{" + "viewer { environment } " * 6_000 + "}",
        "{" + " ".join(f"v{number}: viewer {{ environment }}" for number in range(6_000)) + "}",
        "{ __schema { types" + " { fields { type" * 50 + " { name }" + " } }" * 50 + " } }",
    ],
    ids=lambda it: f"{it[:20]} and {len(it)} more",
)
async def test_a_document_too_deep_or_too_long_is_refused(api, query):
    answer = await api.run(query, headers={"Accept": "application/graphql-response+json"})
    assert (answer.status, set(answer.codes)) == (400, {"VALIDATION_ERROR"}), str(answer.body)[:500]


@pytest.mark.parametrize("depth", [2, 20, 40])
async def test_a_document_of_a_sensible_depth_is_answered(api, depth):
    levels = "currentAction { asset {" * (depth // 2) + " id " + "} }" * (depth // 2)
    assert (await api.run(f"{{ assets {{ nodes {{ {levels} }} }} }}")).data is not None


async def test_deep_fragments_are_refused_like_deep_fields(api):
    levels = "".join(f"fragment F{n} on Quote {{ items {{ quote {{ ...F{n + 1} }} }} }} " for n in range(300))
    query = "{ quotes { nodes { ...F0 } } } " + levels + "fragment F300 on Quote { id }"
    answer = await api.run(query, headers={"Accept": "application/graphql-response+json"})
    assert (answer.status, set(answer.codes)) == (400, {"VALIDATION_ERROR"}), str(answer.body)[:500]


async def test_deep_variables_are_refused(api):
    body = b'{"query": "{ viewer { environment } }", "variables": {"a": ' + b"[" * 50_000 + b"]" * 50_000 + b"}}"
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {api.customer}"}
    answer = await api.post(body, headers)
    assert (answer.status, answer.codes) == (413, ["VALIDATION_ERROR"])
