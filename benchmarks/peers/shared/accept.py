"""Accepting an item, by hand: the same transaction as shared/accept.js, over asyncpg."""

import json
from typing import Any
from uuid import uuid4

import asyncpg
from python import STATEMENTS

VENDOR_BRANDS = {"ACER", "ASUS", "DELL", "HP", "LENOVO", "SAMSUNG", "LG", "VAIO", "MICROSOFT", "APPLE"}
OPEN = ("PENDING", "SOURCED")


async def accept_item(pool: asyncpg.Pool, caller: Any, item_id: str) -> tuple[str, list[dict[str, str]]]:
    """The quote's id and what changed."""
    async with pool.acquire() as connection, connection.transaction():

        async def run(name: str, *values: Any) -> list[asyncpg.Record]:
            return await connection.fetch(STATEMENTS[name], *values)

        return await _decide(run, caller, item_id)


async def _decide(run: Any, caller: Any, item_id: str) -> tuple[str, list[dict[str, str]]]:
    tenant, actor = caller["tenant_id"], (caller["key_id"], caller["key_name"])
    [quote] = await run("accept_lock", item_id, tenant)
    items = await run("accept_items", quote["id"])
    item = next(it for it in items if it["id"] == item_id)
    if item["decision"] != "UNDECIDED" or item["price_minor"] is None:
        raise ValueError("cannot be accepted")
    alternatives = [it for it in await run("accept_alternatives", item_id) if it["status"] in OPEN]
    recipients = await run("accept_recipients", item_id)
    undecided = any(it["id"] != item_id and it["decision"] == "UNDECIDED" for it in items)
    status = "PENDING" if undecided else "APPROVED"

    changes = [["QuoteItem", item_id, item["status"], "ACCEPTED"]]
    changes += [["Alternative", it["id"], it["status"], "REJECTED"] for it in alternatives]
    changes += [["Recipient", it["id"], "PENDING", "APPROVED"] for it in recipients if it["status"] == "PENDING"]
    of_quote = [] if quote["status"] == status else [["Quote", quote["id"], quote["status"], status]]
    changes += of_quote

    order_status, hardware, problem = _order(item)
    orders = [str(uuid4()) for _ in recipients]
    amount = item["quantity"] if len(recipients) == 1 else 1
    places = ([it["country"] for it in recipients], [it["email"] for it in recipients], [amount] * len(recipients))
    head = (tenant, quote["id"], item_id, order_status, hardware, problem)
    await run("accept_vendor_orders", *head, orders, *places)
    await run("accept_item", item_id, *actor)
    if alternatives:
        await run("accept_reject_alternatives", [it["id"] for it in alternatives])
    await run("accept_approve_recipients", [it["id"] for it in recipients], orders)
    await run("accept_quote", quote["id"], status)

    addresses = dict.fromkeys([quote["requester_email"], *json.loads(quote["notification_emails"])])
    jobs = [
        ("SEND_ITEM_ACCEPTED", f"item-accepted:{item_id}:{to}", {"quoteId": quote["id"], "itemId": item_id, "to": to})
        for to in addresses
    ]
    if order_status == "QUEUED":
        jobs += [("PLACE_VENDOR_ORDER", f"vendor-order:{it}", {"vendorOrderId": it}) for it in orders]
    kinds, keys, payloads = zip(*jobs, strict=True)
    ids = [str(uuid4()) for _ in jobs]
    await run("accept_jobs", tenant, ids, kinds, keys, [_json(it) for it in payloads])

    events = [("QUOTE_ITEM_ACCEPTED", changes)]
    if of_quote and status != "PENDING":
        events.append((f"QUOTE_{status}", of_quote))
    [(last,)] = await run("accept_number", tenant, len(events))
    numbers = list(range(last - len(events) + 1, last + 1))
    types, contents = zip(*events, strict=True)
    ids = [str(uuid4()) for _ in events]
    await run("accept_events", tenant, quote["id"], *actor, numbers, ids, types, [_json(it) for it in contents])
    await run("accept_times", tenant, [it[1] for it in changes], [it[3] for it in changes])
    return quote["id"], [{"from": it[2], "to": it[3]} for it in changes]


def _order(item: Any) -> tuple[str, str | None, str | None]:
    kind = item["product_type"]
    if kind != "LAPTOP":
        return "NOT_ORDERABLE", None, f"The vendor takes orders for laptops only, not for {kind.lower()}s."
    brand = (item["brand"] or "").upper()
    if brand not in VENDOR_BRANDS:
        return "NOT_ORDERABLE", None, f"The vendor does not carry the brand {brand or '(none given)'}."
    return "QUEUED", "MACBOOK" if brand == "APPLE" else "PC", None


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
