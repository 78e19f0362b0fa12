"""Bodies of the REST API, each with every field."""

from typing import Any

from tests.api.support.webhooks import URL
from tests.api.support.world import MACBOOK, SMALL_MACBOOK

ANA = {"name": "Ana", "country": "Uruguay", "address": "Calle 1"}
WHOLE = {
    **ANA,
    "email": "ana@people.example",
    "phone_number": "+598 2 123",
    "storage": False,
    "hire_date": "2026-12-01",
}
QUOTE = {
    "requester_email": "it@austral.example",
    "requester_name": "IT",
    "po_number": "PO-7",
    "notification_emails": ["boss@austral.example"],
    "items": [
        {
            "product_id": MACBOOK,
            "configuration_id": SMALL_MACBOOK,
            "specification": {"keyboard_layout": "ES"},
            "quantity": 1,
            "comments": "Before noon",
            "recipients": [WHOLE],
        },
        {"product_type": "Monitor", "specification": {"brand": "LG", "model": "27"}, "recipients": [ANA]},
    ],
}
PERSON = {
    "name": "Ana",
    "email": "ana@people.example",
    "country": "Uruguay",
    "address": "Calle 1",
    "phone": "+598 2 123",
}
ACTION: dict[str, Any] = {
    "action_type": "Store",
    "serial_number": "S-1",
    "current_user": PERSON,
    "wipe": True,
    "notes": "Mind the dog",
    "notification_emails": ["boss@austral.example"],
}
DEVICE = {
    "serial_number": "S-1",
    "device_type": "Laptop",
    "country": "Uruguay",
    "description": "MacBook Pro 14",
    "employee": "Ana Rodríguez",
    "condition": "Good",
    "cost": 1450.1,
}
EXTERNAL: dict[str, Any] = {
    **ACTION,
    "serial_number": "X-1",
    "description": "ThinkPad",
    "device_type": "Laptop",
    "country": "Brazil",
}
WEBHOOK = {"url": URL, "events": ["quote.*"], "description": "Ours"}
