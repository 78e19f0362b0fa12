"""The base of the emulated quote systems that companies connect: quotes on disk, and what tests ask for over HTTP.

`POST /control/quotes` adds quotes: an object with the fields that differ from an ordinary quote, or a list of them, or
`{"count": 1000}`. `POST /control/quotes/{id}` sets fields, `DELETE` deletes the quote. `POST /control/shift` takes a
list of changes, each `{"change": "insert"}`, or `"delete"` or `"touch"` with an `id`: one is made before each page
after the first, as if somebody worked on the quotes while they are read. `/control/drift` is that of `drift.py`.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from app.emulators.drift import Change, changes_of, drifted
from app.emulators.http import Answer, Call, Emulator, phrase
from app.emulators.store import Store

Record = dict[str, Any]

QUOTE = "quote"
RETRY_AFTER_SECONDS = 5


class QuoteShelf:
    """The quotes of an emulated system, in the order of their creation: on disk, and in memory for fast lists."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._quotes = {it["id"]: it["quote"] for it in store.all(QUOTE)}

    def __len__(self) -> int:
        return len(self._quotes)

    def all(self) -> list[Record]:
        return list(self._quotes.values())

    def get(self, id: str) -> Record | None:
        return self._quotes.get(id)

    def put(self, id: str, quote: Record) -> None:
        self._store.put(QUOTE, id, {"id": id, "quote": quote})
        self._quotes[id] = quote

    def remove(self, id: str) -> None:
        self._store.remove(QUOTE, id)
        del self._quotes[id]

    def next_number(self) -> int:
        """A number that no quote had before."""
        number = int((self._store.get("number", QUOTE) or {"last": 0})["last"]) + 1
        self._store.put("number", QUOTE, {"last": number})
        return number


class SystemEmulator(Emulator):
    """A quote system. Subclasses say what its quotes and answers are like."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.quotes = QuoteShelf(store)
        self._drift: list[Change] = []
        self._shifts: list[Record] = []

    def new_quote(self, number: int, given: Mapping[str, Any]) -> tuple[str, Record]:
        """An ordinary quote with this number and the given fields, and the id by which it is kept."""
        raise NotImplementedError

    def touched(self, quote: Record) -> Record:
        """The quote after a change that nobody sees but by its time."""
        raise NotImplementedError

    def failure(self, status: int) -> Answer:
        headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if status == 429 else {}
        return Answer(status, {"message": phrase(status)}, headers)

    def add(self, given: Mapping[str, Any]) -> str:
        quote_id, quote = self.new_quote(self.quotes.next_number(), given)
        self.quotes.put(quote_id, quote)
        return quote_id

    def shown(self, quote: Record) -> Record:
        """The quote as it is answered."""
        return {name: value for name, value in quote.items() if not name.startswith("_")}

    async def finish(self, call: Call, answer: Answer) -> Answer:
        return replace(answer, body=drifted(answer.body, self._drift))

    def shift_before(self, call: Call) -> None:
        """Makes the next change that was asked for, if the request is for a page after the first."""
        if not self._shifts or call.query.get("page", "1") == "1":
            return
        shift = self._shifts.pop(0)
        match shift["change"]:
            case "insert":
                self.add(shift.get("quote", {}))
            case "delete":
                self.quotes.remove(str(shift["id"]))
            case "touch":
                quote_id = str(shift["id"])
                self.quotes.put(quote_id, self.touched(self.quotes.get(quote_id) or {}))

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_post("/control/quotes", self._control_quotes)
        router.add_post("/control/quotes/{id}", self._control_quote)
        router.add_delete("/control/quotes/{id}", self._delete_quote)
        router.add_post("/control/drift", self._control_drift)
        router.add_delete("/control/drift", self._end_drift)
        router.add_post("/control/shift", self._control_shift)

    async def _control_quotes(self, request: web.Request) -> web.Response:
        given = await request.json()
        if isinstance(given, dict):
            given = [{}] * given["count"] if "count" in given else [given]
        with self.store.transaction():
            ids = [self.add(one) for one in given]
        return web.json_response({"ids": ids})

    async def _control_quote(self, request: web.Request) -> web.Response:
        quote_id, changes = request.match_info["id"], await request.json()
        if (quote := self.quotes.get(quote_id)) is None:
            return _no_quote(quote_id)
        with self.store.transaction():
            self.quotes.put(quote_id, {**self.touched(quote), **changes})
        return web.json_response(self.quotes.get(quote_id))

    async def _delete_quote(self, request: web.Request) -> web.Response:
        quote_id = request.match_info["id"]
        if self.quotes.get(quote_id) is None:
            return _no_quote(quote_id)
        with self.store.transaction():
            self.quotes.remove(quote_id)
        return web.Response(status=204)

    async def _control_drift(self, request: web.Request) -> web.Response:
        try:
            self._drift = changes_of(await request.json())
        except ValueError as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.Response(status=204)

    async def _end_drift(self, request: web.Request) -> web.Response:
        self._drift = []
        return web.Response(status=204)

    async def _control_shift(self, request: web.Request) -> web.Response:
        self._shifts = list(await request.json())
        return web.Response(status=204)


def utc_now() -> datetime:
    return datetime.now(UTC)


def bearer(headers: Mapping[str, str]) -> str:
    """The bearer token of a request; empty if it has none."""
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme == "Bearer" else ""


def whole(text: str | None, usual: int) -> int:
    """A parameter that is a whole number; 0 for anything else."""
    if text is None:
        return usual
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _no_quote(id: str) -> web.Response:
    return web.json_response({"error": f"There is no quote {id}."}, status=404)
