"""What connected systems send to their address: kept once, answered at once, and read again by a job."""

from dataclasses import replace
from io import BytesIO

from domain.connections.notices import LARGEST_BODY
from domain.connections.records import Notice
from domain.connections.systems import Collection
from tests.api.support.connected import TOKEN, connected
from tests.api.support.running import on_both_databases

BODY = b'{"id": "d-1"}'


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
    assert (await sent(there, b"x" * (LARGEST_BODY + 1)))[0] == 413
    assert await api.rows("connection_notices") == []


async def test_a_notice_of_something_else_than_a_quote_starts_a_reading(api):
    there = await with_notice(api, collection=Collection.ASSETS)
    await sent(there)
    await there.work()
    assert there.system.reads == 0
    assert [it.kind for it in await api.rows("jobs") if it.kind == "SYNC_CONNECTION"] == ["SYNC_CONNECTION"]


async def test_the_headers_of_a_notice_are_found_however_they_are_written(api):
    there = await with_notice(api)
    await sent(there, **{"x-quip-signature": "sha256=00"})
    assert there.systems.headers["X-Quip-Signature"] == "sha256=00"
