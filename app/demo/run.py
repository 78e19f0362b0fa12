"""The demo: emulators, demo data, fixed keys and the server in one process, on a database of its own."""

import asyncio
import shlex
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from adapters.database import migrator as database_schema
from adapters.database.companies.api_keys import SqlApiKeys
from adapters.database.companies.company import SqlCompanies
from adapters.database.companies.tables import companies as companies_table
from adapters.database.companies.tables import tenants
from adapters.database.core.engine import Database, open_database
from adapters.database.quotes.tables import quote_items
from app.data_dir import held, telling, write_whole
from app.demo.people import stock_people
from app.demo.seed.seeder import COMPANIES, seed
from app.demo.vendor import fetch_from_leaver, stock_vendor
from app.emulators import start_emulators
from app.process import run, stop_signal
from app.run import serve
from app.settings import BadSettings, Settings
from app.wiring import Parts
from domain.quotes.statuses import LineDecision, OfferStatus
from domain.shared.access import CUSTOMER_SCOPES, ApiKey, Environment, Scope, key_prefix
from domain.shared.ids import global_id, new_id

# Known to everybody, and therefore good in a demo's own database only.
KEYS = {
    "live": "qk_live_demo0live0key0of0austral0robotics0000",
    "test": "qk_test_demo0test0key0of0austral0robotics0000",
    "operator": "qk_live_demo0operator0platform0key0000000000",
    "otherCompany": "qk_live_demo0key0of0nordlicht0analytics00000",
}

# Where in its directory the demo keeps the emulators' data.
EMULATORS = "emulators"
# Who we are to them; any name is good.
VENDOR_TENANT = "demo-emulators"
# How long the demo's vendor takes for each step: long enough to watch, short enough to wait for.
PACE = timedelta(seconds=12)
LOOK = timedelta(seconds=3)

QUERIES = (
    "{ quotes(first: 3) { nodes { orderId status items { quantity specification { model } recipients { name } } } } }",
    '{ employees(first: 3, filter: {search: "ana"}) { nodes { name recipients { nodes { item { decision } } } } } }',
    "{ products(first: 3, filter: {productType: [LAPTOP]}) { totalCount nodes { model configurations { cpu ram } } } }",
)


def demo(settings: Settings, directory: Path) -> None:
    """Run the demo with its data in a directory. Raises: BadSettings, when the directory is in use, or the database is
    not the demo's own or not this version's."""
    if "database_url" not in settings.model_fields_set:
        settings = settings.model_copy(update={"database_url": f"sqlite+aiosqlite:///{_own_file(directory)}"})
    with held(directory), held(directory / EMULATORS), telling(directory / "demo.json"):
        run(_run(settings, directory))
    print("\nThe demo has stopped. Its data stays for the next start.", flush=True)


async def _run(settings: Settings, directory: Path) -> None:
    file = directory / "demo.json"
    await _prepare(settings, directory)
    emulators = await start_emulators(directory / EMULATORS, pace=PACE)

    async def ready(parts: Parts, address: str) -> None:
        told = {"url": f"{address}/graphql", "keys": KEYS, "emulators": emulators.urls}
        print(await _welcome(parts.database, told, settings.database_url), flush=True)
        await asyncio.to_thread(write_whole, file, told)

    try:
        await serve(settings.model_copy(update=_vendors(emulators.urls)), ready)
    finally:
        await emulators.close()


def emulate(directory: Path, pace: float | None = None) -> None:
    """Run the emulators alone, their data and addresses in a directory. With a `pace`, in seconds, Tecspal works by
    itself. Raises: BadSettings, when the directory is in use."""
    file = directory / "emulators.json"

    async def until_stopped() -> None:
        stop = stop_signal()
        emulators = await start_emulators(directory, pace=None if pace is None else timedelta(seconds=pace))
        try:
            await asyncio.to_thread(write_whole, file, emulators.urls)
            print("".join(f"{name:<9}{url}\n" for name, url in emulators.urls.items()), end="", flush=True)
            await stop.wait()
        finally:
            await emulators.close()

    with held(directory), telling(file):
        run(until_stopped())


def _vendors(urls: Mapping[str, str]) -> dict[str, Any]:
    """Settings that point every client, live and sandbox, at the emulators, which are looked at often."""
    settings: dict[str, Any] = {"look_seconds": LOOK.total_seconds()}
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


async def _prepare(settings: Settings, directory: Path) -> None:
    database, emulators = open_database(settings.database_url), directory / EMULATORS
    try:
        await _require_usable(database, directory)
        if await database_schema.is_empty(database):
            await database_schema.migrate(database)
            await database_schema.write_note(database, "purpose", "demo")
        elif await database_schema.note(database, "purpose") != "demo":
            shown = database.url.render_as_string(hide_password=True)
            raise BadSettings(
                f"QUOTEGRAPH_DATABASE_URL: {shown} is not a demo's own database, and the demo would put keys into it "
                "that everybody knows. Name an empty one, or leave the setting out."
            )
        await database_schema.migrate(database)
        # Each step looks first: the start before this one may have been interrupted anywhere.
        if not await SqlCompanies(database).list():
            await seed(database)
            await fetch_from_leaver(database, COMPANIES[0][0])
        await _make_keys(database)
        await stock_vendor(database, COMPANIES[0][0], emulators, VENDOR_TENANT)
        stock_people(emulators, COMPANIES[0][0])
    finally:
        await database.close()


async def _require_usable(database: Database, directory: Path) -> None:
    """Raises: BadSettings, which says how to start afresh."""
    try:
        await database_schema.require_usable(database)
    except database_schema.UnusableDatabase as unusable:
        if Path(database.url.database or "") != _own_file(directory):
            raise BadSettings(f"QUOTEGRAPH_DATABASE_URL: {unusable}") from None
        newer = isinstance(unusable, database_schema.NewerDatabase)
        remedy = f"{'Upgrade quotegraph, or put' if newer else 'Put'} the demo's data aside and start the demo again"
        aside = shlex.join(["mv", str(directory), f"{directory}-old"])
        raise BadSettings(
            f"--data: {unusable.problem} Nothing was changed. {remedy}, which makes it anew:\n  {aside}"
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
        if await keys.find(secret) is None:
            key = ApiKey(
                new_id(), f"Demo {name}", key_prefix(secret), environment, company_id, None, scopes, datetime.now(UTC)
            )
            await keys.add(key, secret)


async def _welcome(database: Database, told: dict[str, Any], database_url: str) -> str:
    keys = "\n".join(f"  {name:<13}{key}" for name, key in KEYS.items())
    queries = "\n\n".join(f"  {query}" for query in QUERIES)
    mutation = await _example_mutation(database)
    return (
        f"\nquotegraph is running. Playground:\n  {told['url']}#key={KEYS['live']}\n\nAPI keys:\n{keys}\n\n"
        f"Queries to paste:\n{queries}\n\nA mutation to paste (with the key `live`):\n  {mutation}\n\n"
        f"What the emulated HR system has to tell is read by:\n  {_sync(told, database_url)}\n\n"
        f"What the emulated vendors received:\n"
        + "".join(f"  {name:<9}{told['emulators'][name]}/received\n" for name in ("tecspal", "asana", "mail"))
        + "\nCtrl-C stops it."
    )


def _sync(told: dict[str, Any], database_url: str) -> str:
    """The command that reads the emulated HR system. A database that the user has named is in their environment."""
    own = f"QUOTEGRAPH_DATABASE_URL={shlex.quote(database_url)} " if database_url.startswith("sqlite") else ""
    bamboohr = f"QUOTEGRAPH_BAMBOOHR_URL={told['emulators']['bamboohr']}/api/v1 QUOTEGRAPH_BAMBOOHR_KEY=demo"
    sync = f"{shlex.quote(sys.argv[0])} employees sync --company {COMPANIES[0][0]} --provider bamboohr"
    return f"{own}{bamboohr} {sync}"


async def _example_mutation(database: Database) -> str:
    """An acceptance that works right now: of a priced laptop on an open line of the first company's live data."""
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
        )
        .order_by(of.created_at.desc(), of.id)
        .limit(1)
    )
    async with database.read.connect() as connection:
        item_id = (await connection.execute(open_lines)).scalar_one_or_none()
    if item_id is None:
        return "(every laptop of the demo is decided; delete the data directory to begin again)"
    chosen = f'{{itemId: "{global_id("QuoteItem", item_id)}"}}'
    return (
        f"mutation {{ acceptItem(input: {chosen}) {{ quote {{ orderId status vendorOrders {{ status }} }} "
        "changes { node { __typename id } from to } userErrors { message code path } } }"
    )
