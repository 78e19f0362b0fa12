"""Quotes that come from a connected system, which is one in memory, and the jobs that talk to it."""

import asyncio
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update

from adapters.database.quotes.tables import quotes
from domain.connections.connections import Connection, ConnectionSecrets, credentials_text, hook_token_hash
from domain.connections.systems import Credentials, System
from domain.ports.connections import Connecting
from domain.quotes.aggregate import QuoteAggregate
from domain.shared.access import Environment, TenantScope
from domain.shared.ids import global_id, new_id
from domain.shared.jobs import JobResult, JobType
from domain.shared.lanes import Lane, Service
from domain.use_cases.worker import dispatch
from tests.api.support.makers import Made, a_quote, a_recipient
from tests.api.support.running import Running, uuid_of
from tests.api.support.world import MACBOOK
from tests.builders import a_connection
from tests.fakes.connected_systems import FakeSystem, FakeSystems, origins_there, record_of

TOKEN = "a-token-of-an-address"
CHANGES = (JobType.SEND_ORIGIN_CHANGE, JobType.READ_NOTICE, JobType.CREATE_ACTION_THERE)


@dataclass
class Connected:
    """The application with a connected system, and a quote that comes from it."""

    api: Running
    systems: FakeSystems
    connection: Connection
    made: Made
    quote: QuoteAggregate

    @property
    def system(self) -> FakeSystem:
        found: FakeSystem = self.systems.system
        return found

    @property
    def record_id(self) -> str:
        [found] = self.system.quotes
        return found

    @property
    def scope(self) -> TenantScope:
        return TenantScope(Environment.LIVE, self.connection.tenant_id)

    async def work(self) -> JobResult | None:
        """Run what is due of the jobs that talk to the system, once."""
        deps = self.api.parts.deps
        claimed = await deps.jobs.claim("a-test", deps.now(), {Service(Lane.CHANGES, Environment.LIVE): 1})
        return await dispatch.run(deps, claimed[0]) if claimed else None

    async def work_soon(self) -> JobResult:
        """Run the next job as soon as there is one."""
        for _ in range(500):
            if (result := await self.work()) is not None:
                return result
            await asyncio.sleep(0.01)
        raise AssertionError("There is no job.")

    async def shown(self, selection: str) -> Any:
        query = f"query($id: ID!) {{ quote(by: {{id: $id}}) {{ {selection} }} }}"
        return (await self.api.data(query, {"id": self.made.id}))["quote"]


async def connected(api: Running, system: System = System.QUIPTEAMS, token: str = TOKEN) -> Connected:
    """A quote of the first company that comes from a system: priced, with an alternative. `token` is in the address to
    which the system sends."""
    made, deps = await a_quote(api, alternatives=1), api.parts.deps
    systems = FakeSystems()
    object.__setattr__(deps, "connecting", Connecting(systems))
    async with deps.unit_of_work(TenantScope(Environment.LIVE, None)) as work:
        quote = await work.quotes.lock(uuid_of(made.id))
        assert quote is not None
        connection = a_connection(quote.quote.tenant_id, system=system, id=new_id())
        sealed = deps.secret_box.seal(credentials_text(Credentials("token")))
        await work.connections.add(connection, ConnectionSecrets(sealed, hook_token_hash(token), ""))
        await work.origins.put(origins_there(connection, quote, quote.quote.order_id))
        await work.commit()
    async with api.parts.database.write.begin() as opened:
        foreign = update(quotes).where(quotes.c.id == quote.quote.id)
        await opened.execute(foreign.values(connection_id=connection.id))
    systems.system.quotes[quote.quote.order_id] = record_of(quote, quote.quote.order_id)
    return Connected(api, systems, connection, made, quote)


async def quotes_are_decided_and_created_there(story: Any) -> None:
    """What the examples do with quotes of a connected system, while somebody waits."""
    key, there = story.shop.api.customer, await connected(story.shop.api, token="an-example")
    accepted, _ = await asyncio.gather(
        story.run("acceptItem", key, itemId=there.made.item, wait=True), there.work_soon()
    )
    assert accepted["quote"]["lastChange"] == {"type": "DECIDE", "status": "CONFIRMED", "reason": None}
    asked = {
        "connectionId": global_id("Connection", there.connection.id),
        "productId": global_id("Product", MACBOOK),
        # The system has one line for the whole address.
        "recipient": a_recipient(address="10 Main Street, 11000 Montevideo"),
    }
    created, _ = await asyncio.gather(story.run("createQuote", key, **asked, wait=True), there.work_soon())
    assert created["quote"]["lastChange"] == {"type": "CREATE", "status": "CONFIRMED", "reason": None}
