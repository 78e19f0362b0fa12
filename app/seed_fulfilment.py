"""Demo data of what became of accepted quotes: on their way, delivered, closed; their devices are assets."""

from datetime import timedelta
from typing import Protocol

from sqlalchemy import exists, select, update

from adapters.database import tables
from adapters.database.engine import Database
from domain.access import Caller
from domain.ports import House
from domain.quote_parts import FulfilmentStatus, RecipientStatus
from domain.use_cases.fulfilment import (
    RecipientRef,
    TrackingDraft,
    complete_quote,
    deliver_recipient,
    set_invoice,
    set_serial_numbers,
    ship_recipient,
)
from domain.vendor_orders import VendorOrderStatus

ARRIVED = (str(FulfilmentStatus.DELIVERED), str(FulfilmentStatus.COMPLETED))


class Past(Protocol):
    """A time that can be moved on."""

    def move(self, by: timedelta) -> None: ...


async def fulfil(house: House, caller: Caller, database: Database, past: Past, quote_id: str, far: int) -> None:
    """Take an approved quote on: 0 not at all, 1 until its first device is on its way, 2 delivered, 3 closed."""
    for number, recipient in enumerate(await _recipients(database, quote_id)):
        if far == 0 or (far == 1 and number > 0):
            return
        past.move(timedelta(hours=3))
        ref, code = RecipientRef(recipient), f"TRK-{recipient[-6:].upper()}"
        await ship_recipient(house, caller, ref, TrackingDraft(code, f"https://carrier.example/track/{code}"))
        if far > 1:
            await set_serial_numbers(house, caller, ref, (f"DEMO-{recipient[-8:].upper()}",))
            await set_invoice(house, caller, ref, f"INV-{recipient[-4:].upper()}")
            past.move(timedelta(hours=20))
            await deliver_recipient(house, caller, ref)
    if far > 2:
        await complete_quote(house, caller, quote_id, dry_run=False)


async def settle(database: Database, tenant_id: int) -> None:
    """What the past ordered, the vendor has long been working on, or has delivered with its devices."""
    order, quote = tables.vendor_orders, tables.quotes
    mine = (order.c.tenant_id == tenant_id) & (order.c.status == str(VendorOrderStatus.QUEUED))
    placed = {"status": str(VendorOrderStatus.IN_PROGRESS), "vendor_order_id": order.c.id, "order_number": "10000000"}
    arrived = exists().where(quote.c.id == order.c.quote_id, quote.c.fulfilment_status.in_(ARRIVED))
    ordered = exists().where(order.c.quote_id == quote.c.id, order.c.vendor_order_id.is_not(None))
    waiting = (quote.c.tenant_id == tenant_id) & (quote.c.fulfilment_status == str(FulfilmentStatus.NONE))
    async with database.write.begin() as connection:
        await connection.execute(update(order).where(mine).values(placed))
        known = (order.c.tenant_id == tenant_id) & order.c.vendor_order_id.is_not(None)
        done = {"status": str(VendorOrderStatus.DELIVERED)}
        await connection.execute(update(order).where(known, arrived).values(done))
        ordered_now = {"fulfilment_status": str(FulfilmentStatus.ORDERED)}
        await connection.execute(update(quote).where(waiting, ordered).values(ordered_now))


async def _recipients(database: Database, quote_id: str) -> list[str]:
    of = tables.recipients.c
    expecting = of.status == str(RecipientStatus.APPROVED)
    async with database.read.connect() as connection:
        found = await connection.execute(select(of.id).where(of.quote_id == quote_id, expecting).order_by(of.id))
        return list(found.scalars())
