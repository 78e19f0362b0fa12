"""Emulates Tecspal's endpoints as documented (docs/domain.md#vendor-tecspal), as in the sandbox (`autoQuote` works).

Accepts any token, tenant and company; a tenant sees its own orders only. Nothing is deduplicated: two posts create two
orders. Orders are validated in `tecspal_rules.py`; the work of the vendor's people is in `tecspal_work.py`. The
catalogue, devices and movements are in modules of their own.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from aiohttp import web

from app.emulators.http import Answer, Call, Emulator, format_time, phrase
from app.emulators.store import Store
from app.emulators.tecspal_catalogue import Catalogue
from app.emulators.tecspal_hardware import Hardwares
from app.emulators.tecspal_movements import Movements
from app.emulators.tecspal_rules import (
    APPLE_BRANDS,
    OMIT,
    TecspalRefuses,
    check_envelope,
    check_order,
    company_and_country,
    required,
)
from app.emulators.tecspal_work import BadControl, advanced, controlled, price_of, selected

FIRST_ORDER_NUMBER = 10001010
NOT_FOUND = "Order request not found"

# The answer to a new order has fewer and other fields than the lists (docs/domain.md#tecspal-orders).
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
    """Tecspal. Orders change by `/control` requests only, or, with a `pace`, by one step in each period."""

    def __init__(
        self,
        store: Store,
        pace: timedelta | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(store)
        self._pace = pace
        self._clock = clock
        self._catalogue = Catalogue(store)
        self._hardwares = Hardwares(store)
        self._movements = Movements(store, self._hardwares, pace, clock)

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_post("/control/orders/{id}", self._control)
        router.add_post("/control/movements/{id}", self._control_movement)
        router.add_post("/control/hardwares/{id}", self._control_hardware)
        router.add_post("/control/catalog", self._control_catalogue)
        router.add_post("/control/apple-brand", self._control_apple_brand)

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
                return self._confirm_or_cancel(check_envelope(call, "data"), tenant, "ACCEPTED")
            case ("POST", ["orders", "cancel"]):
                return self._confirm_or_cancel(check_envelope(call, "data"), tenant, "CANCELLED")
            case ("POST", ["orders", id, "hardware-alternatives", "select"]):
                return self._select(id, check_envelope(call, "data"), tenant)
            case ("GET", ["orders"]):
                return self._list(check_envelope(call, "filters"), tenant)
            case ("GET", ["orders", id]):
                order = self._order(id, required(check_envelope(call, "filters"), "companyCode"), tenant)
                return _success(200, [_shown(order, ONLY_IN_REPLY)])
            case ("GET", ["catalog"]):
                return _success(200, self._catalogue.listed(check_envelope(call, "filters")))
            case (_, ["hardwares", *path]):
                return self._hardware_routes(call, path, tenant)
            case (_, ["movement_requests", *_] as path):
                return self._movement_routes(call, path, tenant)
        return _error(404, f"Cannot {call.method} {call.path}")

    def _hardware_routes(self, call: Call, path: list[str], tenant: str) -> Answer:
        """Routes requests for devices (docs/domain.md#tecspal-devices)."""
        hardwares = self._hardwares
        match (call.method, path):
            case ("GET", []):
                return _success(200, hardwares.listed(check_envelope(call, "filters"), tenant))
            case ("GET", ["storages"]):
                return _success(200, hardwares.listed(check_envelope(call, "filters"), tenant, in_storage=True))
            case ("GET", [id]):
                return _success(200, [hardwares.one(id, check_envelope(call, "filters"), tenant)])
            case ("POST", []):
                return _success(201, [hardwares.register(check_envelope(call, "data"), tenant)])
        return _error(404, f"Cannot {call.method} {call.path}")

    def _movement_routes(self, call: Call, path: list[str], tenant: str) -> Answer:
        """Routes requests for movements (docs/domain.md#tecspal-movements)."""
        movements, at = self._movements, self._now()
        match (call.method, path):
            case ("POST", ["movement_requests", "onboarding"]):
                return _success(201, [movements.onboard(check_envelope(call, "data"), tenant, at)])
            case ("POST", ["movement_requests", "offboarding"]):
                return _success(201, [movements.offboard(check_envelope(call, "data"), tenant, at)])
            case ("GET", ["movement_requests"]):
                return _success(200, movements.listed(check_envelope(call, "filters"), tenant))
            case ("GET", ["movement_requests", id]):
                return _success(200, [movements.one(id, check_envelope(call, "filters"), tenant)])
        return _error(404, f"Cannot {call.method} {call.path}")

    async def _control_movement(self, request: web.Request) -> web.Response:
        """Changes a movement, by the vendor's id, for tests."""
        found = self._movements.control(request.match_info["id"], await request.json(), self._now())
        if found is None:
            return web.json_response({"error": "There is no such movement."}, status=404)
        return web.json_response(found)

    async def _control_hardware(self, request: web.Request) -> web.Response:
        """Changes a registered device, for tests."""
        found = self._hardwares.control(request.match_info["id"], await request.json())
        if found is None:
            return web.json_response({"error": "There is no such device."}, status=404)
        return web.json_response(found)

    async def _control_catalogue(self, request: web.Request) -> web.Response:
        """Adds and replaces models of the catalogue, for tests and the demo."""
        given = await request.json()
        with self.store.transaction():
            return web.json_response({"ids": [self._catalogue.put(it) for it in given]})

    async def _control_apple_brand(self, request: web.Request) -> web.Response:
        """Says what is taken as the brand of a MACBOOK: `omit` at first, or `APPLE` (docs/domain.md#tecspal-brands)."""
        given = (await request.json())["accepted"]
        if given not in APPLE_BRANDS:
            return web.json_response({"error": f"Send one of {', '.join(APPLE_BRANDS)}."}, status=400)
        self.store.put("setting", "apple_brand", {"accepted": given})
        return web.Response(status=204)

    def _quote(self, data: dict[str, Any], tenant: str) -> Answer:
        check_order(data, (self.store.get("setting", "apple_brand") or {"accepted": OMIT})["accepted"])
        order = self._new_order(data, tenant)
        self.store.put("order", order["id"], order)
        return _success(201, [_shown(order, ONLY_IN_LISTS)])

    def _list(self, filters: dict[str, Any], tenant: str) -> Answer:
        company, country = company_and_country(filters)
        orders = [
            _shown(self._current(order), ONLY_IN_REPLY)
            for order in self.store.all("order")
            if (order["_tenant"], order["_company"]) == (tenant, company) and country in {None, order["countryCode"]}
        ]
        return _success(200, orders)

    def _confirm_or_cancel(self, data: dict[str, Any], tenant: str, status: str) -> Answer:
        """Confirms or cancels an order (docs/domain.md#tecspal-order-states)."""
        _require(data, "id", "companyCode")
        order = self._order(str(data["id"]), str(data["companyCode"]), tenant)
        if status == "ACCEPTED" and order["status"] != "QUOTED":
            raise TecspalRefuses("The Order cannot be confirmed")
        if status == "CANCELLED" and order["status"] not in {"PENDING", "QUOTED"}:
            raise TecspalRefuses("The Order cannot be cancelled: only PENDING and QUOTED orders can")
        self.store.put("order", order["id"], {**order, "status": status, "updatedAt": self._now()})
        return _success(200, [{"id": order["id"], "status": status}])

    def _select(self, id: str, data: dict[str, Any], tenant: str) -> Answer:
        """Replaces a line's device by a candidate; the status stays the same (docs/domain.md#tecspal-order-states)."""
        _require(data, "companyCode", "alternativeGroupId", "hardwareRequestId")
        order = self._order(id, str(data["companyCode"]), tenant)
        if order["status"] not in {"PENDING", "QUOTED"}:
            raise TecspalRefuses("Alternatives can be selected for PENDING and QUOTED orders only")
        chosen = selected(order, str(data["alternativeGroupId"]), str(data["hardwareRequestId"]), self._now())
        if chosen is None:
            raise TecspalRefuses("Alternative not found")
        self.store.put("order", id, chosen)
        return _success(200, [_shown(chosen, ONLY_IN_REPLY)])

    async def _control(self, request: web.Request) -> web.Response:
        """Changes an order, by the vendor's id or ours, for tests."""
        wanted = request.match_info["id"]
        order = next((it for it in self.store.all("order") if wanted in _names(it)), None)
        if order is None:
            return web.json_response({"error": f"There is no order {wanted}."}, status=404)
        try:
            changed = controlled(self._current(order), await request.json(), self._now())
        except (BadControl, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)
        self.store.put("order", order["id"], changed)
        return web.json_response(_shown(changed, ONLY_IN_REPLY))

    def _current(self, order: dict[str, Any]) -> dict[str, Any]:
        """Returns the order with all steps that are due."""
        if self._pace is None:
            return order
        done = advanced(order, self._pace, self._clock(), format_time)
        if done is not order:
            self.store.put("order", order["id"], done)
        return done

    def _now(self) -> str:
        return format_time(self._clock())

    def _order(self, id: str, company: str, tenant: str) -> dict[str, Any]:
        order = self.store.get("order", id)
        if order is None or (order["_tenant"], order["_company"]) != (tenant, company):
            raise TecspalRefuses(NOT_FOUND)
        return self._current(order)

    def _new_order(self, data: dict[str, Any], tenant: str) -> dict[str, Any]:
        company, at = self._company(data, tenant), self._now()
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
        """Returns the company of an order, created or updated if the order describes it
        (docs/domain.md#tecspal-order-fields)."""
        company: dict[str, Any] | None = data.get("company")
        if company is not None:
            self.store.put("company", f"{tenant}/{company['companyCode']}", company)
            return company
        code = data["companyCode"]
        return self.store.get("company", f"{tenant}/{code}") or {"companyCode": code, "name": code}


def _tenant(headers: Mapping[str, str]) -> str | None:
    """Returns the tenant of a request that has both credentials, else None (docs/domain.md#tecspal-requests)."""
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    tenant = headers.get("tenant_id", "").strip()
    return tenant if tenant and scheme == "Bearer" and token.strip() else None


def _line(line: dict[str, Any], po_number: str | None, quoted: bool, at: str) -> dict[str, Any]:
    """Returns a requested line with the field names of orders: `model` becomes `name`, `diskSize` `diskSpace`
    (docs/domain.md#tecspal-orders)."""
    return {
        "id": str(uuid4()),
        "amount": line["amount"],
        "notes": line.get("notes"),
        "poNumber": po_number,
        "_type": line["hardwareType"],
        "quotedUnitPrice": price_of(line["hardwareType"]) if quoted else None,
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
    """Returns the order comment, which contains the client's references (docs/domain.md#tecspal-order-fields)."""
    parts = [
        f"{label}: {data[name]}"
        for name, label in (("ABMId", "ABMId"), ("clientName", "Client Name"))
        if data.get(name)
    ]
    return ", ".join(parts) or None


def _require(data: dict[str, Any], *names: str) -> None:
    for name in names:
        if not data.get(name):
            raise TecspalRefuses(f"{name} is required")


def _names(order: dict[str, Any]) -> set[str]:
    """Returns the ids by which a test can address an order: the vendor's and ours."""
    return {order["id"], *(line["externalItemId"] for line in order["hardwares"] if line["externalItemId"])}


def _shown(order: dict[str, Any], hidden: set[str]) -> dict[str, Any]:
    shown = {name: value for name, value in order.items() if name not in hidden and not name.startswith("_")}
    return {**shown, "hardwares": [{k: v for k, v in line.items() if k != "_type"} for line in order["hardwares"]]}


def _success(status: int, envelope: list[Any]) -> Answer:
    return Answer(status, {"statusCode": status, "message": "Request successful", "envelop": envelope})


def _error(status: int, message: str) -> Answer:
    return Answer(status, {"error": phrase(status), "message": message, "statusCode": status})
