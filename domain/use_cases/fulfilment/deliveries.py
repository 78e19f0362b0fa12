"""Turns delivered devices into assets. The assets stay the same when a serial number is corrected."""

from datetime import datetime

from domain.catalogue.products import NOT_DEVICES
from domain.fulfilment.vendor_api import Candidate
from domain.history.field_changes import field_changes
from domain.inventory.assets import BOUGHT_HERE, Asset, AssetStatus, Holder, at_office, in_storage, in_use, serial_key
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import UnitOfWork
from domain.quotes.aggregate import Line
from domain.quotes.recipients import Destination, Recipient
from domain.quotes.rows import Quote
from domain.quotes.statuses import RecipientStatus
from domain.shared.access import Actor
from domain.shared.events import EventType, NewEvent
from domain.use_cases.inventory.assets import SerialTaken, moved_event, serial_taken


async def hold_devices(
    work: UnitOfWork,
    deps: Dependencies,
    actor: Actor,
    quote: Quote,
    line: Line,
    recipient: Recipient,
    taken: Candidate | None = None,
) -> None:
    """Create the assets of a recipient's delivered devices, or update those whose serial number was corrected
    (docs/domain.md#delivered-assets).

    Every unit of work that changes a recipient calls this. Devices that are not delivered or have no serial number have
    no asset yet; a repeated call changes nothing. Devices of a store are in storage; those of an office are at the
    office and have no holder. Warranties and services are not devices. `taken` is the candidate that the vendor
    delivers in place of the accepted device.
    Raises: SerialTaken, if an asset that cannot be taken over has one of the serial numbers.
    """
    if recipient.status != RecipientStatus.DELIVERED or not recipient.serial_numbers:
        return
    if line.item.product_type in NOT_DEVICES:
        return
    wanted = {serial_key(quote.tenant_id, it): it for it in recipient.serial_numbers}
    theirs = await work.assets.lock_of_recipient(recipient.id)
    existing = await work.assets.lock_serials(list(wanted))
    misnamed = [it for it in theirs if it.serial_key not in wanted]
    for key, serial in wanted.items():
        same = existing.get(key)
        if same is not None and same.recipient_id == recipient.id:
            await _renumber(work, deps, actor, same, serial)
        elif same is not None and (misnamed or same.recipient_id is not None):
            raise serial_taken(same)
        elif misnamed:
            await _renumber(work, deps, actor, misnamed.pop(0), serial)
        elif same is not None:
            await _adopt(work, deps, actor, same, _delivered(deps, quote, line, recipient, serial, taken))
        else:
            await _add(work, deps, actor, _delivered(deps, quote, line, recipient, serial, taken))


async def _renumber(work: UnitOfWork, deps: Dependencies, actor: Actor, asset: Asset, serial: str) -> None:
    """Correct the serial number of an asset. Its location does not change. Raises: SerialTaken."""
    if serial == asset.serial_number:
        return
    key = serial_key(asset.tenant_id, serial)
    if key != asset.serial_key:
        active = await work.device_actions.active([asset.serial_key, key])
        if len(active) > 1:
            other = active[key]
            message = f"There is an action under this serial number that is not over: {other.action_id}."
            raise SerialTaken(message, other.ref, other.status)
    await work.device_actions.renumber(asset.serial_key, key, serial)
    changed = asset._replace(serial_number=serial, serial_key=key, updated_at=deps.now())
    await work.assets.save(asset, changed)
    fields = field_changes([asset], [changed])
    work.record(NewEvent(EventType.ASSET_UPDATED, asset.tenant_id, asset.ref, actor, deps.now(), field_changes=fields))


async def _adopt(work: UnitOfWork, deps: Dependencies, actor: Actor, existing: Asset, delivered: Asset) -> None:
    """Update an asset that someone added before its delivery was reported.

    Raises: SerialTaken, if it is retired, another person has it, or it has an active device action.
    """
    held = existing.status == AssetStatus.IN_USE and existing.employee_key not in (None, delivered.employee_key)
    if existing.status == AssetStatus.RETIRED or held or await work.device_actions.active([existing.serial_key]):
        raise serial_taken(existing)
    changed = delivered._replace(
        id=existing.id,
        description=existing.description or delivered.description,
        condition=existing.condition or delivered.condition,
        created_at=existing.created_at,
        external_id=existing.external_id,
        metadata=existing.metadata,
    )
    await work.assets.save(existing, changed)
    work.record(moved_event(deps, actor, existing, changed))


async def _add(work: UnitOfWork, deps: Dependencies, actor: Actor, asset: Asset) -> None:
    if not await work.assets.add([asset]):
        # Someone else added it after it was read.
        raise serial_taken((await work.assets.by_serials([asset.serial_key]))[asset.serial_key])
    work.record(NewEvent(EventType.ASSET_ADDED, asset.tenant_id, asset.ref, actor, deps.now()))


def _delivered(
    deps: Dependencies, quote: Quote, line: Line, recipient: Recipient, serial: str, taken: Candidate | None
) -> Asset:
    offer, agreement, now = line.accepted_offer or line.item, line.item.agreement, deps.now()
    price = agreement.price if agreement else offer.price
    stored = Asset(
        id=deps.new_id(),
        tenant_id=quote.tenant_id,
        serial_number=serial,
        serial_key=serial_key(quote.tenant_id, serial),
        status=AssetStatus.IN_STORAGE,
        device_type=line.item.product_type,
        country=recipient.country,
        description=(taken.title if taken is not None else None) or offer.specification.title,
        employee_name=None,
        employee_email=None,
        employee_key=None,
        condition="New",
        price_minor=price.minor if price else None,
        price_currency=price.currency if price else None,
        purchase_source=BOUGHT_HERE,
        purchase_order=quote.po_number,
        assigned_date=None,
        completion_date=now,
        recipient_id=recipient.id,
        created_at=now,
        updated_at=now,
    )
    return _placed(stored, recipient, now)


def _placed(asset: Asset, recipient: Recipient, at: datetime) -> Asset:
    """The asset at the location of its recipient."""
    if recipient.storage or recipient.destination == Destination.STORAGE:
        return in_storage(asset, at, recipient.name)
    if recipient.destination == Destination.OFFICE:
        return at_office(asset, recipient.name, at)
    return in_use(asset, Holder(recipient.name, recipient.email), at)
