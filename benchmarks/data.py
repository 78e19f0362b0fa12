"""The data set: one company, its people, a catalogue, and quotes whose newest fifty make an answer of 1,650 objects.

Older, identical quotes have the items that the case `accept` accepts, each once. All values are numbered instead of
random, so that every machine measures the same.
"""

import asyncio
import itertools
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import Table, create_engine, insert

from adapters.database.catalogue.tables import products as products_table
from adapters.database.core.column_types import Json
from adapters.database.people.tables import employees as employees_table
from adapters.database.quotes.tables import alternatives, quote_items, recipients
from adapters.database.quotes.tables import quotes as quotes_table
from benchmarks.database import connect, new_database, quotegraph
from domain.people.employees import person_key
from domain.quotes.arithmetic import LineTotals, PricedLine, Totals, add_up
from domain.shared.search import search_form

# 50 quotes, 200 items, each with a product, 2 alternatives, 2 recipients and their employees: 1,650 objects.
LINES, ALTERNATIVES, RECIPIENTS = 4, 2, 2
EMPLOYEES, PRODUCTS = 1_000, 40
CURRENCY = "USD"

START = datetime(2026, 1, 1, 8, tzinfo=UTC)
SCOPES = ("quotes:read", "quotes:write", "quotes:decide", "employees:read", "products:read")
MODELS = (
    ("LAPTOP", "Apple", "MacBook Pro 14"),
    ("LAPTOP", "Dell", "Latitude 7450"),
    ("LAPTOP", "Lenovo", "ThinkPad X1 Carbon"),
    ("MONITOR", "LG", "UltraFine 27"),
)
COUNTRIES = ("UY", "BR", "CO", "DE", "ES", "IN", "JP", "PT")
ORDER = (products_table, employees_table, quotes_table, quote_items, alternatives, recipients)

Row = dict[str, Any]


@dataclass(frozen=True)
class DataSet:
    """The database and its API key. `open_items` are the items to accept: a list for each older quote."""

    url: str
    key: str
    tenant_id: int
    quote_ids: list[str]
    open_items: list[list[str]]


def build_postgres(quotes: int, older: int) -> DataSet:
    """Creates a PostgreSQL database with `quotes` to read and `older` ones to accept."""
    url = new_database()
    key = company(url)

    async def fill() -> DataSet:
        connection = await connect(url)
        tenant_id = await connection.fetchval("SELECT id FROM tenants WHERE environment = 'LIVE'")
        rows = build(tenant_id, quotes, older)
        for table in ORDER:
            await _copy(connection, table, rows[table.name])
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")
        await connection.close()
        return _described(url, key, tenant_id, rows, older)

    return asyncio.run(fill())


def build_sqlite(file: Path, quotes: int, older: int) -> DataSet:
    """Creates an SQLite file with the same quotes to read, without the older ones."""
    url = f"sqlite+aiosqlite:///{file}"
    quotegraph(url, "migrate")
    key = company(url)
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        tenant_id = connection.exec_driver_sql("SELECT id FROM tenants WHERE environment = 'LIVE'").scalar_one()
        rows = _newest(build(tenant_id, quotes, older), quotes)
        for table in ORDER:
            connection.execute(insert(table), rows[table.name])
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()
    return _described(url, key, tenant_id, rows, 0)


def build(tenant_id: int, quotes: int, older: int) -> dict[str, list[Row]]:
    """Returns the rows of all tables, by table name."""
    new_id = _ids()
    products = [_product(number, next(new_id)) for number in range(PRODUCTS)]
    employees = [_employee(number, next(new_id), tenant_id) for number in range(EMPLOYEES)]
    rows: dict[str, list[Row]] = {table.name: [] for table in ORDER}
    rows["products"], rows["employees"] = products, employees
    for number in range(older + quotes):
        # The quotes to accept are identical, so that all servers do the same work.
        variety = max(0, number - older)
        quote = _quote(number, next(new_id), tenant_id)
        rows["quotes"].append(quote)
        items = []
        for line in range(LINES):
            product = products[(variety + line) % PRODUCTS]
            item = _item(quote, line, product, next(new_id), variety)
            items.append(item)
            for place in range(ALTERNATIVES):
                rows["alternatives"].append(_alternative(item, place, next(new_id), variety))
            for place in range(RECIPIENTS):
                person = employees[(variety * LINES * RECIPIENTS + line * RECIPIENTS + place) % EMPLOYEES]
                rows["recipients"].append(_recipient(item, place, person, next(new_id)))
        _add_up(quote, items)
        rows["quote_items"] += items
    return rows


def _newest(rows: dict[str, list[Row]], quotes: int) -> dict[str, list[Row]]:
    kept = {row["id"] for row in rows["quotes"][-quotes:]}
    return {
        table: [row for row in found if row.get("quote_id", row["id"]) in kept]
        if table not in ("products", "employees")
        else found
        for table, found in rows.items()
    }


def company(url: str) -> str:
    """Creates the company, and returns an API key of it."""
    quotegraph(url, "companies", "create", "BENCH", "Bench Works")
    scopes = [part for scope in SCOPES for part in ("--scope", scope)]
    return json.loads(quotegraph(url, "keys", "create", "--company", "BENCH", *scopes, "--json"))["key"]


async def _copy(connection: asyncpg.Connection, table: Table, rows: list[Row]) -> None:
    columns = [column for column in table.c if column.name in rows[0]]
    records = [tuple(_stored(column.type, row[column.name]) for column in columns) for row in rows]
    await connection.copy_records_to_table(table.name, columns=[it.name for it in columns], records=records)


def _stored(type_: Any, value: Any) -> Any:
    return json.dumps(value) if isinstance(type_, Json) else value


def _described(url: str, key: str, tenant_id: int, rows: dict[str, list[Row]], older: int) -> DataSet:
    items = iter(rows["quote_items"])
    open_items = [[item["id"] for item in itertools.islice(items, LINES)] for _ in range(older)]
    return DataSet(url, key, tenant_id, [row["id"] for row in rows["quotes"][older:]], open_items)


def _ids() -> Iterator[str]:
    """Yields UUIDs of version 7 in order, a millisecond apart, with hashed lower bits."""
    for number in itertools.count():
        millis = int(START.timestamp() * 1000) + number
        low = (number * 0x9E3779B97F4A7C15) & 0x3FFF_FFFF_FFFF_FFFF
        yield str(uuid.UUID(int=millis << 80 | 0x7 << 76 | (number * 2654435761 & 0xFFF) << 64 | 0x2 << 62 | low))


def _product(number: int, id_: str) -> Row:
    type_, brand, model = MODELS[number % len(MODELS)]
    named = f"{model} {number}"
    return {
        "id": id_,
        "product_type": type_,
        "brand": brand,
        "model": named,
        "active": True,
        "search": search_form(f"{brand} {named}"),
        "brand_key": brand.casefold(),
        "name_key": f"{brand}\n{named}".casefold(),
    }


def _employee(number: int, id_: str, tenant_id: int) -> Row:
    name, email = f"Employee Number {number:04}", f"employee.{number:04}@bench.example"
    return {
        "id": id_,
        "tenant_id": tenant_id,
        "name": name,
        "email": email,
        "email_key": person_key(tenant_id, email),
        "status": "ACTIVE",
        "country": COUNTRIES[number % len(COUNTRIES)],
        "department": ("Engineering", "Design", "Sales", "Finance")[number % 4],
        "search": search_form(f"{name} {email}"),
        "name_key": name.casefold(),
    }


def _quote(number: int, id_: str, tenant_id: int) -> Row:
    at = START + timedelta(minutes=number)
    return {
        "id": id_,
        "tenant_id": tenant_id,
        "order_id": str(1_767_254_400_000 + number),
        "status": "PENDING",
        "offer_status": "DRAFT",
        "decision_status": "PENDING",
        "fulfilment_status": "NONE",
        "currency": CURRENCY,
        "po_number": f"PO-{number}" if number % 3 else None,
        "requester_email": "requester@bench.example",
        "requester_name": "Rita Requester",
        "notification_emails": (),
        "priced_at": at,
        "created_at": at,
        "updated_at": at,
    }


def _item(quote: Row, line: int, product: Row, id_: str, variety: int) -> Row:
    return {
        "id": id_,
        "tenant_id": quote["tenant_id"],
        "quote_id": quote["id"],
        "position": line,
        "status": "SOURCED",
        "decision": "UNDECIDED",
        "product_type": product["product_type"],
        "product_id": product["id"],
        "quantity": RECIPIENTS,
        "comments": "For new starters" if line % 2 else None,
        "brand": product["brand"],
        "model": product["model"],
        "ram": "32 GB",
        "storage": "1 TB",
        "price_minor": 120_000 + variety % 500 * 100 + line,
        "price_currency": CURRENCY,
        "total_currency": CURRENCY,
        "created_at": quote["created_at"],
    }


def _alternative(item: Row, place: int, id_: str, variety: int) -> Row:
    return {
        "id": id_,
        "tenant_id": item["tenant_id"],
        "quote_id": item["quote_id"],
        "item_id": item["id"],
        "position": place,
        "status": "SOURCED",
        "description": "In stock, ships this week." if place else None,
        "is_exact_match": place == 0,
        "brand": "HP",
        "model": f"EliteBook {variety % 90}",
        "price_minor": 99_000 + variety % 300 * 100 + place * 5,
        "price_currency": CURRENCY,
        "created_at": item["created_at"],
    }


def _recipient(item: Row, place: int, person: Row, id_: str) -> Row:
    return {
        "id": id_,
        "tenant_id": item["tenant_id"],
        "quote_id": item["quote_id"],
        "item_id": item["id"],
        "position": place,
        "status": "PENDING",
        "name": person["name"],
        "email": person["email"],
        "email_key": person["email_key"],
        "country": person["country"],
        "address": f"{10 + place} Main Street",
        "storage": False,
        "destination": "EMPLOYEE",
    }


def _add_up(quote: Row, items: list[Row]) -> None:
    totals = add_up([PricedLine(it["price_minor"], it["quantity"]) for it in items], None, 0, tax_included=False)
    quote.update(_sums(totals), shipping_total_minor=totals.shipping)
    for item, sums in zip(items, totals.lines, strict=True):
        item.update(_sums(sums))


def _sums(of: Totals | LineTotals) -> Row:
    return {
        "subtotal_minor": of.subtotal,
        "discount_total_minor": of.discount,
        "tax_total_minor": of.tax,
        "total_minor": of.total,
    }
