"""Demo data of fulfilment: accepted quotes in transit, delivered and completed; their devices are assets."""

from datetime import timedelta

from sqlalchemy import exists, select, update

from adapters.database.core.engine import Database
from adapters.database.fulfilment.tables import vendor_orders
from adapters.database.quotes.tables import quotes, recipients
from app.demo.seed.clock import Clock
from domain.fulfilment.vendor_api import ReportedOrder
from domain.fulfilment.vendor_orders import VendorOrderStatus
from domain.fulfilment.vendor_reports import apply_report
from domain.ports.dependencies import Dependencies
from domain.quotes.statuses import FulfilmentStatus, RecipientStatus
from domain.quotes.transitions import ordered
from domain.shared.access import SYSTEM, Caller
from domain.shared.events import EventType, NewEvent, status_change
from domain.shared.money import Money
from domain.use_cases.fulfilment.shipments import (
    CompleteQuote,
    DeliverRecipient,
    SetInvoice,
    SetSerialNumbers,
    ShipRecipient,
    TrackingDraft,
    complete_quote,
    deliver_recipient,
    set_invoice,
    set_serial_numbers,
    ship_recipient,
)

ARRIVED = (str(FulfilmentStatus.DELIVERED), str(FulfilmentStatus.COMPLETED))


async def fulfil(
    deps: Dependencies, caller: Caller, database: Database, clock: Clock, quote_id: str, stage: int
) -> None:
    """Fulfils an approved quote up to a stage: 0 nothing, 1 first device shipped, 2 delivered, 3 completed."""
    for number, recipient in enumerate(await _recipients(database, quote_id)):
        if stage == 0 or (stage == 1 and number > 0):
            return
        clock.move(timedelta(hours=3))
        code = f"TRK-{recipient[-6:].upper()}"
        await ship_recipient(
            deps, caller, ShipRecipient(recipient, TrackingDraft(code, f"https://carrier.example/track/{code}"))
        )
        if stage > 1:
            await set_serial_numbers(deps, caller, SetSerialNumbers(recipient, (f"DEMO-{recipient[-8:].upper()}",)))
            await set_invoice(deps, caller, SetInvoice(recipient, f"INV-{recipient[-4:].upper()}"))
            clock.move(timedelta(hours=20))
            await deliver_recipient(deps, caller, DeliverRecipient(recipient))
    if stage > 2:
        await complete_quote(deps, caller, CompleteQuote(quote_id))


async def place_past_orders(deps: Dependencies, caller: Caller, database: Database) -> None:
    """Marks the vendor orders of the demo's past as placed, or as delivered with the devices of their quote."""
    order, quote = vendor_orders, quotes
    mine = order.c.tenant_id == caller.tenant_id
    queued = select(order.c.quote_id).distinct().where(mine, order.c.status == str(VendorOrderStatus.QUEUED))
    async with database.read.connect() as connection:
        waiting = list((await connection.execute(queued.order_by(order.c.quote_id))).scalars())
    for number, quote_id in enumerate(waiting):
        await _place_orders(deps, caller, quote_id, above_agreement=number == 0)
    arrived = exists().where(quote.c.id == order.c.quote_id, quote.c.fulfilment_status.in_(ARRIVED))
    done = {"status": str(VendorOrderStatus.DELIVERED)}
    async with database.write.begin() as connection:
        await connection.execute(update(order).where(mine, order.c.vendor_order_id.is_not(None), arrived).values(done))


async def _place_orders(deps: Dependencies, caller: Caller, quote_id: str, above_agreement: bool) -> None:
    """Marks the queued orders of a quote as placed, without a call to the vendor. With `above_agreement`, the vendor's
    price is above the agreed one, so that an operator has to decide."""
    async with deps.unit_of_work(caller.tenant_scope) as work:
        before = await work.quotes.lock(quote_id)
        waiting = [it for it in await work.vendor_orders.of_quote(quote_id) if it.status == VendorOrderStatus.QUEUED]
        if before is None or not waiting:
            return
        rule_result = ordered(before, SYSTEM, deps.now())
        await work.quotes.save(before, rule_result.quote)
        for order in waiting:
            placed = order._replace(
                status=VendorOrderStatus.IN_PROGRESS,
                vendor_order_id=order.id,
                order_number="10000000",
                batch_id=None,
            )
            if above_agreement:
                agreement = before.line_of(order.item_id).item.agreement
                agreed = agreement.price if agreement else Money(0, "USD")
                higher = agreed._replace(minor=agreed.minor + agreed.minor // 10)
                placed = apply_report(placed, ReportedOrder(order.id, "QUOTED", higher), agreed)
            await work.vendor_orders.save(placed)
            changes = (*status_change(order, placed), *(rule_result.changes if order is waiting[0] else ()))
            event = (EventType.VENDOR_ORDER_PLACED, order.tenant_id, before.quote.ref, SYSTEM, deps.now(), changes)
            work.record(NewEvent(*event, subject=order.ref))
        await work.commit()


async def _recipients(database: Database, quote_id: str) -> list[str]:
    of = recipients.c
    expecting = of.status == str(RecipientStatus.APPROVED)
    async with database.read.connect() as connection:
        found = await connection.execute(select(of.id).where(of.quote_id == quote_id, expecting).order_by(of.id))
        return list(found.scalars())
