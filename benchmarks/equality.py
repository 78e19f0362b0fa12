"""Checks before the measurement that all servers return the same answers and write the same rows for an acceptance."""

import asyncio
import json
import re
from collections.abc import Sequence
from typing import Any

from adapters.database.metadata import metadata
from benchmarks import cases
from benchmarks.data import DataSet
from benchmarks.database import connect
from benchmarks.servers import Server

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?[+-]\d\d:\d\d")

# Whole rows, so that a column that comes later is compared too; ids and times become one word below. Left out are the
# two columns by which the quotes differ from the start, and two that the peers do not write: the advice for operators
# on an order, and the cause of an event.
WRITTEN = (
    "SELECT to_jsonb(q) - '{order_id,po_number}'::text[] FROM quotes q WHERE id = $1::text",
    "SELECT to_jsonb(i) FROM quote_items i WHERE quote_id = $1::text ORDER BY position",
    "SELECT to_jsonb(a) FROM alternatives a WHERE quote_id = $1::text ORDER BY item_id, position",
    "SELECT to_jsonb(r) FROM recipients r WHERE quote_id = $1::text ORDER BY item_id, position",
    "SELECT to_jsonb(o) - 'notice' FROM vendor_orders o WHERE quote_id = $1::text ORDER BY item_id, employee_email",
    """SELECT to_jsonb(e) - '{number,cause_id}'::text[] || jsonb_build_object('changes', changes::jsonb)
       FROM events e WHERE node_id = $1::text ORDER BY number""",
    """SELECT to_jsonb(j) || jsonb_build_object('payload', payload::jsonb) FROM jobs j
       WHERE payload::jsonb->>'quoteId' = $1::text
          OR payload::jsonb->>'vendorOrderId' IN (SELECT id FROM vendor_orders WHERE quote_id = $1::text)
       ORDER BY kind, payload::jsonb->>'itemIds', payload::jsonb->>'to'""",
    """SELECT status, count(*) FROM status_times WHERE node_id IN (
         SELECT $1::text UNION SELECT id FROM quote_items WHERE quote_id = $1::text
         UNION SELECT id FROM alternatives WHERE quote_id = $1::text
         UNION SELECT id FROM recipients WHERE quote_id = $1::text)
       GROUP BY status ORDER BY status""",
    """SELECT last_event = (SELECT max(number) FROM events WHERE tenant_id = t.id) FROM tenants t
       WHERE id = (SELECT tenant_id FROM quotes WHERE id = $1::text)""",
)


class Unequal(Exception):
    """Two servers give different answers."""


def check_reading(servers: Sequence[Server], data: DataSet, depths: Sequence[int]) -> int:
    """Compares the answers of all servers with those of the first. Returns the number of objects of the nested
    answer."""
    ours, *others = servers
    expected = _answers(ours, data, depths)
    for server in others:
        for question, answer in _answers(server, data, depths).items():
            if answer != expected[question]:
                raise Unequal(f"{server.name}, {question}: {_difference(expected[question], answer)}")
    nodes = expected["nested, 50 quotes"]["data"]["quotes"]["nodes"]
    return json.dumps(nodes).count('"id"')


def check_deciding(servers: Sequence[Server], data: DataSet) -> None:
    """Lets each server accept the items of an identical quote, and compares the answers and the rows."""
    done = {}
    for server, items in zip(servers, data.open_items[: len(servers)], strict=True):
        before = asyncio.run(_sizes(data.url))
        answers = [_asked(server, cases.accept(item)) for item in items]
        after = asyncio.run(_sizes(data.url))
        gained = {table: size - before[table] for table, size in after.items()}
        done[server.name] = [_alike(answers), _alike(gained), *asyncio.run(_written(data.url, items[0]))]
    expected = done[servers[0].name]
    for name, found in done.items():
        if found != expected:
            ours, theirs = next(both for both in zip(expected, found, strict=True) if both[0] != both[1])
            raise Unequal(f"{name}, accept: {_difference(ours, theirs)}")


def _answers(server: Server, data: DataSet, depths: Sequence[int]) -> dict[str, Any]:
    questions = {f"nested, {first} quotes": cases.nested(server.name, first, data.tenant_id) for first in (1, 10, 50)}
    questions |= {f"small {place}": cases.small(server.name, data.quote_ids[place]) for place in (0, 1, -1)}
    if server.name != "one-statement":
        questions |= {f"depth {depth}": cases.deep(server.name, depth, data.tenant_id) for depth in depths}
    return {name: cases.in_our_shape(server.name, _asked(server, body)) for name, body in questions.items()}


def _asked(server: Server, body: dict[str, Any]) -> Any:
    """Returns the answer without what it cost, which only we say."""
    answer = server.ask(body)
    answer.pop("extensions", None)
    return answer


async def _written(url: str, item_id: str) -> list[str]:
    connection = await connect(url)
    try:
        quote_id = await connection.fetchval("SELECT quote_id FROM quote_items WHERE id = $1", item_id)
        found = [await connection.fetch(statement, quote_id) for statement in WRITTEN]
    finally:
        await connection.close()
    return [_alike([list(row.values()) for row in rows]) for rows in found]


async def _sizes(url: str) -> dict[str, int]:
    connection = await connect(url)
    try:
        return {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in sorted(metadata.tables)}
    finally:
        await connection.close()


def _alike(value: Any) -> str:
    return TIME.sub("time", UUID.sub("id", json.dumps(value, sort_keys=True)))


def _difference(expected: Any, found: Any) -> str:
    first, second = (it if isinstance(it, str) else json.dumps(it, sort_keys=True) for it in (expected, found))
    same = next((n for n, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), 0)
    return f"…{first[max(0, same - 80) : same + 80]}… is not …{second[max(0, same - 80) : same + 80]}…"
