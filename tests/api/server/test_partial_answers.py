"""Answers without what the key may not select, for clients that ask for them."""

import pytest

from app.server.requests import Request
from domain.shared.access import CUSTOMER_SCOPES, Scope
from tests.api.support.makers import a_quote
from tests.api.support.running import Running, on_both_databases, running
from tests.api.support.sockets import Closed, connected
from tests.api.support.streams import streamed

PARTIAL = {"X-Quotegraph-Partial": "scopes"}
QUOTE = (
    "query($id: ID!) { quote(by: {id: $id}) { orderId company { employees { totalCount } } items { product { id } } } }"
)

executors = pytest.mark.parametrize("executor", ["plan", "plan-rows", "graphql-core"])


def forbidden(answer) -> set[tuple[str, tuple[str, ...]]]:
    """The paths of the errors, and the scopes they name."""
    assert set(answer.codes) <= {"FORBIDDEN"}
    return {(".".join(map(str, it["path"])), tuple(it["extensions"]["scopes"])) for it in answer.body.get("errors", ())}


async def without(api: Running, *scopes: str) -> str:
    return await api.key(*(set(CUSTOMER_SCOPES) - set(scopes)))


@on_both_databases
async def test_what_the_key_may_not_select_is_null_where_the_client_asks_so(api):
    quote, key = await a_quote(api), await without(api, "products:read")
    whole = await api.run(QUOTE, {"id": quote.id}, key)
    assert (whole.codes, whole.body.get("data")) == (["FORBIDDEN"], None)
    answer = await api.run(QUOTE, {"id": quote.id}, key, PARTIAL)
    assert answer.status == 200
    read = answer.body["data"]["quote"]
    assert read["orderId"]
    assert [it["product"] for it in read["items"]] == [None]
    assert forbidden(answer) == {("quote.items.0.product", ("products:read",))}
    assert answer.error["message"] == "This key lacks products:read, which quote.items.product requires."
    assert answer.error["extensions"]["fields"] == ["quote.items.product"]


async def test_null_in_a_non_null_field_spreads_as_any_other(new_database):
    for executor in ("plan", "graphql-core"):
        async with running(await new_database("sqlite"), executor=executor) as api:
            quote, key = await a_quote(api), await without(api, "employees:read")
            answer = await api.run(QUOTE, {"id": quote.id}, key, PARTIAL)
            # The employees of a company are non-null, and its company is a non-null field of a quote.
            assert answer.body["data"] == {"quote": None}
            assert forbidden(answer) == {("quote.company.employees", ("employees:read",))}


@executors
async def test_a_mutation_whose_scope_is_missing_is_not_run_and_others_are(new_database, executor):
    async with running(await new_database("sqlite"), executor=executor) as api:
        quote, key = await a_quote(api), await without(api, "kits:write")
        mutation = """mutation($id: ID!) {
            createKit(input: {name: "Desk", devices: []}) { userErrors { code } }
            acceptItem(input: {itemId: $id}) { item { status } }
        }"""
        answer = await api.run(mutation, {"id": quote.item}, key, PARTIAL)
        assert answer.body["data"] == {"createKit": None, "acceptItem": {"item": {"status": "ACCEPTED"}}}
        assert forbidden(answer) == {("createKit", ("kits:write",))}
        assert await api.rows("kits") == []


@executors
async def test_a_writer_gets_the_receipt_and_null_for_the_rest(new_database, executor):
    async with running(await new_database("sqlite"), executor=executor) as api:
        quote, writer = await a_quote(api), await api.key("quotes:write", "quotes:decide")
        mutation = """mutation($id: ID!) { acceptItem(input: {itemId: $id}) {
            quote { id status poNumber } changes { node { id ... on QuoteItem { comments } } }
            query { __typename quote(by: {id: $id}) { id } }
        } }"""
        answer = await api.run(mutation, {"id": quote.item}, writer, PARTIAL)
        payload = answer.body["data"]["acceptItem"]
        assert payload["quote"] == {"id": quote.id, "status": "APPROVED", "poNumber": None}
        assert payload["query"] == {"__typename": "Query", "quote": None}
        assert {(path.rpartition(".")[2], scopes) for path, scopes in forbidden(answer)} == {
            ("poNumber", ("quotes:read",)),
            ("comments", ("quotes:read",)),
            ("quote", ("quotes:read",)),
        }


@executors
async def test_a_fragment_on_a_type_is_refused_where_the_object_is_of_that_type(new_database, executor):
    async with running(await new_database("sqlite"), executor=executor) as api:
        quote, key = await a_quote(api), await without(api, "employees:read")
        query = "query($id: ID!) { node(id: $id) { ...Q ... on Employee { name } } } fragment Q on Quote { orderId }"
        answer = await api.run(query, {"id": quote.id}, key, PARTIAL)
        assert answer.data["node"]["orderId"]


async def test_a_key_that_may_select_everything_gets_the_same_answer(api):
    quote = await a_quote(api)
    whole = await api.run(QUOTE, {"id": quote.id})
    assert (await api.run(QUOTE, {"id": quote.id}, headers=PARTIAL)).body == whole.body
    assert whole.codes == []


async def test_the_same_document_is_answered_to_each_key_by_its_scopes(api):
    quote = await a_quote(api)
    for missing in ("products:read", "employees:read", "none", "products:read"):
        answer = await api.run(QUOTE, {"id": quote.id}, await without(api, missing), PARTIAL)
        assert {scopes for _, scopes in forbidden(answer)} == ({(missing,)} if ":" in missing else set())
    whole = await api.run(QUOTE, {"id": quote.id}, await without(api, "products:read"))
    assert (whole.codes, whole.status) == (["FORBIDDEN"], 403)


async def test_what_is_kept_of_a_document_does_not_grow_with_the_kinds_of_keys(api):
    quote = await a_quote(api)
    for scope in sorted(Scope):
        await api.run(QUOTE, {"id": quote.id}, await api.key(scope), PARTIAL)
    [prepared] = [it for it in api.parts.engine.preparation._prepared._entries.values() if it.partial]
    assert len(prepared.partial) == 8


@pytest.mark.parametrize("value", ["", "yes", "scopes, other"])
async def test_the_header_names_what_may_be_missing(api, value):
    answer = await api.run("{ viewer { environment } }", headers={"X-Quotegraph-Partial": value})
    assert (answer.status, answer.codes) == (400, ["VALIDATION_ERROR"])
    assert "`X-Quotegraph-Partial` can only be `scopes`" in answer.error["message"]


async def test_an_operation_that_defers_what_the_key_may_not_select_is_answered_at_once(api):
    quote, key = await a_quote(api), await without(api, "products:read")
    query = "query($id: ID!) { quote(by: {id: $id}) { orderId ... @defer { items { product { id } } } } }"
    caller = await api.parts.authenticator.admit(f"Bearer {key}")
    assert not api.parts.engine.is_incremental(Request(query, {"id": quote.id}, partial=True), caller)
    headers = {"Accept": "multipart/mixed, application/json;q=0.9"} | PARTIAL
    answer = await api.run(query, {"id": quote.id}, key, headers)
    assert answer.body["data"]["quote"]["items"] == [{"product": None}]
    assert forbidden(answer) == {("quote.items.0.product", ("products:read",))}


async def test_an_operation_without_a_key_still_requires_one(api):
    body = b'{"query": "{ quotes { totalCount } }"}'
    answer = await api.post(body, {"Content-Type": "application/json", **PARTIAL})
    assert (answer.status, answer.codes) == (401, ["UNAUTHORIZED"])


# ---- streams and sockets

CHANGED = """subscription($id: ID!) { quoteChanged(id: $id, includeCurrent: true) {
    type node { ... on Quote { items { product { id } } } } } }"""
NOTHING = {"type": "CURRENT_STATE", "node": {"items": [{"product": None}]}}


async def test_an_event_stream_can_be_partial(api):
    quote, key = await a_quote(api), await without(api, "products:read")
    async with streamed(api, CHANGED, key=key, headers=PARTIAL, id=quote.id) as stream:
        kind, result = await stream.next()
        assert (kind, result["data"]) == ("next", {"quoteChanged": NOTHING})
        assert [it["extensions"]["code"] for it in result["errors"]] == ["FORBIDDEN"]


@pytest.mark.parametrize(
    ("headers", "payload"),
    [({}, PARTIAL), ({}, {"headers": PARTIAL}), (PARTIAL, {})],
    ids=["payload", "nested", "header"],
)
async def test_a_socket_can_be_partial(api, headers, payload):
    quote, key = await a_quote(api), await without(api, "products:read")
    async with connected(api, headers=headers, init=False) as socket:
        await socket.init({"Authorization": f"Bearer {key}", **payload})
        message = await socket.hear(await socket.start(CHANGED, {"id": quote.id}))
        assert (message["type"], message["payload"]["data"]) == ("next", {"quoteChanged": NOTHING})
        query = await socket.hear(await socket.start(QUOTE, {"id": quote.id}))
        assert [it["path"] for it in query["payload"]["errors"]] == [["quote", "items", 0, "product"]]


async def test_a_subscription_to_what_the_key_may_not_read_is_refused_all_the_same(api):
    quote, key = await a_quote(api), await without(api, "quotes:read")
    async with connected(api, init=False) as socket:
        await socket.init({"Authorization": f"Bearer {key}", **PARTIAL})
        error = await socket.refusal(await socket.start(CHANGED, {"id": quote.id}))
        assert error["extensions"]["code"] == "FORBIDDEN"


async def test_a_socket_that_asks_for_something_else_is_closed(api):
    async with connected(api, init=False) as socket:
        with pytest.raises(Closed) as closed:
            await socket.init({"Authorization": f"Bearer {api.customer}", "X-Quotegraph-Partial": "all"})
        assert (closed.value.code, "X-Quotegraph-Partial" in closed.value.reason) == (4400, True)


async def test_a_page_of_an_origin_that_is_allowed_may_send_the_header(new_database):
    async with running(await new_database("sqlite"), cors_origins="https://app.example") as api:
        asks = {
            "Origin": "https://app.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,x-quotegraph-partial",
        }
        async with api.http.options(api.url, headers=asks) as answer:
            assert "x-quotegraph-partial" in answer.headers["Access-Control-Allow-Headers"]
