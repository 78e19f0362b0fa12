"""Use case of a company's settings."""

from dataclasses import dataclass, replace
from typing import TypedDict

from domain.fulfilment.margins import MarginDraft, parse_margin_draft
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.shared.access import Caller, Environment
from domain.shared.errors import ErrorCode, NodeRef, Problems
from domain.shared.events import EventType, FieldChange, NewEvent
from domain.use_cases.companies.tenants import COMPANY, tenant_of
from domain.use_cases.frame import Command, use_case


class GivenSettings(TypedDict, total=False):
    """The given settings, as entered."""

    vendor_margin: MarginDraft | None


@dataclass(frozen=True, slots=True)
class UpdateCompany(Command):
    """Change the given settings of a company. With a platform key, `company_id` is required."""

    given: GivenSettings
    company_id: str | None = None


@use_case
async def update_company(work: UnitOfWork, deps: Dependencies, caller: Caller, command: UpdateCompany) -> Outcome:
    """Change the given settings of a company, which live and test data share (docs/domain.md#vendor-margin).

    Raises: InvalidInput.
    """
    tenant_id, problems = await tenant_of(work, caller, command.company_id), Problems()
    if caller.environment != Environment.LIVE:
        message = "Live and test data share the settings of a company; send a live API key to change them."
        problems.add(COMPANY, ErrorCode.NOT_SUPPORTED, message)
    await work.tenants.lock(tenant_id)
    before = await work.tenants.by_id(tenant_id)
    was = margin = before.vendor_margin
    if "vendor_margin" in command.given:
        draft = command.given["vendor_margin"]
        parsed = None if draft is None else parse_margin_draft(draft, problems, ("vendorMargin",))
        margin = None if parsed is None else parsed.text
    problems.raise_if_any()
    company = NodeRef("Company", before.company_id)
    if margin != was:
        await work.tenants.save_margin(before.company_id, margin, deps.now())
        change = FieldChange(company, "vendorMargin", was, margin, before.company_name)
        event = NewEvent(EventType.COMPANY_UPDATED, tenant_id, company, caller.actor, deps.now())
        work.record(replace(event, field_changes=(change,)))
    return Outcome((company,))
