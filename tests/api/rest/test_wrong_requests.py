"""Wrong requests of the REST API, each of which is told what is wrong, and filters of products. Nothing changes."""

import pytest

from app.rest.routes import ENDPOINTS
from tests.api.support.rest import Rest
from tests.api.support.rest_bodies import ACTION, ANA, DEVICE, EXTERNAL, PERSON, QUOTE, WEBHOOK
from tests.api.support.running import uuid_of
from tests.api.support.world import LATITUDE, MACBOOK, MONITOR, NOBODY, RETIRED, SMALL_MACBOOK

pytestmark = pytest.mark.asyncio(loop_scope="module")

SOMETHING = {"id": NOBODY, "itemId": NOBODY}


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda it: it.document)
async def test_without_a_key_or_a_scope_nothing_is_answered(settled, endpoint):
    path = endpoint.path.format(**SOMETHING)
    body: dict[str, str] | None = {} if endpoint.has_body else None
    nobody = await Rest(settled.api, "qk_live_nobody").send(endpoint.method, path, body)
    assert (nobody.status, nobody.body["error"]["code"]) == (401, "UNAUTHORIZED")
    assert nobody.headers["WWW-Authenticate"] == "Bearer"
    # A request that is wrong anyway may be told so first.
    if not endpoint.has_body or "decide" in endpoint.root:
        body = {"action": "accept"} if endpoint.has_body else None
        lacking = await Rest(settled.api, await settled.api.key("customers:read")).send(endpoint.method, path, body)
        assert (lacking.status, lacking.body["error"]["code"]) == (403, "FORBIDDEN")
        assert lacking.body["error"]["details"]["scopes"]


@pytest.mark.parametrize("path", ["kits", "products", "webhooks", "employees", "quotes", "device-actions"])
async def test_what_is_no_id_is_not_found(settled, path):
    for named in ("nonsense", NOBODY):
        assert await settled.rest.refused("GET", f"{path}/{named}") == (404, "NOT_FOUND", [])


@pytest.mark.parametrize(
    ("path", "parameters", "fields"),
    [
        ("quotes", {"limit": "0"}, ["limit"]),
        ("quotes", {"limit": "101"}, ["limit"]),
        ("quotes", {"limit": "ten", "sort": "price"}, ["limit", "sort"]),
        ("quotes", {"status": "lost"}, ["status"]),
        ("quotes", {"country": "Atlantis"}, ["country"]),
        ("quotes", {"created_after": "soon", "created_before": "later"}, ["created_after", "created_before"]),
        ("quotes", {"cursor": "nonsense"}, ["cursor"]),
        ("assets", {"status": "retired"}, ["status"]),
        ("assets", {"device_type": "boat"}, ["device_type"]),
        ("assets", {"item_id": "x"}, ["item_id"]),
        ("device-actions", {"action_type": "Sell"}, ["action_type"]),
        ("device-actions", {"include_asset": "perhaps"}, ["include_asset"]),
        ("products", {"product_type": "boat"}, ["product_type"]),
        ("employees", {"status": "on leave"}, ["status"]),
        ("kits", {"sort": "region"}, ["sort"]),
    ],
)
async def test_a_parameter_that_is_wrong_is_named(settled, path, parameters, fields):
    assert await settled.rest.refused("GET", path, **parameters) == (400, "VALIDATION_ERROR", fields)


@pytest.mark.parametrize(
    ("parameters", "ids"),
    [
        ({"product_type": "Monitor"}, [MONITOR]),
        ({"brand": "APPLE"}, [MACBOOK]),
        ({"search": "macbook"}, [MACBOOK]),
        ({"cpu": "apple m5 pro"}, [MACBOOK]),
        ({"cpu": "Apple M5,Apple M5 Pro", "ram": "24 gb"}, [MACBOOK]),
        ({"cpu": "Apple M5", "ram": "24 GB"}, []),
        ({"storage": "1 TB"}, [MACBOOK]),
        ({"screen_size": "14", "brand": "Apple"}, [MACBOOK]),
        ({"resolution": "4K"}, []),
        ({"connection_type": "USB-C"}, []),
        ({"brand": "Apple", "include_inactive": "true", "search": "power"}, [RETIRED]),
        ({"brand": "Apple", "include_inactive": "false", "search": "power"}, []),
    ],
)
async def test_products_are_filtered(settled, parameters, ids):
    answer = await settled.rest.get("products", **parameters)
    assert [it["id"] for it in answer.body["data"]] == ids
    assert answer.body["meta"]["has_more"] is False


@pytest.mark.parametrize(
    ("path", "body", "fields"),
    [
        ("quotes", {}, ["requester_email", "items"]),
        ("quotes", {**QUOTE, "items": []}, ["items"]),
        ("quotes", {**QUOTE, "items": {}}, ["items"]),
        ("quotes", {**QUOTE, "requester_email": "nobody"}, ["requester_email"]),
        ("quotes", {**QUOTE, "requester_email": 7}, ["requester_email"]),
        ("quotes", {**QUOTE, "notification_emails": "it"}, ["notification_emails"]),
        ("quotes", {**QUOTE, "notification_emails": ["it"]}, ["notification_emails.0"]),
        ("quotes", {**QUOTE, "items": ["a laptop"]}, ["items.0"]),
        ("quotes", {**QUOTE, "items": [{"recipients": [ANA]}]}, ["items.0.product_id"]),
        (
            "quotes",
            {**QUOTE, "items": [{"product_id": MACBOOK, "kit_id": NOBODY, "recipients": [ANA]}]},
            ["items.0.product_id"],
        ),
        ("quotes", {**QUOTE, "items": [{"product_id": NOBODY, "recipients": [ANA]}]}, ["items.0.product_id"]),
        ("quotes", {**QUOTE, "items": [{"product_id": "x", "recipients": [ANA]}]}, ["items.0.product_id"]),
        (
            "quotes",
            {**QUOTE, "items": [{"product_id": LATITUDE, "configuration_id": SMALL_MACBOOK, "recipients": [ANA]}]},
            ["items.0.configuration_id"],
        ),
        ("quotes", {**QUOTE, "items": [{"kit_id": NOBODY, "recipients": [ANA]}]}, ["items.0.kit_id"]),
        ("quotes", {**QUOTE, "items": [{"product_id": MACBOOK}]}, ["items.0.recipients"]),
        ("quotes", {**QUOTE, "items": [{"product_id": MACBOOK, "recipients": []}]}, ["items.0.recipients"]),
        (
            "quotes",
            {**QUOTE, "items": [{"product_id": MACBOOK, "recipients": [{"email": "ana"}]}]},
            ["items.0.recipients.0.name", "items.0.recipients.0.country"],
        ),
        (
            "quotes",
            {**QUOTE, "items": [{"product_id": MACBOOK, "recipients": [{**ANA, "country": "Atlantis"}]}]},
            ["items.0.recipients.0.country"],
        ),
        (
            "quotes",
            {**QUOTE, "items": [{"product_id": MACBOOK, "recipients": [{**ANA, "hire_date": "soon"}]}]},
            ["items.0.recipients.0.hire_date"],
        ),
        (
            "quotes",
            {**QUOTE, "items": [{"product_id": MACBOOK, "quantity": 0, "recipients": [ANA]}]},
            ["items.0.quantity"],
        ),
        (
            "quotes",
            {**QUOTE, "items": [{"product_id": MACBOOK, "quantity": True, "recipients": [ANA]}]},
            ["items.0.quantity"],
        ),
        (
            "quotes",
            {**QUOTE, "items": [{"product_type": "Boat", "specification": {"brand": "B"}, "recipients": [ANA]}]},
            ["items.0.product_type"],
        ),
        ("devices", {}, ["serial_number", "device_type", "country", "description"]),
        ("devices", {**DEVICE, "cost": "much"}, ["cost"]),
        ("devices", {**DEVICE, "cost": [1]}, ["cost"]),
        ("devices", {**DEVICE, "country": "Atlantis"}, ["country"]),
        ("devices", {**DEVICE, "price_currency": "XXY"}, ["cost"]),
        ("device-actions", {}, ["current_user", "action_type", "serial_number"]),
        ("device-actions", {**ACTION, "current_user": {"name": "Ana"}}, ["current_user.email"]),
        ("device-actions/external", {}, ["model", "type", "country", "current_user", "action_type", "serial_number"]),
        (
            "device-actions/external",
            {**EXTERNAL, "current_user": {**PERSON, "country": "Atlantis"}, "device_type": "Boat"},
            ["type", "current_user.country"],
        ),
        ("webhooks", {}, ["url"]),
        ("webhooks", {**WEBHOOK, "url": "http://hooks.example/"}, ["url"]),
        ("webhooks", {**WEBHOOK, "events": []}, ["events"]),
        ("webhooks", {**WEBHOOK, "events": ["quote.sold"]}, ["events.0"]),
    ],
)
async def test_a_field_that_is_wrong_is_named_as_in_the_body(settled, path, body, fields):
    before = await settled.api.contents()
    status, code, found = await settled.rest.refused("POST", path, body)
    assert (status, code) == (400, "VALIDATION_ERROR")
    assert sorted(found) == sorted(fields)
    assert await settled.api.contents() == before


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["action"]),
        ({"action": "maybe"}, ["action"]),
        ({"action": "reject", "recipients": [ANA]}, ["recipients"]),
        ({"action": "accept", "recipients": [{"name": "Ana"}]}, ["recipients.0.country"]),
        ({"action": "accept", "recipients": [{**ANA, "country": "Atlantis"}]}, ["recipients.0.country"]),
        ({"action": "accept", "recipients": [ANA, ANA, ANA]}, ["recipients"]),
        ({"action": "accept", "alternative_id": 7}, ["alternative_id"]),
    ],
)
async def test_a_decision_that_is_wrong_is_named_as_in_the_body(settled, body, fields):
    path = f"quotes/{settled.quote.order_id}/items/{uuid_of(settled.quote.item)}"
    assert await settled.rest.refused("PATCH", path, body) == (400, "VALIDATION_ERROR", fields)
    if fields == ["action"]:
        assert await settled.rest.refused("POST", f"{path}/action", body) == (400, "VALIDATION_ERROR", fields)
