"""A delivered device becomes an asset, and where one recipient gets many devices, each of them does."""

from domain.access import Actor
from domain.assets import Asset, serial_key
from domain.events import EventType, NewEvent
from domain.ports import House, UnitOfWork
from domain.quote_aggregate import Line
from domain.quote_parts import Quote
from domain.recipients import Recipient
from domain.use_cases.assets import SerialTaken, hold_delivered


async def hold_devices(
    work: UnitOfWork, house: House, actor: Actor, quote: Quote, line: Line, recipient: Recipient
) -> None:
    """Make assets of a recipient's devices, once they are delivered and have serial numbers (domain-facts A.4).

    The first is the recipient's own asset; the others are like it. Raises: SerialTaken.
    """
    first = await hold_delivered(work, house, actor, quote, line, recipient)
    if first is not None:
        for serial in recipient.serial_numbers[1:]:
            await _hold_another(work, house, actor, first, serial)


async def _hold_another(work: UnitOfWork, house: House, actor: Actor, like: Asset, serial: str) -> None:
    key, now = serial_key(like.tenant_id, serial), house.now()
    another = like._replace(
        id=house.new_id(), serial_number=serial, serial_key=key, recipient_id=None, created_at=now, updated_at=now
    )
    if await work.assets.add([another]):
        work.record(NewEvent(EventType.ASSET_ADDED, another.tenant_id, another.ref, actor, now))
        return
    there = (await work.assets.by_serials([key]))[key]
    if there.recipient_id is not None:
        raise SerialTaken(f"Another recipient's device has the serial number {serial}.", there.ref, there.status)
