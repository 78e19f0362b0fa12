"""The application with an emulated vendor."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update

from adapters.database.jobs.tables import jobs
from domain.shared.jobs import JobType
from domain.use_cases.worker import dispatch
from tests.api.support.makers import Made, a_quote
from tests.api.support.running import Running, uuid_of
from tests.claiming import claim_one

ORDER = """
    id status attention requestedAction problem vendorStatus orderNumber destination hardwareType employeeEmail
    quotedPrice { amount currencyCode } eta minEta maxEta deliveredOn trackingCode trackingLink serialNumbers
    alternatives { groupId candidates { candidateId brand model ram price { amount currencyCode } } }
    recipients { id status trackingCode serialNumber }
"""
QUOTE = f"""query($id: ID!) {{ quote(by: {{id: $id}}) {{
    status fulfilmentStatus statusTimestamps {{ status }}
    vendorOrders {{ {ORDER} }}
    items {{ recipients {{ status serialNumber trackingCode trackingLink statusTimestamps {{ status }} }} }}
}} }}"""
VENDOR_JOBS = {JobType.PLACE_VENDOR_ORDER, JobType.FOLLOW_VENDOR_ORDER}


@dataclass
class Shop:
    """The application with an emulated vendor, and nobody who works but when a test says so."""

    api: Running
    vendor: str

    async def settle(self) -> None:
        """As if the fate of every request were known by now; then run the vendor's jobs."""
        long_ago = update(jobs).values(sent_at=None)
        async with self.api.parts.database.write.begin() as connection:
            await connection.execute(long_ago)
        await self.work()

    async def work(self, *more: JobType) -> None:
        """Run the vendor's jobs, whenever they are due, once each; letters and tasks stay where they are."""
        deps, of = self.api.parts.deps, jobs.c
        due = update(jobs).where(of.status == "WAITING").values(run_at=datetime.now(UTC))
        async with self.api.parts.database.write.begin() as connection:
            await connection.execute(due)
        while (job := await claim_one(deps.jobs, "test", datetime.now(UTC))) is not None:
            if job.kind in VENDOR_JOBS.union(more):
                await dispatch.run(deps, job)
            else:
                await deps.jobs.finish(job, datetime.now(UTC))

    async def control(self, quote: Made, **changes: Any) -> Any:
        """Say what becomes of a quote's only order, and have it looked at."""
        [order] = (await self.show(quote))["vendorOrders"]
        url = f"{self.vendor}/control/orders/{uuid_of(order['id'])}"
        async with self.api.http.post(url, json=changes) as answer:
            assert answer.status == 200, await answer.text()
        await self.work()
        return await self.show(quote)

    async def show(self, quote: Made) -> Any:
        return (await self.api.data(QUOTE, {"id": quote.id}, key=self.api.operator))["quote"]

    async def order(self, quote: Made) -> Any:
        [order] = (await self.show(quote))["vendorOrders"]
        return order

    async def accepted(self, *items: dict[str, Any], key: str | None = None, **given: Any) -> Made:
        """A quote whose first line was accepted, and its order placed."""
        quote = await a_quote(self.api, *items, key=key, **given)
        payload = await self.api.act("acceptItem", {"itemId": quote.item}, key=key or self.api.operator)
        assert payload["userErrors"] == []
        await self.work()
        return quote

    async def sent(self) -> Any:
        """The data of the last order that the vendor was sent."""
        return (await self.posts())[-1]["body"]["data"]

    async def posts(self, path: str = "/orders/quote") -> list[Any]:
        async with self.api.http.get(f"{self.vendor}/received") as answer:
            return [it for it in await answer.json() if (it["method"], it["path"]) == ("POST", path)]


on_both = pytest.mark.parametrize("shop", ["sqlite", "postgresql"], indirect=True)
