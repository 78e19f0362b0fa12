"""The client of Tecspal's orchestrator API for orders (docs/domain.md#vendor-tecspal).

This module sends the requests; `answers.py` parses the answers.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import aiohttp

from adapters.http import MIB, JsonApi
from adapters.tecspal.answers import envelope_of, external_ids, placed_order, reported_lines
from domain.fulfilment.vendor_api import (
    WARRANTIES,
    CompanyDetails,
    EmployeeDetails,
    OrderRequest,
    PlacedOrder,
    ReportedOrder,
)
from domain.fulfilment.vendor_brands import APPLE

# The list has no pages (docs/domain.md#tecspal-lists) and contains all orders of the company.
MAX_LIST_BYTES = 10 * MIB


class TecspalClient:
    """Implements the `OrderVendor` port. Every method raises Unavailable, Uncertain or Refused if the call fails.

    `apple_brand` is what is sent as the brand APPLE, or None (docs/domain.md#tecspal-brands).
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        tenant_id: str,
        session: aiohttp.ClientSession,
        timeout: float = 10.0,
        apple_brand: str | None = None,
    ) -> None:
        headers = {"tenant_id": tenant_id, "Content-Type": "application/json"}
        self._api = JsonApi("Tecspal", base_url, token, session, timeout, headers)
        self._apple_brand = apple_brand

    async def place_order(self, request: OrderRequest) -> PlacedOrder:
        """Places one order (docs/domain.md#tecspal-order-fields)."""
        identity = (request.employee.government_id,) if request.employee else ()
        found = await self.write("orders/quote", order_data(request, self._apple_brand), identity)
        return placed_order(self.only(found, "POST", "orders/quote"), self.missing_error("POST", "orders/quote"))

    async def find_order(
        self, company_code: str, country_code: str, external_item_ids: Collection[str]
    ) -> PlacedOrder | None:
        """Returns an order that has a line with one of our ids, in any status, or None."""
        filters = {"companyCode": company_code, "countryCode": country_code}
        for order in await self.read("orders", filters, MAX_LIST_BYTES):
            if not external_ids(order).isdisjoint(external_item_ids):
                return placed_order(order, self.missing_error("GET", "orders"))
        return None

    async def order(
        self, company_code: str, vendor_id: str, serial_numbers: Mapping[str, Collection[str]]
    ) -> Sequence[ReportedOrder]:
        """Returns the current state of an order, for each of its lines with our ids, which are given with the serial
        numbers that they had before (docs/domain.md#tecspal-orders)."""
        path = f"orders/{quote(vendor_id, safe='')}"
        found = await self.read(path, {"companyCode": company_code})
        return reported_lines(self.only(found, "GET", path), serial_numbers, self.missing_error("GET", path))

    async def confirm_order(self, company_code: str, vendor_id: str) -> None:
        """Confirms a quoted order (docs/domain.md#tecspal-order-states)."""
        await self.write("orders/confirm", {"id": vendor_id, "companyCode": company_code})

    async def cancel_order(self, company_code: str, vendor_id: str) -> None:
        """Cancels an order (docs/domain.md#tecspal-order-states)."""
        await self.write("orders/cancel", {"id": vendor_id, "companyCode": company_code})

    async def select_alternative(self, company_code: str, vendor_id: str, group_id: str, candidate_id: str) -> None:
        """Selects a candidate in place of the device that was ordered (docs/domain.md#vendor-alternatives)."""
        chosen = {"companyCode": company_code, "alternativeGroupId": group_id, "hardwareRequestId": candidate_id}
        await self.write(f"orders/{quote(vendor_id, safe='')}/hardware-alternatives/select", chosen)

    async def read(self, path: str, filters: dict[str, Any], limit: int = MIB) -> list[dict[str, Any]]:
        """Sends a reading request and returns the envelope's contents (docs/domain.md#tecspal-requests)."""
        body = {"filters": filters, "request": path, "vendor": "tecspal", "verb": "GET"}
        answer = await self._api.call("GET", f"/{path}", body=body, limit=limit)
        return envelope_of(answer, self.missing_error("GET", path))

    async def write(self, path: str, data: dict[str, Any], secrets: tuple[str, ...] = ()) -> list[dict[str, Any]]:
        """Sends a writing request and returns the envelope's contents (docs/domain.md#tecspal-requests). The `secrets`
        in it are redacted in errors."""
        body = {"data": data, "request": path, "vendor": "tecspal", "verb": "POST"}
        answer = await self._api.call("POST", f"/{path}", body=body, secrets=secrets)
        return envelope_of(answer, self.missing_error("POST", path))

    def only(self, orders: list[dict[str, Any]], verb: str, path: str) -> dict[str, Any]:
        """Returns the first object of an answer. Raises: Uncertain, if there is none."""
        if not orders:
            raise self._api.unreadable_answer(verb, f"/{path}", "order")
        return orders[0]

    def missing_error(self, verb: str, path: str) -> Any:
        """Returns a function that makes the error for an answer to this call without a field."""
        return lambda name: self._api.unreadable_answer(verb, f"/{path}", name)


def order_data(request: OrderRequest, apple_brand: str | None = None) -> dict[str, Any]:
    """Returns the request body of an order, without the fields we have no value for
    (docs/domain.md#tecspal-order-fields)."""
    company, employee = request.company, request.employee
    return _present(
        {
            "countryCode": request.country_code,
            "sendTo": str(request.send_to),
            "companyCode": None if company else request.company_code,
            "company": _company(company) if company else None,
            "hardwares": [_line(it, apple_brand) for it in (request, *request.more)],
            "employeeEmail": None if employee else request.employee_email,
            "employee": _employee(employee) if employee else None,
            "poNumber": request.po_number,
            "clientName": request.client_name,
            "ABMId": request.abm_id,
            "autoQuote": request.auto_quote or None,
        }
    )


def _line(request: OrderRequest, apple_brand: str | None) -> dict[str, Any]:
    device = {
        "brand": apple_brand if request.brand == APPLE else request.brand,
        "ram": request.ram,
        "diskSize": request.disk_size,
        "displaySize": request.display_size,
        "model": request.model,
        "processor": request.processor,
    }
    return _present(
        {
            "hardwareType": str(request.hardware_type),
            **({} if request.hardware_type in WARRANTIES else device),
            "amount": request.amount,
            "externalItemId": request.external_item_id,
            "notes": request.notes,
        }
    )


def _company(company: CompanyDetails) -> dict[str, Any]:
    return {
        "name": company.name,
        "companyCode": company.code,
        "countryCode": company.country_code,
        "legalNumber": company.legal_number,
        "contactEmail": company.contact_email,
        "phone": company.phone,
    }


def _employee(employee: EmployeeDetails) -> dict[str, Any]:
    return _present(
        {
            "firstName": employee.first_name,
            "lastName": employee.last_name,
            "email": employee.email,
            "phone": employee.phone,
            "governmentDNI": employee.government_id,
            "address": employee.address,
            "city": employee.city,
            "postCode": employee.post_code,
            "countryCode": employee.country_code,
            "addressExtraInfo": employee.address_extra,
        }
    )


def _present(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
