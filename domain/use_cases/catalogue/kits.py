"""What people do to kits: make, change and remove them."""

from dataclasses import replace

from domain.catalogue.kit_drafts import KitChange, KitDraft, build_kit, changed_kit
from domain.catalogue.kits import Kit
from domain.history.field_changes import field_changes
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome
from domain.shared.access import Caller
from domain.shared.errors import NotFound, Problems
from domain.shared.events import EventType, NewEvent
from domain.shared.ids import parse_id
from domain.shared.limits import MOST_PARTS
from domain.use_cases.catalogue.device_selection import look_up
from domain.use_cases.companies.tenants import tenant_of


async def create_kit(deps: Dependencies, caller: Caller, draft: KitDraft, company_id: str | None) -> Outcome:
    """Make a kit of a company (docs/domain.md#kits). Raises: InvalidInput."""
    async with deps.unit_of_work(caller.tenant_scope, caller.key_id, caller.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        tenant_id = await tenant_of(work, caller, company_id)
        chosen = await look_up(work, tenant_id, (it.device for it in draft.devices[:MOST_PARTS]))
        kit = build_kit(draft, chosen, tenant_id, deps.now(), deps.new_id)
        await work.kits.add(kit)
        work.record(_event(EventType.KIT_CREATED, kit.kit, caller, deps))
        outcome = Outcome((kit.kit.ref,))
        await work.commit(outcome)
        return outcome


async def update_kit(deps: Dependencies, caller: Caller, given: str, change: KitChange) -> Outcome:
    """Change what is given of a kit. What was quoted of it stays as it is. Raises: InvalidInput, NotFound."""
    problems = Problems()
    parsed = problems.check(("kitId",), parse_id, given, "Kit")
    problems.raise_if_any()
    async with deps.unit_of_work(caller.tenant_scope, caller.key_id, caller.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        kit = await work.kits.lock(parsed[1] if parsed else "")
        if kit is None:
            raise NotFound("kit", ("kitId",))
        before = (await work.kits.of_tenant(kit.tenant_id, (kit.id,)))[kit.id]
        chosen = await look_up(work, kit.tenant_id, (it.device for it in (change.devices or ())[:MOST_PARTS]))
        after = changed_kit(before, change, chosen, deps.now(), deps.new_id)
        if after != before:
            await work.kits.save(before, after)
            updated = _event(EventType.KIT_UPDATED, after.kit, caller, deps)
            fields = field_changes([before.kit, *before.devices], [after.kit, *after.devices])
            work.record(replace(updated, field_changes=fields))
        outcome = Outcome((kit.ref,))
        await work.commit(outcome)
        return outcome


async def delete_kit(deps: Dependencies, caller: Caller, given: str) -> Outcome:
    """Remove a kit. What was quoted of it stays as it is. Raises: InvalidInput, NotFound."""
    problems = Problems()
    parsed = problems.check(("kitId",), parse_id, given, "Kit")
    problems.raise_if_any()
    async with deps.unit_of_work(caller.tenant_scope, caller.key_id, caller.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        kit = await work.kits.lock(parsed[1] if parsed else "")
        if kit is None:
            raise NotFound("kit", ("kitId",))
        gone = (await work.kits.of_tenant(kit.tenant_id, (kit.id,)))[kit.id]
        await work.kits.remove(kit)
        deleted = _event(EventType.KIT_DELETED, kit, caller, deps)
        work.record(replace(deleted, field_changes=field_changes([gone.kit, *gone.devices], [])))
        outcome = Outcome((kit.ref,))
        await work.commit(outcome)
        return outcome


def _event(kind: EventType, kit: Kit, caller: Caller, deps: Dependencies) -> NewEvent:
    return NewEvent(kind, kit.tenant_id, kit.ref, caller.actor, deps.now())
