"""Companies request quotes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from domain.history.field_changes import field_changes
from domain.portal.drafts import AttachmentDraft, new_attachments, parse_attachments
from domain.portal.public_keys import public_key
from domain.portal.signatures import QuoteAttachment
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.quotes.drafts import QuoteDraft, all_details
from domain.quotes.new_prices import build_quote
from domain.quotes.rows import Quote
from domain.quotes.totals import sums_of
from domain.shared.access import Caller, Environment, Scope
from domain.shared.errors import ErrorCode, InvalidInput, Problems
from domain.shared.events import EventType
from domain.shared.ids import RowId, parse_id
from domain.shared.limits import MOST_PARTS
from domain.shared.parsers import NAME_LENGTH, optional_text
from domain.use_cases.catalogue.device_selection import look_up
from domain.use_cases.companies.references import look_up_details
from domain.use_cases.companies.tenants import tenant_of
from domain.use_cases.connections.creating import ask_creation, named_connection
from domain.use_cases.connections.waiting import awaiting
from domain.use_cases.frame import Command, use_case
from domain.use_cases.quotes.steps import addresses, event_of, record_prices


@dataclass(frozen=True, slots=True)
class CreateQuote(Command):
    """Request a quote. With a platform key, `company_id` is the company that requests it.

    With a `connection_id`, the quote is created in that connected system, from the template `template_id` there if one
    is given; with `wait`, the caller waits for it.
    """

    draft: QuoteDraft
    company_id: str | None = None
    connection_id: str | None = None
    template_id: str | None = None
    wait: bool = False
    attachments: tuple[AttachmentDraft, ...] = ()


@awaiting
@use_case
async def create_quote(work: UnitOfWork, deps: Dependencies, caller: Caller, command: CreateQuote) -> Outcome:
    """Request a quote (docs/domain.md#create-quote), here or in a connected system
    (docs/domain.md#create-in-a-connected-system). Raises: InvalidInput, Disconnected."""
    draft, there = command.draft, _system(command)
    tenant_id = await tenant_of(work, caller, command.company_id)
    tenant = await work.tenants.by_id(tenant_id)
    known = await look_up_details(work, tenant_id, all_details(draft), tenant.time_zone)
    chosen = await look_up(work, tenant_id, (it.device for it in draft.items[:MOST_PARTS]), known)
    now = deps.now()
    order_id = await work.tenants.next_order_id(tenant_id, now)
    sandbox = caller.environment == Environment.TEST
    problems = Problems()
    attachments = parse_attachments(command.attachments, problems, ("attachments",))
    connection = await named_connection(work, tenant_id, there.connection_id, problems) if there else None
    may_price, rounding, author = Scope.QUOTES_MANAGE in caller.scopes, tenant.tax_rounding, caller.actor
    try:
        new = build_quote(draft, chosen, tenant_id, order_id, now, deps.new_id, sandbox, rounding, may_price, author)
    except InvalidInput as invalid:
        raise InvalidInput(*problems.found, *invalid.problems) from None
    problems.raise_if_any()
    quote = new.offered.quote
    if there is not None and connection is not None:
        return await ask_creation(
            work, deps, caller, new.offered, connection, there.template_id, new.items, bool(attachments)
        )
    await work.quotes.add(new.offered)
    await work.public_keys.add(public_key(quote, deps.new_id(), now))
    work.record(event_of(EventType.QUOTE_CREATED, quote, caller.actor, deps, facts=addresses(quote)))
    record_prices(work, new.requested, new.priced, caller.actor, deps)
    if new.offered.options:
        fields = field_changes((), new.offered.options)
        work.record(event_of(EventType.QUOTE_PRICE_OPTIONS_SET, quote, caller.actor, deps, fields=fields))
    if attachments:
        await _attach(work, deps, caller, new_attachments(attachments, quote, now, deps.new_id), quote)
    return Outcome((quote.ref,), new.priced.changes, sums=sums_of(new.offered) if command.dry_run else None)


async def _attach(
    work: UnitOfWork, deps: Dependencies, caller: Caller, attachments: Sequence[QuoteAttachment], quote: Quote
) -> None:
    for it in attachments:
        await work.signatures.attach(it)
    fields = field_changes((), attachments)
    work.record(event_of(EventType.QUOTE_SIGNING_CHANGED, quote, caller.actor, deps, fields=fields))


class _System(NamedTuple):
    """Where a quote is created, if not here."""

    connection_id: RowId
    template_id: str | None


def _system(command: CreateQuote) -> _System | None:
    """Raises: InvalidInput."""
    problems, template = Problems(), ("templateId",)
    template_id = problems.check(template, optional_text, command.template_id, NAME_LENGTH)
    if command.connection_id is None:
        if template_id is not None:
            message = "A template is one of a connected system. Send its `connectionId` too."
            problems.add(template, ErrorCode.NOT_ALLOWED, message)
        problems.raise_if_any()
        return None
    parsed = problems.check(("connectionId",), parse_id, command.connection_id, "Connection")
    problems.raise_if_any()
    assert parsed is not None
    return _System(parsed[1], template_id)
