"""One line for each request and figures at /metrics, with nothing in them that was sent or answered."""

import json
import logging

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.process import set_up_logging
from app.server.request_lines import REQUESTS, RequestFormatter
from tests.api.support.makers import a_quote
from tests.api.support.running import on_both_databases
from tests.api.support.sockets import connected

VIEWER = "query Who { viewer { environment } }"


@pytest.fixture
def lines(caplog):
    """The lines of requests, as they are written."""
    log = logging.getLogger(REQUESTS)
    propagates, log.propagate = log.propagate, True
    caplog.set_level(logging.INFO, REQUESTS)
    yield lambda: [json.loads(RequestFormatter().format(it)) for it in caplog.records if it.name == REQUESTS]
    log.propagate = propagates


async def metrics(api):
    async with api.http.get(api.server.make_url("/metrics")) as response:
        return await response.text()


@on_both_databases
async def test_each_request_is_one_line(api, lines):
    await api.run(VIEWER, operationName="Who")
    [line] = lines()
    assert (line["method"], line["path"], line["status"], line["operation"]) == ("POST", "/graphql", 200, "Who")
    assert line["key"] in {row.id for row in await api.rows("api_keys")}
    assert line["ms"] > 0


@on_both_databases
async def test_refusals_are_told_and_counted(api, lines):
    writer = await api.key("quotes:write")
    await api.run(VIEWER, key="qk_live_nobody")
    await api.run("{ quotes { totalCount } }", key=writer)
    await api.run("{ nothing }")
    assert [(it["status"], it["codes"]) for it in lines()] == [
        (401, ["UNAUTHORIZED"]),
        (403, ["FORBIDDEN"]),
        (200, ["VALIDATION_ERROR"]),
    ]
    figures = await metrics(api)
    for figure in (
        'quotegraph_http_requests_total{method="POST",status="401"} 1.0',
        'quotegraph_keys_refused_total{reason="unknown"} 1.0',
        'quotegraph_errors_total{code="FORBIDDEN"} 1.0',
        'quotegraph_errors_total{code="VALIDATION_ERROR"} 1.0',
    ):
        assert figure in figures


async def test_revoked_and_missing_keys_are_counted_apart(api):
    key = await api.key("quotes:read")
    await api.revoke(key)
    await api.run(VIEWER, key=key)
    await api.post(json.dumps({"query": VIEWER}).encode(), {"Content-Type": "application/json"})
    figures = await metrics(api)
    assert 'quotegraph_keys_refused_total{reason="revoked"} 1.0' in figures
    assert 'quotegraph_keys_refused_total{reason="missing"} 1.0' in figures


async def test_operations_are_counted_by_type(api):
    await api.run(VIEWER)
    assert 'quotegraph_operations_total{type="query"} 1.0' in await metrics(api)


async def test_subscriptions_and_what_they_cost_are_counted(api):
    quote = await a_quote(api)
    async with connected(api) as socket:
        started = [await socket.start("subscription { events { id } }") for _ in range(2)]
        await socket.subscribed(api, listeners=2)
        await api.act("acceptItem", {"itemId": quote.item})
        for id_ in started * 2:
            await socket.event(id_)
        figures = await metrics(api)
    for name, figure in (
        ("s", 2),
        ("_groups", 1),
        ("_answers_total", 2),
        ("_deliveries_total", 4),
        ("_cut_off_total", 0),
    ):
        assert f"quotegraph_subscription{name} {figure}.0" in figures
    assert 'quotegraph_operations_total{type="subscription"} 2.0' in figures


async def test_a_line_holds_no_secret(api, lines):
    secret = "a-secret-public-key"
    async with api.http.get(api.server.make_url(f"/q/{secret}")):
        pass
    async with api.http.get(api.server.make_url(f"/nothing/{secret}")):
        pass
    await api.run(VIEWER, key="qk_live_guessed")
    assert len(lines()) == 3
    assert secret not in str(lines())
    assert "guessed" not in str(lines())


def test_a_line_has_its_time_in_utc():
    record = logging.makeLogRecord({"created": 1_795_800_000.0, "msg": "request", "request": {"status": 200}})
    assert json.loads(RequestFormatter().format(record))["timestamp"] == "2026-11-27T17:20:00Z"


async def test_probes_are_told_only_when_they_fail(api, lines):
    for path in ("/healthz", "/readyz", "/metrics"):
        async with api.http.get(api.server.make_url(path)):
            pass
    assert lines() == []


def test_statements_are_not_logged_at_debug_with_what_is_in_them():
    root = logging.getLogger()
    before = (root.level, root.handlers[:])
    try:
        set_up_logging("debug")
        assert not logging.getLogger("aiosqlite").isEnabledFor(logging.DEBUG)
        assert not logging.getLogger("sqlalchemy.engine.Engine").isEnabledFor(logging.INFO)
    finally:
        root.setLevel(before[0])
        root.handlers[:] = before[1]


@on_both_databases
async def test_what_a_statement_was_given_is_in_no_error(api):
    secret = {"id": "a-secret-value-of-somebody", "name": None}
    with pytest.raises(IntegrityError) as failure:
        async with api.parts.database.write.begin() as connection:
            await connection.execute(text("INSERT INTO kits (id, name) VALUES (:id, :name)"), secret)
    assert "parameters hidden" in str(failure.value)
