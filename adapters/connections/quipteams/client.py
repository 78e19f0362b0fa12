"""The client of quipteams' API (docs/domain.md#quipteams-requests): one method for each endpoint that is called. What
is in the answers is read in `quotes.py` and `inventory.py`. People there manage webhooks and add devices."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from adapters.connections.calls import SystemApi, SystemCalls
from adapters.connections.quipteams.filters import (
    LIMIT,
    AnyFilter,
    AssetFilter,
    DeviceActionFilter,
    EmployeeFilter,
    KitFilter,
    ProductFilter,
    QuoteFilter,
    query_of,
)
from domain.connections.systems import Credentials
from domain.shared.outbound_errors import Refused

BASE = "/api/v1"
NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a list. `cursor` is that of the next page."""

    rows: list[Any]
    cursor: str | None
    meta: Mapping[str, Any]


def open_client(calls: SystemCalls, base_url: str, credentials: Credentials) -> "QuipteamsClient":
    """The client for an address with or without the version."""
    headers = {"Authorization": f"Bearer {credentials.token}"}
    base = base_url.rstrip("/").removesuffix(BASE)
    return QuipteamsClient(calls.api("quipteams", base, headers, credentials.token, credentials.webhook_secret))


class QuipteamsClient:
    """Every method raises OutboundFailure. What is addressed by an id and does not exist is None."""

    def __init__(self, api: SystemApi) -> None:
        self._api = api

    async def quotes(self, wanted: QuoteFilter | None = None, cursor: str | None = None, limit: int = LIMIT) -> Listing:
        return await self._pages("quotes", wanted or QuoteFilter(), cursor, limit)

    async def quote(self, quote_id: str) -> dict[str, Any] | None:
        return await self._one("quotes", quote_id)

    async def create_quote(self, body: Mapping[str, Any], idempotency_key: str) -> dict[str, Any]:
        return await self._write("POST", "quotes", body, {"Idempotency-Key": idempotency_key})

    async def decide_item(self, quote_id: str, item_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Accept or reject an item or one of its alternatives, perhaps with other recipients."""
        return await self._write("PATCH", _path("quotes", quote_id, "items", item_id), body)

    async def decide_offer(self, quote_id: str, offer_id: str, action: str) -> dict[str, Any]:
        """Accept or reject an item or an alternative, by its own id."""
        return await self._write("POST", _path("quotes", quote_id, "items", offer_id, "action"), {"action": action})

    async def assets(self, wanted: AssetFilter | None = None, cursor: str | None = None, limit: int = LIMIT) -> Listing:
        return await self._pages("assets", wanted or AssetFilter(), cursor, limit)

    async def device_actions(
        self, wanted: DeviceActionFilter | None = None, cursor: str | None = None, limit: int = LIMIT
    ) -> Listing:
        return await self._pages("device-actions", wanted or DeviceActionFilter(), cursor, limit)

    async def device_action(self, action_id: str) -> dict[str, Any] | None:
        return await self._one("device-actions", action_id)

    async def create_device_action(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """For a device that is in the inventory."""
        return await self._write("POST", "device-actions", body)

    async def create_external_device_action(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """For a device that is not in the inventory."""
        return await self._write("POST", "device-actions/external", body)

    async def products(self, wanted: ProductFilter | None = None) -> Listing:
        """All products, as this list has no pages. `available_filters` is in `meta`."""
        reply = await self._api.call("GET", f"{BASE}/products", query=query_of(wanted or ProductFilter()))
        return Listing(self._rows("products", reply.body), None, _meta(reply.body))

    async def product(self, product_id: str) -> dict[str, Any] | None:
        return await self._one("products", product_id)

    async def kits(self, wanted: KitFilter | None = None, cursor: str | None = None, limit: int = LIMIT) -> Listing:
        return await self._pages("kits", wanted or KitFilter(), cursor, limit)

    async def kit(self, kit_id: str) -> dict[str, Any] | None:
        return await self._one("kits", kit_id)

    async def employees(
        self, wanted: EmployeeFilter | None = None, cursor: str | None = None, limit: int = LIMIT
    ) -> Listing:
        return await self._pages("employees", wanted or EmployeeFilter(), cursor, limit)

    async def employee(self, employee_id: str) -> dict[str, Any] | None:
        return await self._one("employees", employee_id)

    async def _pages(self, path: str, wanted: AnyFilter, cursor: str | None, limit: int) -> Listing:
        reply = await self._api.call("GET", f"{BASE}/{path}", query=query_of(wanted, cursor, limit))
        rows, meta = self._rows(path, reply.body), _meta(reply.body)
        following = meta.get("next_cursor") or None
        # A page that cannot be followed is no last page: the rest would be taken for deleted.
        if meta.get("has_more", following is not None) and not (isinstance(following, str) and following != cursor):
            raise self._unreadable("GET", path, "there is more, without a cursor to continue with")
        if not meta.keys() & {"has_more", "next_cursor"}:
            raise self._unreadable("GET", path, "the answer does not say whether there is more")
        return Listing(rows, following if meta.get("has_more", True) else None, meta)

    async def _one(self, path: str, id_: str) -> dict[str, Any] | None:
        try:
            reply = await self._api.call("GET", f"{BASE}/{_path(path, id_)}")
        except Refused as refusal:
            if refusal.status == NOT_FOUND:
                return None
            raise
        return self._object("GET", path, reply.body)

    async def _write(
        self, verb: str, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        reply = await self._api.call(verb, f"{BASE}/{path}", body=body, headers=headers)
        return self._object(verb, path, reply.body)

    def _object(self, verb: str, path: str, answer: Any) -> dict[str, Any]:
        data = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(data, dict):
            raise self._unreadable(verb, path, "the answer has no object as its data")
        return data

    def _rows(self, path: str, answer: Any) -> list[Any]:
        data = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(data, list):
            raise self._unreadable("GET", path, "the answer has no list as its data")
        return data

    def _unreadable(self, verb: str, path: str, what: str) -> Exception:
        return self._api.unreadable(verb, f"{BASE}/{path}", what)


def _path(*parts: str) -> str:
    return "/".join(quote(it, safe="") for it in parts)


def _meta(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    meta = answer.get("meta")
    return meta if isinstance(meta, dict) else {}
