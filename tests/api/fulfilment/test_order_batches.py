"""Several lines that are one order at the vendor: the API, the worker's jobs, the emulated vendor, over HTTP."""

from typing import Any

from tests.api.support.makers import Made, a_quote, a_recipient, an_item, codes
from tests.api.support.shop import Shop, on_both

ORDERS = """query($id: ID!) { quote(by: {id: $id}) {
    vendorOrders { id status orderNumber employeeEmail item { id } }
} }"""
ANA = {"name": "Ana Rodríguez", "email": "ana@people.example"}


async def orders(shop: Shop, quote: Made) -> Any:
    """The orders of a quote, in the order of its items."""
    found = (await shop.api.data(ORDERS, {"id": quote.id}, key=shop.api.operator))["quote"]["vendorOrders"]
    return sorted(found, key=lambda it: (quote.items.index(it["item"]["id"]), it["id"]))


async def two_lines(shop: Shop, **given: Any) -> Made:
    return await a_quote(shop.api, *(an_item(recipients=[a_recipient(**ANA)]) for _ in range(2)), **given)


async def accepted(shop: Shop) -> Made:
    quote = await two_lines(shop)
    assert codes(await shop.api.act("acceptQuote", {"quoteId": quote.id}, key=shop.api.operator)) == []
    await shop.work()
    return quote


async def the_next_order_fails(shop: Shop, **fault: Any) -> None:
    faults = [{"verb": "POST", "path": "/orders/quote", **fault}]
    async with shop.api.http.post(f"{shop.vendor}/faults", json=faults) as answer:
        assert answer.status < 300


async def lines_sent(shop: Shop) -> list[int]:
    return [len(it["body"]["data"]["hardwares"]) for it in await shop.posts()]


@on_both
async def test_an_item_stays_while_the_prices_of_it_and_others_are_about_to_be_requested(shop):
    quote = await two_lines(shop, prices=None)
    assert codes(await shop.api.act("requestVendorPrices", {"quoteId": quote.id}, key=shop.api.operator)) == []
    for item in quote.items:
        refused = await shop.api.act("removeItem", {"itemId": item}, key=shop.api.operator)
        assert codes(refused) == ["ALREADY_ORDERED"]
    await shop.work()
    assert await lines_sent(shop) == [2]
    assert {it["status"] for it in await orders(shop, quote)} == {"PENDING"}


@on_both
async def test_an_order_whose_answer_was_lost_is_found_with_all_its_lines(shop):
    await the_next_order_fails(shop, mode="accept_then_drop")
    quote = await accepted(shop)
    assert {it["status"] for it in await orders(shop, quote)} == {"QUEUED"}
    await shop.settle()
    first, second = await orders(shop, quote)
    assert (first["status"], second["status"], await lines_sent(shop)) == ("PENDING", "PENDING", [2])
    assert first["orderNumber"] == second["orderNumber"]


@on_both
async def test_a_line_of_a_failed_order_goes_to_another_person_and_the_other_to_the_first(shop):
    await the_next_order_fails(shop, mode="status", status=400)
    quote = await accepted(shop)
    first, second = await orders(shop, quote)
    assert (first["status"], second["status"]) == ("FAILED", "FAILED")
    bruno = {"vendorOrderId": first["id"], "employeeEmail": "bruno@people.example"}
    payload = await shop.api.act("completeVendorOrder", bruno, "vendorOrder { id status }", key=shop.api.operator)
    assert payload["vendorOrder"]["status"] == "QUEUED"
    again = await shop.api.act("retryVendorOrder", {"vendorOrderId": second["id"]}, key=shop.api.operator)
    assert codes(again) == []
    await shop.settle()
    assert {it["id"]: (it["status"], it["employeeEmail"]) for it in await orders(shop, quote)} == {
        first["id"]: ("CANCELLED", "ana@people.example"),
        payload["vendorOrder"]["id"]: ("PENDING", "bruno@people.example"),
        second["id"]: ("PENDING", "ana@people.example"),
    }
    sent = [it["body"]["data"] for it in (await shop.posts())[1:]]
    assert sorted((it["employeeEmail"], len(it["hardwares"])) for it in sent) == [
        ("ana@people.example", 1),
        ("bruno@people.example", 1),
    ]


@on_both
async def test_a_line_that_an_operator_cancels_leaves_the_other_to_an_order_of_its_own(shop):
    quote = await accepted(shop)
    cancelled = {"vendorOrderId": (await orders(shop, quote))[0]["id"]}
    assert codes(await shop.api.act("cancelVendorOrder", cancelled, key=shop.api.operator)) == []
    assert len(await orders(shop, quote)) == 2, "nothing is ordered again before the vendor has cancelled"
    for _ in range(2):
        await shop.work()
    assert [it["status"] for it in await orders(shop, quote)] == ["CANCELLED", "CANCELLED", "PENDING"]
    assert await lines_sent(shop) == [2, 1]
    assert len(await shop.posts("/orders/cancel")) == 1
