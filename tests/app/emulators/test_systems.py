"""The emulated quote systems are as strict as their documents, and remember their quotes across restarts."""

from contextlib import asynccontextmanager

import pytest

from app.emulators.kitchen import KitchenEmulator
from app.emulators.quick_quote import QuickQuoteEmulator
from app.emulators.salesbyte import SalesByteEmulator
from domain.connections.systems import System
from tests.adapters.support.systems import UUID, emulated_system

BEARER = {"Authorization": "Bearer x"}
KEY = {"x-api-key": "k", "Content-Type": "application/json; charset=utf-8"}
NEW_QUOTE = {
    "uuid": UUID,
    "quote_profile_id": 115,
    "customer_name": "Anna",
    "send_type": "none",
    "workflows_enabled": False,
    "allow_customer_document_upload": True,
    "signable": True,
}
TEMPLATE = {
    "uuid": UUID,
    "quote_template_id": 42,
    "customer_name": "Anna",
    "customer_email": "anna@fjall.example",
    "trigger_created_messages_to_customer": False,
}
CREATE, FROM_TEMPLATE = "/integrations/create_quote", "/integrations/create_quote/template"


@pytest.fixture
def kitchen(tmp_path):
    return emulated_system(System.KITCHEN, KitchenEmulator, tmp_path)


@pytest.fixture
def salesbyte(tmp_path):
    return emulated_system(System.SALESBYTE, SalesByteEmulator, tmp_path)


@pytest.fixture
def quick_quote(tmp_path):
    return emulated_system(System.QUICK_QUOTE, QuickQuoteEmulator, tmp_path)


@asynccontextmanager
async def called(system, verb, path, body=None, **options):
    async with system.session.request(verb, system.url + path, json=body, **options) as answer:
        yield answer.status, await answer.json(content_type=None)


@pytest.mark.parametrize(
    ("verb", "path", "status"),
    [
        ("GET", "/api/v1/quotes?per_page=0", 422),
        ("GET", "/api/v1/quotes?per_page=101", 422),
        ("GET", "/api/v1/quotes?page=0", 422),
        ("POST", "/api/v1/quotes", 405),
        ("GET", "/api/v1/quotes/1", 404),
        ("GET", "/api/v1/clients", 404),
        ("GET", "/quotes", 404),
    ],
)
async def test_kitchen_refuses_what_it_does_not_have(kitchen, verb, path, status):
    async with kitchen as system, called(system, verb, path, headers=BEARER) as (found, answer):
        assert (found, "message" in answer) == (status, True)


async def test_kitchen_shows_twenty_quotes_and_where_they_are_in_the_list(kitchen):
    async with kitchen as system:
        await system.add_many(45)
        async with called(system, "GET", "/api/v1/quotes?page=3", headers=BEARER) as (_, answer):
            meta = answer["meta"]

    assert (len(answer["data"]), meta["from"], meta["to"], meta["last_page"], meta["total"]) == (5, 41, 45, 3, 45)


@pytest.mark.parametrize(
    ("path", "body", "status", "wrong"),
    [
        (CREATE, {**NEW_QUOTE, "uuid": None}, 422, "uuid"),
        (CREATE, {**NEW_QUOTE, "uuid": "none"}, 404, None),
        (CREATE, {**NEW_QUOTE, "quote_profile_id": "115"}, 422, "quote_profile_id"),
        (CREATE, {**NEW_QUOTE, "send_type": "pigeon"}, 422, "send_type"),
        (CREATE, {**NEW_QUOTE, "send_type": "email"}, 422, "customer_email"),
        (CREATE, {**NEW_QUOTE, "send_type": "phone"}, 422, "customer_phone"),
        (CREATE, {**NEW_QUOTE, "customer_phone": "070 123"}, 422, "customer_phone"),
        (CREATE, {**NEW_QUOTE, "signable": "yes"}, 422, "signable"),
        (CREATE, {**NEW_QUOTE, "alternatives": [{"title": "x"}]}, 422, "alternatives"),
        (CREATE, {**NEW_QUOTE, "custom_fields": {"a": 1}}, 422, "custom_fields"),
        (FROM_TEMPLATE, {**TEMPLATE, "customer_email": None}, 422, "customer_email"),
        (FROM_TEMPLATE, {**TEMPLATE, "uuid": "none"}, 404, None),
    ],
)
async def test_salesbyte_refuses_an_incomplete_quote(salesbyte, path, body, status, wrong):
    async with salesbyte as system, called(system, "POST", path, body) as (found, answer):
        assert found == status
        assert list(answer.get("errors", {})) == ([] if wrong is None else [wrong])


async def test_salesbyte_answers_a_new_quote_with_its_links_and_a_template_with_a_sentence(salesbyte):
    async with salesbyte as system:
        async with called(system, "POST", CREATE, NEW_QUOTE) as (status, answer):
            assert (status, sorted(answer)) == (200, ["id", "links"])
        async with system.session.post(system.url + FROM_TEMPLATE, json=TEMPLATE) as sentence:
            assert (sentence.status, await sentence.text()) == (200, "Quote created")


@pytest.mark.parametrize("query", ["page=0", "sort_by=name", "sort_order=up", "updated_from=today"])
async def test_salesbyte_refuses_a_list_it_cannot_make(salesbyte, query):
    async with salesbyte as system, called(system, "GET", f"/api/quotes?{query}", headers=BEARER) as (status, _):
        assert status == 422


async def test_salesbyte_lists_the_newest_first_within_days_that_are_included(salesbyte):
    async with salesbyte as system:
        days = [{"key": f"k{it}", "created_at": f"2026-03-0{it}T10:00:00.000000Z"} for it in (1, 2, 3)]
        await system.add(*days)
        query = "created_from=2026-03-02&created_to=2026-03-03"
        async with called(system, "GET", f"/api/quotes?{query}", headers=BEARER) as (_, answer):
            assert [it["key"] for it in answer["data"]] == ["k3", "k2"]
        assert "custom_fields" not in answer["data"][0]


@pytest.mark.parametrize(
    ("verb", "path", "body", "message"),
    [
        ("POST", "/quotes", {"email": "a@b.example", "first_name": "A"}, "last_name is required"),
        ("POST", "/quotes", [], "The body must be an object"),
        ("POST", "/quotes/email", {}, "quote_id is required"),
        ("GET", "/quotes?page_size=101", None, "page_size must be between 1 and 100"),
        ("PUT", "/quotes/5001", {"status": "Sent"}, "status is invalid"),
        ("POST", "/quotes/5001/line_items", {}, "The body must be an array of objects"),
    ],
)
async def test_quick_quote_refuses_what_it_cannot_read(quick_quote, verb, path, body, message):
    async with quick_quote as system:
        await system.add({})
        async with called(system, verb, f"/api/v1{path}", body, headers=KEY) as (status, answer):
            assert (status, answer["message"]) == (400, message)


async def test_quick_quote_leaves_incomplete_lines_out_and_sums_the_others(quick_quote):
    lines = [
        {"custom_product": True, "title": "No price"},
        {"custom_product": False},
        {"variant_id": 4001, "quantity": 2},
        {
            "custom_product": True, "title": "Desk", "price": 100.0,
            "discount": {"discount_amount": 10, "discount_type": "fixed", "reason": "Offer"},
            "properties": {"key": "Colour", "value": "Oak"},
        },
    ]  # fmt: skip
    quote = {
        "email": "a@b.example",
        "first_name": "A",
        "last_name": "B",
        "line_items": lines,
        "discount": {"discount_amount": 10, "discount_type": "percentage", "discount_reason": "Spring"},
        "shipping_name": "Courier",
        "shipping_price": 5.5,
    }
    async with quick_quote as system, called(system, "POST", "/api/v1/quotes", quote, headers=KEY) as (_, answer):
        mouse, desk = answer["line_items"]

    assert (mouse["total"], desk["total"], desk["discount_type"]) == (158.0, 90.0, "fixed_amount")
    assert [(it["key"], it["value"]) for it in desk["item_properties"]] == [("Colour", "Oak")]
    assert (answer["subtotal"], answer["discount_total"], answer["total"]) == (248.0, 24.8, 228.7)


async def test_a_restart_keeps_quotes_and_gives_no_number_twice(tmp_path):
    async with emulated_system(System.KITCHEN, KitchenEmulator, tmp_path) as before:
        first, second = await before.add({"name": "Kept"}, {})
        await before.delete(second)

    async with emulated_system(System.KITCHEN, KitchenEmulator, tmp_path) as after:
        [third] = await after.add({})
        async with called(after, "GET", f"/api/v1/quotes/{first}", headers=BEARER) as (_, kept):
            assert kept["name"] == "Kept"
    assert third not in (first, second)


async def test_a_control_of_an_unknown_quote_or_an_unclear_drift_is_refused(kitchen):
    async with kitchen as system:
        async with called(system, "POST", "/control/quotes/9", {}) as (status, _):
            assert status == 404
        async with called(system, "POST", "/control/drift", {}) as (status, _):
            assert status == 400
