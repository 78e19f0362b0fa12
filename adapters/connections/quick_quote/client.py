"""The client of Quick Quote (docs/concepts.md#w3trends-quick-quote). Its address ends in `/api/v1`."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from typing import Any
from urllib.parse import quote as escaped

from adapters.connections.calls import SystemCalls
from adapters.connections.lookups import after_writing, record_at
from adapters.connections.quick_quote.bodies import (
    VENDOR,
    creation,
    line_updates,
    lines,
    present,
    update,
    verdict,
)
from adapters.connections.quick_quote.records import quote_of
from adapters.connections.quick_quote.words import CANCELED
from adapters.connections.standing import NoDeviceActions
from domain.connections.creations import missing_items
from domain.connections.records import ForeignItem, ForeignQuote, RecordPage, Unread
from domain.connections.systems import Collection, Credentials
from domain.ports.connections import ForeignDecision, ForeignEdit, NewForeignQuote

LARGEST_PAGE = 100
QUOTES = "/quotes"
EMAIL = "/quotes/email"


class QuickQuoteClient(NoDeviceActions):
    """Implements the `ConnectedSystem` port."""

    def __init__(self, calls: SystemCalls, base_url: str, credentials: Credentials) -> None:
        headers = {"x-api-key": credentials.token, "Accept": "application/json"}
        self._api = calls.api(VENDOR, base_url, headers, credentials.token)

    async def check(self) -> None:
        await self._page(QUOTES, None, 1)

    async def page(self, collection: Collection, since: datetime | None, cursor: str | None) -> RecordPage:
        """Quick Quote cannot tell what has changed, so that every pull reads all quotes."""
        return await self._page(QUOTES, cursor)

    async def customer_page(self, customer_id: str, cursor: str | None) -> RecordPage:
        """One page of the quotes of a customer."""
        return await self._page(f"/customers/{_part(customer_id)}/quotes", cursor)

    async def quote(self, external_id: str) -> ForeignQuote | None:
        answer = await record_at(self._api, _path(external_id))
        return None if answer is None else self._read("GET", _path(external_id), answer)

    async def create_quote(self, quote: NewForeignQuote, begun: ForeignQuote | None = None) -> ForeignQuote:
        """A shop may take a new quote without its lines, which are then added to it."""
        if begun is not None:
            return await self._with_lines(quote, begun)
        created = self._read("POST", QUOTES, await self._write("POST", QUOTES, creation(quote)))
        with after_writing():
            return await self._with_lines(quote, created)

    async def find_quote(self, reference: str, since: datetime) -> ForeignQuote | None:
        cursor = None
        while True:
            page = await self._page(QUOTES, cursor)
            for it in page.records:
                if isinstance(it, ForeignQuote) and it.reference == reference:
                    return it
            if (cursor := page.cursor) is None:
                return None

    async def decide(self, decision: ForeignDecision) -> ForeignQuote:
        return await self._change(decision.quote_id, verdict(decision))

    async def edit_quote(self, edit: ForeignEdit) -> ForeignQuote:
        """Several calls. If one of them is refused, those before it have been carried out."""
        path = _path(edit.quote_id)
        # New notes would replace our reference, by which the account is known.
        known = None if edit.notes is None else await self.quote(edit.quote_id)
        calls = [(path, values)] if (values := update(edit, known.reference if known else None)) else []
        calls += [(_line_path(edit.quote_id, it), values) for it, values in line_updates(edit).items()]
        for place, (called, values) in enumerate(calls):
            with after_writing() if place else nullcontext():
                await self._write("PUT", called, values)
        return await self._again(edit.quote_id)

    async def send_quote(self, quote_id: str, with_pdf: bool) -> ForeignQuote:
        await self._write("POST", EMAIL, {"quote_id": _id(quote_id), "include_link": True, "include_pdf": with_pdf})
        return await self._again(quote_id)

    async def cancel_quote(self, quote_id: str) -> None:
        await self._change(quote_id, {"status": CANCELED})

    async def delete_quote(self, quote_id: str) -> None:
        await self._write("DELETE", _path(quote_id))

    async def add_lines(self, quote_id: str, items: Sequence[ForeignItem]) -> ForeignQuote:
        await self._write("POST", f"{_path(quote_id)}/line_items", lines(items))
        return await self._again(quote_id)

    async def update_line(self, quote_id: str, line_id: str, values: Mapping[str, Any]) -> None:
        """Of a product of the shop, only the quantity can be changed."""
        await self._write("PUT", _line_path(quote_id, line_id), values)

    async def delete_line(self, quote_id: str, line_id: str) -> None:
        await self._write("DELETE", _line_path(quote_id, line_id))

    async def set_properties(self, quote_id: str, line_id: str, properties: Mapping[str, str]) -> None:
        """Replaces the properties of a line."""
        path = f"{_line_path(quote_id, line_id)}/properties"
        known = (await self._api.call("GET", path)).body
        for it in known if isinstance(known, list) else ():
            await self._write("DELETE", f"{path}/{_part(str(it['id']))}")
        if properties:
            await self._write("POST", path, [{"key": key, "value": value} for key, value in properties.items()])

    async def _with_lines(self, new: NewForeignQuote, begun: ForeignQuote) -> ForeignQuote:
        """A quote with the lines that it was to be created with. Those that it lacks are added. Raises:
        OutboundFailure, Uncertain also if Quick Quote leaves lines out, which it does without an error."""
        if not (missing := missing_items(new.items, begun.items)):
            return begun
        found = await self.add_lines(begun.external_id, missing)
        if left_out := len(missing_items(new.items, found.items)):
            path = f"{_path(begun.external_id)}/line_items"
            raise self._api.unreadable("POST", path, f"{left_out} of {len(new.items)} lines were not added")
        return found

    async def _change(self, quote_id: str, values: Mapping[str, Any]) -> ForeignQuote:
        path = _path(quote_id)
        return self._read("PUT", path, await self._write("PUT", path, values))

    async def _again(self, quote_id: str) -> ForeignQuote:
        """The quote after a change."""
        path = _path(quote_id)
        with after_writing():
            return self._read("GET", path, (await self._api.call("GET", path)).body)

    async def _page(self, path: str, cursor: str | None, size: int = LARGEST_PAGE) -> RecordPage:
        query = present({"page_size": str(size), "page": cursor})
        answer = (await self._api.call("GET", path, query=query)).body
        if not isinstance(answer, dict) or not isinstance(answer.get("data"), list):
            raise self._api.unreadable("GET", path, "the answer has no data")
        following, total = answer.get("next_page"), answer.get("total_records")
        # The next page is named by its first quote. One that leads back here would never end.
        is_last = following in (None, "", 0) or str(following) == cursor
        known_total = total if isinstance(total, int) and not isinstance(total, bool) else None
        return RecordPage([quote_of(it) for it in answer["data"]], None if is_last else str(following), known_total)

    async def _write(self, verb: str, path: str, body: Any = None) -> Any:
        return (await self._api.call(verb, path, body=body)).body

    def _read(self, verb: str, path: str, answer: Any) -> ForeignQuote:
        found = quote_of(answer)
        if isinstance(found, Unread):
            raise self._api.unreadable(verb, path, found.reason)
        return found


def _path(quote_id: str) -> str:
    return f"{QUOTES}/{_part(quote_id)}"


def _line_path(quote_id: str, line_id: str) -> str:
    return f"{_path(quote_id)}/line_items/{_part(line_id)}"


def _part(value: str) -> str:
    return escaped(value, safe="")


def _id(quote_id: str) -> int | str:
    """An id as Quick Quote writes it: a number."""
    return int(quote_id) if quote_id.isascii() and quote_id.isdecimal() else quote_id
