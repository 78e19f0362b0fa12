"""Mistakes that the authors of a front end make: each answer names the mistake, in the terms of GraphQL and JSON."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from resolvers.errors import Reason
from tests.api.conftest import MakeDatabase
from tests.api.support.running import Running, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

NEW = {"Accept": "application/graphql-response+json"}
# Words of Python, its classes and its literals, which mean nothing to the author of a front end.
PYTHON = re.compile(
    r"\b(?:None|True|False|NoneType|dict|tuple|bool|int|str|bytes|float|self|Traceback|object at 0x|GraphQL[A-Z]\w+)\b"
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(new_database: MakeDatabase) -> AsyncIterator[Running]:
    async with running(await new_database("sqlite")) as api:
        yield api


def explained(answer: Any, reason: str, named: str, caplog: pytest.LogCaptureFixture) -> None:
    """The answer has the reason, one of its messages names the mistake, and none speaks Python."""
    messages = [error["message"] for error in answer.errors]
    assert {error["extensions"]["reason"] for error in answer.errors} == {reason}, messages
    assert {error["extensions"]["code"] for error in answer.errors} == {"VALIDATION_ERROR"}
    assert any(named in message for message in messages), messages
    assert not any(PYTHON.search(message) for message in messages), messages
    assert not [it for it in caplog.records if it.levelname in ("WARNING", "ERROR")]


PRICED = 'mutation { priceItem(input: {itemId: "1", price: {amount: %s, currencyCode: %s}}) { userErrors { code } } }'
FIELDS = {
    "Int": "{ quotes(first: %s) { totalCount } }",
    "String": "{ quotes(after: %s) { totalCount } }",
    "ID": "{ node(id: %s) { id } }",
    "Boolean": "{ viewer @include(if: %s) { environment } }",
    "DateTime": "{ quotes(filter: {createdAt: {after: %s}}) { totalCount } }",
    "EmailAddress": "{ employee(by: {email: %s}) { id } }",
    "QuoteStatus": "{ quotes(filter: {status: [%s]}) { totalCount } }",
    "QuoteFilter": "{ quotes(filter: %s) { totalCount } }",
    "QuoteBy": "{ quote(by: %s) { id } }",
    "Decimal": PRICED % ("%s", '"USD"'),
    "CurrencyCode": PRICED % ('"1"', "%s"),
}
LITERALS = ("7", "1.5", "true", "RED", '"text"', "[1]", "{a: 1}", "{}")
# What these types take of the above, if only to find fault with it later.
TAKEN = {
    "Int": ("7",),
    "String": ('"text"',),
    "ID": ("7", '"text"'),
    "Boolean": ("true",),
    "DateTime": ('"text"',),
    "EmailAddress": ('"text"',),
    "QuoteStatus": (),
    "QuoteFilter": ("{}",),
    "QuoteBy": (),
    "Decimal": ("7", "1.5", '"text"'),
    "CurrencyCode": ('"text"',),
}
WRONG = [(type_, literal) for type_ in FIELDS for literal in LITERALS if literal not in TAKEN[type_]]


@pytest.mark.parametrize(("type_", "literal"), WRONG)
async def test_a_value_written_into_a_document_that_its_type_does_not_take_is_explained(api, type_, literal, caplog):
    answer = await api.run(FIELDS[type_] % literal, key=api.operator, headers=NEW)
    explained(answer, Reason.GRAPHQL_VALIDATION_FAILED, type_, caplog)
    # graphql-core loses the place of a list or object where a scalar is expected.
    assert literal[0] in "[{" or all(error["locations"] for error in answer.errors)


@pytest.mark.parametrize(("type_", "literal"), [it for it in WRONG if it[1] != "{}"])
async def test_a_default_of_a_variable_that_its_type_does_not_take_is_explained(api, type_, literal, caplog):
    query = f"query($x: {type_} = {literal}) {FIELDS[type_] % '$x'}".replace("mutation", "")
    if "priceItem" in query:
        query = query.replace("query", "mutation", 1)
    answer = await api.run(query, key=api.operator, headers=NEW)
    assert any(type_ in error["message"] for error in answer.errors)
    explained(answer, Reason.GRAPHQL_VALIDATION_FAILED, type_, caplog)


@pytest.mark.parametrize("literal", ["7", "true", "RED", "[1]", "{ a: 1 }"])
async def test_a_stranger_gets_the_explanation_without_names_and_leaves_nothing_in_the_log(api, literal, caplog):
    signature = f'{{key: {literal}, name: "Ana", email: {literal}}}'
    query = f"mutation {{ signQuote(input: {signature}) {{ userErrors {{ code }} }} }}"
    answer = await api.post(json.dumps({"query": query}).encode(), {"Content-Type": "application/json", **NEW})
    explained(answer, Reason.GRAPHQL_VALIDATION_FAILED, f"Expected value, found: {literal}", caplog)
    assert "EmailAddress" not in json.dumps(answer.body)


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ('{ publicQoute(key: "x") { orderId } }', "publicQoute"),
        ('{ publicQuote(key: "x") { ordreId } }', "ordreId"),
        ('{ publicQuote(kye: "x") { orderId } }', "kye"),
        ("{ publicQuote(key: 7) { orderId } }", "7"),
        ("mutation { singQuote(input: {}) { userErrors { code } } }", "singQuote"),
    ],
)
async def test_a_stranger_is_told_of_a_typing_mistake_and_not_of_a_missing_key(api, query, named, caplog):
    answer = await api.post(json.dumps({"query": query}).encode(), {"Content-Type": "application/json", **NEW})
    explained(answer, Reason.GRAPHQL_VALIDATION_FAILED, named, caplog)


VALUES: tuple[Any, ...] = (7, 1.5, True, None, "text", [1], {"a": [None, True]}, {})
TAKEN_VALUES: dict[str, tuple[Any, ...]] = {
    "Int": (7,),
    "String": ("text",),
    "ID": (7, "text"),
    "Boolean": (True,),
    "DateTime": ("text",),
    "EmailAddress": ("text",),
    "QuoteStatus": (),
    "QuoteFilter": ({},),
    "QuoteBy": (),
}


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (type_, it)
        for type_, taken in TAKEN_VALUES.items()
        for it in VALUES
        if it not in taken or (it is True and type_ != "Boolean")
    ],
)
async def test_a_variable_that_its_type_does_not_take_is_explained(api, type_, value, caplog):
    query = f"query($x: {type_}!) {FIELDS[type_] % '$x'}"
    answer = await api.run(query, {"x": value}, headers=NEW)
    explained(answer, Reason.BAD_USER_INPUT, type_, caplog)
    assert all("$x" in error["message"] for error in answer.errors)


@pytest.mark.parametrize("type_", TAKEN_VALUES)
async def test_a_variable_that_is_missing_is_named(api, type_, caplog):
    answer = await api.run(f"query($x: {type_}!) {FIELDS[type_] % '$x'}", {"y": 1}, headers=NEW)
    explained(answer, Reason.BAD_USER_INPUT, "'$x'", caplog)


USER = {"name": "Ana", "email": "ana@acme.example"}
ACTION = {"type": "ASSIGN", "serialNumber": "C02", "currentUser": USER, "newRecipient": USER}


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({**ACTION, "newRecipient": {"name": "Bo"}}, ["newRecipient", "email"]),
        ({**ACTION, "newRecipient": {**USER, "phone": "1"}}, ["newRecipient", "phone"]),
        ({**ACTION, "type": "ASIGN"}, ["type"]),
        ({**ACTION, "notificationEmails": ["a@b.example", 7]}, ["notificationEmails", "1"]),
        ({**ACTION, "serialNumber": None}, ["serialNumber"]),
        ("all", []),
        (None, []),
    ],
    ids=str,
)
async def test_a_form_learns_which_field_of_a_variable_is_wrong(api, given, path):
    query = """mutation($input: CreateDeviceActionInput!) {
      createDeviceAction(input: $input) { userErrors { code } }
    }"""
    answer = await api.run(query, {} if given is None else {"input": given}, headers=NEW)
    assert [error["extensions"]["variablePath"] for error in answer.errors] == [["input", *path]]


async def test_an_object_of_a_cache_sent_as_a_variable_is_explained(api):
    query = 'mutation($price: MoneyInput) { acceptItem(input: {itemId: "1", expectedPrice: $price}) { item { id } } }'
    price = {"__typename": "Money", "amount": "1.00", "currencyCode": "USD"}
    answer = await api.run(query, {"price": price}, headers=NEW)
    assert "leave it out of variables" in answer.error["message"]
    assert answer.error["extensions"]["variablePath"] == ["price", "__typename"]


DOCUMENTS = [
    ("{", Reason.GRAPHQL_PARSE_FAILED, "Syntax Error"),
    ("{ viewer { environment }", Reason.GRAPHQL_PARSE_FAILED, "Syntax Error"),
    ("{ viewer ( }", Reason.GRAPHQL_PARSE_FAILED, "Syntax Error"),
    ("{ quotes(after: 'x') { totalCount } }", Reason.GRAPHQL_PARSE_FAILED, "double quote"),
    ('{ quotes(after: "x\ny") { totalCount } }', Reason.GRAPHQL_PARSE_FAILED, "Unterminated string"),
    ("{ quotes(first: 01) { totalCount } }", Reason.GRAPHQL_PARSE_FAILED, "Invalid number"),
    ("query($n: Int = $m) { quotes(first: $n) { totalCount } }", Reason.GRAPHQL_PARSE_FAILED, "$m"),
    ("{ viewer { environmen } }", Reason.GRAPHQL_VALIDATION_FAILED, "Did you mean 'environment'"),
    ("{ viewr { environment } }", Reason.GRAPHQL_VALIDATION_FAILED, "Did you mean 'viewer'"),
    ("{ quotes(frist: 1) { totalCount } }", Reason.GRAPHQL_VALIDATION_FAILED, "Did you mean 'first'"),
    ("{ quotes(page: 1) { totalCount } }", Reason.GRAPHQL_VALIDATION_FAILED, "`filter`, `orderBy`, `first`, `after`"),
    ("{ quotes { items { id } } }", Reason.GRAPHQL_VALIDATION_FAILED, "`nodes`, or in `edges { node }`"),
    ("{ quotes(filter: {stauts: []}) { totalCount } }", Reason.GRAPHQL_VALIDATION_FAILED, "'stauts'"),
    ("{ quotes(filter: {status: [DRAFTED]}) { totalCount } }", Reason.GRAPHQL_VALIDATION_FAILED, "'DRAFTED'"),
    ("{ quotes { nodes } }", Reason.GRAPHQL_VALIDATION_FAILED, "selection of subfields"),
    ("{ viewer { environment { x } } }", Reason.GRAPHQL_VALIDATION_FAILED, "must not have a selection"),
    ("query($x: Qoute) { viewer { environment } }", Reason.GRAPHQL_VALIDATION_FAILED, "Did you mean 'Quote'"),
    ("query($x: Int) { viewer { environment } }", Reason.GRAPHQL_VALIDATION_FAILED, "never used"),
    ("{ quotes(first: $n) { totalCount } }", Reason.GRAPHQL_VALIDATION_FAILED, "'$n' is not defined"),
    ("query($a: String) { node(id: $a) { id } }", Reason.GRAPHQL_VALIDATION_FAILED, "expecting type 'ID!'"),
    ("query($a: Quote) { node(id: $a) { id } }", Reason.GRAPHQL_VALIDATION_FAILED, "non-input type 'Quote'"),
    ("{ node { id } }", Reason.GRAPHQL_VALIDATION_FAILED, "Query.node(id:)"),
    ("{ __type { name } }", Reason.GRAPHQL_VALIDATION_FAILED, "Query.__type(name:)"),
    ("{ node(id: null) { id } }", Reason.GRAPHQL_VALIDATION_FAILED, "not to be null"),
    ("{ quote(by: {}) { id } }", Reason.GRAPHQL_VALIDATION_FAILED, "exactly one field"),
    ('{ quote(by: {id: "1", orderId: "2"}) { id } }', Reason.GRAPHQL_VALIDATION_FAILED, "exactly one field"),
    ("{ quote(by: {id: null}) { id } }", Reason.GRAPHQL_VALIDATION_FAILED, "exactly one field"),
    ("mutation { acceptItem(input: {}) { userErrors { code } } }", Reason.GRAPHQL_VALIDATION_FAILED, "required field"),
    ("{ ...F }", Reason.GRAPHQL_VALIDATION_FAILED, "Unknown fragment 'F'"),
    ("{ viewer { ... on Quote { id } } }", Reason.GRAPHQL_VALIDATION_FAILED, "can never be of type 'Quote'"),
    ("{ viewer @nope { environment } }", Reason.GRAPHQL_VALIDATION_FAILED, "'@nope'"),
    ("{ viewer @skip { environment } }", Reason.GRAPHQL_VALIDATION_FAILED, "@skip(if:)"),
    ("{ acceptItem { userErrors { code } } }", Reason.GRAPHQL_VALIDATION_FAILED, "'acceptItem' on type 'Query'"),
    ("mutation { viewer { environment } }", Reason.GRAPHQL_VALIDATION_FAILED, "'viewer' on type 'Mutation'"),
    ("type Mine { id: ID }", Reason.GRAPHQL_VALIDATION_FAILED, "not executable"),
    ("{ node(id: 12) { id } }", Reason.BAD_USER_INPUT, "id:"),
    ('{ node(id: "Quote_1") { id } }', Reason.BAD_USER_INPUT, "id:"),
    ('{ quotes(after: "x") { totalCount } }', Reason.BAD_USER_INPUT, "cursor"),
    ("{ quotes(first: 0) { totalCount } }", Reason.BAD_USER_INPUT, "1 to 100"),
    ("{ quotes(first: 1, last: 1) { totalCount } }", Reason.BAD_USER_INPUT, "first:"),
    ('{ quotes(filter: {createdAt: {after: "soon"}}) { totalCount } }', Reason.BAD_USER_INPUT, "2026-11-22"),
    ("query A { __typename } query B { __typename }", Reason.OPERATION_RESOLUTION_FAILURE, "`operationName`"),
    ("subscription { events { id } }", Reason.BAD_REQUEST, "text/event-stream"),
]


@pytest.mark.parametrize(("query", "reason", "named"), DOCUMENTS, ids=[it[0][:60] for it in DOCUMENTS])
async def test_a_mistake_in_a_document_is_explained(api, query, reason, named, caplog):
    explained(await api.run(query, key=api.operator, headers=NEW), reason, named, caplog)


BODIES = [
    (b"", "application/json", Reason.BAD_REQUEST, "not valid JSON"),
    (b"{'query': '{ viewer { environment } }'}", "application/json", Reason.BAD_REQUEST, "not valid JSON"),
    (b"null", "application/json", Reason.BAD_REQUEST, '{"query":'),
    (b'{"queri": "{ viewer { environment } }"}', "application/json", Reason.BAD_REQUEST, "`query`"),
    (b'{"query": 7}', "application/json", Reason.BAD_REQUEST, "`query`"),
    (b'{"query": "{ __typename }", "variables": "{}"}', "application/json", Reason.BAD_REQUEST, "`variables`"),
    (b'{"query": "{ __typename }", "operationName": 3}', "application/json", Reason.BAD_REQUEST, "`operationName`"),
    (b'{"query": "{ __typename }", "extensions": []}', "application/json", Reason.BAD_REQUEST, "`extensions`"),
    (
        b'{"query": "{ __typename }", "operationName": "it\'s"}',
        "application/json",
        Reason.OPERATION_RESOLUTION_FAILURE,
        '"it\'s"',
    ),
    (b"{ viewer { environment } }", "application/graphql", Reason.BAD_REQUEST, "application/json"),
    (b"query=x", "application/x-www-form-urlencoded", Reason.BAD_REQUEST, "application/json"),
]


@pytest.mark.parametrize(("sent", "content_type", "reason", "named"), BODIES, ids=[str(it[0][:50]) for it in BODIES])
async def test_a_mistake_in_a_body_is_explained(api, sent, content_type, reason, named, caplog):
    headers = {"Authorization": f"Bearer {api.customer}", "Content-Type": content_type, **NEW}
    explained(await api.post(sent, headers), reason, named, caplog)
