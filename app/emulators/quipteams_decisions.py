"""Decisions on the lines of an emulated quote, with what follows from them: offers, recipients and the quote's status.

A line is an item with its alternatives. Its closing decision is kept as `_closed`; all functions change the quote that
they are given.
"""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from app.emulators.quipteams_lists import Record, conflict, invalid

ACTIONS = {"accept": "accepted", "reject": "rejected"}
OPEN = ("Pending", "Sourced")
# From these a quote does not change any more by decisions.
CLOSED_QUOTE = ("Cancelled", "Completed")


def decide(quote: Record, item: Record, offer: Record, action: str, at: str) -> bool:
    """Accept or reject an offer of a line: its item or one of its alternatives. Returns whether anything changed.
    Raises: QuipteamsRefuses."""
    verdict = [offer["id"], action]
    if quote["status"] in CLOSED_QUOTE:
        raise conflict(f"The quote is {quote['status']}")
    if item.get("_closed"):
        if item["_closed"] == verdict:
            return False
        raise conflict("This line is already decided")
    if action == "reject":
        return _reject(quote, item, offer, at)
    if offer["status"] not in OPEN:
        raise conflict("This offer is already decided")
    if offer["price"] is None:
        raise conflict("This offer is not priced yet")
    _accept(item, offer)
    for recipient in item["recipients"]:
        if recipient["status"] == "Pending":
            set_status(recipient, "Approved", at)
    item["_closed"] = verdict
    update_status(quote, at)
    return True


def action_of(body: Any) -> str:
    """The action of a request. Raises: QuipteamsRefuses."""
    action = body.get("action") if isinstance(body, dict) else None
    if action not in ACTIONS:
        raise invalid("action", "action must be accept or reject")
    return str(action)


def find_offer(quote: Record, id_: str) -> tuple[Record, Record, str] | None:
    """The line of an offer, the offer, and whether it is an item or an alternative; items are looked up first."""
    for item in quote["items"]:
        if item["id"] == id_:
            return item, item, "item"
    for item in quote["items"]:
        for alternative in item["alternatives"]:
            if alternative["id"] == id_:
                return item, alternative, "alternative"
    return None


def replaced_recipients(item: Record, given: Any, new: Any) -> None:
    """Replaces all recipients of an item. Raises: QuipteamsRefuses."""
    if item.get("_closed"):
        raise conflict("This line is already decided")
    if not isinstance(given, list) or not given:
        raise invalid("recipients", "recipients must be a list of at least one recipient")
    item["recipients"] = [new(it, f"recipients.{position}") for position, it in enumerate(given)]


def update_status(quote: Record, at: str) -> None:
    """The status of a quote after a decision. The first time of each status is kept."""
    closings = [it.get("_closed") for it in quote["items"]]
    if not all(closings):
        return
    accepted = any(closing[1] == "accept" for closing in closings if closing)
    set_status(quote, "Approved" if accepted else "Rejected", at)


def set_status(record: Record, status: str, at: str) -> None:
    record["status"] = status
    record["status_timestamps"].setdefault(status, at)


def new_recipient(given: Any, path: str, at: str) -> Record:
    """A recipient as it was entered. Raises: QuipteamsRefuses."""
    if not isinstance(given, dict):
        raise invalid(path, "A recipient must be an object")
    for name in ("name", "country"):
        if not isinstance(given.get(name), str) or not given[name].strip():
            raise invalid(f"{path}.{name}", f"{name} is required")
    for name in ("email", "phone_number", "address", "hire_date"):
        if not isinstance(given.get(name), str | None):
            raise invalid(f"{path}.{name}", f"{name} must be a string")
    if not isinstance(given.get("storage", False), bool):
        raise invalid(f"{path}.storage", "storage must be a boolean")
    texts = {name: given.get(name) for name in ("name", "email", "country")}
    return {
        "id": str(uuid4()),
        **texts,
        "status": "Pending",
        "status_timestamps": {"Pending": at},
        "phone_number": given.get("phone_number"),
        "address": given.get("address"),
        "storage": given.get("storage", False),
        "serial_number": None,
        "tracking_code": None,
        "tracking_link": None,
        "invoice_number": None,
        "hire_date": given.get("hire_date"),
    }


def _accept(item: Record, offer: Record) -> None:
    for other in _offers(item):
        if other is not offer and other["status"] in OPEN:
            other["status"] = "Rejected"
    if offer is item:
        offer["status"] = "Accepted"
        return
    offer["status"] = "Selected"
    item["status"] = "Rejected"


def _reject(quote: Record, item: Record, offer: Record, at: str) -> bool:
    """The line is rejected with the last of its offers."""
    if offer["status"] == "Rejected":
        return False
    offer["status"] = "Rejected"
    if all(it["status"] == "Rejected" for it in _offers(item)):
        item["_closed"] = [offer["id"], "reject"]
        for recipient in item["recipients"]:
            set_status(recipient, "Rejected", at)
    update_status(quote, at)
    return True


def _offers(item: Record) -> Iterator[Record]:
    yield item
    yield from item["alternatives"]
