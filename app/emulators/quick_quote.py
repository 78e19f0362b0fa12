"""Emulates Quick Quote of w3trends as documented (docs/concepts.md#w3trends-quick-quote), below `/api/v1`.

Accepts any `x-api-key`. Bodies need the content type `application/json; charset=utf-8`, else the answer is 415. The
next page is named by its first quote. Lines and totals are in `quick_quote_lines.py`; what tests ask for is in
`systems.py`, and here: after `POST /control/lines` with `{"later": true}`, new quotes are taken without the lines of
their bodies; with `{"most": 1}`, the next lines that are added are cut off after so many, and answered 500.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aiohttp import web

from app.emulators.http import Answer, Call, phrase
from app.emulators.quick_quote_fields import known_custom_fields
from app.emulators.quick_quote_lines import Refused, changed_line, new_lines, new_properties, with_totals
from app.emulators.systems import RETRY_AFTER_SECONDS, Record, SystemEmulator, utc_now, whole

USUAL_SIZE = 25
LARGEST_SIZE = 100
STATUSES = ("created", "sent", "viewed", "accepted", "declined", "canceled", "ordered")
EDITABLE = frozenset({"Created", "Sent", "Viewed"})
CLOSED = "The quote was already accepted or declined."
REQUIRED = ("email", "first_name", "last_name")
TEXTS = (*REQUIRED, "phone", "remarks", "internal_notes", "public_notes", "tags")
DISCOUNT = ("discount_amount", "discount_type", "discount_reason")
SHIPPING = ("shipping_name", "shipping_price")


class QuickQuoteEmulator(SystemEmulator):
    """Quick Quote of one shop."""

    prefix = "/api/v1"
    are_lines_later = False
    most_lines: int | None = None

    def add_routes(self, router: web.UrlDispatcher) -> None:
        super().add_routes(router)
        router.add_post("/control/lines", self._control_lines)

    def answer(self, call: Call) -> Answer:
        if not call.headers.get("x-api-key", "").strip():
            return self.failure(401)
        if call.method in ("POST", "PUT") and not _is_json(call.headers.get("Content-Type", "")):
            return self.failure(415)
        self.shift_before(call)
        try:
            return self._routed(call)
        except Refused as refused:
            return Answer(400, {"message": str(refused)})

    def failure(self, status: int) -> Answer:
        headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if status == 429 else {}
        return Answer(status, {"message": phrase(status)}, headers)

    def new_quote(self, number: int, given: Mapping[str, Any]) -> tuple[str, Record]:
        quote = {
            "id": 5000 + number,
            "quote_number": 1000 + number,
            "status": "Created",
            "created_on": utc_now().replace(tzinfo=None).isoformat(timespec="milliseconds"),
            "email": "rosa@shop.example",
            "first_name": "Rosa",
            "last_name": "Méndez",
            "phone": None,
            "remarks": None,
            "internal_notes": None,
            "public_notes": None,
            "tags": "",
            "customer_id": None,
            "assignee": {"assignee_id": 3, "assignee_name": "Luis Vega"},
            "custom_fields": [],
            "discount_amount": None,
            "discount_reason": None,
            "discount_type": None,
            "line_items": new_lines([_ORDINARY_LINE], self._new_id),
            "shipping": None,
            "shopify_order_id": None,
            "shopify_order_number": None,
            "total_tax": 0.0,
            **given,
        }
        return str(quote["id"]), with_totals(quote)

    def touched(self, quote: Record) -> Record:
        return quote

    def _routed(self, call: Call) -> Answer:
        match (call.method, call.path.strip("/").split("/")):
            case ("GET", ["quotes"]):
                return self._list(call.query, self.quotes.all())
            case ("GET", ["customers", customer, "quotes"]):
                mine = [it for it in self.quotes.all() if str(it.get("customer_id")) == customer]
                return self._list(call.query, mine)
            case ("POST", ["quotes"]):
                return self._create(call.body)
            case ("POST", ["quotes", "email"]):
                return self._send(call.body)
            case (_, ["quotes", id, *rest]) if (quote := self.quotes.get(id)) is not None:
                return self._of_quote(call, id, quote, rest)
        return self.failure(404)

    def _of_quote(self, call: Call, id: str, quote: Record, rest: Sequence[str]) -> Answer:
        match (call.method, rest):
            case ("GET", []):
                return Answer(200, self.shown(quote))
            case ("PUT", []):
                return self._change(id, quote, lambda: {**quote, **self._values(_object(call.body))})
            case ("DELETE", []):
                self.quotes.remove(id)
                return Answer(200, {"id": quote["id"]})
            case ("GET", ["line_items"]):
                return Answer(200, quote["line_items"])
            case ("POST", ["line_items"]):
                most, self.most_lines = self.most_lines, None
                lines = [*quote["line_items"], *new_lines(_list(call.body)[:most], self._new_id)]
                self._change(id, quote, lambda: {**quote, "line_items": lines})
                return Answer(200, lines) if most is None else self.failure(500)
            case (_, ["line_items", line_id, *further]):
                line = next((it for it in quote["line_items"] if str(it["id"]) == line_id), None)
                return self.failure(404) if line is None else self._of_line(call, id, line, further)
        return self.failure(404)

    def _of_line(self, call: Call, id: str, line: Record, rest: Sequence[str]) -> Answer:
        properties: list[Record] = line["item_properties"]
        match (call.method, rest):
            case ("PUT", []):
                changed = changed_line(line, _object(call.body))
                self._replace_line(id, line, changed)
                return Answer(200, changed)
            case ("DELETE", []):
                self._replace_line(id, line, None)
                return Answer(200, {"id": line["id"]})
            case ("GET", ["properties"]):
                return Answer(200, properties)
            case ("POST", ["properties"]):
                properties = [*properties, *new_properties(_list(call.body), self._new_id)]
            case ("PUT", ["properties", place]) if _has(properties, place):
                given = {name: it for name, it in _object(call.body).items() if name in ("key", "value")}
                properties = [{**it, **given} if str(it["id"]) == place else it for it in properties]
            case ("DELETE", ["properties", place]) if _has(properties, place):
                properties = [it for it in properties if str(it["id"]) != place]
            case _:
                return self.failure(404)
        self._replace_line(id, line, {**line, "item_properties": properties})
        return Answer(200, properties)

    def _replace_line(self, id: str, line: Record, new: Record | None) -> None:
        quote = self.quotes.get(id) or {}
        lines = [new if it is line else it for it in quote["line_items"] if it is not line or new is not None]
        self._change(id, quote, lambda: {**quote, "line_items": lines})

    def _change(self, id: str, quote: Record, change: Callable[[], Record]) -> Answer:
        if quote["status"] not in EDITABLE:
            raise Refused(CLOSED)
        changed = with_totals(change())
        self.quotes.put(id, changed)
        return Answer(200, self.shown(changed))

    def _create(self, body: Any) -> Answer:
        given = _object(body)
        if missing := [name for name in REQUIRED if not given.get(name)]:
            raise Refused(f"{missing[0]} is required")
        lines = [] if self.are_lines_later else new_lines(_list(given.get("line_items") or []), self._new_id)
        created = self.add({"assignee": None, **self._values(given), "line_items": lines})
        return Answer(200, self.shown(self.quotes.get(created) or {}))

    def _send(self, body: Any) -> Answer:
        quote_id = str(_object(body).get("quote_id"))
        if (quote := self.quotes.get(quote_id)) is None:
            raise Refused("quote_id is required")
        if quote["status"] == "Created":
            self.quotes.put(quote_id, {**quote, "status": "Sent"})
        return Answer(200, {"quote_id": quote["id"]})

    def _values(self, body: Record) -> Record:
        """The fields of a quote that a body sets."""
        values = {name: body[name] for name in (*TEXTS, *DISCOUNT, "customer_id") if name in body}
        if wrong := [name for name in TEXTS if not isinstance(values.get(name), str | None)]:
            raise Refused(f"{wrong[0]} must be a string")
        if "status" in body:
            if body["status"] not in STATUSES:
                raise Refused("status is invalid")
            values["status"] = body["status"].title()
        discount = body.get("discount")
        if isinstance(discount, dict):
            values |= {name: discount[name] for name in DISCOUNT if name in discount}
        if "assignee_id" in body:
            values["assignee"] = {"assignee_id": body["assignee_id"], "assignee_name": "Staff user"}
        if values.get("discount_type") == "fixed":
            values["discount_type"] = "fixed_amount"
        if any(name in body for name in SHIPPING):
            price = body.get("shipping_price") or 0
            name = body.get("shipping_name")
            values["shipping"] = {
                "shipping_handle": "custom",
                "shipping_name": name,
                "shipping_price": price,
                "shipping_total": price,
            }
        if "custom_fields" in body:
            values["custom_fields"] = known_custom_fields(_list(body["custom_fields"]))
        return values

    def _list(self, query: Mapping[str, str], quotes: Sequence[Record]) -> Answer:
        size = whole(query.get("page_size"), USUAL_SIZE)
        if not 1 <= size <= LARGEST_SIZE:
            raise Refused(f"page_size must be between 1 and {LARGEST_SIZE}")
        first = whole(query.get("page"), 0)
        found = sorted((it for it in quotes if it["id"] >= first), key=lambda it: int(it["id"]))
        following = found[size]["id"] if len(found) > size else None
        rows = [self.shown(it) for it in found[:size]]
        return Answer(200, {"data": rows, "next_page": following, "total_records": len(quotes)})

    async def _control_lines(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        self.are_lines_later = wanted.get("later", self.are_lines_later)
        self.most_lines = wanted.get("most", self.most_lines)
        return web.Response(status=204)

    def _new_id(self) -> int:
        number = int((self.store.get("number", "line") or {"last": 70_000})["last"]) + 1
        self.store.put("number", "line", {"last": number})
        return number


_ORDINARY_LINE: Record = {"custom_product": True, "title": "Dell Latitude 5450", "price": 1240.5, "quantity": 2}


def _is_json(content_type: str) -> bool:
    kind, _, parameter = content_type.lower().replace(" ", "").partition(";")
    return kind == "application/json" and parameter == "charset=utf-8"


def _object(body: Any) -> Record:
    if not isinstance(body, dict):
        raise Refused("The body must be an object")
    return body


def _list(body: Any) -> list[Record]:
    if not isinstance(body, list) or not all(isinstance(it, dict) for it in body):
        raise Refused("The body must be an array of objects")
    return body


def _has(properties: Sequence[Record], id: str) -> bool:
    return any(str(it["id"]) == id for it in properties)
