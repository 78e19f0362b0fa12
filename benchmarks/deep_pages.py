"""Compares the cost of page 10,000 with that of page 1: 1,000,000 quotes of one company, over HTTP, and the plans that
PostgreSQL makes for the statement quotegraph sends. Writes docs/keyset.md.
"""

import argparse
import asyncio
import os
import statistics
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters.database.core.engine import open_database
from adapters.database.core.read_statements import ReadStatement
from adapters.database.core.reader import SqlReader
from adapters.database.quotes.store import QUOTE_LOADERS
from benchmarks import cases
from benchmarks.data import START, company
from benchmarks.database import connect, new_database
from benchmarks.servers import OTHER_CORES, Server
from domain.shared.access import Environment, TenantScope
from resolvers.pages import PageArguments, encode_cursor, page_key
from tests.postgres import stop_postgres

DOCUMENT = Path(__file__).parent.parent / "docs" / "keyset.md"
QUOTES, SIZE, PAGE = 1_000_000, 50, 10_000
TIMES = 200

NEIGHBOUR = """
WITH made AS (
  INSERT INTO companies (id, code, name, created_at, api_enabled)
  VALUES (gen_random_uuid()::text, 'NEIGHBOUR', 'Neighbour', $1, true) RETURNING id
) INSERT INTO tenants (company_id, environment) SELECT id, 'LIVE' FROM made RETURNING id
"""
# One quote a second for this company, and half as many for another one; UUIDs of version 7 in the same order.
FILL = """
INSERT INTO quotes (id, tenant_id, order_id, status, requester_email, notification_emails, created_at, updated_at)
SELECT concat_ws('-', left(m, 8), right(m, 4), '7' || left(r, 3), 'a' || substr(r, 4, 3), right(r, 12)),
       $1::int, n::text, 'PENDING', 'requester@bench.example', '[]', at, at
FROM generate_series(1, $3::int) n
CROSS JOIN LATERAL (SELECT $2::timestamptz + n * interval '1 second' AS at) t
CROSS JOIN LATERAL (
  SELECT lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') AS m, md5($1::int || '/' || n) AS r
) parts
"""

NESTED = "{ viewer { company { quotes(first: 50) { nodes { id orderId } } } } }"
QUERY = "query($after: String) { quotes(first: 50, after: $after) { nodes { id orderId } pageInfo { endCursor } } }"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quotes", type=int, default=QUOTES, help="number of quotes")
    quotes = parser.parse_args().quotes
    os.sched_setaffinity(0, OTHER_CORES)
    url = new_database()
    key = company(url)
    try:
        page = min(PAGE, quotes // SIZE // 2)
        tenants, place, built = asyncio.run(_fill(url, quotes, page))
        cursor = encode_cursor("quotes", "CREATED_AT", place)
        server = Server("quotegraph", url, key)
        try:
            times = _times(server, cursor)
        finally:
            server.stop()
        plans = asyncio.run(_plans(url, tenants, cursor))
    finally:
        stop_postgres()
    DOCUMENT.write_text(_document(quotes, page, built, times, plans))
    print(f"page 1: {times[0]:.2f} ms, page {page:,}: {times[1]:.2f} ms, nested: {times[2]:.2f} ms; wrote {DOCUMENT}")


async def _fill(url: str, quotes: int, page: int) -> tuple[list[int], tuple[Any, str], float]:
    """Creates the quotes. Returns both tenants, the last row before `page`, and the duration in seconds."""
    connection = await connect(url)
    started = time.monotonic()
    tenant_id = await connection.fetchval("SELECT id FROM tenants WHERE environment = 'LIVE'")
    neighbour = await connection.fetchval(NEIGHBOUR, START)
    await connection.execute(FILL, tenant_id, START, quotes)
    await connection.execute(FILL, neighbour, START, quotes // 2)
    await connection.execute("VACUUM ANALYZE quotes")
    await connection.execute("CHECKPOINT")
    row = await connection.fetchrow(
        "SELECT created_at, id FROM quotes WHERE tenant_id = $1 ORDER BY created_at DESC, id DESC OFFSET $2 LIMIT 1",
        tenant_id,
        (page - 1) * SIZE - 1,
    )
    await connection.close()
    return [tenant_id, neighbour], (row["created_at"], row["id"]), time.monotonic() - started


def _times(server: Server, cursor: str) -> list[float]:
    """Returns the median milliseconds of the first page, the page after the cursor and the nested page, interleaved."""
    bodies: list[dict[str, Any]] = [{"query": QUERY, "variables": {"after": after}} for after in (None, cursor)]
    bodies.append({"query": NESTED})
    server.wait(cases.small(server.name, "00000000-0000-7000-8000-000000000000"))
    taken: list[list[float]] = [[], [], []]
    for number in range(TIMES):
        for which, body in enumerate(bodies):
            started = time.perf_counter()
            answer = server.ask(body)
            taken[which].append(1000 * (time.perf_counter() - started))
            if number == 0:
                found = (
                    answer["data"]["quotes"]
                    if "quotes" in answer["data"]
                    else answer["data"]["viewer"]["company"]["quotes"]
                )
                assert len(found["nodes"]) == SIZE, answer
    return [statistics.median(it) for it in taken]


async def _plans(url: str, tenants: list[int], cursor: str) -> list[tuple[str, str]]:
    """Returns the statements for both pages, for one parent and for several, with their plans."""
    database = open_database(url)
    sent: list[tuple[ReadStatement, Any]] = []
    fetch = database.reads.fetch

    async def spy(statement: ReadStatement, values: Any) -> Any:
        sent.append((statement, values))
        return await fetch(statement, values)

    database.reads.fetch = spy  # type: ignore[method-assign]
    reader, own = SqlReader(database, QUOTE_LOADERS), TenantScope(Environment.LIVE, tenants[0])
    for after in (None, cursor):
        key = page_key("quotes", PageArguments(first=SIZE, after=after), "CREATED_AT", True)
        await reader.load("quotes", [key], own)
    first = page_key("quotes", PageArguments(first=SIZE), "CREATED_AT", True)
    for parents in (tenants[:1], tenants):
        await reader.load("quotes", [first._replace(parent=it) for it in parents], TenantScope(Environment.LIVE, None))
    await database.close()
    connection = await connect(url)
    plans = []
    for statement, values in sent:
        explained = f"EXPLAIN (ANALYZE, BUFFERS) {statement.sql}"
        for _ in range(2):  # the second time from memory
            rows = await connection.fetch(explained, *statement.arguments(values))
        plans.append((statement.sql, "\n".join(row[0] for row in rows)))
    await connection.close()
    return plans


def _document(quotes: int, page: int, built: float, times: list[float], plans: list[tuple[str, str]]) -> str:
    titles = ("Page 1", f"Page {page:,}", "The page of one parent, for a platform key", "A page of each of two parents")
    parts = [
        "# Page 10,000 takes as long as page 1",
        "A cursor contains the sort values and the ID of the last row of a page, so that the next page is a range of\n"
        "an index: on `(created_at, id)` or, if a company has a smaller part of all rows, on\n"
        "`(tenant_id, created_at, id)`. No rows are skipped, and none are counted unless `totalCount` is selected.",
        "A list inside another object is read in the same way: the page of one parent is one range; the pages of many\n"
        "parents have one range each, in one statement (`LATERAL`), however many rows the parents have.\n"
        "Only the quotes of several products or kits at once are found by their lines and then sorted, in a time that\n"
        "grows with their number.",
        f"Generated by `.venv/bin/python -m benchmarks.deep_pages` on {datetime.now(UTC):%Y-%m-%d}: {quotes:,} quotes "
        f"of one\ncompany and {quotes // 2:,} of another one, created in {built:.0f} s; {SIZE} quotes per page; whole "
        f"requests over HTTP,\nmedians of {TIMES}.",
        f"| page | ms |\n| ---: | ---: |\n| 1 | {times[0]:.2f} |\n| {page:,} | {times[1]:.2f} |\n"
        f"| 1, of `viewer {{ company {{ quotes }} }}` | {times[2]:.2f} |",
    ]
    for title, (statement, plan) in zip(titles, plans, strict=True):
        parts += [f"## {title}", f"```sql\n{statement}\n```", f"```\n{plan}\n```"]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    main()
