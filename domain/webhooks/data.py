"""Fills in the fields of `data` (`domain/webhooks/data_fields.py`) from an event and the rows that it refers to.

An event says what it is about and which statuses and fields it changed; everything else is as it is now.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from domain.shared.events import Event, EventType, StatusChange, StatusField
from domain.shared.money import Money
from domain.webhooks.event_types import BY_NAME, NAMES

Row = Mapping[str, Any]
# The rows that events refer to, of all types, by id: nodes, subjects, the items of subjects, and causes.
Rows = Mapping[str, Row]

_NONE: Row = {}


def data_of(event: Event, rows: Rows) -> dict[str, Any]:
    """The `data` of an event that has a name in webhooks. What no longer exists is null."""
    return {field.name: READERS[field.name](event, rows) for field in BY_NAME[NAMES[event.type]].fields}


def _about(event: Event, rows: Rows = _NONE) -> str:
    """The id of what the event is about: the part of its node, if it has one."""
    return event.subject_id or event.node_id


def _node_id(event: Event, rows: Rows) -> str:
    return event.node_id


def _subject_id(event: Event, rows: Rows) -> str | None:
    return event.subject_id


def _item_id(event: Event, rows: Rows) -> Any:
    """The item that a decision, a recipient or a vendor order belongs to."""
    if event.type in (EventType.QUOTE_ITEM_ACCEPTED, EventType.QUOTE_ITEM_REJECTED):
        return event.subject_id
    return rows.get(_about(event), _NONE).get("item_id")


def _api_key_id(event: Event, rows: Rows) -> Any:
    """The API key that the event is about, or that made the access token."""
    return event.node_id if event.node_type == "ApiKey" else rows.get(event.node_id, _NONE).get("api_key_id")


def _alternative_id(event: Event, rows: Rows) -> str | None:
    on_alternative = (EventType.QUOTE_ALTERNATIVE_ACCEPTED, EventType.QUOTE_ALTERNATIVE_REJECTED)
    return event.subject_id if event.type in on_alternative else None


def _total(event: Event, rows: Rows) -> str | None:
    quote = rows.get(event.node_id, _NONE)
    minor, currency = quote.get("total_minor"), quote.get("currency")
    return None if minor is None or currency is None else Money(minor, currency).amount


def _price(event: Event, rows: Rows) -> Money | None:
    """The agreed price of an accepted item, or else the price of the offer that the decision is on."""
    accepts = event.type in (EventType.QUOTE_ITEM_ACCEPTED, EventType.QUOTE_ALTERNATIVE_ACCEPTED)
    row = rows.get(_item_id(event, rows) if accepts else _about(event), _NONE)
    prefix = "agreed_price" if accepts else "price"
    minor, currency = row.get(f"{prefix}_minor"), row.get(f"{prefix}_currency")
    return None if minor is None or currency is None else Money(minor, currency)


def _price_amount(event: Event, rows: Rows) -> str | None:
    price = _price(event, rows)
    return None if price is None else price.amount


def _price_currency(event: Event, rows: Rows) -> str | None:
    price = _price(event, rows)
    return None if price is None else price.currency


def _status_change(event: Event, rows: Rows) -> StatusChange | None:
    """The change of the status, by this event or by the one that it follows from."""
    cause = rows.get(event.cause_id or "", _NONE)
    changes = (*event.changes, *cause.get("changes", ()))
    return next((it for it in changes if it.node.id == _about(event) and it.field == StatusField.STATUS), None)


def _old_status(event: Event, rows: Rows) -> str | None:
    change = _status_change(event, rows)
    return None if change is None else str(change.from_status)


def _new_status(event: Event, rows: Rows) -> str | None:
    change = _status_change(event, rows)
    return None if change is None else str(change.to_status)


def _changes(event: Event, rows: Rows) -> list[dict[str, str | None]]:
    return [
        {"field": _snake(it.field), "from": it.before, "to": it.after}
        for it in event.field_changes
        if it.node.id == _about(event)
    ]


def _snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda found: f"_{found[0].lower()}", name)


def _column(name: str, of: Callable[[Event, Rows], Any]) -> Callable[[Event, Rows], Any]:
    """A column of the row with the id that `of` returns."""

    def read(event: Event, rows: Rows) -> Any:
        value = rows.get(of(event, rows), _NONE).get(name)
        return str(value) if isinstance(value, str) else value

    return read


_OF_QUOTE = ("order_id", "requester_email", "items_count", "currency")
_OF_WHAT = (
    *("status", "offer_status", "decision_status", "fulfilment_status", "attention", "problem"),
    *("tracking_code", "tracking_link"),
    *("action_id", "action_type", "serial_number", "hris_id", "email", "role", "name", "prefix"),
    *("reason", "system"),
)

READERS: Mapping[str, Callable[[Event, Rows], Any]] = {
    **dict.fromkeys(("quote_id", "device_action_id", "asset_id", "employee_id"), _node_id),
    **dict.fromkeys(("member_id", "access_token_id", "connection_id"), _node_id),
    "api_key_id": _api_key_id,
    **dict.fromkeys(("recipient_id", "vendor_order_id", "change_id"), _subject_id),
    **{it: _column(it, _node_id) for it in _OF_QUOTE},
    **{it: _column(it, _about) for it in _OF_WHAT},
    "requested_action": _column("asked", _about),
    "change_type": _column("type", _about),
    "error": _column("sync_error", _about),
    "total": _total,
    "item_id": _item_id,
    "alternative_id": _alternative_id,
    "decision": _column("decision", _item_id),
    "price": _price_amount,
    "price_currency": _price_currency,
    "old_status": _old_status,
    "new_status": _new_status,
    "changes": _changes,
}
