"""The work on orders at Tecspal: pricing, alternatives, shipping and delivery (docs/domain.md#tecspal-order-states).

Orders change by `POST /control/orders/{id}` (in tests), or, with a pace, by themselves (in the demo). Due steps are
computed when an order is read, so that they need no timer and survive a restart.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

Order = dict[str, Any]

PRICES = {"MACBOOK": "1450.00", "PC": "980.00"}
WARRANTY_PRICE = "120.00"

# The fields that `POST /control/orders/{id}` sets directly, and those it converts.
SETTABLE = {"status", "currency", "trackingCode", "trackingLink", "eta", "minEta", "maxEta", "date"}
CONVERTED = {"price", "serials", "alternatives"}
DEVICE = ("brand", "name", "ram", "diskSpace", "displaySize", "processor", "image")


class BadControl(Exception):
    """An invalid control request."""


def controlled(order: Order, wanted: Any, at: str) -> Order:
    """Returns the order with the changes of a control request. Raises: BadControl."""
    if not isinstance(wanted, dict) or (unknown := wanted.keys() - SETTABLE - CONVERTED):
        names = ", ".join(sorted(unknown)) if isinstance(wanted, dict) else "not an object"
        raise BadControl(f"Unknown fields: {names}. Send {', '.join(sorted(SETTABLE | CONVERTED))}.")
    changed = {**order, **{name: value for name, value in wanted.items() if name in SETTABLE}, "updatedAt": at}
    if "price" in wanted:
        changed["hardwares"] = [{**line, "quotedUnitPrice": wanted["price"]} for line in order["hardwares"]]
    if "alternatives" in wanted:
        changed["hardwares"] = [
            {**line, "alternativeGroup": _group(wanted["alternatives"])} for line in changed["hardwares"]
        ]
    if "serials" in wanted:
        changed["createdHardwares"] = _devices(order, wanted["serials"])
    return changed


def selected(order: Order, group_id: str, candidate_id: str, at: str) -> Order | None:
    """Returns the order with a line's device replaced by a candidate, or None if there is no such candidate."""
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
    """Returns the order with a price on every line that has none."""
    lines = [
        {**line, "quotedUnitPrice": line["quotedUnitPrice"] or price_of(line["_type"])} for line in order["hardwares"]
    ]
    return {**order, "hardwares": lines, "status": "QUOTED", "updatedAt": at}


def price_of(hardware_type: str) -> str:
    return PRICES.get(hardware_type, WARRANTY_PRICE)


def advanced(order: Order, pace: timedelta, now: datetime, write: Callable[[datetime], str]) -> Order:
    """Returns the order after all due steps: one for each `pace` since its last change."""
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
    devices = _devices(order, serials)
    day = at[:10]
    return {
        **order,
        "status": "DELIVERED",
        "date": day,
        "dateCompleted": day,
        "createdHardwares": devices,
        "updatedAt": at,
    }


# No step for QUOTED: the client has to confirm the order.
_STEPS: dict[str, Callable[[Order, str], Order]] = {
    "PENDING": quoted,
    "ACCEPTED": _shipped,
    "IN_TRANSIT": _delivered,
}


def _group(alternatives: list[dict[str, Any]]) -> dict[str, Any]:
    blank = dict.fromkeys((*DEVICE, "quotedUnitPrice"))
    return {"id": str(uuid4()), "candidates": [{"id": str(uuid4()), **blank, **it} for it in alternatives]}


def _devices(order: Order, serials: list[str]) -> list[dict[str, Any]]:
    """Returns delivered devices: of the lines in their order, as many of each as it asks for."""
    each = [line for line in order["hardwares"] for _ in range(int(line["amount"]))]
    return [_device(order, each[min(number, len(each) - 1)], serial) for number, serial in enumerate(serials)]


def _device(order: Order, line: dict[str, Any], serial: str) -> dict[str, Any]:
    """Returns a delivered device with the fields of orders (docs/domain.md#tecspal-devices)."""
    shown = {name: line.get(name) for name in DEVICE}
    # Orders name no brand of Apple (docs/domain.md#tecspal-brands); the devices have it.
    shown["brand"] = shown["brand"] or ("APPLE" if line["_type"] == "MACBOOK" else None)
    place = "EMPLOYEE" if order["sendTo"] == "EMPLOYEE" else "STORAGE"
    return {"id": str(uuid4()), "serialNumber": serial, "status": place, "countryCode": order["countryCode"], **shown}
