"""Tecspal's order endpoints as documented (domain-facts B.1, B.2), as the sandbox serves them (`autoQuote` works).

Any token, tenant and company is good; a tenant sees its own orders only. Nothing is deduplicated: two posts are two
orders. What may be ordered is checked in `tecspal_rules.py`.
"""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from app.emulators.http import Answer, Call, Emulator, now, phrase
from app.emulators.tecspal_rules import TecspalRefuses, check_envelope, check_order, required, text

FIRST_ORDER_NUMBER = 10001010
PRICES = {"MACBOOK": "1450.00", "PC": "980.00"}
WARRANTY_PRICE = "120.00"
NOT_FOUND = "Order request not found"

# The reply to a new order shows fewer and other fields than the lists (domain-facts B.2.2).
ONLY_IN_REPLY = {"clientName", "description"}
ONLY_IN_LISTS = {
    "maxEta",
    "minEta",
    "localInvoice",
    "trackingCode",
    "requesterEmail",
    "createdHardwares",
}


class TecspalEmulator(Emulator):
    """A Tecspal in which nobody works: orders stay `PENDING` unless they asked for `autoQuote`."""

    def answer(self, call: Call) -> Answer:
        tenant = _tenant(call.headers)
        if tenant is None:
            return self.failure(401)
        try:
            return self._routed(call, tenant)
        except TecspalRefuses as refusal:
            return _error(400, str(refusal))

    def failure(self, status: int) -> Answer:
        return _error(status, "Unauthorized access" if status == 401 else phrase(status))

    def _routed(self, call: Call, tenant: str) -> Answer:
        match (call.method, call.path.strip("/").split("/")):
            case ("POST", ["orders", "quote"]):
                return self._quote(check_envelope(call, "data"), tenant)
            case ("POST", ["orders", "confirm"]):
                return self._move(check_envelope(call, "data"), tenant, "ACCEPTED")
            case ("POST", ["orders", "cancel"]):
                return self._move(check_envelope(call, "data"), tenant, "CANCELLED")
            case ("GET", ["orders"]):
                return self._list(check_envelope(call, "filters"), tenant)
            case ("GET", ["orders", id]):
                order = self._order(id, required(check_envelope(call, "filters"), "companyCode"), tenant)
                return _success(200, [_shown(order, ONLY_IN_REPLY)])
        return _error(404, f"Cannot {call.method} {call.path}")

    def _quote(self, data: dict[str, Any], tenant: str) -> Answer:
        check_order(data)
        order = self._new_order(data, tenant)
        self.store.put("order", order["id"], order)
        return _success(201, [_shown(order, ONLY_IN_LISTS)])

    def _list(self, filters: dict[str, Any], tenant: str) -> Answer:
        company, country = required(filters, "companyCode"), text(filters, "countryCode")
        orders = [
            _shown(order, ONLY_IN_REPLY)
            for order in self.store.all("order")
            if (order["_tenant"], order["_company"]) == (tenant, company) and country in {None, order["countryCode"]}
        ]
        return _success(200, orders)

    def _move(self, data: dict[str, Any], tenant: str, status: str) -> Answer:
        """Confirm or cancel (domain-facts B.2.3)."""
        for name in ("id", "companyCode"):
            if not data.get(name):
                raise TecspalRefuses(f"{name} is required")
        order = self._order(str(data["id"]), str(data["companyCode"]), tenant)
        if status == "ACCEPTED" and order["status"] != "QUOTED":
            raise TecspalRefuses("The Order cannot be confirmed")
        if status == "CANCELLED" and order["status"] not in {"PENDING", "QUOTED"}:
            raise TecspalRefuses("The Order cannot be cancelled: only PENDING and QUOTED orders can")
        self.store.put("order", order["id"], {**order, "status": status, "updatedAt": now()})
        return _success(200, [{"id": order["id"], "status": status}])

    def _order(self, id: str, company: str, tenant: str) -> dict[str, Any]:
        order = self.store.get("order", id)
        if order is None or (order["_tenant"], order["_company"]) != (tenant, company):
            raise TecspalRefuses(NOT_FOUND)
        return order

    def _new_order(self, data: dict[str, Any], tenant: str) -> dict[str, Any]:
        company, at = self._company(data, tenant), now()
        quoted = bool(data.get("autoQuote"))
        return {
            "_tenant": tenant,
            "_company": company["companyCode"],
            "id": str(uuid4()),
            "orderNumber": FIRST_ORDER_NUMBER + self.store.count("order"),
            "createdAt": at,
            "updatedAt": at,
            "status": "QUOTED" if quoted else "PENDING",
            "date": None,
            "eta": None,
            "maxEta": None,
            "minEta": None,
            "localInvoice": False,
            "trackingLink": None,
            "trackingCode": None,
            "countryCode": data["countryCode"],
            "sendTo": data["sendTo"],
            "currency": "USD",
            "dateCompleted": None,
            "requesterEmail": None,
            "apiClientRequesterName": tenant,
            "companyName": company["name"],
            "clientName": data.get("clientName"),
            "description": _comment(data),
            "employeeProfile": _employee(data),
            "poNumber": data.get("poNumber"),
            "resellerIds": [],
            "hardwares": [_line(line, data.get("poNumber"), quoted, at) for line in data["hardwares"]],
            "createdHardwares": [],
        }

    def _company(self, data: dict[str, Any], tenant: str) -> dict[str, Any]:
        """The company of an order, made or updated when the order describes it (domain-facts B.2.1)."""
        company: dict[str, Any] | None = data.get("company")
        if company is not None:
            self.store.put("company", f"{tenant}/{company['companyCode']}", company)
            return company
        code = data["companyCode"]
        return self.store.get("company", f"{tenant}/{code}") or {"companyCode": code, "name": code}


def _tenant(headers: Mapping[str, str]) -> str | None:
    """The client a request comes from, if it carries both credentials (domain-facts B.1)."""
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    tenant = headers.get("tenant_id", "").strip()
    return tenant if tenant and scheme == "Bearer" and token.strip() else None


def _line(line: dict[str, Any], po_number: str | None, quoted: bool, at: str) -> dict[str, Any]:
    """A requested line as orders show it: `model` becomes `name`, `diskSize` `diskSpace` (domain-facts F.2 4)."""
    return {
        "id": str(uuid4()),
        "amount": line["amount"],
        "notes": line.get("notes"),
        "poNumber": po_number,
        "quotedUnitPrice": PRICES.get(line["hardwareType"], WARRANTY_PRICE) if quoted else None,
        "createdAt": at,
        "catalogModelId": None,
        "brand": line.get("brand"),
        "name": line.get("model"),
        "ram": line.get("ram"),
        "diskSpace": line.get("diskSize"),
        "displaySize": line.get("displaySize"),
        "processor": line.get("processor"),
        "image": None,
        "externalItemId": line.get("externalItemId"),
    }


def _employee(data: dict[str, Any]) -> dict[str, Any] | None:
    if data["sendTo"] != "EMPLOYEE":
        return None
    employee: dict[str, Any] = data.get("employee") or {"email": data["employeeEmail"]}
    return employee


def _comment(data: dict[str, Any]) -> str | None:
    """The order comment made of the client's own references (domain-facts B.2.1)."""
    parts = [
        f"{label}: {data[name]}"
        for name, label in (("ABMId", "ABMId"), ("clientName", "Client Name"))
        if data.get(name)
    ]
    return ", ".join(parts) or None


def _shown(order: dict[str, Any], hidden: set[str]) -> dict[str, Any]:
    return {name: value for name, value in order.items() if name not in hidden and not name.startswith("_")}


def _success(status: int, envelope: list[Any]) -> Answer:
    return Answer(status, {"statusCode": status, "message": "Request successful", "envelop": envelope})


def _error(status: int, message: str) -> Answer:
    return Answer(status, {"error": phrase(status), "message": message, "statusCode": status})
