"""Orders at Tecspal, over its orchestrator API (domain-facts B).

Both directions of the translation are here: our order into the vendor's words, and its answers, whose shape has changed
over time, into ours (domain-facts F.2).
"""

from typing import Any

import aiohttp

from adapters.http import MIB, JsonApi, one_line
from domain.outbound import OrderRequest, PlacedOrder

# The list has no pages (domain-facts B.1), so it is as long as the company's history.
LONGEST_LIST = 10 * MIB


class TecspalClient:
    """An `OrderVendor`."""

    def __init__(
        self, base_url: str, token: str, tenant_id: str, session: aiohttp.ClientSession, timeout: float = 10.0
    ) -> None:
        headers = {"tenant_id": tenant_id, "Content-Type": "application/json"}
        self._api = JsonApi("Tecspal", base_url, token, session, timeout, headers)

    async def place_order(self, request: OrderRequest) -> PlacedOrder:
        """Ask for one order (domain-facts B.2.1). Raises: Unavailable, Uncertain, Refused."""
        body = {"data": _data(request), "request": "orders/quote", "vendor": "tecspal", "verb": "POST"}
        answer = await self._api.call("POST", "/orders/quote", body=body)
        orders = self._orders("POST", "/orders/quote", answer)
        if not orders:
            raise self._api.garbage("POST", "/orders/quote", "order")
        return self._placed("POST", "/orders/quote", orders[0])

    async def find_order(self, company_code: str, country_code: str, external_item_id: str) -> PlacedOrder | None:
        """The order one of whose lines carries our id, whatever its status. Raises: Unavailable, Uncertain, Refused."""
        filters = {"companyCode": company_code, "countryCode": country_code}
        body = {"filters": filters, "request": "orders", "vendor": "tecspal", "verb": "GET"}
        answer = await self._api.call("GET", "/orders", body=body, limit=LONGEST_LIST)
        for order in self._orders("GET", "/orders", answer):
            if external_item_id in _external_ids(order):
                return self._placed("GET", "/orders", order)
        return None

    def _orders(self, verb: str, path: str, answer: Any) -> list[dict[str, Any]]:
        """What is in the envelope, an array or a bare object (domain-facts F.2 5).

        An answer without an envelope is not an empty list: taking it for one would order twice.
        """
        envelope = answer.get("envelop") if isinstance(answer, dict) else None
        if isinstance(envelope, dict):
            return [envelope]
        if not isinstance(envelope, list):
            raise self._api.garbage(verb, path, "envelop")
        return [order for order in envelope if isinstance(order, dict)]

    def _placed(self, verb: str, path: str, order: dict[str, Any]) -> PlacedOrder:
        vendor_id, number = order.get("id"), order.get("orderNumber")
        if not vendor_id:
            raise self._api.garbage(verb, path, "order id")
        status = order.get("status") or "UNKNOWN"
        return PlacedOrder(one_line(str(vendor_id)), None if number is None else one_line(str(number)), str(status))


def _data(request: OrderRequest) -> dict[str, Any]:
    """The order in the vendor's words; what we do not have is left out (domain-facts B.2.1)."""
    line = {
        "hardwareType": str(request.hardware_type),
        "brand": request.brand,
        "ram": request.ram,
        "diskSize": request.disk_size,
        "displaySize": request.display_size,
        "model": request.model,
        "processor": request.processor,
        "amount": request.amount,
        "externalItemId": request.external_item_id,
        "notes": request.notes,
    }
    return _present(
        {
            "countryCode": request.country_code,
            "sendTo": str(request.send_to),
            "companyCode": request.company_code,
            "hardwares": [_present(line)],
            "employeeEmail": request.employee_email,
            "poNumber": request.po_number,
        }
    )


def _present(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _external_ids(order: dict[str, Any]) -> set[str]:
    lines = order.get("hardwares")
    return {str(line.get("externalItemId")) for line in lines or () if isinstance(line, dict)}
