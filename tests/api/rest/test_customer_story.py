"""A program of a customer, written for quipteams' REST API and nothing else, runs against ours."""

from typing import Any, Self

import pytest
from aiohttp import ClientSession

from tests.api.support.makers import a_price, a_proposal
from tests.api.support.running import Running, running
from tests.api.support.webhooks import received_by


class QuipteamsError(Exception):
    def __init__(self, status: int, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.status, self.code, self.details = status, error["code"], error["details"]


class Quipteams:
    """The customer's client: it knows a base URL, a key, and what quipteams documents."""

    def __init__(self, base_url: str, key: str) -> None:
        self._base_url, self._key = base_url, key

    async def __aenter__(self) -> Self:
        self._http = ClientSession(self._base_url, headers={"Authorization": f"Bearer {self._key}"})
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()

    async def call(self, method: str, path: str, json: Any = None, **query: str) -> Any:
        async with self._http.request(method, f"/api/v1{path}", json=json, params=query) as response:
            body = await response.json()
            assert int(response.headers["X-RateLimit-Remaining"]) <= int(response.headers["X-RateLimit-Limit"])
            if response.status >= 400:
                raise QuipteamsError(response.status, body["error"])
            return body

    async def every(self, path: str, **query: str) -> list[Any]:
        """All rows of a list, by its cursor."""
        rows: list[Any] = []
        while True:
            page = await self.call("GET", path, **query)
            rows += page["data"]
            if not page["meta"]["has_more"]:
                return rows
            query["cursor"] = page["meta"]["next_cursor"]


async def priced(api: Running, order_id: str) -> None:
    """Our people price a quote and propose an alternative to its first item."""
    found = await api.data("query($o: String) { quote(by: {orderId: $o}) { items { id } } }", {"o": order_id})
    items = [it["id"] for it in found["quote"]["items"]]
    for item in items:
        await api.act("priceItem", {"itemId": item, "price": a_price("1450.10")}, key=api.operator)
    await api.act("proposeAlternative", a_proposal(items[0], price=a_price("1190")), key=api.operator)


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
async def test_the_whole_story_of_a_customer(new_database, dialect):
    async with running(await new_database(dialect), rate_limit="6000/100") as api:
        received_by(api)
        kit_devices = [{"device": {"custom": {"productType": "MONITOR", "specification": {"brand": "LG"}}}}]
        await api.act("createKit", {"name": "Desk", "devices": kit_devices})
        async with Quipteams(str(api.server.make_url("")), api.customer) as quipteams:
            await story(api, quipteams)


async def story(api: Running, quipteams: Quipteams) -> None:
    # Choose from the catalogue.
    products = await quipteams.call("GET", "/products", product_type="Laptop", cpu="Apple M5")
    assert "Apple M5" in products["meta"]["available_filters"]["cpu"]
    [macbook] = products["data"]
    [kit] = await quipteams.every("/kits", search="desk")

    # Be told of what happens.
    hook = {"url": "https://hooks.example/quipteams", "events": ["quote.*", "logistics.completed"]}
    webhook = (await quipteams.call("POST", "/webhooks", hook))["data"]
    assert len(webhook["secret"]) == 64
    tested = (await quipteams.call("POST", f"/webhooks/{webhook['id']}/test"))["data"]
    assert tested["response_status"] == 204
    assert (await quipteams.call("GET", "/webhooks"))["meta"]["total"] == 1

    # Create a quote of both.
    ana = {"name": "Ana", "country": "Uruguay", "email": "ana@people.example", "address": "Calle 1"}
    line = {"product_id": macbook["id"], "configuration_id": macbook["configurations"][0]["id"]}
    body = {
        "requester_email": "it@austral.example",
        "po_number": "PO-7",
        "items": [
            {**line, "specification": {"keyboard_layout": "ES"}, "recipients": [ana]},
            {"kit_id": kit["id"], "recipients": [ana]},
        ],
    }
    quote = (await quipteams.call("POST", "/quotes", body))["data"]
    path = f"/quotes/{quote['order_id']}"
    assert [it["price"] for it in quote["items"]] == [None, None]
    assert [it["product_type"] for it in quote["items"]] == ["Laptop", "Monitor"]

    # It cannot be accepted before it is priced.
    first, second = quote["items"]
    with pytest.raises(QuipteamsError) as refused:
        await quipteams.call("PATCH", f"{path}/items/{first['id']}", {"action": "accept"})
    assert (refused.value.status, refused.value.code) == (409, "CONFLICT")
    await priced(api, quote["order_id"])
    quote = (await quipteams.call("GET", path))["data"]
    assert [it["price"] for it in quote["items"]] == [1450.1, 1450.1]
    [alternative] = quote["items"][0]["alternatives"]
    assert (alternative["status"], alternative["price"]) == ("Sourced", 1190)

    # Accept the alternative of one, for somebody else, and the other by its action.
    bruno = {**ana, "name": "Bruno", "email": "bruno@people.example"}
    accepted = {"action": "accept", "alternative_id": alternative["id"], "recipients": [bruno]}
    done = (await quipteams.call("PATCH", f"{path}/items/{first['id']}", accepted))["data"]
    assert done == {"id": alternative["id"], "type": "alternative", "status": "accepted"}
    done = (await quipteams.call("POST", f"{path}/items/{second['id']}/action", {"action": "accept"}))["data"]
    assert done == {"id": second["id"], "type": "item", "status": "accepted"}
    quote = (await quipteams.call("GET", path))["data"]
    laptop, monitor = quote["items"]
    assert (quote["status"], laptop["status"], monitor["status"]) == ("Approved", "Rejected", "Accepted")
    assert laptop["alternatives"][0]["status"] == "Selected"
    assert [(it["name"], it["status"]) for it in laptop["recipients"]] == [("Bruno", "Approved")]
    assert [it["order_id"] for it in await quipteams.every("/quotes", status="approved")] == [quote["order_id"]]

    # The inventory: a device, its way to somebody else, and back in the list.
    device = {"serial_number": "C02X", "device_type": "Laptop", "country": "Uruguay", "description": "MacBook"}
    await quipteams.call("POST", "/devices", device)
    [asset] = await quipteams.every("/assets", search="C02X")
    assert (asset["status"], asset["employee"]) == ("in_storage", None)
    person = {"name": "Ana", "email": "ana@people.example"}
    action = {"action_type": "Assign", "serial_number": "C02X", "current_user": person}
    action["new_recipient"] = {"name": "Bruno", "email": "bruno@people.example"}
    made = (await quipteams.call("POST", "/device-actions", action))["data"]
    # It waits for the vendor, who moves the device.
    assert (made["action_type"], made["status"]) == ("Assign", "Pending")
    with pytest.raises(QuipteamsError) as refused:
        await quipteams.call("POST", "/device-actions", action)
    assert (refused.value.status, refused.value.code) == (409, "CONFLICT")
    [listed] = await quipteams.every("/device-actions", status="pending", include_asset="true")
    assert listed["asset"]["serial_number"] == "C02X"
    assert (await quipteams.call("GET", f"/device-actions/{made['action_id']}"))["data"]["id"] == made["id"]
    assert len(await quipteams.every("/employees", limit="1")) == 3
