"""Use cases of kits: create, update, delete."""

from dataclasses import dataclass, replace

from domain.catalogue.kit_drafts import KitChange, KitDraft, build_kit, changed_kit
from domain.catalogue.kits import Kit, KitAggregate
from domain.history.field_changes import field_changes
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.shared.access import Caller
from domain.shared.errors import NotFound, Path
from domain.shared.events import EventType, NewEvent
from domain.shared.ids import parse_reference
from domain.shared.limits import MOST_PARTS
from domain.use_cases.catalogue.device_selection import look_up
from domain.use_cases.companies.tenants import tenant_of
from domain.use_cases.connections.saving_kits import forget_origin, note_changed_here, refuse_foreign_kit
from domain.use_cases.frame import Command, use_case

KIT: Path = ("kitId",)


@dataclass(frozen=True, slots=True)
class KitCommand(Command):
    """A command for the kit that the input field `kitId` names."""

    kit_id: str

    @property
    def subject(self) -> Path:
        return KIT


@dataclass(frozen=True, slots=True)
class CreateKit(Command):
    """Create a kit. With a platform key, `company_id` is required."""

    draft: KitDraft
    company_id: str | None = None


@dataclass(frozen=True, slots=True)
class UpdateKit(KitCommand):
    """Change the given fields of a kit."""

    change: KitChange


@dataclass(frozen=True, slots=True)
class DeleteKit(KitCommand):
    """Delete a kit."""


@use_case
async def create_kit(work: UnitOfWork, deps: Dependencies, caller: Caller, command: CreateKit) -> Outcome:
    """Create a kit of a company (docs/domain.md#kits). Raises: InvalidInput."""
    draft = command.draft
    tenant_id = await tenant_of(work, caller, command.company_id)
    chosen = await look_up(work, tenant_id, (it.device for it in draft.devices[:MOST_PARTS]))
    kit = build_kit(draft, chosen, tenant_id, deps.now(), deps.new_id)
    await work.kits.add(kit)
    work.record(_event(EventType.KIT_CREATED, kit.kit, caller, deps))
    return Outcome((kit.kit.ref,))


@use_case
async def update_kit(work: UnitOfWork, deps: Dependencies, caller: Caller, command: UpdateKit) -> Outcome:
    """Change the given fields of a kit. Quotes made from it do not change. Raises: InvalidInput, NotFound."""
    change, before = command.change, await _locked(work, command.kit_id)
    kit = before.kit
    chosen = await look_up(work, kit.tenant_id, (it.device for it in (change.devices or ())[:MOST_PARTS]))
    after = changed_kit(before, change, chosen, deps.now(), deps.new_id)
    if after != before:
        await work.kits.save(before, after)
        await note_changed_here(work, kit)
        updated = _event(EventType.KIT_UPDATED, after.kit, caller, deps)
        fields = field_changes([before.kit, *before.devices], [after.kit, *after.devices])
        work.record(replace(updated, field_changes=fields))
    return Outcome((kit.ref,))


@use_case
async def delete_kit(work: UnitOfWork, deps: Dependencies, caller: Caller, command: DeleteKit) -> Outcome:
    """Delete a kit. Quotes made from it do not change. Raises: InvalidInput, NotFound."""
    before = await _locked(work, command.kit_id)
    await work.kits.remove(before.kit)
    await forget_origin(work, before.kit)
    deleted = _event(EventType.KIT_DELETED, before.kit, caller, deps)
    work.record(replace(deleted, field_changes=field_changes([before.kit, *before.devices], [])))
    return Outcome((before.kit.ref,))


async def _locked(work: UnitOfWork, given: str) -> KitAggregate:
    kit = await work.kits.lock(parse_reference(KIT, given, "Kit"))
    if kit is None:
        raise NotFound("kit", KIT)
    await refuse_foreign_kit(work, kit, KIT)
    return (await work.kits.of_tenant(kit.tenant_id, (kit.id,)))[kit.id]


def _event(kind: EventType, kit: Kit, caller: Caller, deps: Dependencies) -> NewEvent:
    return NewEvent(kind, kit.tenant_id, kit.ref, caller.actor, deps.now())
