"""The emulated quipteams keeps to the conventions of its documents: keys, scopes, limits, errors and lists."""

import pytest
import pytest_asyncio

from app.emulators.store import Store
from tests.adapters.connections.quipteams.samples import EMPLOYEE, KIT, PRODUCT, QUOTE
from tests.adapters.connections.quipteams.there import KEY, quipteams, several

LIMITS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
SAMPLE_CALLS = [
    ("GET", "quotes", "quotes:read"),
    ("GET", "quotes/1", "quotes:read"),
    ("POST", "quotes", "quotes:write"),
    ("PATCH", "quotes/1/items/2", "quotes:write"),
    ("POST", "quotes/1/items/2/action", "quotes:write"),
    ("GET", "assets", "assets:read"),
    ("POST", "devices", "assets:write"),
    ("GET", "device-actions", "device_actions:read"),
    ("GET", "device-actions/1", "device_actions:read"),
    ("POST", "device-actions", "device_actions:write"),
    ("POST", "device-actions/external", "device_actions:write"),
    ("GET", "products", "products:read"),
    ("GET", "products/1", "products:read"),
    ("GET", "kits", "kits:read"),
    ("GET", "kits/1", "kits:read"),
    ("GET", "employees", "employees:read"),
    ("GET", "employees/1", "employees:read"),
    ("GET", "webhooks", "webhooks:manage"),
    ("POST", "webhooks", "webhooks:manage"),
    ("GET", "webhooks/1", "webhooks:manage"),
    ("PATCH", "webhooks/1", "webhooks:manage"),
    ("DELETE", "webhooks/1", "webhooks:manage"),
    ("POST", "webhooks/1/test", "webhooks:manage"),
]


@pytest_asyncio.fixture
async def there(tmp_path):
    async with quipteams(tmp_path) as there:
        yield there


def code(answer):
    return answer[0], answer[1]["error"]["code"]


# ---- keys, scopes and limits


@pytest.mark.parametrize("key", ["", "x", "qk_live_", "qk_prod_a", "qk_live_ABC"])
async def test_a_key_that_is_missing_or_invalid_is_a_401(there, key):
    status, answer, _ = await there.call("GET", "quotes", key=key)
    error = {"code": "UNAUTHORIZED", "message": "Missing or invalid Authorization header", "details": None}
    assert (status, answer) == (401, {"error": error})


async def test_a_key_that_is_expired_or_revoked_is_a_401(there):
    await there.control("keys", {"key": "qk_live_a", "isRevoked": True})
    await there.control("keys", {"key": "qk_live_b", "expiresAt": "2026-01-01T00:00:00.000Z"})
    assert [(await there.call("GET", "quotes", key=it))[0] for it in ("qk_live_a", "qk_live_b")] == [401, 401]


async def test_each_of_the_23_endpoints_needs_its_scope(there):
    assert len(SAMPLE_CALLS) == 23
    await there.control("keys", {"key": "qk_live_none", "scopes": []})
    for verb, path, scope in SAMPLE_CALLS:
        status, answer, _ = await there.call(verb, path, {} if verb in ("POST", "PATCH") else None, key="qk_live_none")
        assert (status, answer["error"]["code"], scope in answer["error"]["message"]) == (403, "FORBIDDEN", True), path
        await there.control("keys", {"key": "qk_live_one", "scopes": [scope]})
        assert (await there.call(verb, path, {} if verb in ("POST", "PATCH") else None, key="qk_live_one"))[0] != 403


async def test_a_company_whose_access_is_switched_off_gets_a_403(there):
    await there.control("keys", {"key": "qk_live_off", "isSwitchedOff": True})
    assert code(await there.call("GET", "quotes", key="qk_live_off")) == (403, "FORBIDDEN")


async def test_a_company_sees_its_own_records_only_and_a_test_key_other_data(there):
    await there.add("quote", QUOTE)
    await there.control("keys", {"key": "qk_live_other", "company": "Nordlicht"})
    for key in ("qk_live_other", "qk_test_a"):
        assert (await there.call("GET", "quotes", key=key))[1]["data"] == []
        assert code(await there.call("GET", f"quotes/{QUOTE['order_id']}", key=key)) == (404, "NOT_FOUND")


async def test_products_are_the_same_for_every_company(there):
    await there.add("product", PRODUCT)
    await there.control("keys", {"key": "qk_live_other", "company": "Nordlicht"})
    assert len((await there.call("GET", "products", key="qk_live_other"))[1]["data"]) == 1


async def test_every_answer_says_how_much_of_the_minute_is_left(there):
    await there.control("limit", {"limit": 2})
    reset = str(round(there.clock.at.timestamp() * 1_000) + 60_000)
    calls = [await there.call("GET", path) for path in ("quotes", "quotes/1", "quotes")]
    assert [it[0] for it in calls] == [200, 404, 429]
    assert [tuple(headers[it] for it in LIMITS) for _, _, headers in calls] == [
        ("2", "1", reset),
        ("2", "0", reset),
        ("2", "0", reset),
    ]
    assert [headers.get("Retry-After") for _, _, headers in calls] == [None, None, "60"]
    assert code(calls[2]) == (429, "RATE_LIMITED")
    assert (await there.call("GET", "quotes", key="qk_live_another"))[0] == 200
    there.clock.move(minutes=1)
    assert (await there.call("GET", "quotes"))[0] == 200


# ---- errors


@pytest.mark.parametrize(
    ("status", "expected"), [(429, "RATE_LIMITED"), (500, "INTERNAL_ERROR"), (503, "INTERNAL_ERROR")]
)
async def test_a_fault_has_the_form_of_an_error(there, status, expected):
    await there.go_wrong(mode="status", status=status)
    answer = await there.call("GET", "quotes")
    assert code(answer) == (status, expected)
    assert (answer[2].get("Retry-After") is not None) == (status == 429)


async def test_what_is_not_json_is_a_400_and_an_unknown_path_a_404(there):
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    async with there.session.post(f"{there.url}/api/v1/quotes", data=b"{", headers=headers) as answer:
        assert answer.status == 400
    assert code(await there.call("PUT", "quotes/1")) == (404, "NOT_FOUND")
    assert code(await there.call("GET", "assets/1")) == (404, "NOT_FOUND")


# ---- lists


async def test_a_list_has_25_rows_unless_a_limit_of_up_to_100_is_given(there):
    await there.add("quote", *several(130))
    assert len(await there.data("GET", "quotes")) == 25
    assert len(await there.data("GET", "quotes", limit=100)) == 100
    for limit in ("0", "101", "x", "-1"):
        assert code(await there.call("GET", "quotes", limit=limit)) == (400, "VALIDATION_ERROR")


async def test_the_next_page_is_the_same_query_with_the_cursor(there):
    await there.add("quote", *several(7))
    seen = list[str]()
    cursor = dict[str, str]()
    while True:
        _, answer, _ = await there.call("GET", "quotes", limit=3, **cursor)
        seen += [it["order_id"] for it in answer["data"]]
        if not answer["meta"]["has_more"]:
            break
        cursor = {"cursor": answer["meta"]["next_cursor"]}
    assert answer["meta"] == {"has_more": False, "next_cursor": None}
    assert seen == [it["order_id"] for it in reversed(several(7))]
    assert code(await there.call("GET", "quotes", cursor="?")) == (400, "VALIDATION_ERROR")


@pytest.mark.parametrize("sort", ["created_at", "-created_at", "updated_at", "-updated_at"])
async def test_a_list_is_sorted_by_a_field_in_either_direction(there, sort):
    await there.add("quote", *several(5))
    found = [it["order_id"] for it in await there.data("GET", "quotes", sort=sort)]
    assert found == sorted(found, reverse=sort.startswith("-"))
    assert code(await there.call("GET", "quotes", sort="status")) == (400, "VALIDATION_ERROR")


async def test_cursors_that_are_offsets_shift_with_what_is_added(there):
    await there.add("quote", *several(4))
    await there.control("paging", {"isByOffset": True})
    _, first, _ = await there.call("GET", "quotes", limit=2)
    await there.add("quote", several(5)[-1])
    _, second, _ = await there.call("GET", "quotes", limit=2, cursor=first["meta"]["next_cursor"])
    assert first["data"][-1] == second["data"][0]


# ---- what can only be read


async def test_products_come_at_once_with_the_values_of_their_filters(there):
    other = {**PRODUCT, "id": "p2", "brand": "Dell", "model": "P27", "product_type": "Monitor", "is_active": False}
    await there.add("product", PRODUCT, {**other, "configurations": [{"id": "c2", "resolution": "4K"}]})
    _, answer, _ = await there.call("GET", "products")
    assert [it["model"] for it in answer["data"]] == ["MacBook Pro 14"]
    assert answer["meta"].keys() == {"available_filters"}
    assert answer["meta"]["available_filters"]["resolution"] == ["3024x1964", "4K"]
    assert len(await there.data("GET", "products", include_inactive="true")) == 2


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"product_type": "laptop"}, 1),
        ({"product_type": "Monitor"}, 0),
        ({"brand": "APPLE"}, 1),
        ({"search": "book pro"}, 1),
        ({"cpu": "m4 pro,m3"}, 1),
        ({"cpu": "m4 pro", "ram": "8GB"}, 0),
        ({"ram": "8gb,24gb", "storage": "512GB"}, 1),
    ],
)
async def test_products_are_filtered_without_regard_to_case(there, query, found):
    await there.add("product", PRODUCT)
    assert len(await there.data("GET", "products", **query)) == found


async def test_a_product_has_its_active_configurations(there):
    retired = {"id": "c9", "cpu": "M1", "is_active": False}
    await there.add("product", {**PRODUCT, "configurations": [*PRODUCT["configurations"], retired]})
    found = await there.data("GET", f"products/{PRODUCT['id']}")
    assert found["configurations"] == PRODUCT["configurations"]


async def test_kits_are_found_by_name_tag_and_region_and_have_devices_in_detail(there):
    await there.add("kit", KIT)
    for query in ({"search": "engin"}, {"tag": "engineering"}, {"region": "LATAM"}, {"sort": "-name"}):
        [found] = await there.data("GET", "kits", **query)
        assert "devices" not in found
    for query in ({"search": "sales"}, {"tag": "eng"}, {"region": "latam"}):
        assert await there.data("GET", "kits", **query) == []
    assert (await there.data("GET", f"kits/{KIT['id']}"))["devices"] == KIT["devices"]


async def test_employees_are_found_by_name_and_address_and_have_the_hris_in_detail(there):
    hris = {"hris_id": "7", "hris_provider": "BambooHR", "metadata": {"team": "A"}}
    await there.add("employee", {**EMPLOYEE, **hris})
    for query in ({"search": "pérez"}, {"search": "ana@"}, {"status": "active"}):
        assert await there.data("GET", "employees", **query) == [EMPLOYEE]
    assert await there.data("GET", "employees", status="inactive") == []
    assert await there.data("GET", f"employees/{EMPLOYEE['id']}") == {**EMPLOYEE, **hris}


# ---- the emulator itself


async def test_its_data_survives_a_restart(tmp_path):
    async with quipteams(tmp_path) as there:
        quote = await there.new_quote(10.5)
    async with quipteams(tmp_path) as there:
        assert await there.data("GET", f"quotes/{quote['order_id']}") == quote
        assert {"POST", "GET"} <= {it["method"] for it in await there.received()}


async def test_answers_drift_as_they_are_told_to(there):
    await there.add("quote", QUOTE)
    await there.control(
        "drift",
        [
            {"path": "data.*.items.0.price", "value": "a lot"},
            {"path": "data.*.requester", "isMissing": True},
            {"path": "data.*.rating", "value": 5},
        ],
    )
    [found] = await there.data("GET", "quotes")
    assert (found["items"][0]["price"], "requester" in found, found["rating"]) == ("a lot", False, 5)
    await there.control("drift", None, "DELETE")
    assert await there.data("GET", "quotes") == [QUOTE]


async def test_its_clock_may_be_wrong(there):
    await there.control("clock", {"offsetSeconds": 600})
    quote = await there.new_quote()
    assert quote["created_at"] == "2026-03-20T12:10:00.000Z"
    assert "12:10:00" in (await there.call("GET", "quotes"))[2]["Date"]


def test_a_removed_object_is_gone(tmp_path):
    store = Store(tmp_path / "x.sqlite3")
    store.put("a", "1", {})
    store.remove("a", "1")
    assert store.get("a", "1") is None
    store.close()
