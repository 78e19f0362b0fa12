"""What people at Tecspal do to orders: price, offer alternatives, ship and deliver them
(docs/domain.md#tecspal-order-states).

An order is told what becomes of it over HTTP (`POST /control/orders/{id}`, for tests), or, with a pace, works itself
through the usual course (for the demo). The steps are made up for when the order is next looked at, so that they
outlive any stop and need no clock of their own.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

Order = dict[str, Any]

PRICES = {"MACBOOK": "1450.00", "PC": "980.00"}
WARRANTY_PRICE = "120.00"

# What `POST /control/orders/{id}` may set as it stands, and what it has words of its own for.
SETTABLE = {"status", "currency", "trackingCode", "trackingLink", "eta", "minEta", "maxEta", "date"}
ORDERABLE = {"price", "serials", "alternatives"}
DEVICE = ("brand", "name", "ram", "diskSpace", "displaySize", "processor", "image")


class BadControl(Exception):
    """A control request that makes no sense, in words for whoever writes the test."""


def controlled(order: Order, wanted: Any, at: str) -> Order:
    """The order after what a test wants to become of it. Raises: BadControl."""
    if not isinstance(wanted, dict) or (unknown := wanted.keys() - SETTABLE - ORDERABLE):
        told = ", ".join(sorted(unknown)) if isinstance(wanted, dict) else "that"
        raise BadControl(f"An order cannot be told {told}; it knows {', '.join(sorted(SETTABLE | ORDERABLE))}.")
    changed = {**order, **{name: value for name, value in wanted.items() if name in SETTABLE}, "updatedAt": at}
    if "price" in wanted:
        changed["hardwares"] = [{**line, "quotedUnitPrice": wanted["price"]} for line in order["hardwares"]]
    if "alternatives" in wanted:
        changed["hardwares"] = [
            {**line, "alternativeGroup": _group(wanted["alternatives"])} for line in changed["hardwares"]
        ]
    if "serials" in wanted:
        changed["createdHardwares"] = [_device(order, serial) for serial in wanted["serials"]]
    return changed


def selected(order: Order, group_id: str, candidate_id: str, at: str) -> Order | None:
    """The order with a candidate in place of its line's device; None when there is no such candidate."""
    for index, line in enumerate(order["hardwares"]):
        group = line.get("alternativeGroup") or {"id": None, "candidates": []}
        candidate = next((it for it in group["candidates"] if it["id"] == candidate_id), None)
        if group["id"] == group_id and candidate is not None:
            taken = {name: candidate.get(name) for name in (*DEVICE, "quotedUnitPrice")}
            lines = list(order["hardwares"])
            lines[index] = {**line, **taken}
            return {**order, "hardwares": lines, "updatedAt": at}
    return None


def quoted(order: Order, at: str) -> Order:
    """The order with a price on every line that has none."""
    lines = [
        {**line, "quotedUnitPrice": line["quotedUnitPrice"] or price_of(line["_type"])} for line in order["hardwares"]
    ]
    return {**order, "hardwares": lines, "status": "QUOTED", "updatedAt": at}


def price_of(hardware_type: str) -> str:
    return PRICES.get(hardware_type, WARRANTY_PRICE)


def worked(order: Order, pace: timedelta, now: datetime, write: Callable[[datetime], str]) -> Order:
    """The order after all that was done to it by now, one step each `pace` since it last changed."""
    while (step := _STEPS.get(order["status"])) is not None:
        due = datetime.fromisoformat(order["updatedAt"]) + pace
        if due > now:
            break
        order = step(order, write(due))
    return order


def _shipped(order: Order, at: str) -> Order:
    code = f"TP{order['orderNumber']}"
    eta = (datetime.fromisoformat(at) + timedelta(days=3)).date().isoformat()
    tracking = {"trackingCode": code, "trackingLink": f"https://carrier.example/track/{code}"}
    return {**order, **tracking, "status": "IN_TRANSIT", "eta": eta, "minEta": eta, "maxEta": eta, "updatedAt": at}


def _delivered(order: Order, at: str) -> Order:
    amount = int(sum(line["amount"] for line in order["hardwares"]))
    serials = [f"SN{order['orderNumber']}{number:03}" for number in range(1, amount + 1)]
    made = [_device(order, serial) for serial in serials]
    day = at[:10]
    return {
        **order,
        "status": "DELIVERED",
        "date": day,
        "dateCompleted": day,
        "createdHardwares": made,
        "updatedAt": at,
    }


# Confirming is the customer's part, so QUOTED waits.
_STEPS: dict[str, Callable[[Order, str], Order]] = {
    "PENDING": quoted,
    "ACCEPTED": _shipped,
    "IN_TRANSIT": _delivered,
}


def _group(alternatives: list[dict[str, Any]]) -> dict[str, Any]:
    blank = dict.fromkeys((*DEVICE, "quotedUnitPrice"))
    return {"id": str(uuid4()), "candidates": [{"id": str(uuid4()), **blank, **it} for it in alternatives]}


def _device(order: Order, serial: str) -> dict[str, Any]:
    """A real device as orders show it (docs/domain.md#tecspal-devices)."""
    line = order["hardwares"][0]
    shown = {name: line.get(name) for name in DEVICE}
    place = "EMPLOYEE" if order["sendTo"] == "EMPLOYEE" else "STORAGE"
    return {"id": str(uuid4()), "serialNumber": serial, "status": place, "countryCode": order["countryCode"], **shown}
