"""Ordinary quotes of the emulated quipteams, for tests that need many (`POST /control/quotes` with a `count`).

They are priced and not decided, and have two items, of which the first has an alternative. Each was made one minute
after the one before it.
"""

from datetime import UTC, datetime, timedelta

from app.emulators.http import format_time
from app.emulators.quipteams_lists import Record
from app.emulators.quipteams_records import Company, Records

COUNTER = "filled"
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
_PEOPLE = (("Ana Pérez", "ana@people.example"), ("Bo Li", "bo@people.example"), ("Carla Díaz", "carla@people.example"))
_LAPTOP = {"brand": "Lenovo", "model": "ThinkPad T14", "os": "Windows 11", "ram": "32GB", "storage": "1TB"}
_MONITOR = {"brand": "Dell", "model": "U2725QE"}


def fill(records: Records, company: Company, count: int) -> list[str]:
    """Adds ordinary quotes, and returns their order ids."""
    first = int((records.store.get("number", COUNTER) or {"last": 0})["last"]) + 1
    quotes = [ordinary_quote(number) for number in range(first, first + count)]
    for quote in quotes:
        records.put("quote", company.key, quote)
    records.store.put("number", COUNTER, {"last": first + count - 1})
    return [str(it["order_id"]) for it in quotes]


def ordinary_quote(number: int) -> Record:
    """The quote with this number. Its prices are floats, as they are sent."""
    created = FIRST + timedelta(minutes=number)
    at, laptop = format_time(created), 1450.1 + number % 100
    alternative = {
        "id": _id(number, 3),
        "brand": "Lenovo",
        "model": "ThinkPad T14, refurbished",
        "description": "In stock, with a warranty of one year",
        "price": round(laptop - 400.07, 2),
        "status": "Sourced",
        "is_exact_match": False,
        "image_url": "https://images.example/t14.png",
    }
    items = [
        _item(number, 1, "Laptop", _LAPTOP, laptop, at) | {"alternatives": [alternative]},
        _item(number, 2, "Monitor", _MONITOR, 489.9, at),
    ]
    name, email = _PEOPLE[number % len(_PEOPLE)]
    return {
        "order_id": str(round(created.timestamp() * 1_000)),
        "id": _id(number, 0),
        "po_number": f"PO-{number}",
        "status": "Pending",
        "status_timestamps": {"Pending": at},
        "countries": ["Uruguay"],
        "requester": {"email": email, "name": name},
        "items": items,
        "created_at": at,
        "updated_at": at,
        "_priced_at": at,
    }


def _item(number: int, place: int, product_type: str, device: Record, price: float, at: str) -> Record:
    name, email = _PEOPLE[(number + place) % len(_PEOPLE)]
    recipient = {
        "id": _id(number, 3 + place),
        "name": name,
        "email": email,
        "country": "Uruguay",
        "status": "Pending",
        "status_timestamps": {"Pending": at},
        "phone_number": "+59829001234",
        "address": "Av. 18 de Julio 1234, Montevideo",
        "storage": False,
        **dict.fromkeys(("serial_number", "tracking_code", "tracking_link", "invoice_number", "hire_date")),
    }
    return {
        "id": _id(number, place),
        "product_type": product_type,
        "quantity": 1,
        "status": "Sourced",
        "price": round(price, 2),
        "specification": device,
        "comments": "With a charger",
        "recipients": [recipient],
        "alternatives": [],
        "created_at": at,
    }


def _id(number: int, part: int) -> str:
    """The id of a quote or of one of its parts."""
    return f"f1000000-{part:04}-4000-8000-{number:012}"
