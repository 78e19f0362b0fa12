"""The emulated quipteams manages webhook endpoints and sends signed events, as its documents say."""

import hashlib
import hmac
import json

import pytest
import pytest_asyncio

from tests.adapters.connections.quipteams.samples import ASSET
from tests.adapters.connections.quipteams.there import quipteams, receiver
from tests.adapters.support.raw_servers import eventually

URL = "https://example.org/hook"


@pytest_asyncio.fixture
async def there(tmp_path):
    async with quipteams(tmp_path) as there:
        yield there


def code(answer):
    return answer[0], answer[1]["error"]["code"]


async def endpoint(there, url=URL, *events):
    return await there.data("POST", "webhooks", {"url": url, "events": list(events) or ["quote.*", "logistics.*"]})


def events_of(got):
    return [json.loads(body)["type"] for _, body in got]


async def test_a_new_endpoint_shows_its_secret_once(there):
    made = await endpoint(there, URL, "quote.*", "logistics.completed")
    assert made.keys() == {"id", "url", "events", "description", "is_active", "secret", "created_at"}
    assert (len(made["secret"]), set(made["secret"]) <= set("0123456789abcdef")) == (64, True)
    assert made["events"] == ["quote.*", "logistics.completed"]
    status, answer, _ = await there.call("GET", "webhooks")
    assert (status, answer["meta"]) == (200, {"total": 1})
    shown = {"id", "url", "events", "description", "is_active", "created_by", "created_at", "updated_at"}
    assert answer["data"][0].keys() == shown


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"events": ["quote.*"]}, "url"),
        ({"url": URL}, "events"),
        ({"url": "http://example.org", "events": ["quote.*"]}, "url"),
        ({"url": 7, "events": ["quote.*"]}, "url"),
        ({"url": URL, "events": []}, "events"),
        ({"url": URL, "events": ["quote.exploded"]}, "events"),
    ],
)
async def test_an_endpoint_that_is_wrong_is_a_400(there, body, path):
    status, answer, _ = await there.call("POST", "webhooks", body)
    assert (status, answer["error"]["details"]) == (400, {"path": path})


async def test_a_company_has_at_most_ten_endpoints(there):
    for _ in range(10):
        await endpoint(there)
    assert code(await there.call("POST", "webhooks", {"url": URL, "events": ["quote.*"]})) == (409, "CONFLICT")


async def test_an_endpoint_is_changed_and_removed(there):
    made = await endpoint(there)
    changed = await there.data("PATCH", f"webhooks/{made['id']}", {"is_active": False, "description": "Ours"})
    assert (changed["is_active"], changed["description"], "updated_at" in changed) == (False, "Ours", True)
    assert await there.data("DELETE", f"webhooks/{made['id']}") == {"id": made["id"], "deleted": True}
    for verb in ("GET", "DELETE"):
        assert code(await there.call(verb, f"webhooks/{made['id']}")) == (404, "NOT_FOUND")


async def test_an_event_is_signed_with_the_secret_over_its_body(there):
    async with receiver() as (url, got):
        made = await endpoint(there, url)
        quote = await there.new_quote()
        await eventually(lambda: len(got) == 1)
    [(headers, body)] = got
    event = json.loads(body)
    signature = hmac.new(made["secret"].encode(), body, hashlib.sha256).hexdigest()
    assert headers["X-Quip-Signature"] == f"sha256={signature}"
    assert (headers["X-Quip-Event"], headers["X-Quip-Delivery-Id"]) == ("quote.created", event["id"])
    assert event.keys() == {"id", "type", "created_at", "data"}
    data = {"quote_id": quote["id"], "order_id": quote["order_id"]}
    assert event["data"] == {**data, "requester_email": "it@example.org", "items_count": 1}


async def test_each_step_of_a_quote_is_an_event(there):
    async with receiver() as (url, got):
        await endpoint(there, url)
        quote = await there.new_quote(9.5)
        await there.data(
            "POST", f"quotes/{quote['order_id']}/items/{quote['items'][0]['id']}/action", {"action": "accept"}
        )
        await there.work(quote, recipients={"*": {"status": "Shipped", "tracking_code": "TP1"}})
        await there.work(quote, recipients={"*": {"status": "Delivered"}})
        await eventually(lambda: len(got) == 6)
    assert events_of(got) == [
        "quote.created",
        "quote.pending",
        "quote.item_accepted",
        "quote.approved",
        "quote.tracking_added",
        "quote.delivered",
    ]


async def test_each_step_of_a_device_action_is_an_event(there):
    await there.add("asset", ASSET)
    ana = {"name": "Ana", "email": "ana@example.org"}
    async with receiver() as (url, got):
        await endpoint(there, url, "logistics.*")
        await there.new_quote()
        body = {"action_type": "Store", "serial_number": ASSET["serial_number"], "current_user": ana}
        action = await there.data("POST", "device-actions", body)
        path = f"device-actions/{action['action_id']}"
        await there.control(path, {"status": "In Transit", "tracking_code": "TP1"})
        await there.control(path, {"status": "Completed"})
        await eventually(lambda: len(got) == 4)
    assert events_of(got) == [
        "logistics.created",
        "logistics.tracking_added",
        "logistics.status_changed",
        "logistics.completed",
    ]
    assert json.loads(got[0][1])["data"]["device_action_id"] == action["id"]


async def test_an_endpoint_gets_only_what_it_wants_and_nothing_while_it_is_not_active(there):
    async with receiver() as (url, got):
        wanted, idle = await endpoint(there, url, "quote.pending"), await endpoint(there, url)
        await there.data("PATCH", f"webhooks/{idle['id']}", {"is_active": False})
        await there.new_quote(9.5)
        await eventually(lambda: len(got) == 1)
        shown = await there.data("GET", f"webhooks/{wanted['id']}")
    assert events_of(got) == ["quote.pending"]
    [delivery] = shown["recent_deliveries"]
    assert delivery.keys() == {"id", "event_type", "status", "attempts", "last_response_status", "created_at"}
    assert (delivery["status"], delivery["attempts"], delivery["last_response_status"]) == ("success", 1, 200)


async def test_a_failed_delivery_is_sent_again_later_with_the_same_id(there):
    async with receiver(500) as (url, got):
        made = await endpoint(there, url)
        await there.new_quote()
        await eventually(lambda: len(got) == 1)
        there.clock.move(seconds=6)
        await eventually(lambda: len(got) == 2)
        shown = await there.data("GET", f"webhooks/{made['id']}")
    assert got[0][0]["X-Quip-Delivery-Id"] == got[1][0]["X-Quip-Delivery-Id"]
    assert shown["recent_deliveries"][0]["last_response_status"] == 500


async def test_a_test_event_answers_with_the_status_and_the_latency(there):
    async with receiver(204) as (url, got):
        made = await endpoint(there, url)
        sent = await there.data("POST", f"webhooks/{made['id']}/test")
    assert (sent["status"], sent["response_status"], sent["latency_ms"] >= 0) == ("success", 204, True)
    assert events_of(got) == ["webhook.test"]


async def test_deliveries_can_be_held_reversed_and_doubled(there):
    async with receiver() as (url, got):
        await endpoint(there, url)
        await there.control("deliveries", {"isHeld": True})
        await there.new_quote(9.5)
        assert got == []
        await there.control("deliveries", {"isReversed": True, "isDoubled": True})
        await eventually(lambda: len(got) == 4)
    assert events_of(got) == ["quote.pending", "quote.pending", "quote.created", "quote.created"]
