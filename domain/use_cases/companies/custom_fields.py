"""Use cases of custom fields: create, update, archive."""

from dataclasses import dataclass

from domain.companies.custom_fields import MOST_FIELDS, CustomField, FieldDraft, FieldNameTaken, FieldType
from domain.companies.custom_fields import define_field as define
from domain.companies.custom_fields import redefined_field as redefined
from domain.history.field_changes import field_changes
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.shared.access import Caller
from domain.shared.errors import ErrorCode, InvalidInput, NotFound, Path, Problem
from domain.shared.events import EventType, FieldChange, NewEvent
from domain.shared.ids import parse_reference
from domain.use_cases.companies.tenants import tenant_of
from domain.use_cases.frame import Command, use_case

FIELD: Path = ("customFieldId",)


@dataclass(frozen=True, slots=True)
class FieldCommand(Command):
    """A command for the custom field that the input field `customFieldId` names."""

    field_id: str

    @property
    def subject(self) -> Path:
        return FIELD


@dataclass(frozen=True, slots=True)
class CreateCustomField(Command):
    """Create a custom field. With a platform key, `company_id` is required."""

    kind: FieldType
    draft: FieldDraft
    company_id: str | None = None


@dataclass(frozen=True, slots=True)
class UpdateCustomField(FieldCommand):
    """Change the given fields of a custom field."""

    draft: FieldDraft


@dataclass(frozen=True, slots=True)
class DeleteCustomField(FieldCommand):
    """Archive a custom field."""


@use_case
async def create_custom_field(
    work: UnitOfWork, deps: Dependencies, caller: Caller, command: CreateCustomField
) -> Outcome:
    """Create a custom field of a company (docs/domain.md#custom-fields). Raises: InvalidInput."""
    tenant_id = await tenant_of(work, caller, command.company_id)
    field = define(command.kind, command.draft, tenant_id, deps.now(), deps.new_id())
    if len(await work.custom_fields.of_tenant(tenant_id)) >= MOST_FIELDS:
        message = f"A company has at most {MOST_FIELDS} fields; delete one first."
        raise InvalidInput(Problem(ErrorCode.TOO_MANY, message, ("name",)))
    try:
        await work.custom_fields.add(field)
    except FieldNameTaken:
        raise _name_taken() from None
    _record(work, EventType.CUSTOM_FIELD_CREATED, field, caller, deps)
    return Outcome((field.ref,))


@use_case
async def update_custom_field(
    work: UnitOfWork, deps: Dependencies, caller: Caller, command: UpdateCustomField
) -> Outcome:
    """Change the given fields of a custom field. Values in quotes do not change. Raises: InvalidInput, NotFound."""
    before = await _locked(work, command.field_id)
    after = redefined(before, command.draft, deps.now())
    if after != before:
        try:
            await work.custom_fields.save(after)
        except FieldNameTaken:
            raise _name_taken() from None
        _record(work, EventType.CUSTOM_FIELD_UPDATED, after, caller, deps, field_changes([before], [after]))
    return Outcome((before.ref,))


@use_case
async def delete_custom_field(
    work: UnitOfWork, deps: Dependencies, caller: Caller, command: DeleteCustomField
) -> Outcome:
    """Archive a custom field: quotes keep their values of it and get no new ones. Raises: InvalidInput, NotFound."""
    before, now = await _locked(work, command.field_id), deps.now()
    after = before._replace(archived_at=now, updated_at=now)
    await work.custom_fields.save(after)
    _record(work, EventType.CUSTOM_FIELD_DELETED, after, caller, deps)
    return Outcome((after.ref,))


async def _locked(work: UnitOfWork, given: str) -> CustomField:
    field = await work.custom_fields.lock(parse_reference(FIELD, given, "CustomField"))
    if field is None or field.archived_at is not None:
        raise NotFound("custom field", FIELD)
    return field


def _record(
    work: UnitOfWork,
    kind: EventType,
    field: CustomField,
    caller: Caller,
    deps: Dependencies,
    changes: tuple[FieldChange, ...] = (),
) -> None:
    work.record(NewEvent(kind, field.tenant_id, field.ref, caller.actor, deps.now(), field_changes=changes))


def _name_taken() -> InvalidInput:
    return InvalidInput(Problem(ErrorCode.ALREADY_EXISTS, "Another field of the company has this name.", ("name",)))
