"""The client of SalesByte (docs/concepts.md#salesbyte): the Quotes API reads by a token, the Integration API writes by
the uuid of an integration in the body.

The address is that before `/api` and `/integrations`. The list leaves out what was signed and the custom fields, so
that each quote in it is read by its key too.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote

from adapters.connections.calls import SystemCalls
from adapters.connections.lookups import after_writing, record_at
from adapters.connections.salesbyte.bodies import ID_PREFIX, VENDOR, creation, creation_from_template
from adapters.connections.salesbyte.pages import PAGE_SIZE, Listed, place_of, read_on
from adapters.connections.salesbyte.records import key_of, quote_of
from adapters.connections.standing import NoDeviceActions, not_possible
from domain.connections.records import ForeignQuote, RecordPage, Unread
from domain.connections.systems import Collection, Credentials
from domain.ports.connections import ForeignDecision, ForeignEdit, NewForeignQuote

LIST = "/api/quotes"
CREATE = "/integrations/create_quote"
CREATE_FROM_TEMPLATE = "/integrations/create_quote/template"
# What only a whole quote has.
WHOLE = frozenset({"custom_fields", "signed_products", "statuses"})
# How many quotes are read at once.
MOST_AT_ONCE = 4
# The list can be narrowed by days only, in a time zone that is not documented.
ANY_ZONE = timedelta(hours=12)
# How many of the quotes that changed last are looked through for one of which only the id is known, in pages.
PAGES_OF_CHANGED = 5
# How many of the quotes created since then are looked through for our reference, in pages.
PAGES_OF_CREATED = 100


class SalesByteClient(NoDeviceActions):
    """Implements the `ConnectedSystem` port."""

    def __init__(self, calls: SystemCalls, base_url: str, credentials: Credentials) -> None:
        headers = {"Authorization": f"Bearer {credentials.token}", "Accept": "application/json"}
        self._api = calls.api(VENDOR, base_url, headers, credentials.token, credentials.uuid)
        self._now = calls.now
        self._credentials = credentials

    async def check(self) -> None:
        await self._list(1, {})

    async def page(self, collection: Collection, since: datetime | None, cursor: str | None) -> RecordPage:
        query = {"sort_by": "updated_at", "sort_order": "asc"}
        if since is not None:
            query["updated_from"] = _day(since)
        found = await read_on(place_of(cursor), partial(self._list, query=query))
        records = [quote_of(it) for it in await self._whole_quotes(found.rows) if it is not None]
        return RecordPage(records, found.place.cursor if found.place else None, found.total)

    async def quote(self, external_id: str) -> ForeignQuote | None:
        key = external_id
        if external_id.startswith(ID_PREFIX):
            key = await self._key_of(external_id.removeprefix(ID_PREFIX))
        answer = await self._record(key) if key else None
        if answer is None:
            return None
        found = quote_of(answer)
        if isinstance(found, Unread):
            raise self._api.unreadable("GET", _path(key), found.reason)
        return found

    async def create_quote(self, quote: NewForeignQuote, begun: ForeignQuote | None = None) -> ForeignQuote:
        began = self._now()
        if quote.template is not None:
            path, body = CREATE_FROM_TEMPLATE, creation_from_template(quote, self._credentials)
            # The answer is a sentence.
            await self._api.call("POST", path, body=body, is_text=True)
            with after_writing():
                created = await self.find_quote(quote.reference, began)
        else:
            path, body = CREATE, creation(quote, self._credentials)
            answer = (await self._api.call("POST", path, body=body)).body
            with after_writing():
                created = await self.quote(key_of(answer) or f"{ID_PREFIX}{_id_of(answer)}")
        if created is None:
            raise self._api.unreadable("POST", path, "the new quote is not found")
        return created

    async def find_quote(self, reference: str, since: datetime) -> ForeignQuote | None:
        query = {"sort_by": "created_at", "sort_order": "desc", "created_from": _day(since)}
        for number in range(1, PAGES_OF_CREATED + 1):
            listed = await self._list(number, query)
            for whole in await self._whole_quotes(listed.rows):
                found = quote_of(whole)
                if isinstance(found, ForeignQuote) and found.reference == reference:
                    return found
            if len(listed.rows) < PAGE_SIZE:
                break
        return None

    async def decide(self, decision: ForeignDecision) -> ForeignQuote:
        raise not_possible(VENDOR, "decides on quotes: the customer signs them")

    async def edit_quote(self, edit: ForeignEdit) -> ForeignQuote:
        raise not_possible(VENDOR, "changes quotes")

    async def send_quote(self, quote_id: str, with_pdf: bool) -> ForeignQuote:
        raise not_possible(VENDOR, "sends quotes")

    async def cancel_quote(self, quote_id: str) -> None:
        raise not_possible(VENDOR, "cancels quotes")

    async def _key_of(self, quote_id: str) -> str:
        """The key of a quote that has just changed. Empty if it is not among those."""
        query = {"sort_by": "updated_at", "sort_order": "desc"}
        for number in range(1, PAGES_OF_CHANGED + 1):
            listed = await self._list(number, query)
            for row in listed.rows:
                if _id_of(row) == quote_id and (key := key_of(row)):
                    return key
            if len(listed.rows) < PAGE_SIZE:
                break
        return ""

    async def _record(self, key: str) -> Any | None:
        """The quote with a key, with its key even if the answer does not repeat it; None if there is no such quote."""
        answer = await record_at(self._api, _path(key))
        return {**answer, "key": key} if isinstance(answer, dict) else answer

    async def _whole_quotes(self, rows: Sequence[Any]) -> list[Any]:
        """The quotes of a list as they are read by their keys; None for one that has been deleted meanwhile. Raises:
        OutboundFailure."""
        slots = asyncio.Semaphore(MOST_AT_ONCE)

        async def whole(row: Any) -> Any:
            key = key_of(row)
            if not key or row.keys() >= WHOLE:
                return row
            async with slots:
                return await self._record(key)

        found = await asyncio.gather(*map(whole, rows), return_exceptions=True)
        for it in found:
            if isinstance(it, BaseException):
                raise it
        return found

    async def _list(self, number: int, query: Mapping[str, str]) -> Listed:
        answer = (await self._api.call("GET", LIST, query={**query, "page": str(number)})).body
        if not isinstance(answer, dict) or not isinstance(answer.get("data"), list):
            raise self._api.unreadable("GET", LIST, "the answer has no data")
        meta = answer.get("meta")
        numbers = meta if isinstance(meta, dict) else answer
        return Listed(answer["data"], _count(numbers, "last_page"), _count(numbers, "total"))


def _path(key: str) -> str:
    return f"{LIST}/{quote(key, safe='')}"


def _day(since: datetime) -> str:
    return (since.astimezone(UTC) - ANY_ZONE).date().isoformat()


def _count(meta: Mapping[str, Any], name: str) -> int | None:
    value = meta.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _id_of(row: Any) -> str:
    return str(row.get("id", "")) if isinstance(row, dict) else ""
