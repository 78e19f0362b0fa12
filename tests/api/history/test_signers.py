"""Two people who sign with one public key are two people to every client, a normalised cache included."""

from graphql import parse, print_ast

from schema.build import build_schema, core_schema
from tests.api.support.customers import a_signature, acted, visit
from tests.api.support.makers import a_quote
from tests.api.support.running import on_both_databases
from tests.identities import Cache, identified

SCHEMA = core_schema(build_schema())
HISTORY = """query($id: ID!) { quote(by: {id: $id}) {
    orderId status signatures { name signedAt }
    items { status decision agreedPrice { at by { type name apiKeyId } } }
    history(first: 50) { nodes {
        type occurredAt actor { type name apiKeyId } nodeId node { ... on Quote { status } }
    } }
} }"""
PUBLIC = """query($key: String!) { publicQuote(key: $key) {
    orderId status signatures { name } customFields { customFieldId name display } documents { attachmentId name }
    items { status alternatives { alternativeId isSelected status } }
} }"""


@on_both_databases
async def test_two_signers_are_two_in_the_history(api):
    quote = await a_quote(api, alternatives=1)
    await api.act("requireSignatures", {"quoteId": quote.id, "count": 2})
    for name in ("Carla Paz", "Dan Ruiz"):
        assert (await acted(api, "signQuote", a_signature(quote.key, name)))["userErrors"] == []
    cache = Cache(SCHEMA)
    as_company, as_customer = (identified(SCHEMA, parse(it)) for it in (HISTORY, PUBLIC))

    told = await api.data(print_ast(as_company), {"id": quote.id})
    cache.learn(as_company, told)
    shown = (await visit(api, print_ast(as_customer), {"key": quote.key})).data
    cache.learn(as_customer, shown)

    assert cache.clashes == []
    signed = [it["actor"] for it in told["quote"]["history"]["nodes"] if it["type"] == "QUOTE_SIGNED"]
    assert [(it["type"], it["name"], it["apiKeyId"]) for it in signed] == [
        ("CUSTOMER", "Dan Ruiz", None),
        ("CUSTOMER", "Carla Paz", None),
    ]
    [created] = [it["actor"] for it in told["quote"]["history"]["nodes"] if it["type"] == "QUOTE_CREATED"]
    [key] = [it for it in await api.rows("api_keys") if it.name == "Austral's own"]
    assert created["apiKeyId"] == key.id
