"""What companies do with their assets: add one or many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.history.field_changes import field_changes
from domain.inventory.assets import MOST_ASSETS, NO_PEOPLE, Asset, AssetDraft, People, build_asset, known_people
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.shared.access import Actor, Caller
from domain.shared.errors import Conflict, ErrorCode, InvalidInput, Problem, Problems, Rejection
from domain.shared.events import EventType, NewEvent, status_change
from domain.shared.parsers import NAME_LENGTH, fold, optional_text
from domain.use_cases.companies.tenants import tenant_of
from domain.use_cases.frame import Command, use_case


class SerialTaken(Conflict):
    """Another asset has this serial number, in whatever case it is written."""

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
class Added:
    """What became of some drafts: the assets made of the good ones, and why the others are none."""

    assets: tuple[Asset, ...]
    rejected: tuple[Rejection, ...]


@use_case
async def add_assets(work: UnitOfWork, deps: Dependencies, caller: Caller, command: AddAssets) -> Outcome:
    """Add up to 1,000 devices, all or none, or all that can be added (docs/domain.md#add-assets).

    Raises: InvalidInput, with every problem found, when something is wrong and all are rejected for it.
    """
    _check_count(command.drafts)
    tenant_id = await tenant_of(work, caller, command.company_id)
    added = await write_assets(work, deps, caller.actor, tenant_id, command.drafts)
    if added.rejected and command.on_failure == OnFailure.REJECT_ALL:
        raise InvalidInput(*(problem for row in added.rejected for problem in row.problems))
    # What a dry run has made is not there to be shown.
    made = () if command.dry_run else tuple(asset.ref for asset in added.assets)
    return Outcome(made, rejected=added.rejected)


async def write_assets(
    work: UnitOfWork, deps: Dependencies, actor: Actor, tenant_id: int, drafts: Sequence[AssetDraft]
) -> Added:
    """Add the good ones of some drafts within a unit of work, with a statement for all of them together.

    The caller commits, or does not. The place of a rejected draft begins with `assets` and its index.
    """
    people, now = await _people(work, tenant_id, drafts), deps.now()
    good: dict[int, Asset] = {}
    problems: dict[int, Problems] = {index: Problems() for index in range(len(drafts))}
    for index, draft in enumerate(drafts):
        asset = build_asset(draft, people, tenant_id, problems[index], _path(index), now, deps.new_id)
        if not problems[index].found:
            good[index] = asset
    _check_repeats(good, problems)
    written = await work.assets.add(list(good.values()))
    taken = {index: asset for index, asset in good.items() if asset.id not in written}
    # Looked for after writing, so that a device someone else adds at the same time is found too.
    there = await work.assets.by_serials([asset.serial_key for asset in taken.values()])
    for index, asset in taken.items():
        problems[index].add_conflict((*_path(index), "serialNumber"), serial_taken(there[asset.serial_key]))
    assets = tuple(asset for index, asset in good.items() if index not in taken)
    for asset in assets:
        work.record(NewEvent(EventType.ASSET_ADDED, tenant_id, asset.ref, actor, now))
    rejected = tuple(
        Rejection(index, drafts[index].serial_number, tuple(it.found)) for index, it in problems.items() if it.found
    )
    return Added(assets, rejected)


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
    typed = (it.employee or (it.location.name if it.location else None) for it in drafts)
    given = (ignored.check((), optional_text, it, NAME_LENGTH) for it in typed)
    named = list(dict.fromkeys(it for it in given if it is not None))
    if not named:
        return NO_PEOPLE
    emails, names = ([fold(it) for it in named if ("@" in it) == addresses] for addresses in (True, False))
    return known_people(await work.employees.named(tenant_id, emails, names))


def moved_event(deps: Dependencies, actor: Actor, before: Asset, after: Asset) -> NewEvent:
    """That an asset is somewhere else now, or with somebody else."""
    changes = status_change(before, after)
    fields = field_changes([before], [after])
    return NewEvent(
        EventType.ASSET_MOVED, before.tenant_id, before.ref, actor, deps.now(), changes, field_changes=fields
    )


def serial_taken(asset: Asset) -> SerialTaken:
    """The refusal of a serial number that this asset has."""
    message = "There is a device with this serial number already. Look it up by its serial number."
    return SerialTaken(message, asset.ref, asset.status)


def _path(index: int) -> tuple[str, str]:
    return ("assets", str(index))
