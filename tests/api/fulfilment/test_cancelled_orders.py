"""Orders that were cancelled, and what was never a device."""

from tests.api.support.makers import a_quote, an_item, codes
from tests.api.support.shop import on_both

WARRANTY = {"custom": {"productType": "WARRANTY_MAC", "specification": {}}}
RECIPIENTS = "query($id: ID!) { quote(by: {id: $id}) { items { recipients { id status vendorOrder { id } } } } }"


@on_both
async def test_a_cancelled_order_cancels_its_recipients_until_another_is_placed(shop):
    quote = await shop.accepted()
    order = await shop.order(quote)
    await shop.control(quote, status="QUOTED", price="9999.00")
    await shop.api.act("cancelVendorOrder", {"vendorOrderId": order["id"]}, key=shop.api.operator)
    await shop.work()

    async def recipients():
        return (await shop.api.data(RECIPIENTS, {"id": quote.id}))["quote"]["items"][0]["recipients"]

    assert [it["status"] for it in await recipients()] == ["CANCELLED"]
    again = {"vendorOrderId": order["id"]}
    payload = await shop.api.act("retryVendorOrder", again, "vendorOrder { id status }", key=shop.api.operator)
    another = payload["vendorOrder"]
    assert (payload["userErrors"], another["status"], another["id"] != order["id"]) == ([], "QUEUED", True)
    await shop.work()
    assert [(it["status"], it["vendorOrder"]["id"]) for it in await recipients()] == [("APPROVED", another["id"])]
    assert [it["status"] for it in (await shop.show(quote))["vendorOrders"]] == ["CANCELLED", "PENDING"]
    assert len(await shop.posts()) == 2
    assert codes(await shop.api.act("retryVendorOrder", again, key=shop.api.operator)) == ["WRONG_STATUS"]


async def test_a_warranty_is_no_device(shop):
    quote = await shop.accepted(an_item(device=WARRANTY), prices="120.00")
    [person] = (await shop.api.data(RECIPIENTS, {"id": quote.id}))["quote"]["items"][0]["recipients"]
    for step, given in (("setRecipientSerialNumbers", {"serialNumbers": ["W-1"]}), ("deliverRecipient", {})):
        sent = {"recipientId": person["id"], **given}
        assert codes(await shop.api.act(step, sent, key=shop.api.operator)) == []
    assert await shop.api.rows("assets") == []

    another = await a_quote(shop.api, an_item(device=WARRANTY), prices=None)
    changed = {"itemId": another.item, "specification": {"brand": "DELL", "ram": "16 GB"}}
    payload = await shop.api.act("updateItem", changed)
    assert {(it["code"], it["path"][-1]) for it in payload["userErrors"]} == {
        ("NOT_ALLOWED", "brand"),
        ("NOT_ALLOWED", "ram"),
    }


MONITOR = {"custom": {"productType": "MONITOR", "specification": {"brand": "Dell", "model": "U2725QE"}}}


@on_both
async def test_a_monitor_is_not_orderable_again_after_its_order_was_cancelled_and_retried(shop):
    quote = await shop.accepted(an_item(device=MONITOR))
    order = await shop.order(quote)
    assert (order["status"], order["hardwareType"]) == ("NOT_ORDERABLE", None)
    named = {"vendorOrderId": order["id"]}
    assert codes(await shop.api.act("cancelVendorOrder", named, key=shop.api.operator)) == []
    asked = "vendorOrder { status hardwareType problem }"
    payload = await shop.api.act("retryVendorOrder", named, asked, key=shop.api.operator)
    another = {"status": "NOT_ORDERABLE", "hardwareType": None, "problem": order["problem"]}
    assert (payload["userErrors"], payload["vendorOrder"]) == ([], another)
    await shop.work()
    assert await shop.posts() == []
