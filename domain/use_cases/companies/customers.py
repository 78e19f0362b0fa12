"""Use cases of customers: create, update."""

from dataclasses import dataclass, replace

from domain.companies.customers import (
    SAID,
    Customer,
    CustomerDraft,
    ExternalIdTaken,
    build_customer,
    changed_customer,
)
from domain.history.field_changes import field_changes
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.shared.access import Caller
from domain.shared.errors import ErrorCode, InvalidInput, NotFound, Path, Problem
from domain.shared.events import EventType, NewEvent
from domain.shared.ids import parse_reference
from domain.use_cases.companies.tenants import tenant_of
from domain.use_cases.connections.origins import refuse_foreign_values
from domain.use_cases.frame import Command, use_case

CUSTOMER: Path = ("customerId",)


@dataclass(frozen=True, slots=True)
class CreateCustomer(Command):
    """Create a customer. With a platform key, `company_id` is required."""

    draft: CustomerDraft
    company_id: str | None = None


@dataclass(frozen=True, slots=True)
class UpdateCustomer(Command):
    """Change the given fields of a customer."""

    customer_id: str
    draft: CustomerDraft

    @property
    def subject(self) -> Path:
        return CUSTOMER


@use_case
async def create_customer(work: UnitOfWork, deps: Dependencies, caller: Caller, command: CreateCustomer) -> Outcome:
    """Create a customer of a company (docs/domain.md#customers). Raises: InvalidInput."""
    tenant_id = await tenant_of(work, caller, command.company_id)
    customer = build_customer(command.draft, tenant_id, deps.now(), deps.new_id())
    try:
        await work.customers.add(customer)
    except ExternalIdTaken:
        raise _external_id_taken() from None
    work.record(_event(EventType.CUSTOMER_CREATED, customer, caller, deps))
    return Outcome((customer.ref,))


@use_case
async def update_customer(work: UnitOfWork, deps: Dependencies, caller: Caller, command: UpdateCustomer) -> Outcome:
    """Change the given fields of a customer. Raises: InvalidInput, also for what a connected system says, NotFound."""
    before = await work.customers.lock(parse_reference(CUSTOMER, command.customer_id, "Customer"))
    if before is None:
        raise NotFound("customer", CUSTOMER)
    after = changed_customer(before, command.draft, deps.now())
    said = [it for it in SAID if it in command.draft.details and getattr(after, it) != getattr(before, it)]
    await refuse_foreign_values(work, before.ref, said)
    if after != before:
        try:
            await work.customers.save(before, after)
        except ExternalIdTaken:
            raise _external_id_taken() from None
        updated = _event(EventType.CUSTOMER_UPDATED, after, caller, deps)
        work.record(replace(updated, field_changes=field_changes([before], [after])))
    return Outcome((after.ref,))


def _external_id_taken() -> InvalidInput:
    message = "Another customer of the company has this external id."
    return InvalidInput(Problem(ErrorCode.ALREADY_EXISTS, message, ("externalId",)))


def _event(kind: EventType, customer: Customer, caller: Caller, deps: Dependencies) -> NewEvent:
    return NewEvent(kind, customer.tenant_id, customer.ref, caller.actor, deps.now())
