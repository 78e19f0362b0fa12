"""The demo: emulators, demo data, fixed API keys and the server in one process, with a database of its own."""

import asyncio
import shlex
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from adapters.database import migrator
from adapters.database.companies.api_keys import SqlApiKeys
from adapters.database.companies.company import SqlCompanies
from adapters.database.companies.tables import companies as companies_table
from adapters.database.companies.tables import tenants
from adapters.database.connections.tables import origins
from adapters.database.core.engine import Database, open_database
from adapters.database.notes.store import note, write_note
from adapters.database.quotes.tables import quote_items
from app.data_dir import locked, present_while_running, write_atomically
from app.demo.connections import stock_connections
from app.demo.members import stock_members
from app.demo.people import stock_people
from app.demo.seed.seeder import COMPANIES, seed
from app.demo.vendor import fetch_from_leaver, stock_vendor
from app.demo.webhooks import own_secret_key, stock_webhooks
from app.emulators import start_emulators
from app.emulators.oidc import AUDIENCE, CLIENT
from app.process import run, stop_signal
from app.run import serve
from app.settings import BadSettings, Settings
from app.wiring import Parts
from domain.quotes.statuses import LineDecision, OfferStatus
from domain.shared.access import CUSTOMER_SCOPES, ApiKey, Environment, Scope, key_hash, key_prefix
from domain.shared.ids import global_id, new_id

# These keys are public, so they are created only in the database of a demo.
KEYS = {
    "live": "qk_live_demo0live0key0of0austral0robotics0000",
    "test": "qk_test_demo0test0key0of0austral0robotics0000",
    "operator": "qk_live_demo0operator0platform0key0000000000",
    "otherCompany": "qk_live_demo0key0of0nordlicht0analytics00000",
}

# Systems that the first company has connected.
SYSTEMS = ("quipteams", "kitchen", "salesbyte", "quick_quote")

# The subdirectory for the emulators' data.
EMULATORS = "emulators"
# The emulators accept any tenant.
VENDOR_TENANT = "demo-emulators"
# How long the demo's vendor takes for each step.
STEP_TIME = timedelta(seconds=12)
POLL_INTERVAL = timedelta(seconds=3)

QUERIES = (
    "{ quotes(first: 50) { nodes { orderId status origin { system url } } } }",
    "{ quotes(first: 3) { nodes { orderId status items { quantity specification { model } recipients { name } } } } }",
    '{ employees(first: 3, filter: {search: "ana"}) { nodes { name recipients { nodes { item { decision } } } } } }',
    "{ products(first: 3, filter: {type: [LAPTOP]}) { totalCount nodes { model configurations { cpu ram } } } }",
)


def demo(settings: Settings, directory: Path) -> None:
    """Runs the demo with its data in a directory. Raises: BadSettings, if the directory is in use, or the database is
    not that of a demo or of another version."""
    if "database_url" not in settings.model_fields_set:
        settings = settings.model_copy(update={"database_url": f"sqlite+aiosqlite:///{_own_file(directory)}"})
    with locked(directory), locked(directory / EMULATORS), present_while_running(directory / "demo.json"):
        run(_run(settings, directory))
    print("\nThe demo has stopped. Its data is kept for the next start.", flush=True)


async def _run(settings: Settings, directory: Path) -> None:
    file = directory / "demo.json"
    settings = settings.model_copy(update=own_secret_key(settings, directory))
    await _prepare(settings, directory)
    emulators = await start_emulators(directory / EMULATORS, pace=STEP_TIME)

    async def ready(parts: Parts, address: str) -> None:
        parts.api.offer_keys(KEYS)
        # The worker reads the systems in the background.
        await stock_connections(parts.deps, parts.database, COMPANIES[0][0], emulators.urls)
        info = {"url": f"{address}/graphql", "keys": KEYS, "emulators": emulators.urls}
        print(await _welcome(parts.database, info, settings.database_url), flush=True)
        await asyncio.to_thread(write_atomically, file, info)

    try:
        await _stock_receiver(settings, directory, emulators.urls["webhooks"])
        if not settings.oidc_issuer:
            await _stock_members(settings, emulators.urls["oidc"])
        own = _vendors(emulators.urls) | _usual(settings) | _sign_in(settings, emulators.urls["oidc"])
        await serve(settings.model_copy(update=own), ready)
    finally:
        await emulators.close()


def emulate(directory: Path, pace: float | None = None) -> None:
    """Runs only the emulators, with their data and addresses in a directory. With a `pace`, in seconds, Tecspal works
    on its orders by itself. Raises: BadSettings, if the directory is in use."""
    file = directory / "emulators.json"

    async def until_stopped() -> None:
        stop = stop_signal()
        emulators = await start_emulators(directory, pace=None if pace is None else timedelta(seconds=pace))
        try:
            await asyncio.to_thread(write_atomically, file, emulators.urls)
            print("".join(f"{name:<12}{url}\n" for name, url in emulators.urls.items()), end="", flush=True)
            await stop.wait()
        finally:
            await emulators.close()

    with locked(directory), present_while_running(file):
        run(until_stopped())


def _vendors(urls: Mapping[str, str]) -> dict[str, Any]:
    """Returns settings that point every client, live and sandbox, at the emulators, poll them often, and permit
    webhooks to the emulated receiver. Connected systems are read as often."""
    often = POLL_INTERVAL.total_seconds()
    settings: dict[str, Any] = {"look_seconds": often, "sync_seconds": often, "allow_loopback_webhooks": True}
    for twin in ("", "sandbox_"):
        settings |= {
            f"tecspal_{twin}url": urls["tecspal"],
            f"tecspal_{twin}token": VENDOR_TENANT,
            f"tecspal_{twin}tenant_id": VENDOR_TENANT,
            f"asana_{twin}url": urls["asana"],
            f"asana_{twin}token": VENDOR_TENANT,
            f"smtp_{twin}url": urls["smtp"],
        }
    return settings


def _usual(settings: Settings) -> dict[str, Any]:
    """Returns settings that allow front ends on the same machine, and tell of the schema to every key, unless the user
    has chosen others."""
    usual = {"cors_origins": "loopback", "introspection": "live,test", "suggestions": "live,test"}
    return {name: value for name, value in usual.items() if name not in settings.model_fields_set}


def _sign_in(settings: Settings, issuer: str) -> dict[str, Any]:
    """Returns settings to sign in with the emulated identity provider, unless the user has named another one."""
    if settings.oidc_issuer:
        return {}
    return {
        "oidc_issuer": issuer,
        "oidc_audience": AUDIENCE,
        "oidc_client_id": CLIENT,
        "oidc_company_claim": "company",
        "oidc_role_claim": "role",
    }


async def _prepare(settings: Settings, directory: Path) -> None:
    database, emulators = open_database(settings.database_url), directory / EMULATORS
    try:
        await _require_usable(database, directory)
        if await migrator.is_empty(database):
            await migrator.migrate(database)
            await write_note(database, "purpose", "demo")
        elif await note(database, "purpose") != "demo":
            shown = database.url.render_as_string(hide_password=True)
            raise BadSettings(
                f"QUOTEGRAPH_DATABASE_URL: {shown} is not the database of a demo, and the demo would add public API "
                "keys to it. Use an empty database, or unset the variable."
            )
        await migrator.migrate(database)
        # Each step is skipped if it was done: an earlier start may have been interrupted at any point.
        if not await SqlCompanies(database).list():
            await seed(database)
            await fetch_from_leaver(database, COMPANIES[0][0])
        await _make_keys(database)
        await stock_vendor(database, COMPANIES[0][0], emulators, VENDOR_TENANT)
        stock_people(emulators, COMPANIES[0][0])
    finally:
        await database.close()


async def _stock_receiver(settings: Settings, directory: Path, url: str) -> None:
    database = open_database(settings.database_url)
    try:
        await stock_webhooks(database, settings, COMPANIES[0][0], url, directory / EMULATORS)
    finally:
        await database.close()


async def _stock_members(settings: Settings, issuer: str) -> None:
    database = open_database(settings.database_url)
    try:
        await stock_members(database, COMPANIES[0][0], issuer)
    finally:
        await database.close()


async def _require_usable(database: Database, directory: Path) -> None:
    """Raises: BadSettings, which says how to start afresh."""
    try:
        await migrator.require_usable(database)
    except migrator.UnusableDatabase as unusable:
        if Path(database.url.database or "") != _own_file(directory):
            raise BadSettings(f"QUOTEGRAPH_DATABASE_URL: {unusable}") from None
        newer = isinstance(unusable, migrator.NewerDatabase)
        remedy = f"{'Upgrade quotegraph, or put' if newer else 'Put'} the demo's data aside and start the demo again"
        aside = shlex.join(["mv", str(directory), f"{directory}-old"])
        raise BadSettings(
            f"--data: {unusable.problem} Nothing was changed. {remedy}, which creates it again:\n  {aside}"
        ) from None


def _own_file(directory: Path) -> Path:
    """The demo's database, unless the settings name another one."""
    return directory.resolve() / "demo.db"


async def _make_keys(database: Database) -> None:
    companies, keys = SqlCompanies(database), SqlApiKeys(database)
    first, second = [await companies.id_of(code) for code, _ in COMPANIES]
    everything, customer = frozenset(map(str, Scope)), frozenset(map(str, CUSTOMER_SCOPES))
    wanted = {
        "live": (Environment.LIVE, first, customer),
        "test": (Environment.TEST, first, customer),
        "operator": (Environment.LIVE, None, everything),
        "otherCompany": (Environment.LIVE, second, customer),
    }
    for name, (environment, company_id, scopes) in wanted.items():
        secret = KEYS[name]
        if await keys.find(key_hash(secret)) is None:
            key = ApiKey(
                new_id(), f"Demo {name}", key_prefix(secret), environment, company_id, None, scopes, datetime.now(UTC)
            )
            await keys.add(key, secret)


async def _welcome(database: Database, info: dict[str, Any], database_url: str) -> str:
    keys = "\n".join(f"  {name:<13}{key}" for name, key in KEYS.items())
    queries = "\n\n".join(f"  {query}" for query in QUERIES)
    mutation = await _example_mutation(database)
    return (
        f"\nquotegraph is running. Playground:\n  {info['url']}#key={KEYS['live']}\n\n"
        f"“Sign in” there leads to an identity provider with three people.\n\nAPI keys:\n{keys}\n\n"
        "Pages from http://localhost and loopback addresses may call the API, on any port "
        "(QUOTEGRAPH_CORS_ORIGINS allows others).\n\n"
        f"Example queries:\n{queries}\n\nExample mutation (use the key `live`):\n  {mutation}\n\n"
        f"Synchronise employees from the emulated HR system:\n  {_sync(info, database_url)}\n\n"
        f"Requests that the emulated vendors and the receiver of webhooks received:\n"
        + _received(info, "tecspal", "asana", "mail", "webhooks")
        + f"\nThe same of the systems that {COMPANIES[0][1]} has connected, which are read every few seconds:\n"
        + _received(info, *SYSTEMS)
        + "\nPress Ctrl-C to stop."
    )


def _received(info: dict[str, Any], *names: str) -> str:
    width = max(map(len, names)) + 1
    return "".join(f"  {name:<{width}}{info['emulators'][name]}/received\n" for name in names)


def _sync(info: dict[str, Any], database_url: str) -> str:
    """Returns the command that reads the emulated HR system. A database URL set by the user is in their environment."""
    own = f"QUOTEGRAPH_DATABASE_URL={shlex.quote(database_url)} " if database_url.startswith("sqlite") else ""
    bamboohr = f"QUOTEGRAPH_BAMBOOHR_URL={info['emulators']['bamboohr']}/api/v1 QUOTEGRAPH_BAMBOOHR_KEY=demo"
    sync = f"{shlex.quote(sys.argv[0])} employees sync --company {COMPANIES[0][0]} --provider bamboohr"
    return f"{own}{bamboohr} {sync}"


async def _example_mutation(database: Database) -> str:
    """Returns a mutation that accepts a priced laptop on an open line of the first company's live data, of a quote that
    comes from no connected system."""
    of, tenant = quote_items.c, tenants.c
    open_lines = (
        select(of.id)
        .join(tenants, of.tenant_id == tenant.id)
        .join(companies_table, tenant.company_id == companies_table.c.id)
        .where(
            companies_table.c.code == COMPANIES[0][0],
            tenant.environment == str(Environment.LIVE),
            of.status == str(OfferStatus.SOURCED),
            of.decision == str(LineDecision.UNDECIDED),
            of.product_type == "LAPTOP",
            of.quote_id.not_in(select(origins.c.node_id)),
        )
        .order_by(of.created_at.desc(), of.id)
        .limit(1)
    )
    async with database.read.connect() as connection:
        item_id = (await connection.execute(open_lines)).scalar_one_or_none()
    if item_id is None:
        return "(all laptops of the demo are decided; delete the data directory to start again)"
    chosen = f'{{itemId: "{global_id("QuoteItem", item_id)}"}}'
    return (
        f"mutation {{ acceptItem(input: {chosen}) {{ quote {{ orderId status vendorOrders {{ status }} }} "
        "changes { node { __typename id } from to } userErrors { message code path } } }"
    )
