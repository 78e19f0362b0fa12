"""From an accepted line to a device in somebody's hands: the API, the worker's jobs, the emulated vendor, over HTTP."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from adapters.database.companies.company import SqlCompanies
from app.cli.common import Failure
from app.cli.main import cli
from domain.shared.access import CUSTOMER_SCOPES, Environment, Scope
from tests.api.support.makers import a_draft, a_price, a_quote, a_recipient, an_item, codes
from tests.api.support.shop import QUOTE, Shop, on_both


@on_both
async def test_an_accepted_device_is_quoted_confirmed_shipped_and_delivered_and_is_an_asset_then(shop):
    quote = await shop.accepted()
    assert (await shop.order(quote))["status"] == "PENDING"

    confirmed = await shop.control(quote, status="QUOTED", price="1450.00", eta="2026-12-01", minEta=3)
    [order] = confirmed["vendorOrders"]
    assert (order["status"], order["attention"], order["requestedAction"]) == ("ACCEPTED", None, None)
    found = await shop.api.data("query($id: ID!) { quote(by: {id: $id}) { deliveryDate } }", {"id": quote.id})
    assert found["quote"] == {"deliveryDate": "2026-12-01"}
    assert (order["quotedPrice"], order["eta"]) == ({"amount": "1450.00", "currencyCode": "USD"}, "2026-12-01")
    assert len(await shop.posts("/orders/confirm")) == 1

    link = "https://carrier.example/TP-1"
    shipped = await shop.control(quote, status="IN_TRANSIT", trackingCode="TP-1", trackingLink=link)
    [[recipient]] = [it["recipients"] for it in shipped["items"]]
    assert (recipient["status"], recipient["trackingCode"], recipient["trackingLink"]) == ("SHIPPED", "TP-1", link)
    assert (shipped["status"], shipped["vendorOrders"][0]["vendorStatus"]) == ("IN_PROGRESS", "IN_TRANSIT")

    delivered = await shop.control(quote, status="DELIVERED", date="2026-12-01", serials=["C02XYZ"])
    [[recipient]] = [it["recipients"] for it in delivered["items"]]
    assert (delivered["status"], delivered["fulfilmentStatus"]) == ("DELIVERED", "DELIVERED")
    assert (recipient["status"], recipient["serialNumber"]) == ("DELIVERED", "C02XYZ")
    assert [it["status"] for it in recipient["statusTimestamps"]] == ["PENDING", "APPROVED", "SHIPPED", "DELIVERED"]

    asset = await shop.api.data('{ asset(by: {serialNumber: "c02xyz"}) { status description employee { email } } }')
    assert (asset["asset"]["status"], asset["asset"]["employee"]["email"]) == ("IN_USE", "ana@people.example")
    types = {it.type for it in await shop.api.rows("events")}
    assert {"QUOTE_TRACKING_ADDED", "QUOTE_DELIVERED", "ASSET_ADDED", "VENDOR_ORDER_CONFIRMED"} <= types


async def test_a_dearer_quote_waits_for_the_operator_who_confirms_the_price_they_saw(shop):
    quote = await shop.accepted()
    await shop.control(quote, status="QUOTED", price="1499.00")
    order = await shop.order(quote)
    assert (order["status"], order["attention"]) == ("QUOTED", "PRICE_ABOVE_AGREED")
    assert "1,499" not in order["problem"], "the customer can read it too"

    wrong = {"vendorOrderId": order["id"], "expectedPrice": a_price("1450.00")}
    assert codes(await shop.api.act("confirmVendorOrder", wrong, key=shop.api.operator)) == ["PRICE_CHANGED"]
    example = Path(__file__).parents[3] / "examples" / "operator" / "confirm.graphql"
    right = {"order": order["id"], "price": a_price("1499.00")}
    confirmed = await shop.api.data(example.read_text(), right, key=shop.api.operator)
    assert confirmed["confirmVendorOrder"] == {
        "vendorOrder": {"status": "QUOTED", "requestedAction": "CONFIRM"},
        "userErrors": [],
    }
    await shop.work()
    assert (await shop.order(quote))["status"] == "ACCEPTED"


async def test_another_currency_is_flagged_and_the_order_can_be_cancelled(shop):
    quote = await shop.accepted()
    await shop.control(quote, status="QUOTED", price="100.00", currency="EUR")
    order = await shop.order(quote)
    assert order["attention"] == "OTHER_CURRENCY"

    await shop.api.act("cancelVendorOrder", {"vendorOrderId": order["id"]}, key=shop.api.operator)
    await shop.work()
    assert (await shop.order(quote))["status"] == "CANCELLED"
    late = await shop.api.act("confirmVendorOrder", {"vendorOrderId": order["id"]}, key=shop.api.operator)
    [error] = late["userErrors"]
    assert (error["code"], error["currentStatus"]) == ("WRONG_STATUS", "CANCELLED")
    assert error["node"]["id"] == order["id"]


@on_both
async def test_an_alternative_of_the_vendor_is_selected_and_its_price_confirmed(shop):
    quote = await shop.accepted()
    device = {"brand": "APPLE", "name": "MacBook Air 13", "ram": "16GB", "quotedUnitPrice": "1099.00"}
    await shop.control(quote, alternatives=[device])
    order = await shop.order(quote)
    [group] = order["alternatives"]
    [candidate] = group["candidates"]
    assert (candidate["model"], candidate["price"]["amount"]) == ("MacBook Air 13", "1099.00")

    chosen = {"vendorOrderId": order["id"], "groupId": group["groupId"], "candidateId": candidate["candidateId"]}
    unknown = await shop.api.act("selectVendorAlternative", {**chosen, "candidateId": "?"}, key=shop.api.operator)
    assert codes(unknown) == ["UNKNOWN_REFERENCE"]
    assert codes(await shop.api.act("selectVendorAlternative", chosen, key=shop.api.operator)) == []
    await shop.work()
    await shop.control(quote, status="QUOTED")
    assert (await shop.order(quote))["quotedPrice"]["amount"] == "1099.00"
    assert (await shop.order(quote))["status"] == "ACCEPTED"

    await shop.control(quote, status="DELIVERED", serials=["C02"])
    taken = {"brand": "APPLE", "model": "MacBook Air 13", "ram": "16GB"}
    query = """query($id: ID!) { quote(by: {id: $id}) {
        items { specification { model } selectedCandidates { brand model ram }
            recipients { assets { serialNumber description } } }
        vendorOrders { selectedCandidate { brand model ram } }
        history(first: 50) { nodes { type fieldChanges { node { id } field from to } } }
    } }"""
    shown = (await shop.api.data(query, {"id": quote.id}))["quote"]
    [item] = shown["items"]
    assert (item["specification"]["model"], item["selectedCandidates"]) == ("MacBook Pro 14", [taken])
    assert [it["selectedCandidate"] for it in shown["vendorOrders"]] == [taken]
    assert item["recipients"] == [{"assets": [{"serialNumber": "C02", "description": "APPLE MacBook Air 13"}]}]
    [event] = [it for it in shown["history"]["nodes"] if it["type"] == "VENDOR_ALTERNATIVE_SELECTED"]
    changed = {(it["node"]["id"], it["field"], it["from"], it["to"]) for it in event["fieldChanges"]}
    assert changed == {(order["id"], f"selectedCandidate.{name}", None, value) for name, value in taken.items()}


async def test_which_candidates_were_taken_costs_one_statement_for_all_lines(shop):
    for _ in range(3):
        await shop.accepted()
    lines = "{ quotes { nodes { items { %s } } } }"
    without = await shop.api.statements.of(shop.api, lines % "id")
    assert await shop.api.statements.of(shop.api, lines % "selectedCandidates { model }") == without + 1


async def test_a_company_sees_which_candidate_was_taken_and_not_what_the_vendor_asks_for_it(shop):
    quote = await shop.accepted()
    order = "query($id: ID!) { quote(by: {id: $id}) { vendorOrders { selectedCandidate { %s } } } }"
    seen = await shop.api.data(order % "model", {"id": quote.id})
    assert seen["quote"]["vendorOrders"] == [{"selectedCandidate": None}]
    hidden = await shop.api.run(order % "price { amount }", {"id": quote.id})
    assert hidden.body["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_word_that_nobody_knows_means_work_in_progress(shop):
    quote = await shop.accepted()
    shown = await shop.control(quote, status="BEING_POLISHED")
    assert (shown["vendorOrders"][0]["status"], shown["status"]) == ("IN_PROGRESS", "APPROVED")


async def test_a_device_delivered_with_a_number_that_another_one_has_is_for_the_operator_to_mend(shop):
    first, second = await shop.accepted(), await shop.accepted()
    await shop.control(first, status="DELIVERED", serials=["C02"])
    shown = await shop.control(second, status="DELIVERED", serials=["c02"])
    assert (shown["status"], shown["vendorOrders"][0]["attention"]) == ("DELIVERED", "DUPLICATE_SERIAL")

    mended = {"recipientId": second.recipient, "serialNumbers": ["C03"]}
    assert codes(await shop.api.act("setRecipientSerialNumbers", mended, key=shop.api.operator)) == []
    found = await shop.api.data('{ asset(by: {serialNumber: "C03"}) { serialNumber } }')
    assert found["asset"]["serialNumber"] == "C03"
    assert (await shop.order(second))["attention"] is None


async def test_an_order_without_an_address_is_completed_by_the_operator(shop):
    quote = await shop.accepted(an_item(recipients=[a_recipient(email=None)]))
    order = await shop.order(quote)
    assert order["status"] == "NEEDS_DATA"
    person = {
        "firstName": "Ana",
        "lastName": "Rodríguez",
        "email": "ana@people.example",
        "phoneNumber": "+598",
        "governmentId": "1.2",
        "address": "Main St 1",
        "city": "Montevideo",
        "postalCode": "11000",
        "country": "Uruguay",
    }
    given = {"vendorOrderId": order["id"], "employee": person}
    payload = await shop.api.act("completeVendorOrder", given, "vendorOrder { status }", key=shop.api.operator)
    assert (payload["vendorOrder"]["status"], payload["changes"][0]["from"]) == ("QUEUED", "NEEDS_DATA")
    await shop.work()
    assert (await shop.sent())["employee"]["governmentDNI"] == "1.2"
    assert (await shop.order(quote))["status"] == "PENDING"


ALL_BUT_A_NAME = {"phoneNumber": "+598", "address": "1-1", "city": "東京", "governmentId": "1.2"}


async def test_an_order_for_a_person_of_one_name_waits_for_the_last_name_and_loses_nothing(shop):
    person = a_recipient(name="山田太郎", country="日本", postalCode="１００－１", **ALL_BUT_A_NAME)
    quote = await shop.accepted(an_item(recipients=[person]))
    order = await shop.order(quote)
    assert (order["status"], "lastName" in order["problem"]) == ("NEEDS_DATA", True)

    employee = {
        "firstName": "太郎",
        "lastName": "山田",
        "email": "ana@people.example",
        "phoneNumber": "+598",
        "governmentId": "1.2",
        "address": "1-1",
        "city": "東京",
        "postalCode": "１００－１",
        "country": "Japan",
    }
    given = {"vendorOrderId": order["id"], "employee": employee}
    await shop.api.act("completeVendorOrder", given, "vendorOrder { status }", key=shop.api.operator)
    await shop.work()
    sent = (await shop.sent())["employee"]
    assert (sent["lastName"], sent["postCode"], sent["countryCode"]) == ("山田", "100-1", "JP")


async def test_what_of_a_recipient_the_vendor_is_not_sent_is_told(shop):
    quote = await shop.accepted(an_item(recipients=[a_recipient(address="Main St 1", city="Montevideo")]))
    query = "query($id: ID!) { node(id: $id) { ... on VendorOrder { notice } } }"
    given = {"id": (await shop.order(quote))["id"]}
    notice = (await shop.api.data(query, given, key=shop.api.operator))["node"]["notice"]
    assert notice.startswith("The vendor is not sent address and city: ")


async def test_a_legal_name_is_sent_as_the_vendor_s_brand(shop):
    device = {"custom": {"productType": "LAPTOP", "specification": {"brand": "Dell Inc.", "model": "Latitude"}}}
    await shop.accepted(an_item(device=device))
    assert (await shop.sent())["hardwares"][0]["brand"] == "DELL"


async def test_an_order_the_vendor_refused_is_tried_again_by_the_operator(shop):
    refuse = [{"mode": "status", "status": 400, "verb": "POST", "path": "/orders/quote"}]
    async with shop.api.http.post(f"{shop.vendor}/faults", json=refuse):
        pass
    quote = await shop.accepted()
    order = await shop.order(quote)
    assert order["status"] == "FAILED"
    assert codes(await shop.api.act("retryVendorOrder", {"vendorOrderId": order["id"]}, key=shop.api.operator)) == []
    await shop.work()
    assert (await shop.order(quote))["status"] == "PENDING"


# ---- what else can be ordered

WARRANTY = {"custom": {"productType": "WARRANTY_MAC", "specification": {}}}


async def test_a_warranty_is_placed_with_nothing_but_what_the_vendor_allows(shop):
    await shop.accepted(an_item(device=WARRANTY, comments="Three years"), prices="120.00")
    [line] = (await shop.sent())["hardwares"]
    assert line.keys() == {"hardwareType", "amount", "externalItemId", "notes"}
    assert (line["hardwareType"], line["notes"]) == ("EXTENDED_WARRANTY_MAC", "Three years")


async def test_a_warranty_with_a_brand_is_refused_before_anybody_else_sees_it(shop):
    device = {"custom": {"productType": "WARRANTY_WINDOWS", "specification": {"brand": "Dell"}}}
    payload = await shop.api.act("createQuote", a_draft(an_item(device=device)))
    [error] = payload["userErrors"]
    assert (error["code"], error["path"][-1]) == ("NOT_ALLOWED", "brand")


@pytest.mark.parametrize("destination", ["OFFICE", "QUOTE_ONLY", "STORAGE"])
async def test_a_destination_that_is_no_person_is_placed_without_one(shop, destination):
    quote = await shop.accepted(an_item(recipients=[a_recipient(email=None, destination=destination)]))
    data = await shop.sent()
    assert (data["sendTo"], data.keys() & {"employee", "employeeEmail"}) == (destination, set())
    quoted = await shop.control(quote, status="QUOTED", price="1.00")
    expected = "QUOTED" if destination == "QUOTE_ONLY" else "ACCEPTED"
    assert quoted["vendorOrders"][0]["status"] == expected


async def test_a_person_the_vendor_does_not_know_is_described_when_all_of_it_was_given(shop):
    person = a_recipient(
        phoneNumber="+598", address="Main St 1", city="Montevideo", postalCode="11000", governmentId="1.2"
    )
    await shop.accepted(an_item(recipients=[person]))
    employee = (await shop.sent())["employee"]
    assert (employee["firstName"], employee["lastName"], employee["city"]) == ("Ana", "Rodríguez", "Montevideo")


async def test_the_companys_references_and_description_go_along(shop):
    details = {"legal_number": "21-1", "contact_email": "it@austral.example", "phone": "+598"}
    assert await SqlCompanies(shop.api.parts.database).describe("AUSTRAL", "UY", details)
    await shop.accepted(clientName="Globex", abmId="A-7")
    data = await shop.sent()
    assert (data["clientName"], data["ABMId"]) == ("Globex", "A-7")
    assert data["company"]["companyCode"] == "AUSTRAL"
    assert (data["company"]["legalNumber"], "companyCode" in data) == ("21-1", False)


async def test_prices_at_once_are_asked_of_the_sandbox_and_refused_for_live_data(shop):
    live = await shop.api.act("createQuote", a_draft(isAutoQuoted=True))
    assert [(it["code"], it["path"]) for it in live["userErrors"]] == [("NOT_ALLOWED", ["isAutoQuoted"])]

    test = await shop.api.key(*CUSTOMER_SCOPES, environment=Environment.TEST)
    operator = await shop.api.key(*Scope, environment=Environment.TEST, company=None)
    quote = await a_quote(shop.api, key=test, operator=operator, isAutoQuoted=True)
    await shop.api.act("acceptItem", {"itemId": quote.item}, key=test)
    await shop.work()
    assert (await shop.sent())["autoQuote"] is True
    found = await shop.api.data(QUOTE, {"id": quote.id}, key=operator)
    assert found["quote"]["vendorOrders"][0]["status"] == "ACCEPTED"


async def test_what_the_vendor_asks_is_for_operators_alone(shop):
    await shop.accepted()
    for field in ("quotedPrice { amount }", "alternatives { groupId }"):
        asked = f"{{ quotes {{ nodes {{ vendorOrders {{ status {field} }} }} }} }}"
        answer = await shop.api.run(asked)
        assert (answer.codes, answer.error["extensions"]["scopes"]) == (["FORBIDDEN"], ["quotes:manage"])
        assert (await shop.api.run(asked, key=shop.api.operator)).data


async def test_a_government_id_is_shown_to_nobody(shop):
    found = await shop.api.data('{ __type(name: "Recipient") { fields { name } } }')
    assert "governmentId" not in {it["name"] for it in found["__type"]["fields"]}


async def test_a_company_is_described_to_the_vendor_by_a_command_that_checks_what_it_is_told(shop, monkeypatch):
    url = shop.api.parts.database.url.render_as_string(hide_password=False)
    monkeypatch.setenv("QUOTEGRAPH_DATABASE_URL", url)
    whole = ["--country", "Uruguay", "--legal-number", "21-1", "--contact-email", "it@austral.example", "--phone", "1"]
    for words in (["austral", *whole[:-2]], ["austral", "--country", "Atlantis", *whole[2:]], ["NOBODY", *whole]):
        found = await asyncio.to_thread(CliRunner().invoke, cli, ["companies", "describe", *words])
        assert isinstance(found.exception, Failure)
    assert await described(shop) == (None, None, None, None)
    assert (
        await asyncio.to_thread(CliRunner().invoke, cli, ["companies", "describe", "austral", *whole])
    ).exit_code == 0
    assert await described(shop) == ("UY", "21-1", "it@austral.example", "1")
    cleared = await asyncio.to_thread(CliRunner().invoke, cli, ["companies", "describe", "AUSTRAL", "--clear"])
    assert cleared.exit_code == 0
    assert await described(shop) == (None, None, None, None)


async def described(shop: Shop) -> tuple[Any, ...]:
    [austral] = [it for it in await shop.api.rows("companies") if it.code == "AUSTRAL"]
    return (austral.country, austral.legal_number, austral.contact_email, austral.phone)


@on_both
async def test_operators_find_the_orders_that_wait_for_them_and_companies_their_own(shop):
    dear, fine = await shop.accepted(), await shop.accepted()
    await shop.control(dear, status="QUOTED", price="1499.00")
    foreign = await shop.api.key("quotes:write", "quotes:decide", "quotes:read", company="NORDLICHT")
    await shop.accepted(key=foreign)
    query = """query($filter: VendorOrderFilter) {
        vendorOrders(filter: $filter, first: 10) { totalCount nodes { status attention quote { id } } }
    }"""

    async def found(key: str, **wanted: Any) -> list[tuple[str, str]]:
        page = (await shop.api.data(query, {"filter": wanted}, key=key))["vendorOrders"]
        assert page["totalCount"] == len(page["nodes"])
        return [(it["quote"]["id"], it["status"]) for it in page["nodes"]]

    operator, own = shop.api.operator, shop.api.customer
    assert len(await found(operator)) == 3
    assert await found(own) == [(fine.id, "PENDING"), (dear.id, "QUOTED")]
    assert await found(operator, attention=["PRICE_ABOVE_AGREED"]) == [(dear.id, "QUOTED")]
    assert await found(own, status=["PENDING"]) == [(fine.id, "PENDING")]
    assert len(await found(foreign)) == 1
