"""Whatever goes wrong at quipteams, nothing is lost, doubled or believed, and nothing is an unexpected exception."""

import asyncio
import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from adapters.connections.quipteams.filters import QuoteFilter
from adapters.connections.quipteams.system import quipteams_notice
from domain.connections.records import Unread
from domain.connections.systems import Collection, Credentials
from domain.ports.connections import ForeignDecision
from domain.quotes.statuses import DecisionStatus, Verdict
from domain.shared.outbound_errors import Busy, Refused, Unavailable, Uncertain
from tests.adapters.connections.quipteams import samples
from tests.adapters.connections.quipteams.there import (
    HASTE,
    a_new_quote,
    all_pages,
    ids_of,
    numbered,
    quipteams,
    receiver,
    several,
)
from tests.adapters.support.raw_servers import eventually

ALL = [it["order_id"] for it in several(250)]


@pytest_asyncio.fixture
async def there(tmp_path):
    async with quipteams(tmp_path) as there:
        yield there


def page_of(there, collection=Collection.QUOTES):
    return there.system.page(collection, None, None)


async def calls(there):
    return [it for it in await there.received() if it["path"].startswith("/api")]


# ---- when it does not answer


async def test_a_429_is_waited_for_without_asking_again(there):
    await there.go_wrong(mode="status", status=429)
    for _ in range(3):
        with pytest.raises(Busy) as busy:
            await page_of(there)
        assert busy.value.seconds == 30
    assert len(await calls(there)) == 1
    there.clock.move(seconds=30)
    await page_of(there)


async def test_the_rate_is_obeyed_before_it_bites(there):
    await there.add("quote", *several(250))
    await there.control("limit", {"limit": 2})
    first = await page_of(there)
    second = await there.system.page(Collection.QUOTES, None, first.cursor)
    with pytest.raises(Busy) as busy:
        await there.system.page(Collection.QUOTES, None, second.cursor)
    assert [it["status"] for it in await calls(there)] == [200, 200]
    there.clock.move(seconds=busy.value.seconds)
    third = await there.system.page(Collection.QUOTES, None, second.cursor)
    assert ids_of([first, second, third]) == ALL


@pytest.mark.parametrize(
    "fault", [{"mode": "status", "status": 500}, {"mode": "garbage"}, {"mode": "drop", "times": 9}]
)
async def test_a_page_that_fails_is_read_again_from_its_cursor(there, fault):
    await there.add("quote", *several(250))
    first = await page_of(there)
    await there.go_wrong(**fault)
    with pytest.raises(Unavailable):
        await there.system.page(Collection.QUOTES, None, first.cursor)
    async with there.session.delete(f"{there.url}/faults"):
        pass
    rest = await there.system.page(Collection.QUOTES, None, first.cursor)
    # The last row of the first page is the first one of the second.
    assert ids_of([first, rest]) == ALL[:199]


async def test_a_late_answer_to_a_decision_is_uncertain_and_reading_again_tells_what_became_of_it(tmp_path):
    async with quipteams(tmp_path, HASTE) as there:
        quote = await there.new_quote(1450.1)
        decision = ForeignDecision(quote["order_id"], Verdict.ACCEPT, item_id=quote["items"][0]["id"])
        await there.go_wrong(mode="slow_after", verb="PATCH", seconds=5)
        with pytest.raises(Uncertain, match="no complete answer"):
            await there.system.decide(decision)
        known = await there.system.quote(quote["order_id"])
        assert known is not None
        assert known.decision_status == DecisionStatus.APPROVED
        assert (await there.system.decide(decision)).decision_status == DecisionStatus.APPROVED
        effects = await there.session.get(f"{there.url}/control/effects")
        assert [it["effect"] for it in await effects.json()].count("tecspal_order") == 1


async def test_a_lost_answer_to_a_new_quote_is_uncertain_and_the_quote_is_found_by_its_reference(there):
    await there.go_wrong(mode="accept_then_drop", verb="POST")
    with pytest.raises(Uncertain):
        await there.system.create_quote(a_new_quote())
    found = await there.system.find_quote("our-1", there.clock.at)
    assert found is not None
    assert len(await there.data("GET", "quotes")) == 1


# ---- pages that shift


async def test_quotes_that_are_added_while_all_are_read_are_read_too_and_none_twice(there):
    await there.add("quote", *several(250))
    await there.control("paging", {"isByOffset": True})

    async def add(number):
        await there.add("quote", numbered(249 + number))

    assert ids_of(await all_pages(there.system, between=add)) == [it["order_id"] for it in several(252)]


@pytest.mark.parametrize("is_by_offset", [True, False])
async def test_quotes_that_are_removed_while_all_are_read_shift_no_other_out_of_the_pages(there, is_by_offset):
    await there.add("quote", *several(250))
    await there.control("paging", {"isByOffset": is_by_offset})

    async def remove(number):
        await there.work(numbered(number), delete=True)

    assert ids_of(await all_pages(there.system, between=remove)) == ALL


@pytest.mark.parametrize("is_by_offset", [True, False])
async def test_more_quotes_of_one_moment_than_a_page_has_are_all_read(there, is_by_offset):
    moment = {"created_at": "2026-03-10T01:00:00.000Z"}
    await there.add("quote", *(numbered(place, **(moment if 50 <= place < 240 else {})) for place in range(250)))
    await there.control("paging", {"isByOffset": is_by_offset})
    assert set(ids_of(await all_pages(there.system))) == set(ALL)


async def test_device_actions_are_read_on_in_the_same_way(there):
    actions = [
        {**deepcopy(samples.DEVICE_ACTION), "id": f"a{number:02}", "created_at": f"2026-02-01T00:{number:02}:00.000Z"}
        for number in range(45)
    ]
    await there.add("device_action", *actions)
    pages = await all_pages(there.system, Collection.DEVICE_ACTIONS)
    assert ids_of(pages) == [it["id"] for it in actions]


async def test_a_reading_that_was_begun_with_a_cursor_of_theirs_goes_on_with_it(there):
    await there.add("quote", *several(250))
    first = await there.client.quotes(QuoteFilter(sort="created_at"))
    rest = [await there.system.page(Collection.QUOTES, None, first.cursor)]
    rest.append(await there.system.page(Collection.QUOTES, None, rest[0].cursor))
    assert ids_of(rest) == ALL[100:]


@pytest.mark.parametrize("is_by_offset", [True, False])
async def test_a_quote_that_changes_while_changes_are_read_is_read_now_or_the_next_time(there, is_by_offset):
    await there.add("quote", *several(250))
    await there.control("paging", {"isByOffset": is_by_offset})
    since = datetime(2026, 3, 10, tzinfo=UTC)

    async def change(number):
        await there.add("quote", numbered(number, updated_at=f"2026-03-20T11:0{number}:00.000Z"))

    first = await all_pages(there.system, since=since, between=change)
    mark = max(it.updated_at for page in first for it in page.records) - timedelta(minutes=15)
    second = await all_pages(there.system, since=mark)
    assert set(ids_of(first)) | set(ids_of(second)) == set(ALL)


async def test_a_clock_that_is_ten_minutes_wrong_loses_no_change(there):
    await there.add("quote", *several(5))
    for offset in (600, -600):
        await there.control("clock", {"offsetSeconds": offset})
        quote = await there.new_quote(9.5)
        mark = datetime.fromisoformat(quote["updated_at"]) - timedelta(minutes=15)
        assert quote["order_id"] in ids_of(await all_pages(there.system, since=mark))


async def test_rows_in_another_order_than_was_asked_for_are_all_taken(there):
    await there.add("quote", *several(3))
    await there.control("drift", [{"path": "data.0.updated_at", "value": "2026-01-01T00:00:00Z"}])
    assert len(ids_of(await all_pages(there.system, since=datetime(2026, 3, 10, tzinfo=UTC)))) == 3


@pytest.mark.parametrize(
    "change",
    [
        {"path": "meta", "isMissing": True},
        {"path": "meta.next_cursor", "value": None},
        {"path": "meta.next_cursor", "value": 7},
        {"path": "data", "value": {}},
        {"path": "data", "isMissing": True},
    ],
)
async def test_a_page_that_does_not_say_how_to_go_on_is_no_last_page(there, change):
    await there.add("quote", *several(120))
    await there.control("drift", [change])
    with pytest.raises(Unavailable):
        await page_of(there)


async def test_a_cursor_that_leads_nowhere_is_noticed(there):
    await there.add("quote", *several(250))
    first = await there.client.quotes()
    await there.control("drift", [{"path": "meta.next_cursor", "value": first.cursor}])
    with pytest.raises(Unavailable, match="without a cursor"):
        await there.client.quotes(None, first.cursor)


# ---- answers that drift


DRIFT = [
    ({"path": "data.*.status", "value": "On Hold"}, "status"),
    ({"path": "data.*.items.0.price", "value": "a lot"}, "items.0.price"),
    ({"path": "data.*.items.0.price", "value": {"amount": 1}}, "items.0.price"),
    ({"path": "data.*.items.0.quantity", "value": -1}, "items.0.quantity"),
    ({"path": "data.*.items.0", "value": "x"}, "items.0"),
    ({"path": "data.*.items.0.recipients", "value": {}}, "items.0.recipients"),
    ({"path": "data.*.items.0.recipients.0.name", "isMissing": True}, "items.0.recipients.0.name"),
    ({"path": "data.*.updated_at", "value": 1773018508225}, "updated_at"),
    ({"path": "data.*.requester", "value": "Ana"}, "requester"),
]


@pytest.mark.parametrize(("change", "path"), DRIFT)
async def test_a_field_that_cannot_be_used_is_a_flaw_of_a_quote_that_is_used(there, change, path):
    await there.add("quote", *several(2))
    await there.control("drift", [change])
    page = await page_of(there)
    assert [[it.path for it in quote.flaws] for quote in page.records] == [[path], [path]]


async def test_a_record_that_cannot_be_used_does_not_hold_up_the_others(there):
    await there.add("quote", *several(3))
    await there.control(
        "drift", [{"path": "data.1.order_id", "isMissing": True}, {"path": "data.1.id", "isMissing": True}]
    )
    records = (await page_of(there)).records
    assert [isinstance(it, Unread) for it in records] == [False, True, False]
    await there.control("drift", [{"path": "data.1", "value": "nothing"}])
    assert isinstance((await page_of(there)).records[1], Unread)


async def test_additional_fields_are_kept(there):
    await there.add("quote", *several(1))
    await there.control("drift", [{"path": "data.*.rating", "value": [4.5]}])
    [quote] = (await page_of(there)).records
    assert (quote.metadata["rating"], quote.flaws) == ("[4.5]", ())


async def test_a_quote_that_cannot_be_used_is_refused_when_it_is_asked_for(there):
    await there.add("quote", samples.QUOTE)
    await there.control("drift", [{"path": "data.order_id", "value": None}, {"path": "data.id", "value": None}])
    with pytest.raises(Refused, match="cannot be used"):
        await there.system.quote(samples.QUOTE["order_id"])


async def test_a_row_that_is_gone_when_it_is_read_in_detail_is_left_out(there):
    second = {**deepcopy(samples.DEVICE_ACTION), "id": "second", "action_id": "DA-2026-0016"}
    await there.add("device_action", samples.DEVICE_ACTION, second)
    await there.go_wrong(mode="status", status=404, path="/api/v1/device-actions/second")
    page = await there.system.page(Collection.DEVICE_ACTIONS, None, None)
    assert ids_of([page]) == [samples.DEVICE_ACTION["id"]]


async def test_a_failure_while_rows_are_read_in_detail_fails_the_page(there):
    await there.add("device_action", samples.DEVICE_ACTION)
    await there.go_wrong(mode="status", status=500, path="/api/v1/device-actions/")
    with pytest.raises(Unavailable):
        await there.system.page(Collection.DEVICE_ACTIONS, None, None)


# ---- webhooks


async def test_webhooks_that_are_doubled_and_reordered_tell_the_same(there):
    async with receiver() as (url, got):
        made = await there.data("POST", "webhooks", {"url": url, "events": ["quote.*"]})
        await there.control("deliveries", {"isHeld": True})
        quote = await there.new_quote(9.5)
        await there.control("deliveries", {"isReversed": True, "isDoubled": True})
        await eventually(lambda: len(got) == 4)
    credentials = Credentials("qk_live_a", webhook_secret=made["secret"])
    notices = [quipteams_notice(headers, body, credentials) for headers, body in got]
    assert len({it.delivery_id for it in notices if it}) == 2
    assert {it.external_id for it in notices if it} == {quote["order_id"]}
    assert (await there.system.quote(quote["order_id"])).items[0].price is not None


async def test_a_webhook_that_was_changed_on_its_way_is_not_believed(there):
    async with receiver() as (url, got):
        made = await there.data("POST", "webhooks", {"url": url, "events": ["quote.*"]})
        await there.new_quote()
        await eventually(lambda: len(got) == 1)
    [(headers, body)] = got
    credentials = Credentials("qk_live_a", webhook_secret=made["secret"])
    assert quipteams_notice(headers, body, credentials) is not None
    assert quipteams_notice(headers, json.dumps({**json.loads(body), "id": "x"}).encode(), credentials) is None


async def test_pages_of_two_connections_are_read_at_the_same_time(there):
    await there.add("quote", *several(250))
    pages = await asyncio.gather(*(all_pages(there.system) for _ in range(2)))
    assert [ids_of(it) for it in pages] == [ALL, ALL]
