"""The demo's connections: its first company has connected all four emulated quote systems."""

import json
from collections.abc import Mapping
from typing import NamedTuple

from adapters.database.companies.company import SqlCompanies
from adapters.database.core.engine import Database
from adapters.database.notes.store import note, replace_note
from app.demo.systems import stock_system
from domain.connections.connections import ConnectionStatus
from domain.connections.drafts import ConnectionDraft
from domain.connections.systems import NAMES, Credentials, System
from domain.ports.dependencies import Dependencies
from domain.shared.access import ActorType, Caller, Environment, Scope
from domain.shared.ids import RowId, global_id
from domain.use_cases.connections.connecting import ConnectSystem, UpdateConnection, connect_system, update_connection

# The emulators accept any credentials of the right form.
_CREDENTIALS = {
    System.QUIPTEAMS: Credentials("qk_live_demo0key0of0quipteams"),
    System.KITCHEN: Credentials("demo-kitchen-token"),
    System.SALESBYTE: Credentials("demo-salesbyte-token", "5d0c7f5e-8d4b-4a8e-9a55-1f6f0e6b7c11", 1),
    System.QUICK_QUOTE: Credentials("demo-quick-quote-key"),
}
# Below which path of an emulator the system answers.
_PATHS = {System.KITCHEN: "/api/v1", System.QUICK_QUOTE: "/api/v1"}


class _Noted(NamedTuple):
    id: str
    url: str


async def stock_connections(deps: Dependencies, database: Database, code: str, urls: Mapping[str, str]) -> None:
    """Gives each emulated system its records and connects it, once. Later starts follow a system to another port; a
    connection that was ended or leads elsewhere is left as it is."""
    caller = await _caller(database, code)
    for system, credentials in _CREDENTIALS.items():
        emulator = urls[system.lower()]
        url, named = f"{emulator}{_PATHS.get(system, '')}", f"demo_connection_{system.lower()}"
        draft = ConnectionDraft(NAMES[system], url, "USD", credentials, system)
        noted = await note(database, named)
        if noted is None:
            await stock_system(system, emulator)
            id_ = (await connect_system(deps, caller, ConnectSystem(system, draft))).subjects[0].id
        else:
            id_, before = _Noted(*json.loads(noted))
            if before == url:
                continue
            await _follow(deps, caller, id_, before, draft)
        async with database.write.begin() as connection:
            await replace_note(connection, named, json.dumps(_Noted(id_, url)))


async def _follow(deps: Dependencies, caller: Caller, id_: str, before: str, draft: ConnectionDraft) -> None:
    async with deps.unit_of_work(caller.tenant_scope) as work:
        found = await work.connections.find(RowId(id_))
    if found is not None and found.status != ConnectionStatus.DISCONNECTED and found.base_url == before:
        draft = ConnectionDraft(None, draft.base_url, None, draft.credentials, draft.credentials_of)
        await update_connection(deps, caller, UpdateConnection(global_id("Connection", id_), draft))


async def _caller(database: Database, code: str) -> Caller:
    companies = SqlCompanies(database)
    company_id, tenant_id = await companies.id_of(code), await companies.tenant_id(code, Environment.LIVE)
    everything = frozenset(map(str, Scope))
    return Caller("demo", "Demo data", Environment.LIVE, company_id, tenant_id, everything, kind=ActorType.SYSTEM)
