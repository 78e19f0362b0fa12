"""What people do to quotes: create, price, propose, decide. One verb, one function, one unit of work."""

from dataclasses import dataclass, replace

from domain.access import Caller
from domain.errors import NotFound, Path, Problems
from domain.events import EventType, NewEvent
from domain.ids import parse_id
from domain.money import MoneyDraft, parse_money
from domain.ports import House, Outcome, UnitOfWork
from domain.quote_drafts import (
    MOST_PARTS,
    AlternativeDraft,
    QuoteDraft,
    RecipientDraft,
    build_alternative,
    build_quote,
    build_recipients,
)
from domain.quote_parts import (
    Quote,
    QuoteItem,
    QuoteStatus,
    Recipient,
    Verdict,
)
from domain.quotes import (
    Line,
    QuoteAggregate,
    Ruling,
    accept,
    price_offer,
    propose,
    reject,
    status_changes,
)
from domain.use_cases.lookups import look_up, tenant_of
from domain.vendor_orders import VendorOrderStatus, orders_for


@dataclass(frozen=True, slots=True)
class OfferRef:
    """An offer as the caller names it, by a global id or a bare UUID, in the input field `path`.

    `types` are the types it may have; of a bare UUID, items are looked at first (domain-facts A.3.6).
    """

    given: str
    path: Path
    types: tuple[str, ...] = ("QuoteItem", "Alternative")


@dataclass(frozen=True, slots=True)
class Decide:
    """Accept or reject an offer; an acceptance may replace the recipients and name the price that was seen."""

    offer: OfferRef
    verdict: Verdict
    recipients: tuple[RecipientDraft, ...] | None = None
    expected_price: MoneyDraft | None = None
    dry_run: bool = False


async def create_quote(house: House, caller: Caller, draft: QuoteDraft, company_id: str | None) -> Outcome:
    """Ask for a quote (domain-facts A.3.4). Raises: InvalidInput."""
    async with house.begin(caller.reach, caller.key_id, caller.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        tenant_id = await tenant_of(work, caller, company_id)
        chosen = await look_up(work, tenant_id, (it.device for it in draft.items[:MOST_PARTS]), draft.customer_id)
        now = house.now()
        order_id = await work.tenants.next_order_id(tenant_id, now)
        quote = build_quote(draft, chosen, tenant_id, order_id, now, house.new_id)
        await work.quotes.add(quote)
        work.record(_event(EventType.QUOTE_CREATED, quote.quote, caller, house, facts=_addresses(quote.quote)))
        outcome = Outcome(quote.quote.id)
        await work.commit(outcome)
        return outcome


async def price(house: House, caller: Caller, offer: OfferRef, money: MoneyDraft) -> Outcome:
    """Set the unit price of an offer (domain-facts A.3.2).

    Raises: InvalidInput, NotFound, LineClosed, OfferDecided.
    """
    problems = Problems()
    amount = parse_money(money, problems, ("price",))
    problems.raise_if_any()
    assert amount is not None
    async with house.begin(caller.reach, caller.key_id, caller.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        before, offer_id = await _locked(work, offer)
        ruling = price_offer(before, offer_id, amount, house.now())
        await work.quotes.save(before, ruling.quote)
        line = ruling.quote.line_of(offer_id)
        kind = EventType.QUOTE_ITEM_PRICED if offer_id == line.item.id else EventType.QUOTE_ALTERNATIVE_PRICED
        work.record(_event(kind, before.quote, caller, house, ruling))
        _record_milestones(work, before, ruling, caller, house)
        outcome = _outcome(line, offer_id, ruling)
        await work.commit(outcome)
        return outcome


async def propose_alternative(
    house: House, caller: Caller, item: OfferRef, draft: AlternativeDraft, money: MoneyDraft | None
) -> Outcome:
    """Offer another device on a line, priced or not yet (domain-facts A.3.1).

    Raises: InvalidInput, NotFound, LineClosed.
    """
    async with house.begin(caller.reach, caller.key_id, caller.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        before, item_id = await _locked(work, item)
        line = before.line_of(item_id)
        problems, now = Problems(), house.now()
        amount = parse_money(money, problems, ("price",)) if money else None
        alternative = build_alternative(draft, line.item, len(line.alternatives), problems, now, house.new_id())
        problems.raise_if_any()
        ruling = propose(before, alternative, now)
        if amount is not None:
            ruling = _since(before, price_offer(ruling.quote, alternative.id, amount, now))
        await work.quotes.save(before, ruling.quote)
        work.record(_event(EventType.QUOTE_ALTERNATIVE_PROPOSED, before.quote, caller, house, ruling))
        outcome = Outcome(before.quote.id, item_id, alternative.id, ruling.changes)
        await work.commit(outcome)
        return outcome


async def decide(house: House, caller: Caller, command: Decide) -> Outcome:
    """Accept or reject an offer, with all that follows for its line and quote (domain-facts A.3.7).

    Raises: InvalidInput, NotFound, LineClosed, OfferDecided, NotPriced, PriceChanged.
    """
    async with house.begin(caller.reach, caller.key_id, caller.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        before, offer_id = await _locked(work, command.offer)
        ruling = _judge(before, offer_id, command, caller, house)
        outcome = _outcome(before.line_of(offer_id), offer_id, ruling)
        if command.dry_run:
            return outcome
        if ruling.changes:
            ruling, orders = await _order(work, ruling, offer_id, command, house)
            await work.quotes.save(before, ruling.quote)
            facts = {"itemId": outcome.item_id, "orders": orders, **_addresses(before.quote)}
            work.record(_event(_decision_event(outcome, command), before.quote, caller, house, ruling, facts))
            _record_milestones(work, before, ruling, caller, house)
        await work.commit(outcome)
        return outcome


def _judge(before: QuoteAggregate, offer_id: str, command: Decide, caller: Caller, house: House) -> Ruling:
    now = house.now()
    if command.verdict == Verdict.REJECT:
        return reject(before, offer_id, now)
    problems = Problems()
    item = before.line_of(offer_id).item
    seen = command.expected_price
    expected = parse_money(seen, problems, ("expectedPrice",)) if seen else None
    recipients = _replacements(command.recipients, item, problems, house)
    problems.raise_if_any()
    return accept(before, offer_id, caller.actor, now, expected, recipients)


def _replacements(
    drafts: tuple[RecipientDraft, ...] | None, item: QuoteItem, problems: Problems, house: House
) -> tuple[Recipient, ...] | None:
    return None if drafts is None else build_recipients(drafts, item, problems, ("recipients",), house.new_id)


async def _order(
    work: UnitOfWork, ruling: Ruling, offer_id: str, command: Decide, house: House
) -> tuple[Ruling, list[str]]:
    """Vendor orders for the line when it was accepted, and the ids of those that can be placed (design: Writing)."""
    if command.verdict == Verdict.REJECT:
        return ruling, []
    line = ruling.quote.line_of(offer_id)
    orders, recipients = orders_for(ruling.quote.quote, line, house.now(), house.new_id)
    await work.vendor_orders.add(orders)
    ordered = ruling.quote.with_line(replace(line, recipients=recipients))
    return replace(ruling, quote=ordered), [it.id for it in orders if it.status == VendorOrderStatus.QUEUED]


def _decision_event(outcome: Outcome, command: Decide) -> EventType:
    part = "ALTERNATIVE" if outcome.alternative_id else "ITEM"
    return EventType(f"QUOTE_{part}_{command.verdict}ED")


def _record_milestones(work: UnitOfWork, before: QuoteAggregate, ruling: Ruling, caller: Caller, house: House) -> None:
    """What the customer waits for: prices are ready, or the quote as a whole is decided (domain-facts A.9)."""
    after = ruling.quote.quote
    own = replace(ruling, changes=tuple(change for change in ruling.changes if change.node == after.ref))
    if after.priced_at != before.quote.priced_at:
        work.record(_event(EventType.QUOTE_PENDING, after, caller, house, own))
    if own.changes and after.status in (QuoteStatus.APPROVED, QuoteStatus.REJECTED):
        work.record(_event(EventType(f"QUOTE_{after.status}"), after, caller, house, own))


def _event(
    kind: EventType,
    quote: Quote,
    caller: Caller,
    house: House,
    ruling: Ruling | None = None,
    facts: dict[str, object] | None = None,
) -> NewEvent:
    changes = ruling.changes if ruling else ()
    return NewEvent(kind, quote.tenant_id, quote.ref, caller.actor, house.now(), changes, facts or {})


def _addresses(quote: Quote) -> dict[str, object]:
    """Who is written to: the requester and everyone named with the quote, once each."""
    return {"addresses": list(dict.fromkeys([quote.requester_email, *quote.notification_emails]))}


def _outcome(line: Line, offer_id: str, ruling: Ruling) -> Outcome:
    alternative_id = None if offer_id == line.item.id else offer_id
    return Outcome(line.item.quote_id, line.item.id, alternative_id, ruling.changes)


def _since(before: QuoteAggregate, ruling: Ruling) -> Ruling:
    return replace(ruling, changes=status_changes(before, ruling.quote))


async def _locked(work: UnitOfWork, offer: OfferRef) -> tuple[QuoteAggregate, str]:
    """The quote of an offer, locked, and the offer's id.

    Raises: InvalidInput, and NotFound, also for another tenant's (design: Who asks).
    """
    problems = Problems()
    parsed = problems.check(offer.path, parse_id, offer.given, *offer.types)
    problems.raise_if_any()
    type_name, offer_id = parsed or (None, "")
    types = (type_name,) if type_name else offer.types
    quote_id = await work.quotes.quote_of_item(offer_id) if "QuoteItem" in types else None
    if quote_id is None and "Alternative" in types:
        quote_id = await work.quotes.quote_of_alternative(offer_id)
    quote = await work.quotes.lock(quote_id) if quote_id else None
    if quote is None:
        raise NotFound("alternative" if types == ("Alternative",) else "quote item", offer.path)
    return quote, offer_id
