"""Customers over the API: made, changed, found, and attached to quotes; never another company's."""

from typing import Any

from domain.shared.ids import new_id
from tests.api.support.makers import a_draft, a_quote, codes
from tests.api.support.running import Running, company_id, on_both_databases, uuid_of
from tests.api.support.world import NOBODY

ANA = {"firstName": "Ana", "lastName": "Rodríguez", "companyName": "Austral", "email": "ana@people.example"}


async def a_customer(api: Running, key: str | None = None, **given: Any) -> str:
    payload = await api.act("createCustomer", {**ANA, **given}, "customer { id }", key=key)
    assert payload["userErrors"] == []
    found: str = payload["customer"]["id"]
    return found


WHOLE = """name firstName lastName companyName email phoneNumber externalId company { code customers { totalCount } }
    address { line1 line2 postalCode city provinceCode province country countryName }"""


@on_both_databases
async def test_a_customer_is_read_as_it_was_made_and_changed(api):
    address = {"line1": "Calle 1", "postalCode": "11000", "city": "Montevideo", "country": "Uruguay"}
    ana = await a_customer(api, phoneNumber="1", externalId="7", address=address)
    for by in ({"id": ana}, {"externalId": "7"}, {"id": uuid_of(ana)}):
        query = f"query($by: CustomerBy!) {{ customer(by: $by) {{ {WHOLE} }} }}"
        found = (await api.data(query, {"by": by}))["customer"]
        assert (found["name"], found["externalId"], found["phoneNumber"]) == ("Ana Rodríguez", "7", "1")
        assert found["company"] == {"code": "AUSTRAL", "customers": {"totalCount": 1}}
        assert (found["address"]["city"], found["address"]["line2"]) == ("Montevideo", None)
        assert (found["address"]["country"], found["address"]["countryName"]) == ("UY", "Uruguay")

    changed = {"customerId": ana, "lastName": "Silva", "address": None}
    after = (await api.act("updateCustomer", changed, f"customer {{ {WHOLE} }}"))["customer"]
    assert (after["name"], after["address"], after["phoneNumber"]) == ("Ana Silva", None, "1")
    assert [it.type for it in await api.rows("events")] == ["CUSTOMER_CREATED", "CUSTOMER_UPDATED"]


async def test_a_change_that_changes_nothing_leaves_no_event(api):
    ana = await a_customer(api)
    await api.act("updateCustomer", {"customerId": ana, "firstName": "Ana"})
    assert [it.type for it in await api.rows("events")] == ["CUSTOMER_CREATED"]


@on_both_databases
async def test_customers_are_found_by_parts_of_what_they_are_called(api):
    await a_customer(api)
    await a_customer(api, firstName="Bruno", lastName="Silva", email="bruno@other.example", externalId="X-9")
    await a_customer(api, firstName=None, lastName=None, companyName="100% Çağla", email=None)
    found = {}
    for search in ("SILVA", "austral", "other.example", "x-9", "0% çağ", "nobody"):
        page = await api.data("query($s: String) { customers(filter: {search: $s}) { nodes { name } } }", {"s": search})
        found[search] = [it["name"] for it in page["customers"]["nodes"]]
    assert found == {
        "SILVA": ["Bruno Silva"],
        "austral": ["Ana Rodríguez", "Bruno Silva"],
        "other.example": ["Bruno Silva"],
        "x-9": ["Bruno Silva"],
        "0% çağ": ["100% Çağla"],
        "nobody": [],
    }
    names = await api.data("{ customers(orderBy: {field: CREATED_AT, direction: DESC}) { nodes { name } } }")
    assert [it["name"] for it in names["customers"]["nodes"]] == ["100% Çağla", "Bruno Silva", "Ana Rodríguez"]


@on_both_databases
async def test_no_two_customers_of_a_company_have_one_external_id(api):
    other = await api.key("customers:write", "customers:read", company="NORDLICHT")
    await a_customer(api, externalId="7")
    bruno = await a_customer(api, externalId="8")
    assert await a_customer(api, key=other, externalId="7")
    before = await api.contents()
    for payload in (
        await api.act("createCustomer", {**ANA, "externalId": " 7 "}),
        await api.act("updateCustomer", {"customerId": bruno, "externalId": "7"}),
    ):
        assert codes(payload) == ["ALREADY_EXISTS"]
        assert payload["userErrors"][0]["path"] == ["externalId"]
    assert await api.contents() == before


@on_both_databases
async def test_another_companys_customer_is_as_one_that_does_not_exist(api):
    other = await api.key("customers:write", "customers:read", company="NORDLICHT")
    foreign = await a_customer(api, key=other, externalId="7")
    for given in (foreign, NOBODY):
        found = await api.data("query($id: ID!) { customer(by: {id: $id}) { id } }", {"id": given})
        assert found["customer"] is None
        assert codes(await api.act("updateCustomer", {"customerId": given, "name": "Eva"})) == ["NOT_FOUND"]
        assert codes(await api.act("createQuote", a_draft(customerId=given))) == ["UNKNOWN_REFERENCE"]
    assert (await api.data('{ customer(by: {externalId: "7"}) { id } }'))["customer"] is None
    draft = a_draft(customerId=foreign, companyId=company_id("AUSTRAL"))
    assert codes(await api.act("createQuote", draft, key=api.operator)) == ["UNKNOWN_REFERENCE"]


async def test_a_customer_made_twice_under_one_promise_is_made_once(api):
    directive = '@idempotent(key: "once")'
    made = [await api.act("createCustomer", ANA, "customer { id }", directive=directive) for _ in range(2)]
    assert made[0] == made[1]
    assert len(await api.rows("customers")) == 1


@on_both_databases
async def test_a_quote_and_its_customer_lead_to_each_other(api):
    ana, bruno = await a_customer(api), await a_customer(api, firstName="Bruno")
    first = await a_quote(api, customerId=ana)
    second = await a_quote(api, customerId=ana)
    await a_quote(api, customerId=bruno)
    free = await a_quote(api)
    query = "query($id: ID!) { quote(by: {id: $id}) { customer { id quotes(first: 5) { totalCount nodes { id } } } } }"
    found = (await api.data(query, {"id": first.id}))["quote"]["customer"]
    quotes = {"totalCount": 2, "nodes": [{"id": second.id}, {"id": first.id}]}
    assert found == {"id": ana, "quotes": quotes}
    assert (await api.data(query, {"id": free.id}))["quote"]["customer"] is None


@on_both_databases
async def test_quotes_are_found_by_their_customer_and_counted(api):
    ana = await a_customer(api)
    mine = await a_quote(api, customerId=ana)
    await a_quote(api)
    query = "query($filter: QuoteFilter) { quotes(filter: $filter) { totalCount nodes { id } } }"
    for filter_, expected in (
        ({"customerId": ana}, [mine.id]),
        ({"customerId": f"Customer_{new_id()}"}, []),
        ({"customerId": ana, "tag": "nothing"}, []),
    ):
        found = (await api.data(query, {"filter": filter_}))["quotes"]
        assert ([it["id"] for it in found["nodes"]], found["totalCount"]) == (expected, len(expected))
    assert (await api.run(query, {"filter": {"customerId": "Ana"}})).codes == ["VALIDATION_ERROR"]
