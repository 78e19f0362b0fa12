"""What becomes of orders at the emulated Tecspal: by itself at a pace, or as a test says
(docs/domain.md#tecspal-order-states)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from app.emulators.http import Call
from app.emulators.store import Store
from app.emulators.tecspal import TecspalEmulator
from tests.adapters.support.emulated import emulated
from tests.app.emulators.test_tecspal import CREDENTIALS, Caller, an_order, refused

PACE = timedelta(seconds=10)
UNKNOWN = "0190a5b0-0000-7000-8000-00000000a0a0"


class Watched:
    """An emulator at a pace whose clock is moved by the test."""

    def __init__(self, store: Store, pace: timedelta | None = PACE) -> None:
        self.now = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
        self.emulator = TecspalEmulator(store, pace, lambda: self.now)

    def call(self, method: str, path: str, content: dict[str, Any]) -> Any:
        kind = "data" if method == "POST" else "filters"
        body = {kind: content, "request": path, "vendor": "tecspal", "verb": method}
        answer = self.emulator.answer(Call(method, f"/{path}", {}, CREDENTIALS, body))
        assert answer.status < 300, answer
        return answer.body["envelop"][0]

    def order(self, **fields: Any) -> str:
        return str(self.call("POST", "orders/quote", an_order(**fields))["id"])

    def after(self, steps: float, order_id: str) -> Any:
        self.now += PACE * steps
        return self.call("GET", f"orders/{order_id}", {"companyCode": "ACME"})

    def confirm(self, order_id: str) -> None:
        self.call("POST", "orders/confirm", {"id": order_id, "companyCode": "ACME"})


@pytest.fixture
def watched(tmp_path):
    store = Store(tmp_path / "tecspal.sqlite3")
    yield Watched(store)
    store.close()


@pytest_asyncio.fixture
async def tecspal(tmp_path):
    async with emulated("tecspal", tmp_path) as vendor:
        yield Caller(vendor)


def test_an_order_is_priced_after_one_step_and_waits_to_be_confirmed(watched):
    order = watched.order()
    assert watched.after(0.9, order)["status"] == "PENDING"
    assert watched.after(0.1, order)["status"] == "QUOTED"

    later = watched.after(100, order)
    assert (later["status"], later["hardwares"][0]["quotedUnitPrice"]) == ("QUOTED", "980.00")


def test_a_confirmed_order_is_shipped_and_then_delivered_with_a_serial_for_each_device(watched):
    order = watched.order(hardwares=[{"hardwareType": "PC", "brand": "DELL", "amount": 2}])
    watched.after(1, order)
    watched.confirm(order)
    shipped = watched.after(1, order)
    assert (shipped["status"], shipped["trackingCode"]) == ("IN_TRANSIT", f"TP{shipped['orderNumber']}")
    assert shipped["trackingLink"].startswith("https://")

    delivered = watched.after(1, order)
    assert (delivered["status"], delivered["date"]) == ("DELIVERED", "2026-11-22")
    assert len({it["serialNumber"] for it in delivered["createdHardwares"]}) == 2


def test_steps_that_nobody_looked_at_are_made_up_for(watched):
    order = watched.order()
    watched.after(1, order)
    watched.confirm(order)
    assert watched.after(2, order)["status"] == "DELIVERED"


def test_the_list_shows_the_same_progress_as_the_order(watched):
    order = watched.order()
    watched.now += PACE
    assert watched.call("GET", "orders", {"companyCode": "ACME"})["status"] == "QUOTED"
    assert watched.after(0, order)["status"] == "QUOTED"


def test_a_cancelled_order_stays_so(watched):
    order = watched.order()
    watched.call("POST", "orders/cancel", {"id": order, "companyCode": "ACME"})
    assert watched.after(9, order)["status"] == "CANCELLED"


async def test_without_a_pace_nothing_happens_by_itself(tecspal):
    _, made = await tecspal.write("/orders/quote", an_order())
    path = f"/orders/{made['envelop'][0]['id']}"
    _, found = await tecspal.read(path, {"companyCode": "ACME"})
    assert found["envelop"][0]["status"] == "PENDING"


async def test_an_order_can_be_told_what_becomes_of_it_by_the_id_we_gave_it(tecspal):
    line = {"hardwareType": "PC", "brand": "DELL", "amount": 1, "externalItemId": "ours"}
    await tecspal.write("/orders/quote", an_order(hardwares=[line]))
    told = await tecspal.vendor.control("ours", status="LOST_AT_SEA", price="12.00", serials=["A"])
    assert told["status"] == "LOST_AT_SEA"
    assert told["hardwares"][0]["quotedUnitPrice"] == "12.00"
    assert [it["serialNumber"] for it in told["createdHardwares"]] == ["A"]


@pytest.mark.parametrize(("order", "told", "status"), [(UNKNOWN, {}, 404), ("ours", {"colour": "red"}, 400)])
async def test_control_of_what_is_not_there_says_so(tecspal, order, told, status):
    line = {"hardwareType": "PC", "brand": "DELL", "amount": 1, "externalItemId": "ours"}
    await tecspal.write("/orders/quote", an_order(hardwares=[line]))
    assert (await tecspal.vendor.call("POST", f"/control/orders/{order}", told))[0] == status


@pytest.mark.parametrize("missing", ["companyCode", "alternativeGroupId", "hardwareRequestId"])
async def test_selecting_names_what_it_lacks(tecspal, missing):
    _, made = await tecspal.write("/orders/quote", an_order())
    chosen = {"companyCode": "ACME", "alternativeGroupId": "g", "hardwareRequestId": "c"}
    path = f"/orders/{made['envelop'][0]['id']}/hardware-alternatives/select"
    assert await tecspal.write(path, {**chosen, missing: None}) == refused(f"{missing} is required")


async def test_selecting_for_an_order_that_is_not_there_or_not_open_is_refused_with_400(tecspal):
    chosen = {"companyCode": "ACME", "alternativeGroupId": "g", "hardwareRequestId": "c"}
    path = f"/orders/{UNKNOWN}/hardware-alternatives/select"
    assert await tecspal.write(path, chosen) == refused("Order request not found")

    _, made = await tecspal.write("/orders/quote", an_order())
    order = made["envelop"][0]["id"]
    path = f"/orders/{order}/hardware-alternatives/select"
    assert await tecspal.write(path, chosen) == refused("Alternative not found")
    await tecspal.vendor.control(order, status="ACCEPTED")
    assert (await tecspal.write(path, chosen))[0] == 400


def test_a_macbook_that_was_ordered_without_a_brand_is_delivered_as_one_of_apple(watched):
    lines = [{"hardwareType": "MACBOOK", "amount": 1}, {"hardwareType": "PC", "brand": "DELL", "amount": 2}]
    order = watched.order(hardwares=lines)
    watched.after(1, order)
    watched.confirm(order)
    devices = watched.after(2, order)["createdHardwares"]
    assert [it["brand"] for it in devices] == ["APPLE", "DELL", "DELL"]
