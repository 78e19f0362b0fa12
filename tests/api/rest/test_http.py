"""What HTTP says around the REST API: errors in its own form, keys, limits, other origins, and what is counted."""

import json
import logging
import time
from io import BytesIO

import pytest

from app.rest import documents
from app.server.request_lines import REQUESTS, RequestFormatter
from tests.api.server.test_overload import overloaded
from tests.api.support.makers import a_quote
from tests.api.support.rest import Rest
from tests.api.support.running import running, uuid_of
from tests.api.support.world import NOBODY

LIMITS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


async def test_a_company_whose_api_is_off_is_forbidden(api):
    await api.switch_api(False)
    answer = await Rest(api).get("quotes")
    assert (answer.status, answer.body["error"]["code"]) == (403, "FORBIDDEN")


async def test_what_is_of_another_company_is_not_found(company):
    other = Rest(company.api, await company.api.key(*COMPANY_SCOPES, company="NORDLICHT"))
    paths = [
        f"quotes/{company.quote.order_id}",
        f"quotes/{uuid_of(company.quote.id)}",
        f"device-actions/{company.action}",
        "device-actions/DA-2026-0001",
        f"kits/{company.kit}",
        f"webhooks/{company.endpoint}",
        f"employees/{company.employee}",
    ]
    for path in paths:
        assert await other.refused("GET", path) == (404, "NOT_FOUND", [])
    item = f"quotes/{company.quote.order_id}/items/{uuid_of(company.quote.item)}"
    for method, path, body in (
        ("PATCH", item, {"action": "accept"}),
        ("POST", f"{item}/action", {"action": "accept"}),
        ("PATCH", f"webhooks/{company.endpoint}", {"is_active": False}),
        ("DELETE", f"webhooks/{company.endpoint}", None),
        ("POST", f"webhooks/{company.endpoint}/test", None),
    ):
        assert await other.refused(method, path, body) == (404, "NOT_FOUND", [])


COMPANY_SCOPES = (
    *("quotes:read", "quotes:write", "quotes:decide", "device_actions:read", "kits:read", "webhooks:manage"),
    "employees:read",
)


async def test_an_unknown_path_and_a_wrong_method_are_told_in_the_same_form(api):
    rest = Rest(api)
    assert await rest.refused("GET", "invoices") == (404, "NOT_FOUND", [])
    assert await rest.refused("DELETE", "quotes") == (405, "VALIDATION_ERROR", [])
    wrong = await rest.send("PUT", "webhooks/x")
    assert set(wrong.headers["Allow"].split(", ")) == {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH"}


async def test_a_body_that_cannot_be_read_is_told_in_the_same_form(api):
    async def sent(data, **headers):
        url = api.server.make_url("/api/v1/quotes")
        key = {"Authorization": f"Bearer {api.customer}", "Content-Type": "application/json"}
        async with api.http.post(url, data=BytesIO(data), headers={**key, **headers}) as answer:
            return answer.status, (await answer.json())["error"]["code"]

    assert await sent(b"{") == await sent(b"[]") == (400, "VALIDATION_ERROR")
    assert await sent(b"a=b", **{"Content-Type": "application/x-www-form-urlencoded"}) == (415, "VALIDATION_ERROR")
    assert await sent(b"{}", **{"Content-Encoding": "gzip"}) == (415, "VALIDATION_ERROR")
    assert await sent(b" " * (2 * 1024 * 1024 + 1)) == (413, "VALIDATION_ERROR")


async def test_head_and_options_are_answered_as_elsewhere(new_database):
    async with running(await new_database("sqlite"), cors_origins="https://app.example") as api:
        rest, origin = Rest(api), {"Origin": "https://app.example"}
        head = await rest.send("HEAD", "quotes", headers=origin)
        assert (head.status, head.body) == (200, None)
        assert head.headers["Access-Control-Allow-Origin"] == "https://app.example"
        asks = {**origin, "Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization"}
        options = await rest.send("OPTIONS", f"webhooks/{NOBODY}", headers=asks)
        assert options.status == 204
        assert options.headers["Allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH"
        assert "PATCH" in options.headers["Access-Control-Allow-Methods"]
        action = await rest.send("OPTIONS", "quotes/1/items/2/action", headers=asks)
        assert action.headers["Allow"] == "OPTIONS, POST"


async def test_every_answer_says_what_the_key_has_left(new_database):
    async with running(await new_database("sqlite"), rate_limit="60/1", public_rate_limit="50/1") as api:
        rest = Rest(api)
        for answer in (await rest.get("kits"), await rest.get("nothing"), await rest.get("quotes", limit="x")):
            limit, remaining, reset = (int(answer.headers[name]) for name in LIMITS)
            assert limit == (50 if answer.status == 404 else 60)
            assert 0 <= remaining <= limit
            assert time.time() * 1000 - 1_000 <= reset <= time.time() * 1000 + 61_000
        for _ in range(60):
            answer = await rest.get("employees", limit=100)
            if answer.status != 200:
                break
        assert (answer.status, answer.body["error"]["code"]) == (429, "RATE_LIMITED")
        assert int(answer.headers["Retry-After"]) >= 1
        assert answer.body["error"]["details"]["limit"] == 60


async def test_a_request_costs_what_its_document_costs(new_database):
    async with running(await new_database("sqlite"), rate_limit="4000/1") as api:
        await a_quote(api, prices=None)
        keys = [await api.key("quotes:read") for _ in range(2)]
        by_rest = await Rest(api, keys[0]).get("quotes", limit=2)
        text = documents.texts()["list_quotes"]
        by_graph = await api.run(text, {"first": 2}, keys[1], operationName="ListQuotes")
        assert by_rest.headers[LIMITS[1]] == by_graph.headers[LIMITS[1]]
        assert int(by_rest.headers[LIMITS[1]]) < 4_000


async def test_too_much_at_once_is_to_be_sent_again(api):
    async with overloaded(api):
        answer = await Rest(api).get("quotes")
    assert (answer.status, answer.body["error"]["code"]) == (429, "RATE_LIMITED")
    assert answer.headers["Retry-After"] == "1"
    assert (await Rest(api).get("quotes")).status == 200


async def test_an_outage_is_an_error_of_ours(api, monkeypatch):
    async def broken(*_):
        raise RuntimeError("secret text")

    monkeypatch.setattr(type(api.parts.engine), "execute", broken)
    answer = await Rest(api).get("quotes")
    assert (answer.status, answer.body["error"]["code"]) == (500, "INTERNAL_ERROR")
    assert "secret" not in json.dumps(answer.body)
    assert answer.body["error"]["details"]["reference"]


async def test_a_server_that_runs_only_trusted_documents_runs_these(new_database):
    async with running(await new_database("sqlite"), only_trusted="live,test") as api:
        assert (await Rest(api).get("products")).status == 200
        assert (await api.run("{ viewer { environment } }")).status == 403


@pytest.fixture
def lines(caplog):
    log = logging.getLogger(REQUESTS)
    propagates, log.propagate = log.propagate, True
    caplog.set_level(logging.INFO, REQUESTS)
    yield lambda: [json.loads(RequestFormatter().format(it)) for it in caplog.records if it.name == REQUESTS]
    log.propagate = propagates


async def test_requests_are_logged_and_counted(api, lines):
    rest = Rest(api)
    await rest.get("quotes/1")
    await rest.get("quotes", status="lost")
    found, wrong = lines()
    assert (found["method"], found["path"], found["status"]) == ("GET", "/api/v1/quotes/{id}", 404)
    assert (found["operation"], found["codes"]) == ("GetQuote", ["NOT_FOUND"])
    assert found["key"] in {row.id for row in await api.rows("api_keys")}
    assert (wrong["operation"], wrong["codes"]) == ("ListQuotes", ["VALIDATION_ERROR"])
    async with api.http.get(api.server.make_url("/metrics")) as response:
        figures = await response.text()
    assert 'quotegraph_http_requests_total{method="GET",status="404"} 1.0' in figures
    assert "REST API" in {it.name for it in api.parts.engine.usage.by_client}
