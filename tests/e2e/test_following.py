"""Real processes follow an order to the end: a worker killed while it confirms leaves one confirmation."""

import signal
from pathlib import Path
from typing import Any

import aiohttp

from tests.e2e.processes import eventually
from tests.e2e.test_crashes import ACCEPT, an_open_laptop, fault, parts, served

STATE = """query($id: ID!) { quote(by: {id: $id}) { vendorOrders {
    id status attention quotedPrice { amount } trackingCode recipients { status serialNumber }
} } }"""
PRICED = {"status": "QUOTED", "price": "1.00"}
SHIPPED = {"status": "IN_TRANSIT", "trackingCode": "TP-1"}


async def test_an_order_is_followed_to_the_end_by_workers_that_are_killed_on_the_way(tmp_path: Path):
    url = f"sqlite+aiosqlite:///{tmp_path}/quotegraph.db"
    async with (
        aiohttp.ClientSession() as session,
        parts(tmp_path, url, session) as (deps, key),
        served(deps, session, key, worker="off") as (_, api),
    ):
        tecspal = deps.emulators["tecspal"]
        quote_id = (await api.run(ACCEPT, id=await an_open_laptop(api)))["acceptItem"]["quote"]["id"]

        async def orders(status: str) -> list[dict[str, Any]] | None:
            """The quote's orders at the vendor, once all of them are there."""
            found = (await api.run(STATE, id=quote_id))["quote"]["vendorOrders"]
            return found if all(it["status"] == status for it in found) else None

        async def tell(**changes: object) -> None:
            for order in (await api.run(STATE, id=quote_id))["quote"]["vendorOrders"]:
                ours = order["id"].rpartition("_")[2]
                async with session.post(f"{tecspal}/control/orders/{ours}", json=changes) as answer:
                    assert answer.status == 200, await answer.text()

        async def confirmations() -> list[Any]:
            return [it for it in await api.received(tecspal) if it["path"] == "/orders/confirm"]

        async with deps.run("worker", look_seconds=0.2) as worker:
            placed = await eventually(lambda: orders("PENDING"))
            await fault(session, tecspal, mode="slow_after", seconds=3, path="/orders/confirm")
            await tell(**PRICED)
            await eventually(confirmations)
            worker.send_signal(signal.SIGKILL)
            await worker.wait()
        async with deps.run("worker", look_seconds=0.2):
            await eventually(lambda: orders("ACCEPTED"))
            await tell(**SHIPPED)
            shipped = await eventually(lambda: orders("IN_PROGRESS"))
            for number, order in enumerate(shipped):
                ours = order["id"].rpartition("_")[2]
                changes = {
                    "status": "DELIVERED",
                    "serials": [f"C0{number}{it}" for it in range(len(order["recipients"]))],
                }
                async with session.post(f"{tecspal}/control/orders/{ours}", json=changes) as answer:
                    assert answer.status == 200
            delivered = await eventually(lambda: orders("DELIVERED"))
        assert len(await confirmations()) == len(placed)
    assert {it["status"] for order in shipped for it in order["recipients"]} == {"SHIPPED"}
    assert {it["status"] for order in delivered for it in order["recipients"]} == {"DELIVERED"}
    assert all(it["serialNumber"] for order in delivered for it in order["recipients"])
