"""Sets the price options of a quote, and accepts one of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.connections.systems import Capability
from domain.history.field_changes import field_changes
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.quotes.aggregate import QuoteAggregate, status_changes
from domain.quotes.price_options import PriceOptionDraft, Selection, build_options, select
from domain.quotes.totals import totalled
from domain.shared.access import Actor, Caller
from domain.shared.errors import NodeRef, NotFound, Path, Problems
from domain.shared.events import EventType
from domain.shared.ids import RowId, parse_id
from domain.shared.money import MoneyDraft, parse_money
from domain.use_cases.connections.origins import refuse_foreign
from domain.use_cases.frame import Command, use_case
from domain.use_cases.quotes.steps import QuoteCommand, apply_decisions, event_of, locked_quote, unsigned

OPTION: Path = ("priceOptionId",)


@dataclass(frozen=True, slots=True)
class SetPriceOptions(QuoteCommand):
    """Replace the price options of a quote; an empty list removes them."""

    options: Sequence[PriceOptionDraft]


@dataclass(frozen=True, slots=True)
class SelectPriceOption(Command):
    """Accept one of a quote's price options, with an optional expected price."""

    option_id: str
    expected_price: MoneyDraft | None = None

    @property
    def subject(self) -> Path:
        return OPTION


@use_case
async def set_price_options(work: UnitOfWork, deps: Dependencies, caller: Caller, command: SetPriceOptions) -> Outcome:
    """Replace the price options of a quote; an empty list removes them (docs/domain.md#price-options).

    Raises: InvalidInput, NotFound, WrongStatus, Expired.
    """
    before, problems, now = await locked_quote(work, command.quote_id), Problems(), deps.now()
    head, options = build_options(before.quote, command.options, problems, now, deps.new_id)
    problems.raise_if_any()
    after = totalled(replace(before, quote=head._replace(updated_at=now), options=options))
    await work.quotes.save(before, await unsigned(work, after) if head.signature_count else after)
    fields = field_changes(before.options, options)
    work.record(event_of(EventType.QUOTE_PRICE_OPTIONS_SET, before.quote, caller.actor, deps, fields=fields))
    return Outcome((before.quote.ref,))


@use_case
async def select_price_option(
    work: UnitOfWork, deps: Dependencies, caller: Caller, command: SelectPriceOption
) -> Outcome:
    """Accept one of a quote's price options, which approves the quote (docs/domain.md#price-options).

    Raises: InvalidInput, NotFound, OtherOptionAccepted, PriceChanged, WrongStatus, Expired.
    """
    problems, seen = Problems(), command.expected_price
    expected = parse_money(seen, problems, ("expectedPrice",)) if seen else None
    parsed = problems.check(OPTION, parse_id, command.option_id, "PriceOption")
    problems.raise_if_any()
    assert parsed is not None
    _, chosen = parsed
    before = await _locked(work, chosen)
    selection = select(before, chosen, caller.actor, deps.now(), expected)
    await take(work, before, selection, caller.actor, deps)
    changes = status_changes(before, selection.quote)
    return Outcome((before.quote.ref, NodeRef("PriceOption", chosen)), changes)


async def take(
    work: UnitOfWork, before: QuoteAggregate, selection: Selection, actor: Actor, deps: Dependencies
) -> None:
    """Save and record an approval, with or without a price option. Repeating it changes nothing."""
    if changes := status_changes(before, selection.taken):
        facts: dict[str, object] = {"priceOptionId": selection.taken.quote.accepted_option_id}
        work.record(event_of(EventType.QUOTE_PRICE_OPTION_SELECTED, before.quote, actor, deps, changes, facts))
    await apply_decisions(work, before, selection.decisions, actor, deps)


async def _locked(work: UnitOfWork, option_id: RowId) -> QuoteAggregate:
    """The quote of a price option, locked. Raises: NotFound."""
    quote = await work.quotes.lock_of_price_option(option_id)
    # The option may have been removed while this unit of work waited for the lock.
    if quote is None or all(it.id != option_id for it in quote.options):
        raise NotFound("price option", OPTION)
    await refuse_foreign(work, quote, Capability.DECIDE_QUOTE)
    return quote
