"""The emulated quipteams creates, lists and decides quotes as its documents say, and by rules where they are silent."""

import asyncio
from datetime import timedelta

import pytest
import pytest_asyncio

from tests.adapters.connections.quipteams.samples import KIT, PRODUCT, QUOTE
from tests.adapters.connections.quipteams.there import numbered, quipteams, several
from tests.patience import PATIENCE

RECIPIENT = {"name": "Ana", "country": "Uruguay"}
FREE = {"product_type": "Laptop", "specification": {"brand": "Dell"}, "recipients": [RECIPIENT]}
CONFIGURATION = PRODUCT["configurations"][0]["id"]


@pytest_asyncio.fixture
async def there(tmp_path):
    async with quipteams(tmp_path) as there:
        await there.add("product", PRODUCT)
        await there.add("kit", KIT)
        yield there


def a_body(*items, **fields):
    return {"requester_email": "it@example.org", "items": list(items) or [FREE], **fields}


def code(answer):
    return answer[0], answer[1]["error"]["code"]


def statuses(quote):
    """The statuses of the quote, its items, their alternatives and their recipients."""
    items = quote["items"]
    return (
        quote["status"],
        [it["status"] for it in items],
        [it["status"] for item in items for it in item["alternatives"]],
        [it["status"] for item in items for it in item["recipients"]],
    )


async def decide(there, quote, offer, action="accept"):
    return await there.call("POST", f"quotes/{quote['order_id']}/items/{offer['id']}/action", {"action": action})


async def again(there, quote):
    return await there.data("GET", f"quotes/{quote['order_id']}")


async def effects(there):
    async with there.session.get(f"{there.url}/control/effects") as answer:
        return [it["effect"] for it in await answer.json()]


# ---- create


async def test_a_new_quote_is_a_202_with_the_whole_quote_and_no_prices(there):
    body = a_body(FREE, requester_name="Ana", po_number="PO-7", notification_emails=["x@example.org"])
    status, answer, _ = await there.call("POST", "quotes", body)
    quote, at = answer["data"], "2026-03-20T12:00:00.000Z"
    assert status == 202
    assert quote["order_id"] == str(round(there.clock.at.timestamp() * 1_000))
    assert (quote["status"], quote["status_timestamps"]) == ("Pending", {"Pending": at})
    assert (quote["countries"], quote["requester"]) == (["Uruguay"], {"email": "it@example.org", "name": "Ana"})
    assert (quote["items"][0]["price"], quote["items"][0]["quantity"]) == (None, 1)
    assert quote.keys() == QUOTE.keys()
    assert quote["items"][0].keys() == QUOTE["items"][0].keys()
    assert quote["items"][0]["recipients"][0].keys() == QUOTE["items"][0]["recipients"][0].keys()
    assert await effects(there) == ["notification_emails", "asana_task"]


async def test_two_quotes_of_one_moment_have_ids_of_their_own(there):
    ids = [(await there.new_quote())["order_id"] for _ in range(3)]
    assert [int(it) - int(ids[0]) for it in ids] == [0, 1, 2]


async def test_an_item_of_the_catalogue_is_filled_in_and_overridden(there):
    chosen = {"product_id": PRODUCT["id"], "configuration_id": CONFIGURATION, "recipients": [RECIPIENT]}
    quote = await there.data("POST", "quotes", a_body({**chosen, "specification": {"keyboard_layout": "ES"}}))
    [item] = quote["items"]
    assert item["product_type"] == "Laptop"
    assert item["specification"] == {
        "brand": "Apple",
        "model": "MacBook Pro 14",
        "os": "macOS",
        "cpu": "M4 Pro",
        "ram": "24GB",
        "storage": "512GB",
        "screen_size": '14"',
        "keyboard_layout": "ES",
    }


async def test_a_kit_becomes_one_item_for_each_of_its_devices(there):
    quote = await there.data("POST", "quotes", a_body({"kit_id": KIT["id"], "quantity": 2, "recipients": [RECIPIENT]}))
    assert [(it["product_type"], it["quantity"]) for it in quote["items"]] == [("Laptop", 2), ("Mouse", 4)]


async def test_the_modes_can_be_mixed_in_one_quote(there):
    items = [FREE, {"product_id": PRODUCT["id"], "recipients": [RECIPIENT]}]
    assert len((await there.data("POST", "quotes", a_body(*items)))["items"]) == 2


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ([], ""),
        ({"items": [FREE]}, "requester_email"),
        (a_body(requester_email="it"), "requester_email"),
        ({"requester_email": "it@example.org"}, "items"),
        ({"requester_email": "it@example.org", "items": []}, "items"),
        (a_body(po_number=7), "po_number"),
        (a_body(notification_emails="x"), "notification_emails"),
        (a_body("x"), "items.0"),
        (a_body({"recipients": [RECIPIENT]}), "items.0"),
        (a_body({**FREE, "kit_id": KIT["id"]}), "items.0"),
        (a_body({**FREE, "product_id": PRODUCT["id"]}), "items.0"),
        (a_body({**FREE, "quantity": 0}), "items.0.quantity"),
        (a_body({**FREE, "recipients": []}), "items.0.recipients"),
        (a_body({**FREE, "recipients": [{"name": "Ana"}]}), "items.0.recipients.0.country"),
        (a_body({**FREE, "recipients": [{"country": "Chile"}]}), "items.0.recipients.0.name"),
        (a_body({"product_id": "no", "recipients": [RECIPIENT]}), "items.0.product_id"),
        (
            a_body({"product_id": PRODUCT["id"], "configuration_id": "no", "recipients": [RECIPIENT]}),
            "items.0.configuration_id",
        ),
        (a_body({"kit_id": "no", "recipients": [RECIPIENT]}), "items.0.kit_id"),
        (a_body({**FREE, "product_type": "Car"}), "items.0.product_type"),
        (a_body({**FREE, "specification": {"ram": "8GB"}}), "items.0.specification"),
    ],
)
async def test_a_body_that_is_wrong_is_a_400_that_names_the_field(there, body, path):
    status, answer, _ = await there.call("POST", "quotes", body)
    assert (status, answer["error"]["code"], answer["error"]["details"]) == (400, "VALIDATION_ERROR", {"path": path})


# ---- read


async def test_a_quote_is_found_by_its_order_id_and_by_its_uuid(there):
    await there.add("quote", QUOTE)
    assert await there.data("GET", f"quotes/{QUOTE['order_id']}") == QUOTE
    assert await there.data("GET", f"quotes/{QUOTE['id']}") == QUOTE
    assert code(await there.call("GET", "quotes/1")) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status": "in_progress"}, 1),
        ({"status": "In Progress"}, 1),
        ({"status": "IN PROGRESS"}, 1),
        ({"status": "pending"}, 2),
        ({"country": "urug"}, 3),
        ({"country": "Peru"}, 0),
        ({"created_after": "2026-03-10T00:00:00.000Z"}, 2),
        ({"created_before": "2026-03-10T00:01:00.000Z"}, 1),
        ({"created_after": "2026-03-10T00:00:00.000Z", "created_before": "2026-03-10T00:02:00+00:00"}, 1),
    ],
)
async def test_quotes_are_filtered(there, query, found):
    await there.add("quote", *(numbered(it, status="In Progress" if it == 1 else "Pending") for it in range(3)))
    assert len(await there.data("GET", "quotes", **query)) == found


@pytest.mark.parametrize("query", [{"status": "lost"}, {"created_after": "soon"}, {"cursor": "bm8="}])
async def test_a_filter_that_is_wrong_is_a_400(there, query):
    await there.add("quote", *several(1))
    assert code(await there.call("GET", "quotes", **query)) == (400, "VALIDATION_ERROR")


# ---- decide


async def test_accepting_an_item_rejects_its_open_alternatives_and_approves_its_recipients(there):
    quote = await there.new_quote(1450.1, alternatives=2)
    status, answer, _ = await decide(there, quote, quote["items"][0])
    assert (status, answer) == (200, {"data": {"id": quote["items"][0]["id"], "type": "item", "status": "accepted"}})
    after = await again(there, quote)
    assert statuses(after) == ("Approved", ["Accepted"], ["Rejected", "Rejected"], ["Approved"])
    assert after["status_timestamps"].keys() == {"Pending", "Approved"}
    assert (await effects(there))[2:] == ["acceptance_email", "tecspal_order"]


async def test_accepting_an_alternative_rejects_the_item_and_the_other_alternatives(there):
    quote = await there.new_quote(1450.1, alternatives=3)
    second = quote["items"][0]["alternatives"][1]
    _, answer, _ = await decide(there, quote, second)
    assert answer == {"data": {"id": second["id"], "type": "alternative", "status": "accepted"}}
    after = statuses(await again(there, quote))
    assert after == ("Approved", ["Rejected"], ["Rejected", "Selected", "Rejected"], ["Approved"])


async def test_rejecting_an_item_leaves_its_alternatives_open(there):
    quote = await there.new_quote(1450.1, alternatives=1)
    await decide(there, quote, quote["items"][0], "reject")
    assert statuses(await again(there, quote)) == ("Pending", ["Rejected"], ["Sourced"], ["Pending"])


async def test_the_line_is_rejected_with_the_last_of_its_offers_and_the_quote_with_the_last_line(there):
    quote = await there.new_quote(1450.1, alternatives=1)
    for offer in (quote["items"][0], quote["items"][0]["alternatives"][0]):
        await decide(there, quote, offer, "reject")
    assert statuses(await again(there, quote)) == ("Rejected", ["Rejected"], ["Rejected"], ["Rejected"])


async def test_a_quote_stays_pending_until_every_line_is_decided(there):
    quote = await there.new_quote(1450.1, lines=2)
    await decide(there, quote, quote["items"][0])
    assert (await again(there, quote))["status"] == "Pending"
    await decide(there, quote, quote["items"][1], "reject")
    assert (await again(there, quote))["status"] == "Approved"


async def test_the_same_decision_again_is_nothing_and_another_one_a_conflict(there):
    quote = await there.new_quote(1450.1, alternatives=1)
    item = quote["items"][0]
    for _ in range(2):
        assert (await decide(there, quote, item))[0] == 200
    assert (await effects(there)).count("tecspal_order") == 1
    assert code(await decide(there, quote, item, "reject")) == (409, "CONFLICT")
    assert code(await decide(there, quote, item["alternatives"][0])) == (409, "CONFLICT")


async def test_what_is_not_priced_cannot_be_accepted(there):
    quote = await there.new_quote()
    assert code(await decide(there, quote, quote["items"][0])) == (409, "CONFLICT")


async def test_patch_decides_on_the_alternative_that_it_names_and_replaces_the_recipients(there):
    quote = await there.new_quote(1450.1, alternatives=1)
    item, path = quote["items"][0], f"quotes/{quote['order_id']}/items/{quote['items'][0]['id']}"
    chosen = item["alternatives"][0]["id"]
    body = {"action": "accept", "alternative_id": chosen, "recipients": [{"name": "Bo", "country": "Chile"}]}
    assert await there.data("PATCH", path, body) == {"id": chosen, "type": "alternative", "status": "accepted"}
    after = await again(there, quote)
    assert [(it["name"], it["status"]) for it in after["items"][0]["recipients"]] == [("Bo", "Approved")]
    assert after["countries"] == ["Chile"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"action": "maybe"},
        {"action": "accept", "alternative_id": "no"},
        {"action": "reject", "recipients": [RECIPIENT]},
        {"action": "accept", "recipients": []},
        {"action": "accept", "recipients": [{"name": "Bo"}]},
    ],
)
async def test_a_patch_that_is_wrong_is_a_400(there, body):
    quote = await there.new_quote(1450.1)
    path = f"quotes/{quote['order_id']}/items/{quote['items'][0]['id']}"
    assert code(await there.call("PATCH", path, body)) == (400, "VALIDATION_ERROR")
    assert await again(there, quote) == quote


async def test_a_decision_on_what_does_not_exist_is_a_404(there):
    quote = await there.new_quote(1450.1, alternatives=1)
    order, item = quote["order_id"], quote["items"][0]
    for path in (f"1/items/{item['id']}", f"{order}/items/no", f"{order}/items/{item['alternatives'][0]['id']}"):
        assert code(await there.call("PATCH", f"quotes/{path}", {"action": "accept"})) == (404, "NOT_FOUND")
    path = f"quotes/{order}/items/no/action"
    assert code(await there.call("POST", path, {"action": "accept"})) == (404, "NOT_FOUND")
    wrong = await there.call("POST", f"quotes/{order}/items/{item['id']}/action", {"action": "Accept"})
    assert code(wrong) == (400, "VALIDATION_ERROR")


# ---- after acceptance


async def test_a_quote_follows_its_recipients_until_it_is_delivered_and_is_completed_by_quipteams(there):
    quote = await there.new_quote(1450.1)
    await decide(there, quote, quote["items"][0])
    shipped = {"status": "Shipped", "tracking_code": "TP1", "serial_number": "C02XL0AAJGH9"}
    after = await there.work(quote, recipients={"*": shipped})
    assert (after["status"], after["items"][0]["recipients"][0]["tracking_code"]) == ("In Progress", "TP1")
    assert (await there.work(quote, recipients={"*": {"status": "Delivered"}}))["status"] == "Delivered"
    after = await there.work(quote, status="Completed")
    assert list(after["status_timestamps"]) == ["Pending", "Approved", "In Progress", "Delivered", "Completed"]
    assert code(await decide(there, quote, quote["items"][0], "reject")) == (409, "CONFLICT")


async def test_a_delivered_device_is_an_asset_in_use_or_in_storage(there):
    to_storage = {**RECIPIENT, "storage": True}
    quote = await there.data("POST", "quotes", a_body({**FREE, "recipients": [RECIPIENT, to_storage]}))
    first, second = (it["id"] for it in quote["items"][0]["recipients"])
    await there.work(quote, prices={"*": 99.9})
    await decide(there, quote, quote["items"][0])
    done = {first: {"status": "Delivered", "serial_number": "A1B2"}, second: {"status": "Delivered"}}
    await there.work(quote, recipients={**done, second: {**done[second], "serial_number": "A1B3"}})
    found = {it["serial_number"]: it for it in await there.data("GET", "assets", status="all")}
    assert (found["A1B2"]["status"], found["A1B2"]["id"], found["A1B2"]["employee"]) == ("in_use", None, "Ana")
    assert (found["A1B3"]["status"], found["A1B3"]["id"]) == ("in_storage", second)


async def test_a_quote_can_disappear(there):
    quote = await there.new_quote()
    await there.work(quote, delete=True)
    assert code(await there.call("GET", f"quotes/{quote['order_id']}")) == (404, "NOT_FOUND")


async def test_with_a_pace_its_people_price_and_deliver_by_themselves(tmp_path):
    async with quipteams(tmp_path, pace=timedelta(minutes=1)) as there:
        quote = await there.new_quote()

        async def until(status, is_priced=True):
            there.clock.move(minutes=1)
            async with asyncio.timeout(PATIENCE):
                while True:
                    found = await again(there, quote)
                    if found["status"] == status and (found["items"][0]["price"] is not None) == is_priced:
                        return found
                    await asyncio.sleep(0.05)

        priced = await until("Pending")
        assert len(priced["items"][0]["alternatives"]) == 1
        await decide(there, quote, priced["items"][0])
        shipped = await until("In Progress")
        assert shipped["items"][0]["recipients"][0]["tracking_code"]
        delivered = await until("Delivered")
        assert delivered["items"][0]["recipients"][0]["serial_number"]
        await until("Completed")


async def test_any_number_of_ordinary_quotes_can_be_added_at_once_each_with_ids_of_its_own(there):
    first = await there.control("quotes", {"count": 30})
    second = await there.control("quotes", {"count": 2})
    ids = [*first["ids"], *second["ids"]]
    listed = await there.data("GET", "quotes", limit=100, sort="created_at")
    assert [it["order_id"] for it in listed] == ids
    assert len({item["id"] for it in listed for item in it["items"]}) == 64
    await decide(there, listed[0], listed[0]["items"][0]["alternatives"][0])
    assert statuses(await there.data("GET", f"quotes/{ids[0]}"))[1:3] == (["Rejected", "Sourced"], ["Selected"])
