"""What a company does to its custom fields: define, redefine and archive them."""

from domain.companies.custom_fields import MOST_FIELDS, CustomField, FieldDraft, FieldKind, FieldNameTaken
from domain.companies.custom_fields import define_field as define
from domain.companies.custom_fields import redefined_field as redefined
from domain.history.field_changes import field_changes
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.shared.access import Caller
from domain.shared.errors import ErrorCode, InvalidInput, NotFound, Problem, Problems
from domain.shared.events import EventType, FieldChange, NewEvent
from domain.shared.ids import parse_id
from domain.use_cases.companies.tenants import tenant_of


async def create_custom_field(
    deps: Dependencies, caller: Caller, kind: FieldKind, draft: FieldDraft, company_id: str | None
) -> Outcome:
    """Define a field of a company (docs/domain.md#custom-fields). Raises: InvalidInput."""
    async with deps.unit_of_work(caller.tenant_scope, caller.key_id, caller.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        tenant_id = await tenant_of(work, caller, company_id)
        field = define(kind, draft, tenant_id, deps.now(), deps.new_id())
        if len(await work.custom_fields.of_tenant(tenant_id)) >= MOST_FIELDS:
            message = f"A company has at most {MOST_FIELDS} fields; delete one first."
            raise InvalidInput(Problem(ErrorCode.TOO_MANY, message, ("name",)))
        try:
            await work.custom_fields.add(field)
        except FieldNameTaken:
            raise _taken() from None
        return await _done(work, EventType.CUSTOM_FIELD_CREATED, field, caller, deps)


async def update_custom_field(deps: Dependencies, caller: Caller, given: str, draft: FieldDraft) -> Outcome:
    """Change what is given of a field. What quotes have for it stays. Raises: InvalidInput, NotFound."""
    async with deps.unit_of_work(caller.tenant_scope, caller.key_id, caller.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        before = await _locked(work, given)
        after = redefined(before, draft, deps.now())
        if after == before:
            outcome = Outcome((before.ref,))
            await work.commit(outcome)
            return outcome
        try:
            await work.custom_fields.save(after)
        except FieldNameTaken:
            raise _taken() from None
        return await _done(work, EventType.CUSTOM_FIELD_UPDATED, after, caller, deps, field_changes([before], [after]))


async def delete_custom_field(deps: Dependencies, caller: Caller, given: str) -> Outcome:
    """Archive a field: quotes keep what they have for it, and get no more. Raises: InvalidInput, NotFound."""
    async with deps.unit_of_work(caller.tenant_scope, caller.key_id, caller.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        before, now = await _locked(work, given), deps.now()
        after = before._replace(archived_at=now, updated_at=now)
        await work.custom_fields.save(after)
        return await _done(work, EventType.CUSTOM_FIELD_DELETED, after, caller, deps)


async def _locked(work: UnitOfWork, given: str) -> CustomField:
    problems = Problems()
    parsed = problems.check(("fieldId",), parse_id, given, "CustomField")
    problems.raise_if_any()
    field = await work.custom_fields.lock(parsed[1] if parsed else "")
    if field is None or field.archived_at is not None:
        raise NotFound("custom field", ("fieldId",))
    return field


async def _done(
    work: UnitOfWork,
    kind: EventType,
    field: CustomField,
    caller: Caller,
    deps: Dependencies,
    changes: tuple[FieldChange, ...] = (),
) -> Outcome:
    work.record(NewEvent(kind, field.tenant_id, field.ref, caller.actor, deps.now(), field_changes=changes))
    outcome = Outcome((field.ref,))
    await work.commit(outcome)
    return outcome


def _taken() -> InvalidInput:
    return InvalidInput(Problem(ErrorCode.ALREADY_EXISTS, "Another field of the company has this name.", ("name",)))
