"""The client of kitchen.co, which can only be read (docs/concepts.md#kitchenco).

The address is `https://{workspace}.kitchen.co/api/v1`, or the same without `/v1`, which is the newer API. With
`/projects/{project_id}` at its end, only the quotes of that project are read.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from adapters.connections.calls import SystemCalls
from adapters.connections.kitchen.records import quote_of
from adapters.connections.kitchen.windows import position_of, step
from adapters.connections.lookups import record_at
from adapters.connections.standing import NoDeviceActions, not_possible
from domain.connections.records import ForeignQuote, RecordPage, Unread
from domain.connections.systems import Collection, Credentials
from domain.ports.connections import ForeignDecision, ForeignEdit, NewForeignQuote

VENDOR = "kitchen.co"
PROJECTS = "/projects/"


class KitchenClient(NoDeviceActions):
    """Implements the `ConnectedSystem` port."""

    def __init__(self, calls: SystemCalls, base_url: str, credentials: Credentials) -> None:
        parts = urlsplit(base_url)
        self._workspace = f"{parts.scheme}://{parts.netloc}"
        address, _, project = base_url.rstrip("/").partition(PROJECTS)
        self._list_path = f"{PROJECTS}{project}/quotes" if project else "/quotes"
        headers = {"Authorization": f"Bearer {credentials.token}", "Accept": "application/json"}
        if not address.endswith("/v1"):
            headers["X-Requested-With"] = "XMLHttpRequest"
        self._api = calls.api(VENDOR, address, headers, credentials.token)

    async def check(self) -> None:
        await self._list({"per_page": "1", "page": "1"})

    async def page(self, collection: Collection, since: datetime | None, cursor: str | None) -> RecordPage:
        """kitchen.co cannot tell what has changed, so that every pull reads all quotes."""
        position = position_of(cursor)
        window = position.window
        answer = await self._list({"per_page": str(window.size), "page": str(window.page)})
        rows = answer["data"]
        ids = [str(it.get("id")) if isinstance(it, dict) else "" for it in rows]
        found = step(position, ids, _has_more(answer, len(rows) >= window.size))
        records = [quote_of(it, self._workspace) for it in rows[found.first : found.end]]
        return RecordPage(records, found.position.cursor if found.position else None, _total(answer))

    async def quote(self, external_id: str) -> ForeignQuote | None:
        path = f"/quotes/{quote(external_id, safe='')}"
        answer = await record_at(self._api, path)
        if answer is None:
            return None
        found = quote_of(answer, self._workspace)
        if isinstance(found, Unread):
            raise self._api.unreadable("GET", path, found.reason)
        return found

    async def create_quote(self, quote: NewForeignQuote, begun: ForeignQuote | None = None) -> ForeignQuote:
        raise not_possible(VENDOR, "creates quotes")

    async def find_quote(self, reference: str, since: datetime) -> ForeignQuote | None:
        raise not_possible(VENDOR, "creates quotes")

    async def decide(self, decision: ForeignDecision) -> ForeignQuote:
        raise not_possible(VENDOR, "decides on quotes")

    async def edit_quote(self, edit: ForeignEdit) -> ForeignQuote:
        raise not_possible(VENDOR, "changes quotes")

    async def send_quote(self, quote_id: str, with_pdf: bool) -> ForeignQuote:
        raise not_possible(VENDOR, "sends quotes")

    async def cancel_quote(self, quote_id: str) -> None:
        raise not_possible(VENDOR, "cancels quotes")

    async def _list(self, query: Mapping[str, str]) -> dict[str, Any]:
        answer = (await self._api.call("GET", self._list_path, query=query)).body
        if not isinstance(answer, dict) or not isinstance(answer.get("data"), list):
            raise self._api.unreadable("GET", self._list_path, "the answer has no data")
        return answer


def _has_more(answer: dict[str, Any], is_full: bool) -> bool:
    """Whether a page follows: by `links.next` of the newer API, else by the numbers in `meta`, which the list of a
    project may leave out."""
    links, meta = answer.get("links"), answer.get("meta")
    if isinstance(links, dict) and "next" in links:
        return links["next"] is not None
    if isinstance(meta, dict):
        current, last = meta.get("current_page"), meta.get("last_page")
        if isinstance(current, int) and isinstance(last, int):
            return current < last
    return is_full


def _total(answer: dict[str, Any]) -> int | None:
    meta = answer.get("meta")
    total = meta.get("total") if isinstance(meta, dict) else None
    return total if isinstance(total, int) and not isinstance(total, bool) and total >= 0 else None
