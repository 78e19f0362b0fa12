"""Emulates kitchen.co's quotes as documented (docs/concepts.md#kitchenco): read-only, at `/api/v1` and at `/api`.

The newer API, without `/v1`, needs `X-Requested-With: XMLHttpRequest` and has `links` beside `meta`. The order of the
list is not documented: the newest is first. Accepts any token. What tests ask for is in `systems.py`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.emulators.http import Answer, Call, phrase
from app.emulators.systems import RETRY_AFTER_SECONDS, Record, SystemEmulator, bearer, utc_now, whole

VERSIONED = "/api/v1"
NEWER = "/api"
USUAL_SIZE = 20
LARGEST_SIZE = 100
DAYS_TO_ACCEPT = 14

AUTHOR = {
    "id": "9",
    "added_on": "2025-01-07T09:00:00+00:00",
    "name": "Inés Duarte",
    "email": "ines@studio.example",
    "username": "ines",
    "phone": "+59899123456",
    "timezone": None,
    "group": "team",
    "role": "admin",
    "avatar_url": None,
    "color": "#226688",
    "default_color": "#226688",
    "is_active": True,
    "last_seen": None,
}


class KitchenEmulator(SystemEmulator):
    """kitchen.co with the quotes of one workspace."""

    def answer(self, call: Call) -> Answer:
        path, is_newer = _relative(call.path)
        if path is None:
            return self.failure(404)
        if not bearer(call.headers):
            return self.failure(401)
        if is_newer and call.headers.get("X-Requested-With") != "XMLHttpRequest":
            return Answer(400, {"message": "The X-Requested-With header is missing."})
        if call.method != "GET":
            return self.failure(405)
        self.shift_before(call)
        match path:
            case ["quotes"]:
                return self._list(call, is_newer, list(reversed(self.quotes.all())))
            case ["quotes", id]:
                quote = self.quotes.get(id)
                return self.failure(404) if quote is None else Answer(200, self.shown(quote))
            case ["projects", project, "quotes"]:
                found = [it for it in reversed(self.quotes.all()) if it.get("project_id") == project]
                return self._list(call, is_newer, found)
        return self.failure(404)

    def failure(self, status: int) -> Answer:
        headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if status == 429 else {}
        messages = {401: "Unauthenticated.", 404: "Not Found.", 429: "Too Many Attempts."}
        return Answer(status, {"message": messages.get(status, phrase(status))}, headers)

    def new_quote(self, number: int, given: Mapping[str, Any]) -> tuple[str, Record]:
        quote_id = str(given.get("id", number))
        created = utc_now()
        sent = created + timedelta(seconds=9)
        quote = {
            "id": quote_id,
            "name": f"Laptops for the new office {number}",
            "status": "sent",
            "sent_at": written(sent),
            "expires_at": written(sent + timedelta(days=DAYS_TO_ACCEPT)),
            "voided_at": None,
            "accepted_at": None,
            "updated_at": written(sent),
            "created_at": written(created),
            "delivery_date": None,
            "author": AUTHOR,
            "prices": [
                _option(quote_id, 1, "Basic", 10000.0, 2500.5),
                _option(quote_id, 2, "With warranty", 11250.75, 2812.69),
            ],
            "currency": "USD",
            "project_id": "77",
            "message_id": None,
            "body": "<p>Ten laptops, delivered to <b>Montevideo</b>.</p>",
        }
        return quote_id, {**quote, **given}

    def touched(self, quote: Record) -> Record:
        return {**quote, "updated_at": written(utc_now())}

    def _list(self, call: Call, is_newer: bool, quotes: Sequence[Record]) -> Answer:
        size, page = whole(call.query.get("per_page"), USUAL_SIZE), whole(call.query.get("page"), 1)
        if not 1 <= size <= LARGEST_SIZE:
            return _invalid("per_page", f"The per page field must be between 1 and {LARGEST_SIZE}.")
        if page < 1:
            return _invalid("page", "The page field must be at least 1.")
        start = (page - 1) * size
        rows = quotes[start : start + size]
        last = max(-(-len(quotes) // size), 1)
        address = f"https://workspace.kitchen.example{call.path}"
        body: Record = {"data": [self.shown(it) for it in rows]}
        if is_newer:
            body["links"] = _links(address, page, last)
        body["meta"] = {
            "current_page": page,
            "from": start + 1 if rows else None,
            "last_page": last,
            "path": address,
            "per_page": size,
            "to": start + len(rows) if rows else None,
            "total": len(quotes),
        }
        return Answer(200, body)


def written(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _relative(path: str) -> tuple[list[str] | None, bool]:
    """The parts of a path below the address of the API, and whether it is the newer one."""
    for address, is_newer in ((VERSIONED, False), (NEWER, True)):
        if path.startswith(f"{address}/"):
            return path.removeprefix(f"{address}/").split("/"), is_newer
    return None, False


def _links(address: str, page: int, last: int) -> Record:
    places = {"first": 1, "last": last, "prev": page - 1, "next": page + 1}
    return {name: f"{address}?page={at}" if 1 <= at <= last else None for name, at in places.items()}


def _option(quote_id: str, place: int, name: str, price: float, upfront: float) -> Record:
    return {
        "id": f"{quote_id}{place:02}",
        "quote_id": quote_id,
        "name": name,
        "price": price,
        "currency": "USD",
        "upfront": upfront,
        "is_accepted": False,
        "accepted_by": None,
        "accepted_at": None,
    }


def _invalid(name: str, message: str) -> Answer:
    return Answer(422, {"message": message, "errors": {name: [message]}})
