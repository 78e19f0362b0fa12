"""The vendor's prices before anyone decides: the API, the worker's jobs, the emulated vendor, over HTTP."""

import asyncio
from typing import Any

from typer.testing import CliRunner

from app.cli.common import Failure
from app.cli.main import cli
from tests.api.support.makers import Made, a_quote, a_recipient, an_item, codes
from tests.api.support.running import company_id, uuid_of
from tests.api.support.shop import Shop, on_both
from tests.api.support.world import LATITUDE

LINES = """query($id: ID!) { quote(by: {id: $id}) {
    fulfilmentStatus
    items { status price { amount currencyCode }
        alternatives { id status imageUrl specification { model } price { amount } } }
    vendorOrders { id status isPriceRequest isWithoutPrice requestedAction employeeEmail
        alternatives { candidates { imageUrl } } }
} }"""
AIR = {
    "brand": "APPLE",
    "name": "MacBook Air 13",
    "quotedUnitPrice": "1099.00",
    "image": "https://pictures.example/air.png",
}


async def lines(shop: Shop, quote: Made) -> Any:
    return (await shop.api.data(LINES, {"id": quote.id}, key=shop.api.operator))["quote"]


async def asked(shop: Shop, *items: dict[str, Any], **given: Any) -> Made:
    """An unpriced quote that the vendor has been asked for."""
    quote = await a_quote(shop.api, *items, prices=None, **given)
    payload = await shop.api.act("requestVendorPrices", {"quoteId": quote.id}, key=shop.api.operator)
    assert payload["userErrors"] == []
    await shop.work()
    return quote


@on_both
async def test_the_vendors_price_is_on_the_item_and_accepting_confirms_the_order_that_was_quoted(shop):
    quote = await asked(shop)
    [sent] = (await shop.sent())["hardwares"]
    [order] = (await lines(shop, quote))["vendorOrders"]
    assert (order["isPriceRequest"], order["status"], sent["externalItemId"] in order["id"]) == (True, "PENDING", True)

    await shop.control(quote, status="QUOTED", price="1450.00", alternatives=[AIR])
    shown = await lines(shop, quote)
    [item] = shown["items"]
    assert (item["status"], item["price"]) == ("SOURCED", {"amount": "1450.00", "currencyCode": "USD"})
    [air] = item["alternatives"]
    assert (air["specification"]["model"], air["price"]["amount"], air["imageUrl"]) == (
        "MacBook Air 13",
        "1099.00",
        AIR["image"],
    )
    assert shown["vendorOrders"][0]["alternatives"] == [{"candidates": [{"imageUrl": AIR["image"]}]}]
    assert (shown["fulfilmentStatus"], await shop.posts("/orders/confirm")) == ("NONE", [])

    assert codes(await shop.api.act("acceptItem", {"itemId": quote.item}, key=shop.api.operator)) == []
    await shop.work()
    [order] = (await lines(shop, quote))["vendorOrders"]
    assert (order["isPriceRequest"], order["status"]) == (False, "ACCEPTED")
    assert (len(await shop.posts()), len(await shop.posts("/orders/confirm"))) == (1, 1)
    assert (await lines(shop, quote))["fulfilmentStatus"] == "ORDERED"

    delivered = await shop.control(quote, status="DELIVERED", serials=["C02XYZ"])
    assert delivered["status"] == "DELIVERED"


@on_both
async def test_an_accepted_candidate_is_what_is_confirmed_and_delivered(shop):
    quote = await asked(shop)
    await shop.control(quote, status="QUOTED", price="1450.00", alternatives=[AIR])
    [air] = (await lines(shop, quote))["items"][0]["alternatives"]
    accepted = await shop.api.act("acceptAlternative", {"alternativeId": air["id"]}, key=shop.api.operator)
    assert codes(accepted) == []
    await shop.work()
    await shop.work()
    assert (await shop.order(quote))["status"] == "ACCEPTED"
    assert len(await shop.posts()) == 1
    assert (await shop.order(quote))["quotedPrice"]["amount"] == "1099.00"


@on_both
async def test_a_changed_item_cancels_its_order_and_is_ordered_anew_when_accepted(shop):
    quote = await asked(shop)
    await shop.control(quote, status="QUOTED", price="1450.00")
    changed = {"itemId": quote.item, "comments": "With a dock"}
    assert codes(await shop.api.act("updateItem", changed, key=shop.api.operator)) == []
    assert codes(await shop.api.act("removeItem", {"itemId": quote.item}, key=shop.api.operator)) != []
    await shop.work()
    assert (await shop.order(quote))["status"] == "CANCELLED"

    assert codes(await shop.api.act("acceptItem", {"itemId": quote.item}, key=shop.api.operator)) == []
    await shop.work()
    assert [it["status"] for it in (await lines(shop, quote))["vendorOrders"]] == ["CANCELLED", "PENDING"]
    assert (await shop.sent())["hardwares"][0]["notes"].startswith("With a dock")


@on_both
async def test_a_line_to_two_people_has_the_price_of_one_when_the_request_of_the_other_ends(shop):
    people = [a_recipient("Ana Rodríguez"), a_recipient("Bruno Silva")]
    quote = await asked(shop, an_item(quantity=2, recipients=people))
    ana, bruno = sorted((await lines(shop, quote))["vendorOrders"], key=lambda it: it["employeeEmail"])
    await say(shop, ana, status="QUOTED", price="1450.00")
    assert (await lines(shop, quote))["items"][0]["price"] is None
    await say(shop, bruno, status="CANCELLED")
    shown = await lines(shop, quote)
    assert shown["items"][0]["price"]["amount"] == "1450.00"
    assert {it["id"]: it["isWithoutPrice"] for it in shown["vendorOrders"]} == {ana["id"]: False, bruno["id"]: True}

    again = {"quoteId": quote.id}
    assert codes(await shop.api.act("requestVendorPrices", again, key=shop.api.operator)) == []
    await shop.work()
    shown = await lines(shop, quote)
    assert [it["employeeEmail"] for it in shown["vendorOrders"] if it["status"] == "PENDING"] == [
        bruno["employeeEmail"]
    ]
    assert len(shown["vendorOrders"]) == 3


@on_both
async def test_a_price_set_by_hand_stays_until_the_item_is_asked_for_again(shop):
    quote = await asked(shop)
    await shop.control(quote, status="QUOTED", price="1450.00", alternatives=[AIR])
    by_hand = {"itemId": quote.item, "price": {"amount": "1500.00", "currencyCode": "USD"}}
    assert codes(await shop.api.act("priceItem", by_hand, key=shop.api.operator)) == []
    xps = {"brand": "DELL", "name": "XPS 13", "quotedUnitPrice": "999.00"}
    await shop.control(quote, alternatives=[AIR, xps])
    [item] = (await lines(shop, quote))["items"]
    assert [item["price"]["amount"], *(it["price"]["amount"] for it in item["alternatives"])] == [
        "1500.00",
        "1099.00",
        "999.00",
    ]
    named = {"itemIds": [quote.item]}
    assert codes(await shop.api.act("requestVendorPrices", named, key=shop.api.operator)) == []
    await shop.work()
    assert (await lines(shop, quote))["items"][0]["price"]["amount"] == "1450.00"
    assert len(await shop.posts()) == 1


@on_both
async def test_the_prices_of_lines_to_one_person_are_one_order_that_is_confirmed_when_all_are_accepted(shop):
    latitude = an_item(device={"catalogue": {"productId": LATITUDE}})
    quote = await asked(shop, an_item(), latitude)
    [sent] = await shop.posts()
    assert [it["hardwareType"] for it in sent["body"]["data"]["hardwares"]] == ["MACBOOK", "PC"]
    await control_all(shop, quote, status="QUOTED", price="1200.00")
    assert [it["price"]["amount"] for it in (await lines(shop, quote))["items"]] == ["1200.00", "1200.00"]

    await shop.api.act("acceptItem", {"itemId": quote.item}, key=shop.api.operator)
    await shop.work()
    assert await shop.posts("/orders/confirm") == []
    await shop.api.act("acceptItem", {"itemId": quote.items[1]}, key=shop.api.operator)
    for _ in range(3):
        await shop.work()
    assert len(await shop.posts("/orders/confirm")) == 1
    assert {it["status"] for it in (await lines(shop, quote))["vendorOrders"]} == {"ACCEPTED"}

    await control_all(shop, quote, status="DELIVERED", serials=["C02MAC", "LATITUDE1"])
    recipients = [it["recipients"] for it in (await shop.show(quote))["items"]]
    assert [[it["serialNumber"] for it in each] for each in recipients] == [["C02MAC"], ["LATITUDE1"]]


@on_both
async def test_a_rejected_line_of_an_order_leaves_the_others_to_another_order(shop):
    latitude = an_item(device={"catalogue": {"productId": LATITUDE}})
    quote = await asked(shop, an_item(), latitude)
    await control_all(shop, quote, status="QUOTED", price="1200.00")
    for action, item in (("acceptItem", quote.items[0]), ("rejectItem", quote.items[1])):
        assert codes(await shop.api.act(action, {"itemId": item}, key=shop.api.operator)) == []
    for _ in range(3):
        await shop.work()
    orders = (await lines(shop, quote))["vendorOrders"]
    assert sorted((it["status"], it["isPriceRequest"]) for it in orders) == [
        ("CANCELLED", False),
        ("CANCELLED", True),
        ("PENDING", False),
    ]
    assert [len(it["body"]["data"]["hardwares"]) for it in await shop.posts()] == [2, 1]


async def control_all(shop: Shop, quote: Made, **changes: Any) -> None:
    """Say what becomes of the vendor's only order, which has several lines, and have it looked at."""
    await say(shop, (await lines(shop, quote))["vendorOrders"][0], **changes)


async def test_a_rejected_item_and_a_cancelled_quote_cancel_what_was_asked(shop):
    latitude = an_item(device={"catalogue": {"productId": LATITUDE}})
    quote = await asked(shop, an_item(), latitude)
    assert codes(await shop.api.act("rejectItem", {"itemId": quote.item}, key=shop.api.operator)) == []
    for _ in range(2):
        await shop.work()
    statuses = sorted(it["status"] for it in (await lines(shop, quote))["vendorOrders"])
    assert statuses == ["CANCELLED", "CANCELLED", "PENDING"], "the other line is asked for again"
    assert codes(await shop.api.act("cancelQuote", {"quoteId": quote.id}, key=shop.api.operator)) == []
    for _ in range(2):
        await shop.work()
    assert {it["status"] for it in (await lines(shop, quote))["vendorOrders"]} == {"CANCELLED"}


async def test_a_dry_run_asks_nobody_and_a_key_that_may_not_set_prices_may_not_ask(shop):
    quote = await a_quote(shop.api, prices=None)
    tried = {"itemIds": [quote.item], "dryRun": True}
    assert codes(await shop.api.act("requestVendorPrices", tried, key=shop.api.operator)) == []
    await shop.work()
    assert (await shop.posts(), (await lines(shop, quote))["vendorOrders"]) == ([], [])


async def test_the_price_of_an_item_that_the_vendor_does_not_sell_is_refused_by_its_place(shop):
    framework = {"custom": {"productType": "LAPTOP", "specification": {"brand": "Framework", "model": "13"}}}
    quote = await a_quote(shop.api, an_item(), an_item(device=framework), prices=None)
    payload = await shop.api.act("requestVendorPrices", {"itemIds": quote.items}, key=shop.api.operator)
    [error] = payload["userErrors"]
    assert (error["code"], error["path"]) == ("NOT_SUPPORTED", ["itemIds", "1"])
    assert (await lines(shop, quote))["vendorOrders"] == []


@on_both
async def test_a_company_pays_its_margin_on_the_vendors_price(shop, monkeypatch):
    monkeypatch.setenv("QUOTEGRAPH_DATABASE_URL", shop.api.parts.database.url.render_as_string(hide_password=False))
    assert "vendor-margin: none" in (await settings("AUSTRAL")).stdout
    assert isinstance((await settings("AUSTRAL", "--vendor-margin", "a lot")).exception, Failure)
    assert "vendor-margin: 12.5 %" in (await settings("AUSTRAL", "--vendor-margin", "12.50%")).stdout
    quote = await asked(shop)
    await shop.control(quote, status="QUOTED", price="1450.01", alternatives=[AIR])
    [item] = (await lines(shop, quote))["items"]
    assert (item["price"]["amount"], item["alternatives"][0]["price"]["amount"]) == ("1631.26", "1236.38")
    assert (await shop.order(quote))["quotedPrice"]["amount"] == "1450.01"
    assert "vendor-margin: none" in (await settings("AUSTRAL", "--vendor-margin", "none")).stdout


async def test_a_margin_in_another_currency_leaves_the_price_to_an_operator(shop):
    margin = {"amount": {"amount": "25.00", "currencyCode": "EUR"}}
    given = {"companyId": company_id("AUSTRAL"), "vendorMargin": margin}
    assert codes(await shop.api.act("updateCompany", given, key=shop.api.operator)) == []
    quote = await asked(shop)
    await shop.control(quote, status="QUOTED", price="1450.00")
    assert (await shop.order(quote))["attention"] == "OTHER_CURRENCY"
    assert (await lines(shop, quote))["items"][0]["price"] is None


async def say(shop: Shop, order: Any, **changes: Any) -> None:
    """Say what becomes of an order, and have it looked at."""
    async with shop.api.http.post(f"{shop.vendor}/control/orders/{uuid_of(order['id'])}", json=changes) as answer:
        assert answer.status == 200, await answer.text()
    await shop.work()


async def settings(*words: str) -> Any:
    return await asyncio.to_thread(CliRunner().invoke, cli, ["companies", "settings", *words])
