"""The read endpoints: what each answers is what its document gives as an operation of the graph."""

import pytest

from tests.api.support.rest import BY_DOCUMENT, Rest, by_the_graph, plain, sent_as
from tests.api.support.running import uuid_of
from tests.api.support.world import MACBOOK

pytestmark = pytest.mark.asyncio(loop_scope="module")

RECIPIENT = {
    *("id", "name", "email", "country", "status", "status_timestamps", "phone_number", "address", "storage"),
    *("serial_number", "tracking_code", "tracking_link", "invoice_number", "hire_date"),
}
ITEM = {
    *("id", "product_type", "quantity", "status", "price", "specification", "comments", "recipients"),
    *("alternatives", "created_at"),
}
QUOTE = {
    *("id", "order_id", "po_number", "status", "status_timestamps", "countries", "requester", "items"),
    *("created_at", "updated_at"),
}
ALTERNATIVE = {"id", "brand", "model", "description", "price", "status", "is_exact_match", "image_url"}
ASSET = {
    *("id", "serial_number", "company", "country", "device_type", "description", "employee", "condition", "status"),
    *("price", "price_currency", "purchase_source", "purchase_order", "assigned_date", "quantity", "completion_date"),
    *("created_at", "updated_at"),
}
ACTION = {
    *("id", "action_id", "action_type", "status", "company", "device", "current_user", "new_recipient", "wipe"),
    *("wipe_completed", "tracking_code", "tracking_link", "created_at", "updated_at"),
}
DETAILS = {
    *("notes", "status_timestamps", "notification_emails", "batch_id", "requested_by", "user_email", "comments"),
}


@pytest.mark.parametrize(
    ("document", "path", "parameters"),
    [
        ("list_quotes", "quotes", {}),
        ("list_quotes", "quotes", {"status": "Pending", "sort": "updated_at"}),
        ("get_quote", "quotes/{quote}", {}),
        ("list_assets", "assets", {"status": "all"}),
        ("list_device_actions", "device-actions", {}),
        ("list_device_actions", "device-actions", {"include_asset": "true"}),
        ("get_device_action", "device-actions/{action}", {}),
        ("get_device_action", "device-actions/{action}", {"include_asset": "true"}),
        ("get_device_action", "device-actions/{external}", {"include_asset": "true"}),
        ("list_products", "products", {"cpu": "Apple M5,Apple M5 Pro"}),
        ("get_product", "products/{product}", {}),
        ("list_kits", "kits", {}),
        ("get_kit", "kits/{kit}", {}),
        ("list_webhooks", "webhooks", {}),
        ("get_webhook", "webhooks/{endpoint}", {}),
        ("list_employees", "employees", {}),
        ("get_employee", "employees/{employee}", {}),
    ],
)
async def test_an_endpoint_answers_what_its_document_gives(settled, document, path, parameters):
    named = {**settled._asdict(), "quote": uuid_of(settled.quote.id), "product": MACBOOK}
    endpoint = BY_DOCUMENT[document]
    answer = await settled.rest.get(path.format(**named), **parameters)
    assert answer.status == endpoint.status, answer.body
    sent = sent_as({"id": path.format(**named).rpartition("/")[2]}, **parameters)
    found = await by_the_graph(settled.api, endpoint, sent)
    rows = found["nodes"] if path == endpoint.path else found
    expected = [plain(endpoint.row(it)) for it in rows] if isinstance(rows, list) else plain(endpoint.row(rows))
    assert answer.body["data"] == expected
    assert expected


async def test_a_quote_has_the_fields_and_words_of_quipteams(settled):
    quote = await settled.rest.data(f"quotes/{settled.quote.order_id}")
    [item] = quote["items"]
    assert quote.keys() == QUOTE
    assert (quote["order_id"], quote["po_number"], quote["status"]) == (settled.quote.order_id, "PO-7", "Pending")
    assert quote["id"] == uuid_of(settled.quote.id)
    assert sorted(quote["countries"]) == ["Brazil", "Uruguay"]
    assert quote["requester"] == {"email": "it@austral.example", "name": "IT"}
    assert quote["status_timestamps"]["Pending"] == quote["created_at"]
    assert quote["created_at"].endswith("Z")
    assert len(quote["created_at"]) == len("2026-03-09T01:08:28.225Z")
    assert item.keys() == ITEM
    assert (item["product_type"], item["quantity"], item["status"], item["price"]) == ("Laptop", 2, "Sourced", 1450)
    assert item["specification"] == {
        "brand": "Apple",
        "model": "MacBook Pro 14",
        "os": "macOS",
        "cpu": "Apple M5",
        "ram": "16 GB",
        "storage": "512 GB",
        "screen_size": '14"',
    }
    assert all(it.keys() == RECIPIENT for it in item["recipients"])
    [_, bruno] = item["recipients"]
    assert (bruno["country"], bruno["storage"], bruno["hire_date"]) == ("Brazil", False, "2026-12-01")
    [alternative] = item["alternatives"]
    assert alternative.keys() == ALTERNATIVE
    assert (alternative["brand"], alternative["status"], alternative["price"]) == ("Lenovo", "Sourced", 1190)


async def test_assets_and_device_actions_have_the_fields_of_quipteams(settled):
    [stored, _, used] = sorted(await settled.rest.data("assets", status="all"), key=lambda it: it["status"])
    assert stored.keys() == used.keys() == ASSET
    assert (used["status"], used["employee"], used["country"]) == ("in_use", "Bruno Silva", "Brazil")
    [listed] = await settled.rest.data("device-actions", serial_number="c02")
    assert listed.keys() == ACTION
    detail = await settled.rest.data(f"device-actions/{listed['action_id']}", include_asset="true")
    assert detail.keys() == ACTION | DETAILS | {"asset"}
    assert detail["id"] == settled.action
    assert detail["asset"].keys() == ASSET
    assert (detail["asset"]["price"], detail["asset"]["price_currency"]) == (1450.1, "USD")
    assert (detail["action_type"], detail["device"]["type"]) == ("Dispose", "Laptop")
    assert detail["comments"][0]["user_name"] == "Ana"
    assert detail["current_user"].keys() == {"name", "email", "country", "address", "phone"}


async def test_a_kit_names_products_to_who_may_read_them(settled):
    reader = Rest(settled.api, await settled.api.key("kits:read", "products:read"))
    [kit] = await reader.data("kits")
    assert kit["devices"][0]["product_id"] == MACBOOK
    without = Rest(settled.api, await settled.api.key("kits:read"))
    assert [it["product_id"] for it in (await without.data(f"kits/{settled.kit}"))["devices"]] == [None, None]
    [again] = await without.data("kits")
    assert again["devices"][0]["specification"]["brand"] == "Apple"


async def test_products_come_with_the_values_to_filter_by(settled):
    answer = await settled.rest.get("products", product_type="laptop", brand="apple")
    assert [it["model"] for it in answer.body["data"]] == ["MacBook Pro 14"]
    available = answer.body["meta"]["available_filters"]
    assert available["product_type"] == ["Laptop", "Monitor"]
    assert available["cpu"] == ["Apple M5", "Apple M5 Pro", "Core Ultra 5"]
    assert available.keys() == {
        *("product_type", "brand", "cpu", "ram", "storage", "screen_size", "resolution", "connection_type")
    }


async def test_webhooks_are_listed_with_their_number(settled):
    answer = await settled.rest.get("webhooks")
    [endpoint] = answer.body["data"]
    assert answer.body["meta"]["total"] == 1
    assert (endpoint["created_by"], endpoint["is_active"]) == ("api", True)
    assert len(endpoint["created_at"]) == len("2026-03-09T01:08:28Z")
    detail = await settled.rest.data(f"webhooks/{settled.endpoint}")
    assert detail["recent_deliveries"][0].keys() == {
        *("id", "event_type", "status", "attempts", "last_response_status", "created_at")
    }


async def test_an_employee_has_what_the_hr_system_says(settled):
    found = await settled.rest.data(f"employees/{settled.employee}")
    assert found["metadata"] == {"Cost centre": "Ñ 7", "Remote": "yes"}
    assert (found["status"], found["country"], found["hris_provider"]) == ("active", "Uruguay", "bamboo")
