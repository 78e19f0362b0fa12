"""That everyone gives the same answers and, accepting an item, writes the same rows: checked before the clock runs."""

import asyncio
import json
import re
from collections.abc import Sequence
from typing import Any

from benchmarks import cases
from benchmarks.data import DataSet
from benchmarks.database import connect
from benchmarks.servers import Server

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

# What an accepted item leaves behind, without the times; ids become one word below.
WRITTEN = (
    "SELECT status, priced_at IS NULL FROM quotes WHERE id = $1::text",
    """SELECT position, status, decision, closing_offer_id, agreed_price_minor, agreed_price_currency, agreed_by_kind,
              agreed_by_id, agreed_by_name, agreed_at IS NULL
       FROM quote_items WHERE quote_id = $1::text ORDER BY position""",
    "SELECT position, status, price_minor FROM alternatives WHERE quote_id = $1::text ORDER BY item_id, position",
    "SELECT position, status, vendor_order_id FROM recipients WHERE quote_id = $1::text ORDER BY item_id, position",
    """SELECT status, send_to, country, employee_email, hardware_type, amount, problem, vendor_order_id
       FROM vendor_orders WHERE quote_id = $1::text ORDER BY item_id, employee_email""",
    """SELECT type, node_type, actor_kind, actor_id, actor_name, changes
       FROM events WHERE node_id = $1::text ORDER BY number""",
    """SELECT kind, dedupe_key, payload, status, attempts FROM jobs
       WHERE payload::jsonb->>'quoteId' = $1::text
          OR payload::jsonb->>'vendorOrderId' IN (SELECT id FROM vendor_orders WHERE quote_id = $1::text)
       ORDER BY kind""",
    """SELECT status, count(*) FROM status_times WHERE node_id IN (
         SELECT $1::text UNION SELECT id FROM quote_items WHERE quote_id = $1::text
         UNION SELECT id FROM alternatives WHERE quote_id = $1::text
         UNION SELECT id FROM recipients WHERE quote_id = $1::text)
       GROUP BY status ORDER BY status""",
)


class Unequal(Exception):
    """Two servers answer the same question differently."""


def check_reading(servers: Sequence[Server], data: DataSet, depths: Sequence[int]) -> int:
    """Compare every server's answers with the first one's; how many objects the nested answer has."""
    ours, *others = servers
    expected = _answers(ours, data, depths)
    for server in others:
        for question, answer in _answers(server, data, depths).items():
            if answer != expected[question]:
                raise Unequal(f"{server.name}, {question}: {_difference(expected[question], answer)}")
    nodes = expected["nested, 50 quotes"]["data"]["quotes"]["nodes"]
    return json.dumps(nodes).count('"id"')


def check_deciding(servers: Sequence[Server], data: DataSet) -> None:
    """Each server accepts the items of a quote of its own, all alike: compare the answers and the rows they leave."""
    done = {}
    for server, items in zip(servers, data.open_items, strict=False):
        answers = [server.ask(cases.accept(item)) for item in items]
        done[server.name] = [_without_ids(answers), *asyncio.run(_written(data.url, items[0]))]
    expected = done[servers[0].name]
    for name, found in done.items():
        if found != expected:
            raise Unequal(f"{name}, accept: {_difference(expected, found)}")


def _answers(server: Server, data: DataSet, depths: Sequence[int]) -> dict[str, Any]:
    questions = {f"nested, {first} quotes": cases.nested(server.name, first, data.tenant_id) for first in (1, 10, 50)}
    questions |= {f"small {place}": cases.small(server.name, data.quote_ids[place]) for place in (0, 1, -1)}
    if server.name != "one-statement":
        questions |= {f"depth {depth}": cases.deep(server.name, depth, data.tenant_id) for depth in depths}
    return {name: cases.in_our_shape(server.name, server.ask(body)) for name, body in questions.items()}


async def _written(url: str, item_id: str) -> list[str]:
    connection = await connect(url)
    try:
        quote_id = await connection.fetchval("SELECT quote_id FROM quote_items WHERE id = $1", item_id)
        found = [await connection.fetch(statement, quote_id) for statement in WRITTEN]
    finally:
        await connection.close()
    return [_without_ids([[_plain(value) for value in row.values()] for row in rows]) for rows in found]


def _plain(value: Any) -> Any:
    """JSON that is kept as text is compared by what it says."""
    return json.loads(value) if isinstance(value, str) and value[:1] in ("[", "{") else value


def _without_ids(value: Any) -> str:
    return UUID.sub("id", json.dumps(value, sort_keys=True))


def _difference(expected: Any, found: Any) -> str:
    first, second = json.dumps(expected, sort_keys=True), json.dumps(found, sort_keys=True)
    same = next((n for n, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), 0)
    return f"…{first[max(0, same - 80) : same + 80]}… is not …{second[max(0, same - 80) : same + 80]}…"
