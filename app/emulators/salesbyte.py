"""Emulates SalesByte as documented (docs/concepts.md#salesbyte): its Quotes API, its Integration API, and its checkout
webhook.

Accepts any token, and the uuid of any integration that is a UUID. `POST /control/webhook` says where notices are sent
(`url`), how often each (`copies`), and whether pairs of them are swapped (`swapped`). `POST /control/quotes/{key}/sign`
signs a quote, or with `{"partly": true}` gives it one of two signatures, and sends the notice. The rest is in
`systems.py`.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import aiohttp
from aiohttp import web

from app.emulators.http import Answer, Call, phrase
from app.emulators.salesbyte_quotes import (
    KEYLESS,
    ONLY_BY_KEY,
    created_quote,
    links_of,
    ordinary_quote,
    signed_quote,
    written,
)
from app.emulators.salesbyte_rules import Invalid, check_creation, check_template
from app.emulators.store import Store
from app.emulators.systems import RETRY_AFTER_SECONDS, Record, SystemEmulator, bearer, utc_now, whole

PAGE_SIZE = 10
DAYS = ("created_from", "created_to", "updated_from", "updated_to")


class SalesByteEmulator(SystemEmulator):
    """SalesByte with one company."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._held: list[Record] = []

    def answer(self, call: Call) -> Answer:
        path = call.path.strip("/").split("/")
        if path[0] == "integrations":
            return self._integration(call, path[1:])
        if not bearer(call.headers):
            return self.failure(401)
        self.shift_before(call)
        match (call.method, path):
            case ("GET", ["api", "quotes"]):
                return self._list(call.query)
            case ("GET", ["api", "quotes", key]):
                quote = self.quotes.get(key)
                return self.failure(404) if quote is None else Answer(200, self.shown(quote))
        return self.failure(404)

    def failure(self, status: int) -> Answer:
        headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if status == 429 else {}
        messages = {401: "Unauthenticated.", 404: "Quote not found", 429: "Too Many Attempts."}
        return Answer(status, {"message": messages.get(status, phrase(status))}, headers)

    def new_quote(self, number: int, given: Mapping[str, Any]) -> tuple[str, Record]:
        key = str(given.get("key") or secrets.token_hex(6))
        return key, {**ordinary_quote(number, key, utc_now()), **given}

    def touched(self, quote: Record) -> Record:
        return {**quote, "updated_at": written(utc_now())}

    def add_routes(self, router: web.UrlDispatcher) -> None:
        super().add_routes(router)
        router.add_post("/control/webhook", self._control_webhook)
        router.add_post("/control/quotes/{id}/sign", self._sign)

    def _list(self, query: Mapping[str, str]) -> Answer:
        page, order = whole(query.get("page"), 1), query.get("sort_by", "created_at")
        direction = query.get("sort_order", "desc")
        if page < 1 or order not in ("created_at", "updated_at") or direction not in ("asc", "desc"):
            return _invalid({"page": ["The selected value is invalid."]})
        if bad := [it for it in DAYS if it in query and not _is_day(query[it])]:
            return _invalid({it: [f"The {it} does not match the format Y-m-d."] for it in bad})
        found = sorted(
            (it for it in self.quotes.all() if _is_within(it, query)),
            key=lambda it: (str(it.get(order)), it["id"]),
            reverse=direction == "desc",
        )
        start = (page - 1) * PAGE_SIZE
        meta = {
            "current_page": page,
            "last_page": max(-(-len(found) // PAGE_SIZE), 1),
            "per_page": PAGE_SIZE,
            "total": len(found),
        }
        rows = [_in_list(self.shown(it)) for it in found[start : start + PAGE_SIZE]]
        return Answer(200, {"data": rows, "meta": meta})

    def _integration(self, call: Call, path: Sequence[str]) -> Answer:
        if call.method != "POST":
            return self.failure(405)
        if not isinstance(call.body, dict):
            return _invalid({"uuid": ["The uuid field is required."]})
        try:
            match path:
                case ["create_quote"]:
                    return self._create(call.body)
                case ["create_quote", "template"]:
                    return self._create_from_template(call.body)
        except Invalid as refused:
            return _invalid(refused.errors)
        return self.failure(404)

    def _create(self, body: Record) -> Answer:
        check_creation(body)
        if not _is_uuid(body["uuid"]):
            return Answer(404, {"message": "Integration not found"})
        quote = self.quotes.get(self.add(created_quote(body)))
        assert quote is not None
        return Answer(200, {"id": quote["id"], "links": links_of(quote["id"], quote["key"])})

    def _create_from_template(self, body: Record) -> Answer:
        check_template(body)
        if not _is_uuid(body["uuid"]):
            return Answer(404, {"message": "Integration not found"})
        self.add({**created_quote(body), "custom_fields": body.get("customer_fields") or {}})
        return Answer(200, "Quote created")

    async def _control_webhook(self, request: web.Request) -> web.Response:
        given = await request.json()
        self.store.put("webhook", "only", {"copies": 1, "swapped": False, **given})
        return web.Response(status=204)

    async def _sign(self, request: web.Request) -> web.Response:
        key = request.match_info["id"]
        given = await request.json() if request.can_read_body else {}
        if (quote := self.quotes.get(key)) is None:
            return web.json_response({"error": f"There is no quote {key}."}, status=404)
        with self.store.transaction():
            signed = self.touched(signed_quote(quote, partly=bool(given.get("partly"))))
            self.quotes.put(key, signed)
        return web.json_response({"answers": await self._notify(signed)})

    async def _notify(self, quote: Record) -> list[int]:
        """Sends the notice of a checkout, and returns the statuses of the answers; 0 for none."""
        webhook = self.store.get("webhook", "only")
        if webhook is None:
            return []
        self._held.append({name: value for name, value in self.shown(quote).items() if name not in KEYLESS})
        if webhook["swapped"] and len(self._held) < 2:
            return []
        bodies, self._held = list(reversed(self._held)), []
        async with aiohttp.ClientSession() as session:
            return [await _posted(session, webhook["url"], it) for it in bodies for _ in range(webhook["copies"])]


def _in_list(quote: Record) -> Record:
    return {name: value for name, value in quote.items() if name not in ONLY_BY_KEY}


async def _posted(session: aiohttp.ClientSession, url: str, body: Record) -> int:
    try:
        async with session.post(url, json=body, timeout=aiohttp.ClientTimeout(total=10)) as answer:
            return answer.status
    except (aiohttp.ClientError, TimeoutError):
        return 0


def _is_within(quote: Record, query: Mapping[str, str]) -> bool:
    """Whether a quote is within the days of a list, both included."""
    for name in DAYS:
        if name in query:
            field, _, end = name.partition("_")
            day = str(quote.get(f"{field}_at"))[:10]
            if day < query[name] if end == "from" else day > query[name]:
                return False
    return True


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text) == datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day
    except ValueError:
        return False


def _is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def _invalid(errors: Record) -> Answer:
    return Answer(422, {"message": "The given data was invalid.", "errors": errors})
