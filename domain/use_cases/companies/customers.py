"""What people do to customers: make and change them."""

from dataclasses import replace

from domain.companies.customers import Customer, CustomerDraft, ExternalIdTaken, build_customer, changed_customer
from domain.history.field_changes import field_changes
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome
from domain.shared.access import Caller
from domain.shared.errors import ErrorCode, InvalidInput, NotFound, Problem, Problems
from domain.shared.events import EventType, NewEvent
from domain.shared.ids import parse_id
from domain.use_cases.companies.tenants import tenant_of


async def create_customer(deps: Dependencies, caller: Caller, draft: CustomerDraft, company_id: str | None) -> Outcome:
    """Make a customer of a company (docs/domain.md#customers). Raises: InvalidInput."""
    async with deps.unit_of_work(caller.tenant_scope, caller.key_id, caller.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        tenant_id = await tenant_of(work, caller, company_id)
        customer = build_customer(draft, tenant_id, deps.now(), deps.new_id())
        try:
            await work.customers.add(customer)
        except ExternalIdTaken:
            raise _taken() from None
        work.record(_event(EventType.CUSTOMER_CREATED, customer, caller, deps))
        outcome = Outcome((customer.ref,))
        await work.commit(outcome)
        return outcome


async def update_customer(deps: Dependencies, caller: Caller, given: str, draft: CustomerDraft) -> Outcome:
    """Change what is given of a customer. Raises: InvalidInput, NotFound."""
    problems = Problems()
    parsed = problems.check(("customerId",), parse_id, given, "Customer")
    problems.raise_if_any()
    async with deps.unit_of_work(caller.tenant_scope, caller.key_id, caller.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        before = await work.customers.lock(parsed[1] if parsed else "")
        if before is None:
            raise NotFound("customer", ("customerId",))
        after = changed_customer(before, draft, deps.now())
        if after != before:
            try:
                await work.customers.save(after)
            except ExternalIdTaken:
                raise _taken() from None
            updated = _event(EventType.CUSTOMER_UPDATED, after, caller, deps)
            work.record(replace(updated, field_changes=field_changes([before], [after])))
        outcome = Outcome((after.ref,))
        await work.commit(outcome)
        return outcome


def _taken() -> InvalidInput:
    message = "Another customer of the company has this external id."
    return InvalidInput(Problem(ErrorCode.ALREADY_EXISTS, message, ("externalId",)))


def _event(kind: EventType, customer: Customer, caller: Caller, deps: Dependencies) -> NewEvent:
    return NewEvent(kind, customer.tenant_id, customer.ref, caller.actor, deps.now())
