"""Quotes that a connected system is asked to create, over the API: pending, there and read as the same, or refused."""

import asyncio

from domain.connections.systems import Collection, System
from domain.shared.ids import global_id
from domain.shared.outbound_errors import Refused
from domain.use_cases.connections.saving import save_records
from tests.api.support.connected import connected
from tests.api.support.makers import a_draft, codes
from tests.api.support.running import on_both_databases
from tests.fakes.connected_systems import Call

STATES = """id orderId status voidReason origin { system externalId } publicKey { key } items { id recipients { id } }
    pendingChange { type status reason } lastChange { type status reason }"""
SHOWN = f"query($id: ID!) {{ quote(by: {{id: $id}}) {{ {STATES} }} }}"


def a_creation(there, **given):
    return a_draft(connectionId=global_id("Connection", there.connection.id), **given)


async def shown(there, quote_id):
    return (await there.api.data(SHOWN, {"id": quote_id}))["quote"]


async def read(there):
    """Read all quotes of the system."""
    deps = there.api.parts.deps
    async with deps.unit_of_work(there.scope) as work:
        connection = await work.connections.lock(there.connection.id)
        records = list(there.system.quotes.values())
        await save_records(work, deps, connection, Collection.QUOTES, records, deps.now())
        await work.commit()


@on_both_databases
async def test_a_quote_is_pending_until_it_is_there_and_then_it_is_the_quote_that_is_read(api):
    there = await connected(api)
    payload = await api.act("createQuote", a_creation(there), f"quote {{ {STATES} }}")
    made = payload["quote"]
    assert (payload["userErrors"], made["origin"], made["publicKey"]) == ([], None, None)
    assert made["pendingChange"] == {"type": "CREATE", "status": "REQUESTED", "reason": None}

    await there.work()
    confirmed = await shown(there, made["id"])
    assert confirmed["origin"] == {"system": "QUIPTEAMS", "externalId": "there-2"}
    assert (confirmed["orderId"], confirmed["items"]) == ("THERE-2", made["items"])
    assert (confirmed["pendingChange"], confirmed["lastChange"]["status"]) == (None, "CONFIRMED")

    await read(there)
    assert await shown(there, made["id"]) == confirmed
    assert len(await api.rows("quotes")) == 2
    jobs = {it.kind: it for it in await api.rows("jobs") if made["id"].partition("_")[2] in str(it.payload)}
    assert jobs == {}


@on_both_databases
async def test_a_reading_and_an_answer_that_meet_leave_one_quote(api):
    there = await connected(api)
    payload = await api.act("createQuote", a_creation(there), "quote { id }")
    there.system.meanwhile = lambda: read(there)
    await there.work()
    assert (await shown(there, payload["quote"]["id"]))["origin"]["externalId"] == "there-2"
    assert len(await api.rows("quotes")) == 2


@on_both_databases
async def test_who_waits_for_a_quote_that_is_refused_has_a_conflict_and_the_quote_is_void(api):
    there = await connected(api)
    there.system.answers = [Call(does=False, failure=Refused("400 No such product.", 400, "No such product."))]
    given = a_creation(there, wait=True)
    payload, _ = await asyncio.gather(api.act("createQuote", given), there.work_soon())
    [error] = payload["userErrors"]
    assert (error["code"], error["message"]) == ("REFUSED_BY_ORIGIN", "No such product.")
    found = await shown(there, error["node"]["id"])
    assert (found["status"], found["voidReason"], found["origin"]) == ("CANCELLED", "No such product.", None)
    assert found["lastChange"] == {"type": "CREATE", "status": "REFUSED", "reason": "No such product."}


async def test_who_waits_is_answered_when_the_quote_is_there(api):
    there = await connected(api)
    given = a_creation(there, wait=True)
    payload, _ = await asyncio.gather(api.act("createQuote", given, f"quote {{ {STATES} }}"), there.work_soon())
    assert (payload["userErrors"], payload["quote"]["origin"]["externalId"]) == ([], "there-2")


async def test_what_the_system_does_not_take_is_refused_at_its_field(api):
    there = await connected(api)
    payload = await api.act("createQuote", a_creation(there, title="T", body="B"))
    assert [(it["code"], it["path"]) for it in payload["userErrors"]] == [
        ("NOT_SUPPORTED_BY_ORIGIN", ["title"]),
        ("NOT_SUPPORTED_BY_ORIGIN", ["body"]),
    ]


async def test_a_system_without_a_call_for_it_and_a_connection_of_another_company_are_refused(api):
    there = await connected(api, System.KITCHEN)
    assert codes(await api.act("createQuote", a_creation(there))) == ["NOT_SUPPORTED_BY_ORIGIN"]
    stranger = await api.key("quotes:read", "quotes:write", company="NORDLICHT")
    assert codes(await api.act("createQuote", a_creation(there), key=stranger)) == ["UNKNOWN_REFERENCE"]
