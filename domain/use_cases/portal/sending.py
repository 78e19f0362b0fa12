"""Sends quotes to customers and manages their public keys."""

from dataclasses import dataclass

from domain.connections.change_requests import send_request
from domain.connections.changes import OriginChangeType
from domain.connections.systems import Capability
from domain.portal.drafts import SendDraft, build_sending
from domain.portal.public_keys import may_see, public_key
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.quotes.aggregate import RuleResult
from domain.quotes.decisions import check_decidable
from domain.quotes.statuses import DecisionStatus, QuoteOfferStatus
from domain.quotes.transitions import mark_sent
from domain.shared.access import Caller
from domain.shared.errors import Problems
from domain.shared.events import EventType
from domain.use_cases.connections.asking import ask
from domain.use_cases.connections.origins import is_foreign, supporting_origin
from domain.use_cases.connections.waiting import awaiting
from domain.use_cases.frame import use_case
from domain.use_cases.quotes.steps import QuoteCommand, event_of, locked_quote, locked_quote_of_any


@dataclass(frozen=True, slots=True)
class SendQuote(QuoteCommand):
    """Send a quote by e-mail. With `wait`, the caller waits for the system that it comes from."""

    draft: SendDraft
    wait: bool = False


@dataclass(frozen=True, slots=True)
class RevokePublicKey(QuoteCommand):
    """Revoke a quote's public key."""


@dataclass(frozen=True, slots=True)
class RotatePublicKey(QuoteCommand):
    """Replace a quote's public key."""


@awaiting
@use_case
async def send_quote(work: UnitOfWork, deps: Dependencies, caller: Caller, command: SendQuote) -> Outcome:
    """Send a quote by e-mail, also repeatedly (docs/domain.md#send-quote).

    The quote must be open and undecided, or approved. Sending an approved quote does not change its status.

    A quote that comes from a connected system is sent by that system, to whom it sends it.

    Raises: InvalidInput, NotFound, WrongStatus, Expired, NotSupportedByOrigin, ChangePending.
    """
    before, now, draft = await locked_quote_of_any(work, command.quote_id), deps.now(), command.draft
    if is_foreign(before):
        origin = await supporting_origin(work, before, Capability.SEND)
        check_decidable(before.quote, QuoteOfferStatus.SENT, now)
        request = send_request(before.quote, draft.include_pdf)
        return await ask(work, deps, caller, before, origin, OriginChangeType.SEND, request)
    problems = Problems()
    key = await work.public_keys.current(before.quote.id)
    head = before.quote
    customer = await work.customers.of_tenant(head.tenant_id, head.customer_id) if head.customer_id else None
    sending = build_sending(draft, head, customer, key is not None, problems)
    problems.raise_if_any()
    assert sending is not None
    approved = before.quote.decision_status == DecisionStatus.APPROVED and may_see(before.quote, now)
    if not approved:
        check_decidable(before.quote, QuoteOfferStatus.SENT, now)
    rule_result = RuleResult(before, ()) if approved else mark_sent(before, caller.actor, now)
    await work.quotes.save(before, rule_result.quote)
    facts = {
        "sending": deps.new_id(),
        "addresses": list(sending.to),
        "link": draft.include_link,
        "pdf": draft.include_pdf,
        "message": sending.message,
    }
    work.record(event_of(EventType.QUOTE_SENT, before.quote, caller.actor, deps, rule_result.changes, facts))
    return Outcome((before.quote.ref,), rule_result.changes)


@use_case
async def revoke_public_key(work: UnitOfWork, deps: Dependencies, caller: Caller, command: RevokePublicKey) -> Outcome:
    """Revoke a quote's public key. Repeating it changes nothing. Raises: InvalidInput, NotFound."""
    quote, now = await locked_quote(work, command.quote_id, needs=Capability.SEND), deps.now()
    if await work.public_keys.current(quote.quote.id) is not None:
        await work.public_keys.revoke(quote.quote.id, now)
        work.record(event_of(EventType.QUOTE_PUBLIC_KEY_CHANGED, quote.quote, caller.actor, deps))
    return Outcome((quote.quote.ref,))


@use_case
async def rotate_public_key(work: UnitOfWork, deps: Dependencies, caller: Caller, command: RotatePublicKey) -> Outcome:
    """Replace a quote's public key; the previous key is revoked.

    Raises: InvalidInput, NotFound, and WrongStatus or Expired if customers can no longer see the quote.
    """
    quote, now = await locked_quote(work, command.quote_id, needs=Capability.SEND), deps.now()
    if not may_see(quote.quote, now):
        check_decidable(quote.quote, QuoteOfferStatus.VIEWED, now)
    await work.public_keys.revoke(quote.quote.id, now)
    await work.public_keys.add(public_key(quote.quote, deps.new_id(), now))
    work.record(event_of(EventType.QUOTE_PUBLIC_KEY_CHANGED, quote.quote, caller.actor, deps))
    return Outcome((quote.quote.ref,))
