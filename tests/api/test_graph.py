"""The graph: edges that lead both ways, nodes by id, and lookups."""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import pytest
import pytest_asyncio

from domain.shared.ids import global_id
from tests.api.conftest import MakeDatabase
from tests.api.support.makers import Made, a_quote, a_recipient, an_item, two_lines
from tests.api.support.running import Running, company_id, running, uuid_of
from tests.api.support.world import MACBOOK, NOBODY, PRODUCTS, RETIRED, SMALL_MACBOOK

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Town(NamedTuple):
    """A quote with a line accepted by itself and one by an alternative, and the ids of all there is."""

    api: Running
    quote: Made
    orders: list[str]
    ana: str
    bruno: str


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def town(request: pytest.FixtureRequest, new_database: MakeDatabase) -> AsyncIterator[Town]:
    async with running(await new_database(request.param)) as api:
        macbook = {"catalogue": {"productId": MACBOOK, "configurationId": SMALL_MACBOOK}}
        people = [a_recipient(email="ANA@people.example"), a_recipient("Bruno Silva")]
        quote = await a_quote(api, an_item(device=macbook, recipients=people), two_lines()[1], alternatives=2)
        await api.act("acceptItem", {"itemId": quote.items[0]})
        await api.act("acceptAlternative", {"alternativeId": quote.alternatives[1][0]})
        orders = sorted(await api.rows("vendor_orders"), key=lambda it: str(it.id))
        people_ids = {it.name: global_id("Employee", it.id) for it in await api.rows("employees") if it.tenant_id == 1}
        ids: list[str] = [global_id("VendorOrder", it.id) for it in orders]
        yield Town(api, quote, ids, people_ids["Ana Rodríguez"], people_ids["Bruno Silva"])


# ---- edges


async def test_a_quote_leads_to_all_its_parts(town):
    found = await ask(
        town,
        """query($id: ID!) { quote(by: {id: $id}) {
            company { id } countries vendorOrders { id }
            items { id product { id } configuration { id } acceptedOffer { id __typename } vendorOrders { id }
                    alternatives { id } recipients { id employee { id } vendorOrder { id } } }
        } }""",
        id=town.quote.id,
    )
    quote = found["quote"]
    assert quote["company"] == {"id": company_id("AUSTRAL")}
    assert quote["countries"] == ["BR", "UY"]
    assert [it["id"] for it in quote["vendorOrders"]] == town.orders
    first, second = quote["items"]
    assert [first["id"], second["id"]] == town.quote.items
    assert first["product"] == {"id": global_id("Product", MACBOOK)}
    assert first["configuration"] == {"id": global_id("Configuration", SMALL_MACBOOK)}
    assert first["acceptedOffer"] == {"id": town.quote.items[0], "__typename": "QuoteItem"}
    assert second["acceptedOffer"] == {"id": town.quote.alternatives[1][0], "__typename": "Alternative"}
    assert second["configuration"] is None
    assert [[it["id"] for it in line["alternatives"]] for line in quote["items"]] == town.quote.alternatives
    assert [it["employee"] for it in first["recipients"]] == [{"id": town.ana}, {"id": town.bruno}]
    assert [it["employee"] for it in second["recipients"]] == [{"id": town.bruno}, None]
    of_lines = [it["id"] for line in quote["items"] for it in line["vendorOrders"]]
    assert sorted(of_lines) == sorted(town.orders)
    of_people = [it["vendorOrder"]["id"] for line in quote["items"] for it in line["recipients"]]
    assert sorted(of_people) == sorted(town.orders)


async def test_every_part_leads_back(town):
    found = await ask(
        town,
        """query($id: ID!) { quote(by: {id: $id}) {
            company { quotes { nodes { id } } employees { nodes { id } } }
            vendorOrders { id quote { id } item { id } recipients { vendorOrder { id } item { id } } }
            items { id quote { id } alternatives { item { id } }
                    recipients { id item { id } employee { company { id } recipients { nodes { id } } } }
                    configuration { product { id configurations { id } } } }
        } }""",
        id=town.quote.id,
    )
    quote = found["quote"]
    assert quote["company"]["quotes"]["nodes"] == [{"id": town.quote.id}]
    assert {town.ana, town.bruno} < {it["id"] for it in quote["company"]["employees"]["nodes"]}
    for order in quote["vendorOrders"]:
        assert order["quote"] == {"id": town.quote.id}
        assert order["item"]["id"] in town.quote.items
        assert [it for it in order["recipients"] if it["vendorOrder"]["id"] != order["id"]] == []
        assert {it["item"]["id"] for it in order["recipients"]} == {order["item"]["id"]}
    for line in quote["items"]:
        assert line["quote"] == {"id": town.quote.id}
        assert {it["item"]["id"] for it in line["alternatives"]} == {line["id"]}
        for recipient in line["recipients"]:
            assert recipient["item"] == {"id": line["id"]}
            if employee := recipient["employee"]:
                assert employee["company"] == {"id": company_id("AUSTRAL")}
                assert {"id": recipient["id"]} in employee["recipients"]["nodes"]
    product = quote["items"][0]["configuration"]["product"]
    assert product["id"] == global_id("Product", MACBOOK)
    assert global_id("Configuration", SMALL_MACBOOK) in [it["id"] for it in product["configurations"]]


async def test_an_employee_leads_to_what_was_asked_for_newest_first(town):
    query = """query($id: ID!) { employee(by: {id: $id}) {
        recipients { totalCount nodes { name item { quote { orderId } vendorOrders { status } } } }
    } }"""
    found = (await ask(town, query, id=town.bruno))["employee"]["recipients"]
    assert found["totalCount"] == 2
    assert {it["item"]["quote"]["orderId"] for it in found["nodes"]} == {town.quote.order_id}


async def test_an_employee_says_what_its_hr_system_knows(town):
    query = "query($id: ID!) { employee(by: {id: $id}) { hrisId hrisProvider metadata { key value } } }"
    assert (await ask(town, query, id=town.bruno))["employee"] == {
        "hrisId": "HR-1",
        "hrisProvider": "bamboo",
        "metadata": [{"key": "Cost centre", "value": "Ñ 7"}, {"key": "Remote", "value": "yes"}],
    }


# ---- nodes


@pytest.mark.parametrize("planned", [True, False], ids=["plan", "graphql-core"])
async def test_nodes_that_cannot_be_had_keep_nobody_from_the_others(town, planned):
    town.api.parts.engine.executor._planned = planned
    reader = await town.api.key("quotes:read")
    ids = ["yesterday", town.quote.id, global_id("Product", MACBOOK), NOBODY]
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    try:
        answer = await town.api.run(query, {"ids": ids}, key=reader)
    finally:
        town.api.parts.engine.executor._planned = True
    assert answer.body["data"] == {"nodes": [None, {"id": town.quote.id}, None, None]}
    found = sorted((it["path"], it["extensions"]["code"]) for it in answer.errors)
    assert found == [(["nodes", 0], "VALIDATION_ERROR"), (["nodes", 2], "FORBIDDEN")]


async def test_no_nodes_are_an_empty_list(town):
    assert await ask(town, "{ nodes(ids: []) { id } }") == {"nodes": []}


@pytest.mark.parametrize("id_", [NOBODY, f"Unknown_{NOBODY}", f"Quote_{MACBOOK}", f"Event_{NOBODY}", f"_{NOBODY}"])
async def test_a_node_that_is_not_there_is_null_without_error(town, id_):
    assert await ask(town, "query($id: ID!) { node(id: $id) { id } }", id=id_) == {"node": None}


async def test_ids_are_unlike_each_other_and_tell_the_type_apart(town):
    """A row id under another type's name finds nothing."""
    swapped = [global_id("Quote", uuid_of(town.quote.item)), global_id("QuoteItem", uuid_of(town.quote.id))]
    assert (await ask(town, "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=swapped))["nodes"] == [None, None]


async def test_a_selection_may_turn_out_empty(town):
    query = """query($ids: [ID!]!, $no: Boolean! = false) {
        viewer @include(if: $no) { environment }
        nodes(ids: $ids) { ... on Quote { orderId } }
        quotes { nodes { id @skip(if: true) } }
    }"""
    found = await ask(town, query, ids=[town.quote.id, town.quote.item])
    assert found == {"nodes": [{"orderId": town.quote.order_id}, {}], "quotes": {"nodes": [{}]}}
    assert await ask(town, "query($no: Boolean! = false) { viewer @include(if: $no) { environment } }") == {}


# ---- lookups


async def test_a_quote_is_found_by_either_of_its_names(town):
    query = """query($id: ID!, $bare: ID!, $shouted: ID!, $order: String!) {
        id: quote(by: {id: $id}) { id } bare: quote(by: {id: $bare}) { id }
        shouted: quote(by: {id: $shouted}) { id } order: quote(by: {orderId: $order}) { id }
    }"""
    bare = uuid_of(town.quote.id)
    found = await ask(town, query, id=town.quote.id, bare=bare, shouted=bare.upper(), order=town.quote.order_id)
    assert list(found.values()) == [{"id": town.quote.id}] * 4


async def test_an_employee_is_found_by_id_or_by_address_in_any_case(town):
    query = """query($id: ID!) {
        id: employee(by: {id: $id}) { name } email: employee(by: {email: "  ANA@People.Example "}) { name }
    }"""
    ana = {"name": "Ana Rodríguez"}
    assert await town.api.data(query, {"id": town.ana}) == {"id": ana, "email": ana}
    one_company_has = '{ employee(by: {email: "CAGLA@austral.example"}) { name } }'
    for key in (town.api.customer, town.api.operator):
        assert (await town.api.data(one_company_has, key=key))["employee"] == {"name": "Çağla Yılmaz"}


async def test_a_lookup_that_finds_nothing_is_null_without_error(town):
    found = await ask(
        town,
        """query($id: ID!) {
            quote(by: {id: $id}) { id } order: quote(by: {orderId: "17"}) { id } product(by: {id: $id}) { id }
            employee(by: {id: $id}) { id } email: employee(by: {email: "nobody@people.example"}) { id }
            odd: employee(by: {email: "%"}) { id } other: employee(by: {email: "na@people.example"}) { id }
        }""",
        id=NOBODY,
    )
    assert set(found.values()) == {None}
    assert len(found) == 7


async def test_a_product_is_found_by_id_even_when_it_cannot_be_asked_for_any_more(town):
    query = "query($id: ID!) { product(by: {id: $id}) { brand model isActive type configurations { cpu isActive } } }"
    assert await ask(town, query, id=RETIRED) == {
        "product": {
            "brand": "Apple",
            "model": "PowerBook G4",
            "isActive": False,
            "type": "LAPTOP",
            "configurations": [],
        }
    }
    macbook = (await ask(town, query, id=MACBOOK))["product"]
    assert [it["cpu"] for it in macbook["configurations"]] == ["Apple M5", "Apple M5 Pro"]
    assert len(PRODUCTS) == 4


async def ask(town: Town, query: str, **variables: Any) -> Any:
    return await town.api.data(query, variables, key=town.api.operator)
