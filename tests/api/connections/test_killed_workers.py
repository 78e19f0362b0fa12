"""A worker that is killed while it sends a change to a connected system: nothing is sent twice, and nothing is lost."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from adapters.connections.systems import Systems
from app.emulators.quick_quote import QuickQuoteEmulator
from app.emulators.salesbyte import SalesByteEmulator
from domain.connections.connections import Connection, ConnectionSecrets, credentials_text
from domain.connections.systems import Collection, System
from domain.ports.connections import ConnectedSystem, Connecting
from domain.quotes.statuses import DecisionStatus
from domain.shared.access import Environment, TenantScope
from domain.shared.ids import RowId, global_id, new_id
from domain.shared.jobs import JobResult
from domain.shared.lanes import Lane, Service
from domain.use_cases.connections.saving import save_records
from domain.use_cases.worker import dispatch
from tests.adapters.support.systems import CREDENTIALS, emulated_system
from tests.api.support.makers import a_draft, a_price, an_item
from tests.api.support.running import company_id, on_both_databases
from tests.api.support.world import COMPANY_IDS
from tests.builders import a_connection

ROOT = Path(__file__).parents[3]
SHOWN = "query($id: ID!) { quote(by: {id: $id}) { decisionStatus pendingChange { status } lastChange { status } } }"


@on_both_databases
async def test_a_decision_whose_worker_was_killed_before_the_answer_came_is_there_once(api, tmp_path):
    async with emulated_system(System.QUICK_QUOTE, QuickQuoteEmulator, tmp_path) as there:
        deps = api.parts.deps
        object.__setattr__(deps, "connecting", Connecting(Systems(there.calls)))
        [record_id] = await there.add({})
        quote_id = await read_quotes(api, there)
        payload = await api.act("acceptQuote", {"quoteId": quote_id}, "quote { pendingChange { status } }")
        assert payload["quote"]["pendingChange"] == {"status": "REQUESTED"}

        await there.go_wrong(mode="slow_after", verb="PUT", seconds=3)
        await kill_while_it_sends(api, there)
        # The lease is over, but what was sent may still be under way.
        await run_at(deps, timedelta(seconds=31))
        async with asyncio.timeout(30):
            while await decision_there(there, record_id) != DecisionStatus.APPROVED:
                await asyncio.sleep(0.05)
        await run_at(deps, timedelta(seconds=200))

        shown = (await api.data(SHOWN, {"id": quote_id}))["quote"]
        assert shown == {"decisionStatus": "APPROVED", "pendingChange": None, "lastChange": {"status": "CONFIRMED"}}
        assert [it["method"] for it in await there.received()].count("PUT") == 1


@on_both_databases
async def test_a_quote_whose_worker_was_killed_before_the_answer_came_is_created_once(api, tmp_path):
    async with emulated_system(System.SALESBYTE, SalesByteEmulator, tmp_path) as there:
        deps = api.parts.deps
        object.__setattr__(deps, "connecting", Connecting(Systems(there.calls)))
        connection = await connect(api, System.SALESBYTE, there.url)
        item = an_item(recipients=[], article={"sku": "LAT-5450"})
        given = a_draft(item, connectionId=global_id("Connection", connection.id))
        payload = await api.act("createQuote", given, "quote { id }")
        assert payload["userErrors"] == []

        await there.go_wrong(mode="slow_after", verb="POST", seconds=3)
        await kill_while_it_sends(api, there, "POST")
        await run_at(deps, timedelta(seconds=31))
        await run_at(deps, timedelta(seconds=200))
        await read(api, connection, there.client())

        shown = (await api.data(SHOWN, {"id": payload["quote"]["id"]}))["quote"]
        assert shown == {"decisionStatus": "PENDING", "pendingChange": None, "lastChange": {"status": "CONFIRMED"}}
        assert [it["method"] for it in await there.received()].count("POST") == 1
        assert len(await api.rows("quotes")) == 1


@on_both_databases
async def test_a_quote_whose_worker_was_killed_before_its_lines_were_sent_gets_them_once(api, tmp_path):
    async with emulated_system(System.QUICK_QUOTE, QuickQuoteEmulator, tmp_path) as there:
        deps = api.parts.deps
        object.__setattr__(deps, "connecting", Connecting(Systems(there.calls)))
        connection = await connect(api, System.QUICK_QUOTE, f"{there.url}/api/v1")
        await there.control("lines", {"later": True})
        item = an_item(recipients=[], quantity=2, price=a_price(), internalNotes="For Ana")
        named = {"companyId": company_id("AUSTRAL"), "connectionId": global_id("Connection", connection.id)}
        payload = await api.act("createQuote", a_draft(item, **named), "quote { id items { id } }", key=api.operator)
        assert payload["userErrors"] == []

        # The quote is taken, and the process ends before it sends the lines.
        await there.go_wrong(mode="slow_after", verb="POST", seconds=3)
        await kill_while_it_sends(api, there, "POST")
        await run_at(deps, timedelta(seconds=31))
        await read(api, connection, there.client("/api/v1"))
        assert (await lines_shown(api, payload))["pendingChange"] == {"status": "SENT"}
        await run_at(deps, timedelta(seconds=200))
        await read(api, connection, there.client("/api/v1"))

        [line] = payload["quote"]["items"]
        assert await lines_shown(api, payload) == {
            "pendingChange": None,
            "lastChange": {"status": "CONFIRMED"},
            "items": [{**line, "quantity": 2, "internalNotes": "For Ana"}],
        }
        assert [it["method"] for it in await there.received()].count("POST") == 2


async def lines_shown(api: Any, payload: Any) -> Any:
    selection = "pendingChange { status } lastChange { status } items { id quantity internalNotes }"
    query = f"query($id: ID!) {{ quote(by: {{id: $id}}) {{ {selection} }} }}"
    return (await api.data(query, {"id": payload["quote"]["id"]}, key=api.operator))["quote"]


async def read_quotes(api: Any, there: Any) -> str:
    """Connect the system, and read its quotes. Returns the global id of the only one."""
    connection = await connect(api, System.QUICK_QUOTE, f"{there.url}/api/v1")
    await read(api, connection, there.client("/api/v1"))
    [quote] = await api.rows("quotes")
    return global_id("Quote", quote.id)


async def connect(api: Any, system: System, url: str) -> Connection:
    deps = api.parts.deps
    mine = (COMPANY_IDS["AUSTRAL"], "LIVE")
    [tenant] = [it for it in await api.rows("tenants") if (it.company_id, it.environment) == mine]
    connection = a_connection(tenant.id, id=new_id(), system=system, base_url=url)
    async with deps.unit_of_work(TenantScope(Environment.LIVE, tenant.id)) as work:
        sealed = deps.secret_box.seal(credentials_text(CREDENTIALS))
        await work.connections.add(connection, ConnectionSecrets(sealed, "0" * 64, ""))
        await work.commit()
    return connection


async def read(api: Any, connection: Connection, client: ConnectedSystem) -> None:
    """Read the quotes of a system."""
    deps = api.parts.deps
    page = await client.page(Collection.QUOTES, None, None)
    async with deps.unit_of_work(TenantScope(Environment.LIVE, connection.tenant_id)) as work:
        locked = await work.connections.lock(RowId(connection.id))
        await save_records(work, deps, locked, Collection.QUOTES, page.records, deps.now())
        await work.commit()


async def decision_there(there: Any, record_id: str) -> DecisionStatus | None:
    record = await there.client("/api/v1").quote(record_id)
    return None if record is None else record.decision_status


async def kill_while_it_sends(api: Any, there: Any, verb: str = "PUT") -> None:
    url = api.parts.database.url.render_as_string(hide_password=False)
    program = (sys.executable, "-m", "tests.api.support.one_job", url)
    worker = await asyncio.create_subprocess_exec(*program, cwd=ROOT)
    try:
        async with asyncio.timeout(60):
            while verb not in [it["method"] for it in await there.received()]:
                assert worker.returncode is None
                await asyncio.sleep(0.02)
    finally:
        with suppress(ProcessLookupError):
            os.kill(worker.pid, signal.SIGKILL)
        await worker.wait()


async def run_at(deps: Any, later: timedelta) -> JobResult | None:
    now = deps.now
    object.__setattr__(deps, "now", lambda: now() + later)
    try:
        claimed = await deps.jobs.claim("another", deps.now(), {Service(Lane.CHANGES, Environment.LIVE): 1})
        return await dispatch.run(deps, claimed[0]) if claimed else None
    finally:
        object.__setattr__(deps, "now", now)
