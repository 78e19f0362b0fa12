"""Companies request quotes."""

from dataclasses import dataclass

from domain.portal.public_keys import public_key
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.quotes.drafts import QuoteDraft, all_details, build_quote
from domain.shared.access import Caller, Environment
from domain.shared.events import EventType
from domain.shared.limits import MOST_PARTS
from domain.use_cases.catalogue.device_selection import look_up
from domain.use_cases.companies.references import look_up_details
from domain.use_cases.companies.tenants import tenant_of
from domain.use_cases.frame import Command, use_case
from domain.use_cases.quotes.steps import addresses, event_of


@dataclass(frozen=True, slots=True)
class CreateQuote(Command):
    """Request a quote. With a platform key, `company_id` is the company that requests it."""

    draft: QuoteDraft
    company_id: str | None = None


@use_case
async def create_quote(work: UnitOfWork, deps: Dependencies, caller: Caller, command: CreateQuote) -> Outcome:
    """Request a quote (docs/domain.md#create-quote). Raises: InvalidInput."""
    draft = command.draft
    tenant_id = await tenant_of(work, caller, command.company_id)
    tenant = await work.tenants.by_id(tenant_id)
    known = await look_up_details(work, tenant_id, all_details(draft), tenant.time_zone)
    chosen = await look_up(work, tenant_id, (it.device for it in draft.items[:MOST_PARTS]), known)
    now = deps.now()
    order_id = await work.tenants.next_order_id(tenant_id, now)
    sandbox = caller.environment == Environment.TEST
    quote = build_quote(draft, chosen, tenant_id, order_id, now, deps.new_id, sandbox, tenant.tax_rounding)
    await work.quotes.add(quote)
    await work.public_keys.add(public_key(quote.quote, deps.new_id(), now))
    work.record(event_of(EventType.QUOTE_CREATED, quote.quote, caller.actor, deps, facts=addresses(quote.quote)))
    return Outcome((quote.quote.ref,))
