"""Quotes that an emulated system is asked to create, over real HTTP, with our side of it in memory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.emulators.quick_quote import QuickQuoteEmulator
from app.emulators.salesbyte import SalesByteEmulator
from domain.connections.systems import Collection, System
from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.item_details import Article
from domain.use_cases.connections.creating import ask_creation
from domain.use_cases.connections.saving import save_records
from tests.adapters.connections.quipteams.there import HASTE, quipteams
from tests.adapters.support.systems import emulated_system
from tests.builders import NOW, a_quote, a_recipient, line, priced
from tests.fakes.connected_systems import FakeSystems, connect
from tests.fakes.storage import World
from tests.use_cases.connections.support import retrying, the_change
from tests.use_cases.quotes.support import CUSTOMER

SKUS = ("LAT-5450", "DOCK-1")


@dataclass
class There:
    """A company that has connected an emulated system."""

    emulated: Any
    world: World
    system: System

    async def ask(self, quote: QuoteAggregate, template_id: str | None = None) -> None:
        [connection] = self.world.memory.connections.values()
        async with self.world.deps.unit_of_work(CUSTOMER.tenant_scope) as work:
            await ask_creation(work, self.world.deps, CUSTOMER, quote, connection, template_id)
            await work.commit()

    async def read(self) -> None:
        [connection] = self.world.memory.connections.values()
        page = await self.world.systems.system.page(Collection.QUOTES, None, None)
        async with self.world.deps.unit_of_work(CUSTOMER.tenant_scope) as work:
            await save_records(work, self.world.deps, connection, Collection.QUOTES, page.records, self.world.clock())
            await work.commit()

    async def posts(self) -> list[Any]:
        return [it for it in await self.emulated.received() if it["method"] == "POST"]

    @property
    def quote(self) -> QuoteAggregate:
        [found] = self.world.memory.quotes.values()
        return found

    @property
    def settlement(self) -> tuple[str, str | None]:
        return the_change(self.world).status, the_change(self.world).reason


@asynccontextmanager
async def emulated(system: System, directory: Path) -> AsyncIterator[tuple[Any, Any]]:
    """The emulated system, and our client of it."""
    if system == System.QUIPTEAMS:
        async with quipteams(directory, HASTE) as there:
            there.clock.at = NOW
            yield there, there.system
        return
    emulator = SalesByteEmulator if system == System.SALESBYTE else QuickQuoteEmulator
    async with emulated_system(system, emulator, directory) as there:
        yield there, there.client("" if system == System.SALESBYTE else "/api/v1")


@asynccontextmanager
async def asked_there(system: System, directory: Path) -> AsyncIterator[There]:
    """A company that has connected the emulated system."""
    async with emulated(system, directory) as (there, client):
        world = World(retry_policy=retrying())
        world.systems = FakeSystems(client)
        connect(world, system, currency="SEK" if system == System.SALESBYTE else "USD")
        yield There(there, world, system)


def a_new_quote(system: System, lines: int = 2) -> QuoteAggregate:
    """A quote with what the system takes of lines: of SalesByte and Quick Quote no recipients."""
    people = [a_recipient(name=it, country="UY") for it in ("Ana", "Bo", "Cem")]
    made = {
        System.QUIPTEAMS: [line(recipients=people[:2], comments="Soon"), line(recipients=people[2:])],
        System.SALESBYTE: [line(recipients=0, quantity=2, article=Article(sku=it)) for it in SKUS],
        System.QUICK_QUOTE: [line(priced, recipients=0, quantity=2, article=Article(sku=it)) for it in SKUS],
    }[system]
    return a_quote(*made[:lines], requester_email="it@austral.example", requester_name="Ida Torres", po_number=None)
