"""What the connected systems of the demo have at its first start: a handful of quotes each, and in quipteams employees,
devices, a device action, products and a kit. Ids are fixed, so that a start that was interrupted doubles nothing."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from app.emulators.http import format_time
from app.emulators.kitchen import written as kitchen_time
from app.emulators.salesbyte_quotes import written as salesbyte_time
from domain.connections.systems import System

Record = dict[str, Any]

_IDS = "d0000000-0000-4000-8000-0000000000{:02}"
_PEOPLE = (("Lucía Ferrari", "lucia.ferrari@austral.example"), ("Mateo Silva", "mateo.silva@austral.example"))
_LAPTOP = {"brand": "Lenovo", "model": "ThinkPad X1 Carbon", "os": "Windows 11", "ram": "32GB", "storage": "1TB"}
_MONITOR = {"brand": "Dell", "model": "U2725QE"}


# All of them are in the demo's own catalogue too.
_PRODUCTS: tuple[tuple[str, str, str, Record | None], ...] = (
    ("Laptop", "Lenovo", "ThinkPad X1 Carbon", {"cpu": "Intel Core Ultra 7", "ram": "32 GB", "storage": "1 TB"}),
    ("Laptop", "Dell", "Latitude 7450", {"cpu": "Intel Core Ultra 5", "ram": "16 GB", "storage": "512 GB"}),
    ("Monitor", "Dell", "UltraSharp 32", {"screen_size": '32"'}),
    ("Keyboard", "Logitech", "MX Keys S", None),
)


async def stock_system(system: System, url: str) -> None:
    """Adds the records to an emulated system, through the address for those who work there."""
    now = datetime.now(UTC)
    calls: Mapping[System, list[tuple[str, Any]]] = {
        System.QUIPTEAMS: [
            ("records", {"kind": kind, "records": records}) for kind, records in _quipteams(now).items()
        ],
        System.KITCHEN: [("quotes", _kitchen(now))],
        System.SALESBYTE: [("quotes", _salesbyte(now)), ("quotes/7f3a9c21d4e8/sign", {})],
        System.QUICK_QUOTE: [("quotes", _quick_quote(now))],
    }
    async with aiohttp.ClientSession(raise_for_status=True) as session:
        for path, body in calls[system]:
            async with session.post(f"{url}/control/{path}", json=body):
                pass


def _quipteams(now: datetime) -> Mapping[str, list[Record]]:
    return {
        "employee": [_employee(place, *person) for place, person in enumerate(_PEOPLE)],
        "asset": [_asset(30, "QTDEMO0001", now), _asset(31, "QTDEMO0002", now)],
        "device_action": [_device_action(now)],
        "product": [_product(place, *product) for place, product in enumerate(_PRODUCTS)],
        "kit": [_kit(now)],
        "quote": [
            # It is not priced yet: quipteams' people price it while one watches.
            _quipteams_quote(0, now - timedelta(hours=1), "Laptop", _LAPTOP, None),
            _quipteams_quote(1, now - timedelta(hours=5), "Laptop", _LAPTOP, 1875.5),
            _quipteams_quote(2, now - timedelta(days=2), "Monitor", _MONITOR, 489.9),
        ],
    }


def _quipteams_quote(place: int, at: datetime, product_type: str, device: Record, price: float | None) -> Record:
    (name, email), created = _PEOPLE[place % 2], format_time(at)
    recipient = {
        "id": _IDS.format(20 + place),
        "name": name,
        "email": email,
        "country": "Uruguay",
        "status": "Pending",
        "status_timestamps": {"Pending": created},
        "phone_number": "+59829001234",
        "address": "Av. 18 de Julio 1234, Montevideo",
        "storage": False,
        **dict.fromkeys(("serial_number", "tracking_code", "tracking_link", "invoice_number", "hire_date")),
    }
    item = {
        "id": _IDS.format(10 + place),
        "product_type": product_type,
        "quantity": 1,
        "status": "Pending" if price is None else "Sourced",
        "price": price,
        "specification": device,
        "comments": None,
        "recipients": [recipient],
        "alternatives": [],
        "created_at": created,
    }
    return {
        "order_id": str(round(at.timestamp() * 1_000)),
        "id": _IDS.format(place),
        "po_number": None,
        "status": "Pending",
        "status_timestamps": {"Pending": created},
        "countries": ["Uruguay"],
        "requester": {"email": email, "name": name},
        "items": [item],
        "created_at": created,
        "updated_at": created,
    }


def _employee(place: int, name: str, email: str) -> Record:
    return {
        "id": _IDS.format(40 + place),
        "name": name,
        "email": email,
        "status": "active",
        "country": "Uruguay",
        "department": "Operations",
        "job_title": "Analyst",
        "hire_date": "2024-03-01",
        "termination_date": None,
    }


def _asset(place: int, serial_number: str, now: datetime) -> Record:
    at = format_time(now - timedelta(days=90))
    return {
        "id": _IDS.format(place),
        "serial_number": serial_number,
        "company": "Austral Robotics",
        "country": "Uruguay",
        "device_type": "Laptop",
        "description": "Lenovo ThinkPad T14",
        "employee": None,
        "condition": "Good",
        "status": "in_storage",
        "price": 999.5,
        "price_currency": "USD",
        "purchase_source": "quipteams",
        "quantity": 1,
        "completion_date": at,
        "created_at": at,
        "updated_at": at,
    }


def _device_action(now: datetime) -> Record:
    at = format_time(now - timedelta(days=1))
    blank: Record = dict.fromkeys(("country", "address", "phone"))
    people = [{"name": name, "email": email, **blank} for name, email in _PEOPLE]
    return {
        "id": _IDS.format(50),
        "action_id": "DA-2026-9001",
        "action_type": "Assign",
        "status": "In Progress",
        "company": "Austral Robotics",
        "device": {
            "serial_number": "QTDEMO0001",
            "model": "Lenovo ThinkPad T14",
            "type": "Laptop",
            "country": "Uruguay",
        },
        "current_user": people[0],
        "new_recipient": people[1],
        "wipe": False,
        "wipe_completed": False,
        "tracking_code": None,
        "tracking_link": None,
        "created_at": at,
        "updated_at": at,
        "notes": "The charger is in the box.",
        "status_timestamps": {"In Progress": at},
        "notification_emails": [],
        "batch_id": None,
        "requested_by": people[0]["email"],
        "user_email": people[0]["email"],
        "comments": [],
    }


def _product(place: int, product_type: str, brand: str, model: str, parts: Record | None) -> Record:
    blank: Record = dict.fromkeys(("os", "cpu", "ram", "storage", "screen_size", "resolution", "connection_type"))
    configuration = {"id": _IDS.format(70 + place), **blank, **(parts or {})}
    return {
        "id": _IDS.format(60 + place),
        "product_type": product_type,
        "brand": brand,
        "model": model,
        "configurations": [configuration] if parts else [],
    }


def _kit(now: datetime) -> Record:
    at = format_time(now - timedelta(days=120))
    places = {"Laptop": 0, "Monitor": 2, "Keyboard": 3}
    devices = [
        {
            "id": _IDS.format(80 + place),
            "product_type": product_type,
            "quantity": 1,
            "product_id": _IDS.format(60 + place),
            "configuration_id": _IDS.format(70 + place) if _PRODUCTS[place][3] else None,
            "specification": {"brand": _PRODUCTS[place][1], "model": _PRODUCTS[place][2]},
        }
        for product_type, place in places.items()
    ]
    return {
        "id": _IDS.format(90),
        "name": "Analyst",
        "region": "LATAM",
        "tags": ["new starter"],
        "devices": devices,
        "created_at": at,
        "updated_at": at,
    }


def _kitchen(now: datetime) -> list[Record]:
    return [
        _kitchen_quote("701", "Workstations for the design team", "sent", now - timedelta(hours=3)),
        _kitchen_quote("702", "Laptops for the new office", "accepted", now - timedelta(days=3)),
        _kitchen_quote("703", "Meeting room equipment", "voided", now - timedelta(days=6)),
    ]


def _kitchen_quote(id: str, name: str, status: str, at: datetime) -> Record:
    sent, times = kitchen_time(at), {"accepted": "accepted_at", "voided": "voided_at"}
    closed = {times[status]: kitchen_time(at + timedelta(hours=2))} if status in times else {}
    return {
        "id": id,
        "name": name,
        "status": status,
        "created_at": sent,
        "sent_at": sent,
        "updated_at": next(iter(closed.values()), sent),
        "expires_at": kitchen_time(at + timedelta(days=14)),
        **closed,
    }


def _salesbyte(now: datetime) -> list[Record]:
    hours = {"7f3a9c21d4e8": 30, "1b88e05f7c42": 8, "c90d41aa63f7": 2}
    companies = ("Fjäll AB", "Norrsken Studio AB", "Havsbris AB")
    times = [salesbyte_time(now - timedelta(hours=it)) for it in hours.values()]
    return [
        {"id": 9001 + place, "key": key, "customer_company": company, "created_at": at, "updated_at": at}
        for place, (key, company, at) in enumerate(zip(hours, companies, times, strict=True))
    ]


def _quick_quote(now: datetime) -> list[Record]:
    people = (("Rosa", "Méndez"), ("Diego", "Castro"), ("Emma", "Olsen"))
    statuses = ("Sent", "Viewed", "Created")
    return [
        {
            "id": 5901 + place,
            "quote_number": 1901 + place,
            "status": status,
            "created_on": (now - timedelta(hours=4 + 20 * place))
            .replace(tzinfo=None)
            .isoformat(timespec="milliseconds"),
            "first_name": first,
            "last_name": last,
            "email": f"{first.lower()}@shop.example",
        }
        for place, ((first, last), status) in enumerate(zip(people, statuses, strict=True))
    ]
