"""Adds assets of a company, one or many at once, and notes what integrators call them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.history.field_changes import field_changes
from domain.inventory.assets import (
    MOST_ASSETS,
    NO_PEOPLE,
    Asset,
    AssetDraft,
    AssetNotes,
    People,
    build_asset,
    known_people,
    noted,
)
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.shared.access import Actor, Caller
from domain.shared.errors import Conflict, ErrorCode, InvalidInput, NotFound, Path, Problem, Problems, Rejection
from domain.shared.events import EventType, NewEvent, status_change
from domain.shared.ids import parse_reference
from domain.shared.parsers import NAME_LENGTH, fold, optional_text
from domain.use_cases.companies.tenants import tenant_of
from domain.use_cases.connections.origins import refuse_foreign_values
from domain.use_cases.frame import Command, use_case

ASSET: Path = ("assetId",)


class SerialTaken(Conflict):
    """Another asset has this serial number. Upper and lower case are the same."""

    code = ErrorCode.DUPLICATE_SERIAL


class OnFailure(StrEnum):
    """What becomes of the other devices when some cannot be added."""

    REJECT_ALL = "REJECT_ALL"
    REJECT_FAILED_ROWS = "REJECT_FAILED_ROWS"


@dataclass(frozen=True, slots=True)
class AddAssets(Command):
    """Devices to add, all of one company."""

    drafts: Sequence[AssetDraft]
    company_id: str | None = None
    on_failure: OnFailure = OnFailure.REJECT_ALL


@dataclass(frozen=True, slots=True)
class UpdateAsset(Command):
    """Change what integrators note on an asset."""

    asset_id: str
    notes: AssetNotes

    @property
    def subject(self) -> Path:
        return ASSET


@dataclass(frozen=True, slots=True)
class Added:
    """The result of adding drafts: the assets of the valid ones, and the rejections of the others."""

    assets: tuple[Asset, ...]
    rejected: tuple[Rejection, ...]


@use_case
async def add_assets(work: UnitOfWork, deps: Dependencies, caller: Caller, command: AddAssets) -> Outcome:
    """Add up to 1,000 devices: all or none, or all valid ones (docs/domain.md#add-assets).

    Raises: InvalidInput with all problems, if `on_failure` is `REJECT_ALL`.
    """
    _check_count(command.drafts)
    tenant_id = await tenant_of(work, caller, command.company_id)
    added = await write_assets(work, deps, caller.actor, tenant_id, command.drafts)
    if added.rejected and command.on_failure == OnFailure.REJECT_ALL:
        raise InvalidInput(*(problem for row in added.rejected for problem in row.problems))
    # The objects of a dry run do not exist, so they cannot be read for the answer.
    made = () if command.dry_run else tuple(asset.ref for asset in added.assets)
    return Outcome(made, rejected=added.rejected)


async def write_assets(
    work: UnitOfWork, deps: Dependencies, actor: Actor, tenant_id: int, drafts: Sequence[AssetDraft]
) -> Added:
    """Add the valid drafts in the caller's unit of work, with one statement for all of them.

    The caller commits. The paths of problems begin with `assets` and the index of the draft.
    """
    people, now = await _people(work, tenant_id, drafts), deps.now()
    valid: dict[int, Asset] = {}
    problems: dict[int, Problems] = {index: Problems() for index in range(len(drafts))}
    for index, draft in enumerate(drafts):
        asset = build_asset(draft, people, tenant_id, problems[index], _path(index), now, deps.new_id)
        if not problems[index].found:
            valid[index] = asset
    _check_repeats(valid, problems)
    written = await work.assets.add(list(valid.values()))
    taken = {index: asset for index, asset in valid.items() if asset.id not in written}
    # Read after the write, so that a device that someone else adds at the same time is found too.
    existing = await work.assets.by_serials([asset.serial_key for asset in taken.values()])
    for index, asset in taken.items():
        problems[index].add_conflict((*_path(index), "serialNumber"), serial_taken(existing[asset.serial_key]))
    assets = tuple(asset for index, asset in valid.items() if index not in taken)
    for asset in assets:
        work.record(NewEvent(EventType.ASSET_ADDED, tenant_id, asset.ref, actor, now))
    rejected = tuple(
        Rejection(index, drafts[index].serial_number, tuple(it.found)) for index, it in problems.items() if it.found
    )
    return Added(assets, rejected)


@use_case
async def update_asset(work: UnitOfWork, deps: Dependencies, caller: Caller, command: UpdateAsset) -> Outcome:
    """Change what integrators note on an asset (docs/domain.md#metadata).

    Raises: InvalidInput, also for what a connected system says, NotFound.
    """
    before = await work.assets.lock(parse_reference(ASSET, command.asset_id, "Asset"))
    if before is None:
        raise NotFound("asset", ASSET)
    after = noted(before, command.notes, deps.now())
    said = ("metadata",) if after.metadata != before.metadata else ()
    await refuse_foreign_values(work, before.ref, said)
    if after != before:
        await work.assets.save(before, after)
        fields = field_changes([before], [after])
        updated = NewEvent(EventType.ASSET_UPDATED, after.tenant_id, after.ref, caller.actor, deps.now())
        work.record(replace(updated, field_changes=fields))
    return Outcome((after.ref,))


def _check_count(drafts: Sequence[AssetDraft]) -> None:
    if not drafts:
        raise InvalidInput(Problem(ErrorCode.REQUIRED, "Name at least one device.", ("assets",)))
    if len(drafts) > MOST_ASSETS:
        message = f"At most {MOST_ASSETS:,} devices at once, not {len(drafts):,}."
        raise InvalidInput(Problem(ErrorCode.TOO_MANY, message, ("assets",)))


def _check_repeats(valid: dict[int, Asset], problems: dict[int, Problems]) -> None:
    """Reject drafts that repeat the serial number of an earlier one; the first stays valid."""
    first: dict[str, int] = {}
    for index, asset in list(valid.items()):
        before = first.setdefault(asset.serial_key, index)
        if before != index:
            message = f"Row {before} of this input has the same serial number."
            problems[index].add((*_path(index), "serialNumber"), ErrorCode.DUPLICATE_SERIAL, message)
            del valid[index]


async def _people(work: UnitOfWork, tenant_id: int, drafts: Sequence[AssetDraft]) -> People:
    # A value that is not a text is reported when the draft is built.
    ignored = Problems()
    typed = (it.employee or (it.location.name if it.location else None) for it in drafts)
    given = (ignored.check((), optional_text, it, NAME_LENGTH) for it in typed)
    named = list(dict.fromkeys(it for it in given if it is not None))
    if not named:
        return NO_PEOPLE
    emails, names = ([fold(it) for it in named if ("@" in it) == addresses] for addresses in (True, False))
    return known_people(await work.employees.named(tenant_id, emails, names))


def moved_event(deps: Dependencies, actor: Actor, before: Asset, after: Asset) -> NewEvent:
    """The event of an asset with another location or holder."""
    changes = status_change(before, after)
    fields = field_changes([before], [after])
    return NewEvent(
        EventType.ASSET_MOVED, before.tenant_id, before.ref, actor, deps.now(), changes, field_changes=fields
    )


def serial_taken(asset: Asset) -> SerialTaken:
    """The conflict of a serial number with the asset that has it."""
    message = "There is a device with this serial number already. Look it up by its serial number."
    return SerialTaken(message, asset.ref, asset.status)


def _path(index: int) -> tuple[str, str]:
    return ("assets", str(index))
