"""Changes of quotes that come from a connected system, over the API: pending, confirmed, refused, and who wins."""

import asyncio
from dataclasses import replace

from domain.connections.systems import Collection, System
from domain.quotes.statuses import OfferStatus
from domain.use_cases.connections.saving import save_records
from tests.api.support.connected import connected
from tests.api.support.makers import a_quote, codes
from tests.api.support.running import on_both_databases

ASKED = "id type displayStatus decisions { offerId decision } changedFields"
PENDING = f"pendingChange {{ status reason actor {{ name }} createdAt {ASKED} }}"
STATES = f"status items {{ status decision vendorOrders {{ id }} }} lastChange {{ type status reason }} {PENDING}"


@on_both_databases
async def test_an_acceptance_is_pending_until_the_system_confirms_it_and_then_the_quote_is_as_it_says(api):
    there = await connected(api)
    payload = await api.act("acceptItem", {"itemId": there.made.item}, f"quote {{ {STATES} }}")
    assert (payload["userErrors"], payload["changes"]) == ([], [])
    pending = payload["quote"]["pendingChange"]
    assert (pending["type"], pending["status"], pending["actor"]["name"]) == ("DECIDE", "REQUESTED", "Austral's own")
    assert pending["decisions"] == [{"offerId": there.made.item, "decision": "ACCEPT"}]
    assert (payload["quote"]["status"], payload["quote"]["items"][0]["status"]) == ("PENDING", "SOURCED")

    await there.work()
    shown = await there.shown(STATES)
    assert (shown["pendingChange"], shown["lastChange"]["status"]) == (None, "CONFIRMED")
    assert shown["items"] == [{"status": "ACCEPTED", "decision": "ITEM_ACCEPTED", "vendorOrders": []}]
    jobs = {it.kind for it in await api.rows("jobs")}
    assert not jobs & {"PLACE_VENDOR_ORDER", "SEND_ITEM_ACCEPTED"}


@on_both_databases
async def test_a_change_is_an_object_that_says_what_was_asked_and_its_events_have_its_id(api):
    there = await connected(api, System.QUICK_QUOTE)
    given = {"quoteId": there.made.id, "publicNotes": "New"}
    asked = (await api.act("updateQuote", given, "quote { pendingChange { id } }"))["quote"]["pendingChange"]["id"]
    query = f"query($id: ID!) {{ node(id: $id) {{ ... on OriginChange {{ {ASKED} }} }} }}"
    shown = (await api.data(query, {"id": asked}))["node"]
    assert shown == {
        "id": asked,
        "type": "EDIT",
        "displayStatus": "REQUESTED",
        "decisions": [],
        "changedFields": ["publicNotes"],
    }
    events = (await there.shown("history { nodes { type fieldChanges { field from to } } }"))["history"]["nodes"]
    pends = [it["fieldChanges"] for it in events if it["type"] == "QUOTE_CHANGE_REQUESTED"]
    assert pends == [[{"field": "pendingChange", "from": None, "to": asked}]]


@on_both_databases
async def test_quotes_are_narrowed_to_those_that_wait_for_their_system_and_to_those_that_come_from_one(api):
    there, ours = await connected(api), await a_quote(api)
    query = "query($filter: QuoteFilter) { quotes(filter: $filter) { nodes { id } } }"

    async def found(**given):
        return [it["id"] for it in (await api.data(query, {"filter": given}))["quotes"]["nodes"]]

    assert (await found(hasOrigin=True), await found(hasOrigin=False)) == ([there.made.id], [ours.id])
    assert await found(hasPendingChange=True) == []
    await api.act("acceptItem", {"itemId": there.made.item})
    assert (await found(hasPendingChange=True), await found(hasPendingChange=False)) == ([there.made.id], [ours.id])
    assert (await found(origin={"isStale": True}), await found(origin={"isStale": False})) == ([], [there.made.id])
    assert await found(origin={"system": ["KITCHEN", "QUIPTEAMS"]}) == [there.made.id]
    assert await found(origin={"system": []}) == []


@on_both_databases
async def test_who_waits_is_answered_when_the_change_is_settled(api):
    there = await connected(api)
    given = {"itemId": there.made.item, "wait": True}
    payload, _ = await asyncio.gather(api.act("acceptItem", given, f"quote {{ {STATES} }}"), there.work_soon())
    assert (payload["userErrors"], payload["quote"]["pendingChange"]) == ([], None)
    assert payload["quote"]["items"][0]["status"] == "ACCEPTED"


@on_both_databases
async def test_a_decision_there_at_the_same_time_wins_and_who_waits_has_a_conflict(api):
    there = await connected(api)
    reject_there(there)
    given = {"itemId": there.made.item, "wait": True}
    payload, _ = await asyncio.gather(api.act("acceptItem", given), there.work_soon())
    [error] = payload["userErrors"]
    assert (error["code"], error["__typename"]) == ("REFUSED_BY_ORIGIN", "ConflictError")
    assert (error["message"], error["node"]["id"]) == ("It is REJECTED there.", there.made.id)
    shown = await there.shown(STATES)
    assert (shown["items"][0]["status"], shown["lastChange"]["status"]) == ("REJECTED", "REFUSED")


@on_both_databases
async def test_a_reading_and_a_decision_that_meet_leave_one_truth(api):
    there = await connected(api)
    reject_there(there)

    async def read() -> None:
        deps = api.parts.deps
        async with deps.unit_of_work(there.scope) as work:
            connection = await work.connections.lock(there.connection.id)
            records = [there.system.quotes[there.record_id]]
            await save_records(work, deps, connection, Collection.QUOTES, records, deps.now())
            await work.commit()

    payload, _ = await asyncio.gather(api.act("acceptItem", {"itemId": there.made.item}), read())
    await there.work()
    shown = await there.shown(STATES)
    assert (shown["items"][0]["status"], shown["pendingChange"]) == ("REJECTED", None)
    # Whoever came first: the decision was refused by our rules, or by the reading that followed it.
    if payload["userErrors"]:
        assert (codes(payload), shown["lastChange"]) == (["ALREADY_DECIDED"], None)
    else:
        assert shown["lastChange"]["status"] == "REFUSED"
    assert there.system.done == 0


async def test_what_the_system_has_no_call_for_is_refused_with_where_to_do_it(api):
    there = await connected(api, System.KITCHEN)
    payload = await api.act("acceptItem", {"itemId": there.made.item})
    [error] = payload["userErrors"]
    assert error["code"] == "NOT_SUPPORTED_BY_ORIGIN"
    assert "kitchen.co (KITCHEN)" in error["message"]
    assert "https://quotes.example/q/1" in error["message"]


async def test_another_company_neither_sees_nor_asks_changes(api):
    there = await connected(api)
    await api.act("acceptItem", {"itemId": there.made.item})
    stranger = await api.key("quotes:read", "quotes:write", "quotes:decide", company="NORDLICHT")
    payload = await api.act("rejectItem", {"itemId": there.made.item}, key=stranger)
    assert codes(payload) == ["NOT_FOUND"]


def reject_there(there):
    record = there.system.quotes[there.record_id]
    items = tuple(
        replace(
            it,
            status=OfferStatus.REJECTED,
            alternatives=tuple(replace(other, status=OfferStatus.REJECTED) for other in it.alternatives),
        )
        for it in record.items
    )
    there.system.quotes[there.record_id] = replace(record, items=items)
