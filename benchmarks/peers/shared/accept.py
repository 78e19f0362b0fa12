"""The hand-written acceptance of an item: the same transaction as shared/accept.js, with asyncpg."""

import json
from typing import Any
from uuid import uuid4

import asyncpg
from python import STATEMENTS

VENDOR_BRANDS = {"ACER", "ASUS", "DELL", "HP", "LENOVO", "SAMSUNG", "LG", "VAIO", "MICROSOFT", "APPLE"}
WARRANTIES = {"WARRANTY_MAC": "EXTENDED_WARRANTY_MAC", "WARRANTY_WINDOWS": "EXTENDED_WARRANTY_WINDOWS"}
NO_ADDRESS = "The recipient has no e-mail address, by which the vendor knows employees."
OPEN = ("PENDING", "SOURCED")
LIVE = ("DRAFT", "SENT", "VIEWED")
FULFILLED = ("ITEM_ACCEPTED", "ALTERNATIVE_ACCEPTED")
FIELDS = {"decision_status": ["DECISION_STATUS"], "fulfilment_status": ["FULFILMENT_STATUS"], "status": []}
DESCRIPTION = ("email", "phone_number", "government_id", "address", "city", "post_code")


async def accept_item(pool: asyncpg.Pool, caller: Any, item_id: str) -> tuple[str, list[dict[str, str]]]:
    """Returns the quote's id and the changes."""
    async with pool.acquire() as connection, connection.transaction():

        async def run(name: str, *values: Any) -> list[asyncpg.Record]:
            return await connection.fetch(STATEMENTS[name], *values)

        return await _decide(run, caller, item_id)


async def _decide(run: Any, caller: Any, item_id: str) -> tuple[str, list[dict[str, str]]]:
    tenant, actor = caller["tenant_id"], (caller["key_id"], caller["key_name"])
    [quote] = await run("accept_lock", item_id, tenant)
    items = await run("accept_items", quote["id"])
    item = next(it for it in items if it["id"] == item_id)
    _check(quote, item)
    alternatives = await run("accept_alternatives", quote["id"])
    everybody = await run("accept_recipients", quote["id"])
    recipients = [it for it in everybody if it["item_id"] == item_id]
    rejected = [it for it in alternatives if it["item_id"] == item_id and it["status"] in OPEN]

    changes = [["QuoteItem", item_id, item["status"], "ACCEPTED"]]
    changes += [["Alternative", it["id"], it["status"], "REJECTED"] for it in rejected]
    changes += [["Recipient", it["id"], "PENDING", "APPROVED"] for it in recipients if it["status"] == "PENDING"]
    states = _states(quote, items, everybody, item_id)
    moved = [name for name in FIELDS if quote[name] != states[name]]
    of_quote = [["Quote", quote["id"], quote[name], states[name], *FIELDS[name]] for name in moved]
    changes += of_quote

    hardware, orders, placed = _orders(item, recipients)
    await run("accept_vendor_orders", tenant, quote["id"], item_id, hardware, *zip(*orders, strict=True))
    sums = _sums(quote, items, alternatives)
    line = item["price_minor"] * item["quantity"]
    in_line = (line, 0, 0, line, quote["currency"]) if sums else (None,) * 5
    await run("accept_item", item_id, *actor, *in_line)
    if rejected:
        await run("accept_reject_alternatives", [it["id"] for it in rejected])
    await run("accept_approve_recipients", list(placed), list(placed.values()))
    await run("accept_quote", quote["id"], *(states[name] for name in FIELDS), *(sums or (None,) * 5))

    addresses = dict.fromkeys([quote["requester_email"], *json.loads(quote["notification_emails"])])
    jobs = [
        ("SEND_ITEM_ACCEPTED", f"accepted:{item_id}:{to}", {"quoteId": quote["id"], "itemIds": [item_id], "to": to})
        for to in addresses
    ]
    jobs += [
        ("PLACE_VENDOR_ORDER", f"vendor-order:{id_}", {"vendorOrderId": id_})
        for id_, status, *_ in orders
        if status == "QUEUED"
    ]
    kinds, keys, payloads = zip(*jobs, strict=True)
    ids = [str(uuid4()) for _ in jobs]
    await run("accept_jobs", tenant, ids, kinds, keys, [_json(it) for it in payloads])

    events = [("QUOTE_ITEM_ACCEPTED", changes)]
    if "decision_status" in moved:
        events.append(("QUOTE_APPROVED", []))
    if "fulfilment_status" in moved:
        events.append(("QUOTE_DELIVERED", []))
    [(last,)] = await run("accept_number", tenant, len(events))
    numbers = list(range(last - len(events) + 1, last + 1))
    types, contents = zip(*events, strict=True)
    ids = [str(uuid4()) for _ in events]
    written = [_json(it) for it in contents]
    await run("accept_events", tenant, quote["id"], *actor, numbers, ids, types, written, item_id)
    await run("accept_times", tenant, [it[1] for it in changes], [it[3] for it in changes])
    return quote["id"], [{"from": it[2], "to": it[3]} for it in changes]


def _check(quote: Any, item: Any) -> None:
    live = quote["offer_status"] in LIVE and not quote["is_over"]
    undecided = quote["decision_status"] == "PENDING" and item["decision"] == "UNDECIDED" and item["status"] in OPEN
    if not live or not undecided or item["price_minor"] is None:
        raise ValueError("cannot be accepted")


def _states(quote: Any, items: list[Any], everybody: list[Any], accepted: str) -> Any:
    if any(it["id"] != accepted and it["decision"] == "UNDECIDED" for it in items):
        return quote
    fulfilled = {it["id"] for it in items if it["id"] == accepted or it["decision"] in FULFILLED}
    waiting = [it for it in everybody if it["item_id"] in fulfilled and it["destination"] != "QUOTE_ONLY"]
    arrived = bool(waiting) and all(it["status"] == "DELIVERED" for it in waiting)
    fulfilment = quote["fulfilment_status"]
    if fulfilment == "IN_PROGRESS" and arrived:
        fulfilment = "DELIVERED"
    status = "APPROVED" if fulfilment in ("NONE", "ORDERED") else fulfilment
    return {"decision_status": "APPROVED", "fulfilment_status": fulfilment, "status": status}


def _sums(quote: Any, items: list[Any], alternatives: list[Any]) -> tuple[int, ...] | None:
    """Returns subtotal, discount, shipping, tax and total. The data set has neither discounts nor taxes."""
    if any(it["discount_type"] or (it["taxable"] and it["tax_rate"]) for it in items) or quote["discount_type"]:
        raise ValueError("cannot be added up")
    counted = [it for it in items if it["decision"] != "REJECTED"]
    prices = [_price(it, alternatives) for it in counted]
    if quote["currency"] is None or any(minor is None or of != quote["currency"] for minor, of in prices):
        return None
    subtotal = sum(minor * it["quantity"] for (minor, _), it in zip(prices, counted, strict=True))
    shipping = (quote["shipping_minor"] or 0) if counted else 0
    return subtotal, 0, shipping, 0, subtotal + shipping


def _price(item: Any, alternatives: list[Any]) -> tuple[int | None, str | None]:
    if item["agreed_price_minor"] is not None:
        return item["agreed_price_minor"], item["agreed_price_currency"]
    if item["status"] in OPEN:
        return item["price_minor"], item["price_currency"]
    left = [it for it in alternatives if it["item_id"] == item["id"] and it["status"] in OPEN]
    return (left[0]["price_minor"], left[0]["price_currency"]) if len(left) == 1 else (None, None)


def _orders(item: Any, recipients: list[Any]) -> tuple[str | None, list[tuple[Any, ...]], dict[str, str]]:
    """Returns the hardware, the rows of the orders, and the order of each recipient."""
    hardware, obstacle = _hardware(item)
    groups: dict[tuple[str, ...], list[Any]] = {}
    for it in recipients:
        send_to = "STORAGE" if it["storage"] else it["destination"]
        person = (it["email_key"] or it["id"]) if send_to == "EMPLOYEE" else ""
        groups.setdefault((it["country"], send_to, person), []).append(it)
    orders, placed = [], {}
    for (country, send_to, _), group in groups.items():
        first, to_person, id_ = group[0], send_to == "EMPLOYEE", str(uuid4())
        unknown = to_person and first["email"] is None
        status = "NOT_ORDERABLE" if obstacle else "NEEDS_DATA" if unknown else "QUEUED"
        problem = obstacle or (NO_ADDRESS if unknown else None)
        amount = item["quantity"] if len(recipients) == 1 else len(group)
        email, employee = (first["email"], _described(first)) if to_person else (None, None)
        orders.append((id_, status, send_to, country, email, amount, problem, employee))
        placed.update((it["id"], id_) for it in group)
    return hardware, orders, placed


def _described(recipient: Any) -> str | None:
    first, _, last = recipient["name"].partition(" ")
    known = [first, last.strip(), *(recipient[name] for name in DESCRIPTION)]
    return _json([*known, recipient["country"], recipient["address_extra"]]) if all(known) else None


def _hardware(item: Any) -> tuple[str | None, str | None]:
    kind = item["product_type"]
    if kind in WARRANTIES:
        return WARRANTIES[kind], None
    if kind != "LAPTOP":
        return None, f"The vendor sells only laptops, not {kind.lower()}s."
    brand = (item["brand"] or "").upper()
    if brand not in VENDOR_BRANDS:
        return None, f"The vendor does not carry the brand {brand or '(none given)'}."
    return "MACBOOK" if brand == "APPLE" else "PC", None


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
