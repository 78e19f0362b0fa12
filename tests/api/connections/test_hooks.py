"""What connected systems send to their address: kept once, answered at once, and read again by a job."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest

from domain.connections.notices import LARGEST_BODY
from domain.connections.records import ForeignDeviceAction, Notice
from domain.connections.systems import Collection
from domain.inventory.device_actions import DeviceActionStatus, DeviceActionType
from domain.shared.ids import global_id
from resolvers.budgets import POINTS_OF_WRONG_KEY
from tests.api.support.connected import TOKEN, connected
from tests.api.support.running import on_both_databases, running

BODY = b'{"id": "d-1"}'
NOT_SAVED = "The record could not be saved here (TypeError)."


async def sent(there, body=BODY, token=TOKEN, **headers):
    url = there.api.server.make_url(f"/hooks/{token}")
    async with there.api.http.post(url, data=BytesIO(body), headers=headers) as answer:
        return answer.status, await answer.json()


async def with_notice(api, **given):
    there = await connected(api)
    notice = Notice(**{"delivery_id": "d-1", "external_id": there.record_id, "collection": Collection.QUOTES, **given})
    there.systems.notices[BODY] = notice
    return there


@on_both_databases
async def test_a_notice_is_kept_and_the_quote_is_read_again_before_anything_is_believed(api):
    there = await with_notice(api, event="quote.updated")
    record = there.system.quotes[there.record_id]
    there.system.quotes[there.record_id] = replace(record, title="As it is there now")
    assert await sent(there) == (202, {"status": "accepted"})
    assert there.system.reads == 0
    [kept] = await api.rows("connection_notices")
    assert (kept.body, kept.delivery_id, kept.worked_at) == (BODY.decode(), "d-1", None)

    await there.work()
    assert (await there.shown("title"))["title"] == "As it is there now"
    [kept] = await api.rows("connection_notices")
    assert kept.worked_at is not None


@on_both_databases
async def test_a_notice_that_is_sent_again_is_answered_the_same_and_does_nothing(api):
    there = await with_notice(api)
    answers = [await sent(there) for _ in range(3)]
    assert [status for status, _ in answers] == [202, 202, 202]
    assert (await there.work(), await there.work()) == ("DONE", None)
    assert (await sent(there))[0] == 202
    assert (await there.work(), there.system.reads) == (None, 1)


async def test_an_answer_takes_few_statements_and_no_call(api):
    there = await with_notice(api)
    await sent(there)
    api.statements.seen.clear()
    await sent(there)
    assert len(api.statements.seen) <= 4
    assert there.system.reads == 0


async def test_a_wrong_address_a_wrong_signature_and_a_large_body_are_refused_and_nothing_is_kept(api):
    there = await with_notice(api)
    assert (await sent(there, token="another"))[0] == 404
    assert (await sent(there, b"unsigned"))[0] == 401
    status, answer = await sent(there, b"x" * (LARGEST_BODY + 1))
    [error] = answer["errors"]
    limit = {it: error["extensions"][it] for it in ("limitName", "limit", "setting", "found")}
    assert (status, limit) == (
        413,
        {"limitName": "notice bytes", "limit": LARGEST_BODY, "setting": None, "found": LARGEST_BODY + 1},
    )
    assert await api.rows("connection_notices") == []


async def test_a_notice_of_something_else_than_a_quote_starts_a_reading(api):
    there = await with_notice(api, collection=Collection.ASSETS)
    await sent(there)
    await there.work()
    assert there.system.reads == 0
    assert [it.kind for it in await api.rows("jobs") if it.kind == "SYNC_CONNECTION"] == ["SYNC_CONNECTION"]


@on_both_databases
async def test_a_notice_of_a_device_action_reads_that_one(api):
    there = await with_notice(api, collection=Collection.DEVICE_ACTIONS, external_id="x1")
    state = (DeviceActionType.STORE, DeviceActionStatus.IN_TRANSIT)
    there.system.actions.append(ForeignDeviceAction("x1", "DA-1", *state, "SN-1", datetime(2026, 5, 1, tzinfo=UTC)))
    await sent(there)
    await there.work()
    assert [(it.action_id, it.status) for it in await api.rows("device_actions")] == [("DA-1", "IN_TRANSIT")]
    assert [it.kind for it in await api.rows("jobs") if it.kind == "SYNC_CONNECTION"] == []


async def test_a_notice_of_a_record_that_cannot_be_saved_is_worked_off_and_the_record_is_a_problem(api):
    there = await with_notice(api)
    record = there.system.quotes[there.record_id]
    faulty = replace(record.items[0], quantity=None)
    there.system.quotes[there.record_id] = replace(record, items=(faulty,))
    await sent(there)
    assert await there.work() == "DONE"
    [problem] = await api.rows("connection_problems")
    assert (problem.external_id, problem.reason) == (there.record_id, NOT_SAVED)
    [kept] = await api.rows("connection_notices")
    assert kept.worked_at is not None


@on_both_databases
async def test_a_quote_that_is_deleted_with_its_connection_while_it_is_read_does_not_come_back(api):
    there = await with_notice(api)
    record = there.system.quotes[there.record_id]

    async def read_slowly(_):
        given = {"connectionId": global_id("Connection", there.connection.id), "keepQuotes": False}
        assert (await api.act("disconnectSystem", given))["userErrors"] == []
        return replace(record, title="As it is there now")

    there.system.quote = read_slowly
    await sent(there)
    assert await there.work() == "DONE"
    assert await api.rows("origins") == []
    assert [it.offer_status for it in await api.rows("quotes")] == ["DELETED"]


async def test_the_headers_of_a_notice_are_found_however_they_are_written(api):
    there = await with_notice(api)
    await sent(there, **{"x-quip-signature": "sha256=00"})
    assert there.systems.headers["X-Quip-Signature"] == "sha256=00"


async def begun(api, token):
    """The answer to a request of which the body does not come."""
    reader, writer = await asyncio.open_connection("127.0.0.1", api.server.port)
    head = f"POST /hooks/{token} HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\n\r\n"
    writer.write(head.encode())
    lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    writer.close()
    headers = dict(it.lower().split(": ", 1) for it in lines[1:] if it)
    return int(lines[0].split()[1]), int(headers.get("retry-after", 0))


@pytest.fixture
async def limited(new_database):
    """A server with limits: of two wrong keys, and of four notices."""
    url, wrong_keys = await new_database("sqlite"), f"{2 * POINTS_OF_WRONG_KEY}/1"
    async with running(url, rate_limit="6000/100", wrong_key_rate_limit=wrong_keys, hook_rate_limit="4/1") as api:
        yield api


async def test_who_tries_wrong_addresses_has_to_wait_and_right_ones_go_on_working(limited):
    there = await with_notice(limited)
    assert [(await begun(limited, token))[0] for token in ("one", "two")] == [404, 404]
    status, after = await begun(limited, "three")
    assert (status, after >= 1) == (429, True)
    assert (await sent(there))[0] == 202
    assert limited.parts.authenticator.refused["too many wrong keys"] == 1


async def test_who_sends_too_many_notices_has_to_wait_before_anything_of_them_is_read(limited):
    there = await with_notice(limited)
    assert [(await sent(there))[0] for _ in range(4)] == [202] * 4
    status, after = await begun(limited, TOKEN)
    assert (status, after >= 1) == (429, True)
    refused = await sent(there)
    assert refused[0] == 429
    assert refused[1]["errors"][0]["extensions"]["budget"] == "NOTICES"


async def test_an_error_of_ours_does_not_put_the_secret_address_into_the_log(api, monkeypatch, caplog):
    async def fail(*_):
        raise RuntimeError("a fault of ours")

    there = await with_notice(api)
    monkeypatch.setattr("app.server.hooks.receive_notice", fail)
    assert (await sent(there))[0] == 500
    assert "internal error" in caplog.text
    assert "/hooks/{token}" in caplog.text
    assert TOKEN not in caplog.text
