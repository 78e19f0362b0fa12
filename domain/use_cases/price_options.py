"""Offering a quote at several prices, and accepting one of them. One verb, one function, one unit of work."""

from collections.abc import Sequence
from dataclasses import replace

from domain.access import Caller
from domain.errors import NotFound, Problems
from domain.events import EventType, StatusChange
from domain.field_changes import field_changes
from domain.ids import parse_id
from domain.money import MoneyDraft, parse_money
from domain.ports import House, Outcome, UnitOfWork
from domain.price_options import PriceOption, PriceOptionDraft, build_options, select
from domain.quote_aggregate import QuoteAggregate, status_changes
from domain.quote_sums import totalled
from domain.use_cases.quote_steps import carry_out, event_of, locked_quote, unsigned

OPTION = ("priceOptionId",)


async def set_price_options(
    house: House, caller: Caller, quote_id: str, drafts: Sequence[PriceOptionDraft], dry_run: bool = False
) -> Outcome:
    """Offer these options in place of those before, none to take them back (domain-facts C).

    Raises: InvalidInput, NotFound, WrongStatus, Expired.
    """
    async with house.begin(caller.reach, caller.key_id, caller.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        before, problems, now = await locked_quote(work, quote_id), Problems(), house.now()
        head, options = build_options(before.quote, drafts, problems, now, house.new_id)
        problems.raise_if_any()
        outcome = Outcome(before.quote.id)
        if dry_run:
            return outcome
        after = totalled(replace(before, quote=head._replace(updated_at=now)))
        await work.quotes.save(before, await unsigned(work, after) if head.signature_count else after)
        earlier_options = await work.price_options.of_quote(before.quote.id)
        await work.price_options.put(before.quote.id, options)
        fields = field_changes(earlier_options, options)
        work.record(event_of(EventType.QUOTE_PRICE_OPTIONS_SET, before.quote, caller.actor, house, fields=fields))
        await work.commit(outcome)
        return outcome


async def select_price_option(
    house: House, caller: Caller, option_id: str, seen: MoneyDraft | None = None, dry_run: bool = False
) -> Outcome:
    """Accept one of a quote's price options, which approves the quote (domain-facts C).

    Raises: InvalidInput, NotFound, OtherOptionAccepted, PriceChanged, WrongStatus, Expired.
    """
    problems = Problems()
    expected = parse_money(seen, problems, ("expectedPrice",)) if seen else None
    parsed = problems.check(OPTION, parse_id, option_id, "PriceOption")
    problems.raise_if_any()
    chosen = parsed[1] if parsed else ""
    async with house.begin(caller.reach, caller.key_id, caller.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        before, options = await _locked(work, chosen)
        selection = select(before, options, chosen, caller.actor, house.now(), expected)
        moved = _moved(options, selection.options)
        changes = (*moved, *status_changes(before, selection.quote))
        outcome = Outcome(before.quote.id, changes=changes, subject_id=chosen)
        if dry_run:
            return outcome
        if moved:
            await work.price_options.put(before.quote.id, selection.options)
            kind = EventType.QUOTE_PRICE_OPTION_SELECTED
            work.record(event_of(kind, before.quote, caller.actor, house, moved, {"priceOptionId": chosen}))
            await carry_out(work, before, selection.decisions, caller.actor, house)
        await work.commit(outcome)
        return outcome


async def _locked(work: UnitOfWork, option_id: str) -> tuple[QuoteAggregate, tuple[PriceOption, ...]]:
    """The quote of an option, locked, and all its options. Raises: NotFound."""
    quote_id = await work.price_options.quote_of(option_id)
    quote = await work.quotes.lock(quote_id) if quote_id else None
    options = await work.price_options.of_quote(quote.quote.id) if quote else ()
    # The options may have been taken back while the lock was waited for.
    if quote is None or all(it.id != option_id for it in options):
        raise NotFound("price option", OPTION)
    return quote, options


def _moved(before: Sequence[PriceOption], after: Sequence[PriceOption]) -> tuple[StatusChange, ...]:
    pairs = zip(before, after, strict=True)
    return tuple(StatusChange(old.ref, old.status, new.status) for old, new in pairs if old.status != new.status)
