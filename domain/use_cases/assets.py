"""What becomes of a company's assets: many are added at once, and a delivered device becomes one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.access import Actor, Caller
from domain.assets import (
    BOUGHT_HERE,
    MOST_ASSETS,
    NOBODY,
    Asset,
    AssetDraft,
    AssetStatus,
    Holder,
    People,
    build_asset,
    in_use,
    known_people,
    serial_key,
)
from domain.catalogue import WARRANTIES
from domain.errors import Conflict, ErrorCode, InvalidInput, Problem, Problems
from domain.events import EventType, NewEvent, StatusChange
from domain.field_changes import field_changes
from domain.ports import House, Outcome, UnitOfWork
from domain.quote_aggregate import Line
from domain.quote_parts import Quote
from domain.quote_statuses import RecipientStatus
from domain.recipients import Recipient
from domain.rejections import Rejection
from domain.use_cases.lookups import tenant_of
from domain.values import NAME_LENGTH, fold, optional_text


class SerialTaken(Conflict):
    """Another asset has this serial number, in whatever case it is written."""

    code = ErrorCode.DUPLICATE_SERIAL


class OnFailure(StrEnum):
    """What becomes of the other devices when some cannot be added."""

    REJECT_ALL = "REJECT_ALL"
    REJECT_FAILED_ROWS = "REJECT_FAILED_ROWS"


@dataclass(frozen=True, slots=True)
class AddAssets:
    """Devices to add, all of one company."""

    drafts: Sequence[AssetDraft]
    company_id: str | None = None
    on_failure: OnFailure = OnFailure.REJECT_ALL
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Added:
    """What became of some drafts: the assets made of the good ones, and why the others are none."""

    assets: tuple[Asset, ...]
    rejected: tuple[Rejection, ...]


async def add_assets(house: House, caller: Caller, command: AddAssets) -> Outcome:
    """Add up to 1,000 devices, all or none, or all that can be added (domain-facts A.5).

    Raises: InvalidInput, with every problem found, when something is wrong and all are rejected for it.
    """
    _check_count(command.drafts)
    async with house.begin(caller.reach, caller.key_id, caller.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        tenant_id = await tenant_of(work, caller, command.company_id)
        added = await write_assets(work, house, caller.actor, tenant_id, command.drafts)
        if added.rejected and command.on_failure == OnFailure.REJECT_ALL:
            raise InvalidInput(*(problem for row in added.rejected for problem in row.problems))
        ids = () if command.dry_run else tuple(asset.id for asset in added.assets)
        outcome = Outcome(subject_ids=ids, rejected=added.rejected)
        if not command.dry_run:
            await work.commit(outcome)
        return outcome


async def write_assets(
    work: UnitOfWork, house: House, actor: Actor, tenant_id: int, drafts: Sequence[AssetDraft]
) -> Added:
    """Add the good ones of some drafts within a unit of work, with a statement for all of them together.

    The caller commits, or does not. The place of a rejected draft begins with `assets` and its index.
    """
    people, now = await _people(work, tenant_id, drafts), house.now()
    good: dict[int, Asset] = {}
    problems: dict[int, Problems] = {index: Problems() for index in range(len(drafts))}
    for index, draft in enumerate(drafts):
        asset = build_asset(draft, people, tenant_id, problems[index], _path(index), now, house.new_id)
        if not problems[index].found:
            good[index] = asset
    _check_repeats(good, problems)
    written = await work.assets.add(list(good.values()))
    taken = {index: asset for index, asset in good.items() if asset.id not in written}
    # Looked for after writing, so that a device someone else adds at the same time is found too.
    there = await work.assets.by_serials([asset.serial_key for asset in taken.values()])
    for index, asset in taken.items():
        problems[index].clash((*_path(index), "serialNumber"), _taken(there[asset.serial_key]))
    assets = tuple(asset for index, asset in good.items() if index not in taken)
    for asset in assets:
        work.record(NewEvent(EventType.ASSET_ADDED, tenant_id, asset.ref, actor, now))
    rejected = tuple(
        Rejection(index, drafts[index].serial_number, tuple(it.found)) for index, it in problems.items() if it.found
    )
    return Added(assets, rejected)


async def hold_delivered(
    work: UnitOfWork, house: House, actor: Actor, quote: Quote, line: Line, recipient: Recipient
) -> Asset | None:
    """The asset that a recipient's device is from its delivery on, made or brought up to date (domain-facts A.4).

    Called within the unit of work that changes the recipient, whenever one does: as long as the device is not
    delivered or has no serial number there is no asset, and a second call changes nothing. A recipient that is a store
    holds it in storage. A warranty is no device.
    Raises: SerialTaken, when another recipient's device has the serial number.
    """
    if recipient.status != RecipientStatus.DELIVERED or not recipient.serial_number:
        return None
    if line.item.product_type in WARRANTIES:
        return None
    earlier = await work.assets.lock_of_recipient(recipient.id)
    key = serial_key(quote.tenant_id, recipient.serial_number)
    same_serial = (await work.assets.lock_serials([key])).get(key)
    if same_serial is not None and same_serial.recipient_id not in (None, recipient.id):
        raise _taken(same_serial)
    if earlier is not None:
        return await _renumbered(work, house, actor, earlier, recipient, same_serial)
    delivered = _delivered(house, quote, line, recipient)
    if same_serial is None:
        if not await work.assets.add([delivered]):
            raise _taken((await work.assets.by_serials([delivered.serial_key]))[delivered.serial_key])
        work.record(NewEvent(EventType.ASSET_ADDED, quote.tenant_id, delivered.ref, actor, house.now()))
        return delivered
    return await _adopted(work, house, actor, same_serial, delivered)


async def _renumbered(
    work: UnitOfWork, house: House, actor: Actor, asset: Asset, recipient: Recipient, same: Asset | None
) -> Asset:
    """An asset of a recipient whose serial number was corrected. Where it is now is its own affair."""
    serial = recipient.serial_number or asset.serial_number
    if serial == asset.serial_number:
        return asset
    if same is not None and same.id != asset.id:
        raise _taken(same)
    key = serial_key(asset.tenant_id, serial)
    if key != asset.serial_key:
        active = await work.device_actions.active([asset.serial_key, key])
        if len(active) > 1:
            other = active[key]
            message = f"There is an action under this serial number that is not over: {other.action_id}."
            raise SerialTaken(message, other.ref, other.status)
        await work.device_actions.renumber(asset.serial_key, key, serial)
    changed = asset._replace(serial_number=serial, serial_key=key, updated_at=house.now())
    await work.assets.save(changed)
    updated = NewEvent(EventType.ASSET_UPDATED, asset.tenant_id, asset.ref, actor, house.now())
    work.record(replace(updated, field_changes=field_changes([asset], [changed])))
    return changed


async def _adopted(work: UnitOfWork, house: House, actor: Actor, there: Asset, delivered: Asset) -> Asset:
    """An asset that someone had typed in before its delivery was told. Raises: SerialTaken, for one that is gone, that
    another person has, or that something is being done with."""
    held = there.status == AssetStatus.IN_USE and there.employee_key not in (None, delivered.employee_key)
    if there.status == AssetStatus.RETIRED or held or await work.device_actions.active([there.serial_key]):
        raise _taken(there)
    changed = delivered._replace(
        id=there.id,
        description=there.description or delivered.description,
        condition=there.condition or delivered.condition,
        created_at=there.created_at,
    )
    await work.assets.save(changed)
    moved = StatusChange(there.ref, there.status, changed.status)
    changes = (moved,) if there.status != changed.status else ()
    event = NewEvent(EventType.ASSET_MOVED, there.tenant_id, there.ref, actor, house.now(), changes)
    work.record(replace(event, field_changes=field_changes([there], [changed])))
    return changed


def _delivered(house: House, quote: Quote, line: Line, recipient: Recipient) -> Asset:
    offer, agreement, now = line.accepted_offer or line.item, line.item.agreement, house.now()
    price = agreement.price if agreement else offer.price
    stored = Asset(
        id=house.new_id(),
        tenant_id=quote.tenant_id,
        serial_number=(recipient.serial_number or "").strip(),
        serial_key=serial_key(quote.tenant_id, recipient.serial_number or ""),
        status=AssetStatus.IN_STORAGE,
        device_type=line.item.product_type,
        country=recipient.country,
        description=offer.specification.title,
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
    return stored if recipient.storage else in_use(stored, Holder(recipient.name, recipient.email), now)


def _check_count(drafts: Sequence[AssetDraft]) -> None:
    if not drafts:
        raise InvalidInput(Problem(ErrorCode.REQUIRED, "Name at least one device.", ("assets",)))
    if len(drafts) > MOST_ASSETS:
        message = f"At most {MOST_ASSETS:,} devices at once, not {len(drafts):,}."
        raise InvalidInput(Problem(ErrorCode.TOO_MANY, message, ("assets",)))


def _check_repeats(good: dict[int, Asset], problems: dict[int, Problems]) -> None:
    """Of several rows with one serial number the first stays good."""
    first: dict[str, int] = {}
    for index, asset in list(good.items()):
        before = first.setdefault(asset.serial_key, index)
        if before != index:
            message = f"Row {before} of this input has the same serial number."
            problems[index].add((*_path(index), "serialNumber"), ErrorCode.DUPLICATE_SERIAL, message)
            del good[index]


async def _people(work: UnitOfWork, tenant_id: int, drafts: Sequence[AssetDraft]) -> People:
    # What is no text at all is told when its draft is built.
    ignored = Problems()
    given = (ignored.check((), optional_text, draft.employee, NAME_LENGTH) for draft in drafts)
    named = list(dict.fromkeys(it for it in given if it is not None))
    if not named:
        return NOBODY
    emails, names = [fold(it) for it in named if "@" in it], [it for it in named if "@" not in it]
    return known_people(await work.employees.named(tenant_id, emails, names))


def _taken(asset: Asset) -> SerialTaken:
    message = "There is a device with this serial number already. Look it up by its serial number."
    return SerialTaken(message, asset.ref, asset.status)


def _path(index: int) -> tuple[str, str]:
    return ("assets", str(index))
